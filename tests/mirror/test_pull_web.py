"""Pulling over HTTP: servers that stop, lie, compress or know no ranges."""

from __future__ import annotations

import gzip
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from tests.mirror.county import NOON, County, Files, content_of, noise, site, tree_of
from tests.mirror.schools import SchoolKit, StillClock, joined_school
from tests.mirror.servers import Answer, PlainServer, Request, Spoil
from tests.running import running

from kebao.mirror.errors import ExitCode, MirrorError, StaleError
from kebao.mirror.layout import TIMESTAMP, metadata_uri
from kebao.mirror.school.gathering import WORKERS, workers_for
from kebao.mirror.school.limits import Pace, next_moment, read_rate, read_until
from kebao.mirror.school.pull import PullOptions, pull
from kebao.mirror.school.transfer import Transfer
from kebao.mirror.sources.opening import open_source
from kebao.mirror.sources.source import Source
from kebao.mirror.sources.web import WebSource

BIG = noise(300_000)
FILES: Files = {("site", "und"): {"index.html": b"<h1>home</h1>", "film.mp4": BIG}}


@pytest.fixture
def county(tmp_path: Path) -> County:
    county = County(tmp_path / "county")
    county.release("2026.1", FILES)
    return county


def is_film(request: Request, county: County) -> bool:
    return request.uri.startswith(".mirror/o/") and county.path(request.uri).read_bytes() == BIG


def pulled(county: County, folder: Path, spoil: Spoil) -> tuple[ExitCode | MirrorError, SchoolKit, PlainServer]:
    """How a pull through a server that spoils ends."""
    server = PlainServer(county.root)
    with running(server) as url:
        kit = joined_school(folder, county, url)
        server.spoil = spoil
        server.requests.clear()
        try:
            return pull(kit.school, PullOptions()), kit, server
        except MirrorError as error:
            return error, kit, server


def test_a_file_goes_on_where_the_line_broke(county: County, tmp_path: Path) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return replace(answer, cut=100_000) if is_film(request, county) else answer

    result, kit, server = pulled(county, tmp_path / "school", spoil)
    assert result is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(FILES)
    assert [request.start for request in server.requests if is_film(request, county)] == [None, 100_000, 200_000]


def test_the_next_pull_goes_on_where_a_dead_one_stopped(county: County, tmp_path: Path) -> None:
    dead = threading.Event()

    def spoil(request: Request, answer: Answer) -> Answer | None:
        if not is_film(request, county):
            return answer
        if dead.is_set():
            return None
        dead.set()
        return replace(answer, cut=100_000)

    result, kit, _ = pulled(county, tmp_path / "school", spoil)
    assert isinstance(result, MirrorError)
    assert (result.message, result.exit_code) == ("school-line-broken", ExitCode.NETWORK)
    assert not kit.shown.exists()
    server = PlainServer(county.root)
    with running(server) as url:
        assert pull(kit.school, PullOptions(sources=(url,), only_these_sources=True)) is ExitCode.COMPLETE
    assert [request.start for request in server.requests if is_film(request, county)] == [100_000]
    assert tree_of(kit.shown) == content_of(FILES)


def test_a_server_that_does_not_answer_is_asked_with_patience_and_then_left(county: County, tmp_path: Path) -> None:
    def spoil(request: Request, answer: Answer) -> Answer | None:
        return None if is_film(request, county) else answer

    result, kit, server = pulled(county, tmp_path / "school", spoil)
    assert isinstance(result, MirrorError)
    assert result.exit_code is ExitCode.NETWORK
    assert kit.clock.slept == [1.0, 3.0, 7.0]
    assert sum(is_film(request, county) for request in server.requests) == 4


@pytest.mark.parametrize("kind", ["200 for a range", "wrong start", "no start", "gzip"])
def test_a_server_without_honest_ranges_is_read_from_the_start(kind: str, county: County, tmp_path: Path) -> None:
    cut_once = threading.Event()

    def spoil(request: Request, answer: Answer) -> Answer:
        if not is_film(request, county):
            return answer
        if not cut_once.is_set():
            cut_once.set()
            return replace(answer, cut=100_000)
        if kind == "gzip":
            return Answer(200, gzip.compress(BIG), {"Content-Encoding": "gzip"})
        if kind == "200 for a range" or request.start is None:
            return Answer(200, BIG)
        wrong = {"wrong start": {"Content-Range": f"bytes 5-{len(BIG) - 1}/{len(BIG)}"}, "no start": {}}[kind]
        return Answer(206, BIG[5:], wrong)

    result, kit, _ = pulled(county, tmp_path / "school", spoil)
    assert result is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(FILES)


def test_a_body_without_end_is_cut_off_where_the_signed_size_ends(county: County, tmp_path: Path) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        if not is_film(request, county):
            return answer
        return Answer(200, BIG * 50, {})

    result, kit, _ = pulled(county, tmp_path / "school", spoil)
    assert isinstance(result, MirrorError)
    assert result.exit_code is ExitCode.NOT_VERIFIED
    assert not list(kit.school.places.parts.glob("*"))


@pytest.mark.parametrize("only_objects", [False, True])
def test_a_login_page_of_the_network_is_called_by_its_name(only_objects: bool, county: County, tmp_path: Path) -> None:
    asked = threading.Event()

    def spoil(request: Request, answer: Answer) -> Answer:
        if only_objects and not asked.is_set() and not request.uri.startswith(".mirror/o/"):
            return answer
        asked.set()
        return Answer(200, b"<!doctype html><title>login</title>" + b" " * 400_000, {"Content-Type": "text/html"})

    result, _, _ = pulled(county, tmp_path / "school", spoil)
    assert isinstance(result, MirrorError)
    assert (result.message, result.exit_code) == ("school-web-page", ExitCode.NETWORK)


def test_nothing_new_costs_two_requests_and_less_than_two_kilobytes(county: County, tmp_path: Path) -> None:
    server = PlainServer(county.root)
    with running(server) as url:
        kit = joined_school(tmp_path / "school", county, url)
        pull(kit.school, PullOptions())
        server.requests.clear()
        server.sent = 0
        assert pull(kit.school, PullOptions()) is ExitCode.NOTHING_NEW
    assert [request.uri for request in server.requests] == [
        ".mirror/metadata/2.root.json",
        ".mirror/metadata/timestamp.json",
    ]
    assert server.sent < 1000


def test_five_hundred_changed_files_cost_ten_requests_at_most(tmp_path: Path) -> None:
    county = County(tmp_path / "county")
    county.release("2026.1", site("spring", pages=500))
    kit = joined_school(tmp_path / "school", county)
    pull(kit.school, PullOptions())
    county.release("2026.2", site("autumn", pages=500), deltas=True)
    server = PlainServer(county.root)
    with running(server) as url:
        assert pull(kit.school, PullOptions(sources=(url,), only_these_sources=True)) is ExitCode.COMPLETE
    assert len(server.requests) <= 10
    assert tree_of(kit.shown) == content_of(site("autumn", pages=500))


def test_a_release_published_meanwhile_is_taken_instead(county: County, tmp_path: Path) -> None:
    moved = threading.Event()

    def spoil(request: Request, answer: Answer) -> Answer:
        if request.uri.startswith(".mirror/o/") and not moved.is_set():
            moved.set()
            for path in county.path(".mirror/o").glob("*/*"):
                path.unlink()
            county.release("2026.2", {("site", "und"): {"index.html": b"<h1>newer</h1>"}})
            return Answer(404, b"gone")
        return answer

    result, kit, _ = pulled(county, tmp_path / "school", spoil)
    assert result is ExitCode.COMPLETE
    assert tree_of(kit.shown) == {"index.html": b"<h1>newer</h1>"}
    assert "school-starting-over" in kit.told.ids


def test_what_is_signed_for_but_nowhere_is_named(county: County, tmp_path: Path) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return Answer(404, b"") if is_film(request, county) else answer

    result, _, _ = pulled(county, tmp_path / "school", spoil)
    assert isinstance(result, MirrorError)
    assert (result.message, result.parameters["name"], result.exit_code) == (
        "school-not-there",
        "film.mp4",
        ExitCode.NETWORK,
    )


def test_a_limit_is_kept() -> None:
    clock = StillClock()
    pace = Pace(clock, bytes_per_second=1000)
    for _ in range(10):
        pace.spend(500)
    assert clock.seconds == pytest.approx(5.0)


def test_when_the_time_is_over_what_came_is_kept(county: County, tmp_path: Path) -> None:
    server = PlainServer(county.root)
    with running(server) as url:
        kit = joined_school(tmp_path / "school", county, url)
        until = (NOON.astimezone().replace(minute=1)).strftime("%H:%M")
        with pytest.raises(StaleError) as caught:
            pull(kit.school, PullOptions(limit=2000, until=until))
        assert (caught.value.message, caught.value.exit_code) == ("school-time-over", ExitCode.STALE)
        assert sum(part.stat().st_size for part in kit.school.places.parts.iterdir()) > 50_000
        assert pull(kit.school, PullOptions()) is ExitCode.COMPLETE
    starts = [request.start for request in server.requests if is_film(request, county)]
    assert starts[0] is None
    assert all(start and start > 50_000 for start in starts[1:])


def test_rates_and_times_are_read_as_people_write_them() -> None:
    assert [read_rate(text) for text in ("200k", "2M", "500", "0")] == [200_000, 2_000_000, 500, 0]
    assert [read_until(text) for text in ("6:00", "06:00", "23:59")] == ["06:00", "06:00", "23:59"]
    for wrong in ("fast", "2G", "-1", ""):
        with pytest.raises(MirrorError):
            read_rate(wrong)
    for wrong in ("24:00", "6", "06:60"):
        with pytest.raises(MirrorError):
            read_until(wrong)
    assert next_moment("06:00", NOON).day == NOON.day + 1
    assert next_moment("13:00", NOON).day == NOON.day


def test_a_line_with_a_long_way_has_more_files_on_the_way_at_once(county: County, tmp_path: Path) -> None:
    kit = joined_school(tmp_path / "school", county)

    def workers(*sources: Source) -> int:
        school = kit.school
        return workers_for(
            Transfer(sources, school.places, school.disk, clock=kit.clock, pace=Pace(kit.clock, bytes_per_second=0))
        )

    with running(PlainServer(county.root)) as url:
        web = WebSource(url)
        assert web.delay == 30.0  # nobody knows yet
        list(web.open(metadata_uri(TIMESTAMP)).chunks)
        assert 0 < web.delay < 30.0
    folder = open_source(str(county.root))
    web.delay = 0.2
    assert workers(web, folder) == WORKERS > workers(folder, web)
    web.delay = 0.001
    assert workers(web) == workers(folder)

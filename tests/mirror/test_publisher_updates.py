"""A release's own delta pack: one request for what changed in many units, by the real publisher and the real school."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from tests.mirror.county import noise
from tests.mirror.servers import Answer, PlainServer, Request, serving
from tests.mirror.test_publisher import Centre, newest_tree, pull, tree
from tests.running import running

from kebao.mirror import layout

UNITS = [(package, locale) for package in ("p1", "p2", "p3", "p4", "p5", "p6") for locale in ("en", "zh")]
FILLING = "<p>the same on every page of every unit</p>" * 20


def write_units(site: Path, text: str, *, units: list[tuple[str, str]] = UNITS, pages: int = 42) -> None:
    """Twelve units with 42 pages each: 504 files that change with the text."""
    for package, locale in units:
        folder = site / package / locale
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "versions.json").write_text("[]")
        for number in range(pages):
            (folder / f"page-{number}.html").write_text(f"<title>{package} {locale} {number}</title>{FILLING}{text}")


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    made = Centre(tmp_path)
    made.sign("a", "b")
    write_units(made.site, "spring")
    return made


@pytest.fixture
def www(centre: Centre, tmp_path: Path) -> Path:
    centre.publish_all("1", tmp_path / "www")
    return tmp_path / "www"


def join_and_pull(centre: Centre, url: str, mirror: Path, *choices: str) -> None:
    mirror.mkdir()
    fingerprint = hashlib.sha256((centre.out / layout.metadata_uri("1.root.json")).read_bytes()).hexdigest()
    centre.run("join", "--mirror", mirror, url, "--root-sha256", fingerprint, *choices)
    centre.run("pull", "--mirror", mirror)


def release_pack(centre: Centre) -> str:
    (pack,) = centre.newest.catalog.packs
    return layout.pack_uri(pack.kind, pack.sha256)


def test_five_hundred_changed_files_in_twelve_units_cost_ten_requests_at_most(
    centre: Centre, www: Path, tmp_path: Path
) -> None:
    server = PlainServer(www)
    with running(server) as url:
        join_and_pull(centre, url, tmp_path / "school")
        write_units(centre.site, "autumn")
        centre.publish_all("2", www)
        server.requests.clear()
        centre.run("pull", "--mirror", tmp_path / "school")
    assert newest_tree(tmp_path / "school") == tree(centre.site)
    assert len(server.requests) <= 10, [request.uri for request in server.requests]
    assert release_pack(centre) in [request.uri for request in server.requests]


def test_the_next_school_has_the_pack_from_the_first(centre: Centre, www: Path, tmp_path: Path) -> None:
    join_and_pull(centre, str(www), tmp_path / "first")
    with serving(tmp_path / "first") as url:
        join_and_pull(centre, url, tmp_path / "next")
        write_units(centre.site, "autumn")
        centre.publish_all("2", www)
        centre.run("pull", "--mirror", tmp_path / "first")
        centre.run("pull", "--mirror", tmp_path / "next")
    assert newest_tree(tmp_path / "next") == tree(centre.site)
    for mirror in ("first", "next"):
        assert (tmp_path / mirror / release_pack(centre)).is_file()


def test_a_school_of_one_package_does_not_fetch_what_changed_in_the_others(
    centre: Centre, www: Path, tmp_path: Path
) -> None:
    server = PlainServer(www)
    with running(server) as url:
        join_and_pull(centre, url, tmp_path / "school", "--packages", "p1", "--locales", "zh")
        write_units(centre.site, "autumn", units=[("p1", "zh")])
        write_units(centre.site, noise(200_000).hex(), units=[("p2", "zh")], pages=1)
        centre.publish_all("2", www)
        server.requests.clear()
        centre.run("pull", "--mirror", tmp_path / "school")
    assert release_pack(centre) not in [request.uri for request in server.requests]
    shown = newest_tree(tmp_path / "school")
    assert shown["p1/zh/page-0.html"].endswith(b"autumn")
    assert "p2/zh/page-0.html" not in shown


@pytest.mark.parametrize("damage", ["missing", "flipped", "longer"])
def test_a_pack_that_is_missing_or_damaged_keeps_no_school_from_the_release(
    damage: str, centre: Centre, www: Path, tmp_path: Path
) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        if request.uri != release_pack(centre) or answer.status not in (200, 206):
            return answer
        spoilt = {
            "missing": b"",
            "flipped": bytes([answer.body[0] ^ 1]) + answer.body[1:],
            "longer": answer.body + b"x",
        }
        return Answer(404, b"") if damage == "missing" else Answer(answer.status, spoilt[damage], answer.headers)

    server = PlainServer(www)
    with running(server) as url:
        join_and_pull(centre, url, tmp_path / "school")
        write_units(centre.site, "autumn")
        centre.publish_all("2", www)
        server.spoil = spoil
        centre.run("pull", "--mirror", tmp_path / "school")
    assert newest_tree(tmp_path / "school") == tree(centre.site)
    assert not (tmp_path / "school" / release_pack(centre)).exists()


def test_the_pack_goes_when_its_release_goes(centre: Centre, www: Path, tmp_path: Path) -> None:
    join_and_pull(centre, str(www), tmp_path / "school")
    packs = []
    for number, term in enumerate(("summer", "autumn", "winter"), 2):
        write_units(centre.site, term)
        centre.release(str(number), "--keep", "1")
        centre.sign("targets", "timestamp")
        centre.run("publish", centre.out, www)
        packs.append(release_pack(centre))
        centre.run("pull", "--mirror", tmp_path / "school")
    # `--keep 1` when the last was made: the one before it stayed.
    assert [(centre.out / pack).is_file() for pack in packs] == [False, True, True]
    assert [(tmp_path / "school" / pack).is_file() for pack in packs] == [False, True, True]


def test_a_school_two_releases_behind_pulls_without_the_pack(centre: Centre, www: Path, tmp_path: Path) -> None:
    pull(centre, www, tmp_path / "school")
    for number, term in ((2, "summer"), (3, "autumn")):
        write_units(centre.site, term)
        centre.publish_all(str(number), www)
    pull(centre, www, tmp_path / "school")
    assert newest_tree(tmp_path / "school") == tree(centre.site)
    assert not (tmp_path / "school" / release_pack(centre)).exists()

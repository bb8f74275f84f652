"""Faults 24 to 28 of research/02_offline.md §6: lines, servers and proxies, with real sockets."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import socket
import threading
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest
from tests.faults.raw_server import raw_serving
from tests.faults.scene import FILM, NEW, OLD, Scene, make_scene
from tests.mirror.county import Files, tree_of
from tests.mirror.schools import make_school
from tests.mirror.servers import Answer, Request

from kebao.mirror.errors import ExitCode, MirrorError
from kebao.mirror.layout import object_uri
from kebao.mirror.school.join import join
from kebao.mirror.school.points import Point

FILM_URI = object_uri(hashlib.sha256(FILM).hexdigest())
TIMESTAMP = ".mirror/metadata/timestamp.json"
PAGE = b"<!DOCTYPE html><title>Campus network</title>Please log in." + b" " * 500_000
Change = Callable[[Request, Answer], Answer]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    scene = make_scene(tmp_path)
    scene.publish()
    return scene


def is_film(request: Request) -> bool:
    return request.uri == FILM_URI


def film_starts(requests: list[Request]) -> list[int | None]:
    return [each.start for each in requests if is_film(each)]


def span(first: int, last: int, whole: int | str = len(FILM)) -> dict[str, str]:
    return {"Content-Range": f"bytes {first}-{last}/{whole}"}


def broken_once_then(change: Change) -> Change:
    """The first answer for the film breaks off; `change` makes those for the rest."""
    first = threading.Event()

    def spoil(request: Request, answer: Answer) -> Answer:
        if not is_film(request):
            return answer
        if not first.is_set():
            first.set()
            return replace(answer, cut=100_000)
        return change(request, answer)

    return spoil


RANGES: dict[str, Change] = {
    "200 and everything": lambda request, answer: Answer(200, FILM),
    "another start": lambda request, answer: (
        Answer(206, FILM[5:], span(5, len(FILM) - 1)) if request.start else Answer(200, FILM)
    ),
    "start at 0": lambda request, answer: (
        Answer(206, FILM, span(0, len(FILM) - 1)) if request.start else Answer(200, FILM)
    ),
    "no Content-Range": lambda request, answer: Answer(206, FILM[5:]) if request.start else Answer(200, FILM),
    "many parts": lambda request, answer: (
        Answer(206, b"--x--", {"Content-Type": "multipart/byteranges; boundary=x"})
        if request.start
        else Answer(200, FILM)
    ),
    "416": lambda request, answer: Answer(416, b"") if request.start else Answer(200, FILM),
    "the right start, other bytes": lambda request, answer: (
        Answer(206, FILM[: len(FILM) - request.start], span(request.start, len(FILM) - 1))
        if request.start
        else Answer(200, FILM)
    ),
    "a short part": lambda request, answer: Answer(
        206, FILM[request.start or 0 :][:60_000], span(request.start or 0, (request.start or 0) + 59_999)
    ),
    "unknown whole length": lambda request, answer: Answer(
        206, FILM[request.start or 0 :], span(request.start or 0, len(FILM) - 1, "*")
    ),
    "gzip over the range": lambda request, answer: (
        Answer(206, gzip.compress(FILM[request.start :]), span(request.start, 999) | {"Content-Encoding": "gzip"})
        if request.start
        else Answer(200, FILM)
    ),
}


@pytest.mark.parametrize("kind", RANGES)
def test_fault_24_what_servers_make_of_ranges(scene: Scene, kind: str) -> None:
    with scene.serving(broken_once_then(RANGES[kind])) as (url, server):
        scene.heals(url)
    assert film_starts(server.requests)[:2] == [None, 100_000]


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate"])
def test_fault_24_a_proxy_that_compresses_everything_and_changes_the_length(scene: Scene, coding: str) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        body = zlib.compress(answer.body) if coding == "deflate" else gzip.compress(answer.body)
        return replace(answer, body=body, headers={"Content-Encoding": coding})

    with scene.serving(spoil) as (url, _):
        scene.heals(url)


def test_fault_24_a_proxy_that_compresses_and_does_not_say_so(scene: Scene) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return replace(answer, body=gzip.compress(answer.body)) if is_film(request) else answer

    with scene.serving(spoil) as (url, _):
        scene.refuses(scene.pull(url), "school-wrong-bytes", ExitCode.NOT_VERIFIED)
    scene.heals()


@pytest.mark.parametrize("coding", ["br", "nonsense"])
def test_fault_24_a_coding_that_nobody_here_knows(scene: Scene, coding: str) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        return (
            replace(answer, body=b"\x8b" * 1000, headers={"Content-Encoding": coding}) if is_film(request) else answer
        )

    with scene.serving(spoil) as (url, _):
        result = scene.pull(url)
        assert isinstance(result, MirrorError)
        assert result.exit_code in (ExitCode.NOT_VERIFIED, ExitCode.NETWORK)
        assert scene.shows(OLD)
    scene.heals()


PORTALS: dict[str, Answer] = {
    "page": Answer(200, PAGE, {"Content-Type": "text/html"}),
    "page with a byte order mark": Answer(200, b"\xef\xbb\xbf\r\n" + PAGE),
    "compressed page": Answer(200, gzip.compress(PAGE), {"Content-Encoding": "gzip"}),
    "511": Answer(511, PAGE, {"Content-Type": "text/html"}),
    "redirect": Answer(302, b"", {"Location": "/portal"}),
}


@pytest.mark.parametrize("kind", PORTALS)
@pytest.mark.parametrize("since", ["the start", "the objects"])
def test_fault_25_the_login_page_of_the_network(scene: Scene, kind: str, since: str) -> None:
    up = threading.Event()

    def spoil(request: Request, answer: Answer) -> Answer:
        if since == "the start" or request.uri.startswith(".mirror/o/"):
            up.set()
        if not up.is_set():
            return answer
        return PORTALS["page"] if request.uri == "portal" else PORTALS[kind]

    with scene.serving(spoil) as (url, _):
        error = scene.refuses(scene.pull(url), "school-web-page", ExitCode.NETWORK)
        assert error.parameters["source"] == url
    scene.heals()


def test_fault_25_a_login_page_does_not_let_anybody_join(scene: Scene, tmp_path: Path) -> None:
    kit = make_school(tmp_path / "new")
    with (
        scene.serving(lambda request, answer: PORTALS["page"]) as (url, _),
        pytest.raises(MirrorError, match="school-web-page") as caught,
    ):
        join(kit.school, [url], scene.county.fingerprint)
    assert caught.value.exit_code is ExitCode.NETWORK
    assert not kit.school.places.config.exists()


@pytest.mark.parametrize("of", ["timestamp", "manifest", "object"])
@pytest.mark.parametrize("sent", [0, 5])
def test_fault_26_a_server_that_stalls(scene: Scene, of: str, sent: int) -> None:
    prefix = {"timestamp": TIMESTAMP, "manifest": ".mirror/m/", "object": ".mirror/o/"}[of]

    def stall(request: Request, out: BinaryIO) -> bool:
        if not request.uri.startswith(prefix):
            return False
        out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * sent)
        out.flush()
        server.let_go.wait(20)
        return True

    with raw_serving(scene.county.root, stall) as (url, server):
        message = "school-unreachable" if of == "timestamp" else "school-line-broken"
        scene.refuses(scene.pull(url), message, ExitCode.NETWORK)
        server.let_go.set()
    scene.heals()


def test_fault_26_a_server_that_stalls_in_the_middle_and_then_goes_on(scene: Scene) -> None:
    stalled = threading.Event()

    def stall(request: Request, out: BinaryIO) -> bool:
        if not is_film(request) or stalled.is_set():
            return False
        stalled.set()
        out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" + FILM[:123_456])
        out.flush()
        server.let_go.wait(20)
        return True

    with raw_serving(scene.county.root, stall) as (url, server):
        scene.heals(url)
        assert film_starts(server.requests) == [123_456]
        server.let_go.set()


NO_HTTP: dict[str, bytes] = {
    "nothing": b"",
    "noise": b"\x00\xff" * 500,
    "no status": b"HTTP/1.1 OK\r\n\r\n",
    "a status line without end": b"HTTP/1.1 200 " + b"x" * 100_000,
    "headers without end": b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(500)),
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabcdef",
    "a length that is none": b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nabcdef",
    "bad chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    "half a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\nabc",
    "half a gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(FILM)[:1000],
    "no gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nplain",
    "a redirect to nowhere": b"HTTP/1.1 302 Found\r\nLocation: http://\r\n\r\n",
    "a redirect to a file": b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
    "a redirect in a circle": b"HTTP/1.1 302 Found\r\nLocation: /.mirror/metadata/timestamp.json\r\n\r\n",
}


@pytest.mark.parametrize("kind", NO_HTTP)
@pytest.mark.parametrize("of", ["timestamp", "object"])
def test_fault_26_answers_that_are_no_http(scene: Scene, kind: str, of: str) -> None:
    def nonsense(request: Request, out: BinaryIO) -> bool:
        if not request.uri.startswith(TIMESTAMP if of == "timestamp" else ".mirror/o/"):
            return False
        out.write(NO_HTTP[kind])
        return True

    with raw_serving(scene.county.root, nonsense) as (url, _):
        result = scene.pull(url)
    assert isinstance(result, MirrorError), result
    assert result.exit_code in (ExitCode.NETWORK, ExitCode.NOT_VERIFIED)
    assert scene.shows(OLD)
    scene.heals()


def test_fault_26_a_port_where_nobody_listens(scene: Scene) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # taken and not listening
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        scene.refuses(scene.pull(url), "school-unreachable", ExitCode.NETWORK)
    scene.refuses(scene.pull("http://nowhere.invalid/"), "school-unreachable", ExitCode.NETWORK)
    scene.heals()


NEWER: Files = {("site", "und"): {"index.html": b"<h1>winter</h1>"}, ("maths", "zh"): {"maths/zh/a.html": b"winter"}}


@pytest.mark.parametrize("when", [Point.METADATA_ACCEPTED, Point.MANIFESTS_STORED, Point.PLANNED, Point.OBJECT_STORED])
@pytest.mark.parametrize("old_files", ["stay", "go"])
def test_fault_27_a_release_published_in_the_middle_of_a_pull(scene: Scene, when: Point, old_files: str) -> None:
    published = threading.Event()

    def publish(point: Point) -> None:
        if point is when and not published.is_set():
            published.set()
            if old_files == "go":
                for folder in ("o", "m"):
                    shutil.rmtree(scene.county.path(f".mirror/{folder}"))
            scene.publish(NEWER, "2026.3")

    scene.at_point = publish
    with scene.serving(lambda request, answer: answer) as (url, _):
        assert scene.pull(url) is ExitCode.COMPLETE
        if tree_of(scene.kit.shown) not in scene.allowed[2:]:
            assert scene.shows(NEW)
            scene.heals(url, shown=NEWER)
    assert scene.shows(NEWER)


def test_fault_27_a_release_published_between_two_files_of_metadata(scene: Scene) -> None:
    published = threading.Event()

    def spoil(request: Request, answer: Answer) -> Answer:
        if request.uri == TIMESTAMP and not published.is_set():
            published.set()
            for role in ("snapshot", "targets"):
                scene.county.path(f".mirror/metadata/2.{role}.json").unlink()
            scene.publish(NEWER, "2026.3")
        return answer

    with scene.serving(spoil) as (url, _):
        scene.refuses(scene.pull(url), "school-half-published", ExitCode.NETWORK)
        scene.heals(url, shown=NEWER)


@pytest.mark.parametrize(
    ("lacks", "message"),
    [
        (".mirror/metadata/2.snapshot.json", "school-half-published"),
        (".mirror/metadata/2.targets.json", "school-half-published"),
        (".mirror/m", "school-not-there"),
        (".mirror/o", "school-not-there"),
    ],
)
def test_fault_28_a_mirror_with_the_timestamp_before_the_data(
    scene: Scene, tmp_path: Path, lacks: str, message: str
) -> None:
    half = tmp_path / "half"
    shutil.copytree(scene.county.root, half)
    path = half / lacks
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    scene.refuses(scene.pull(str(half)), message, ExitCode.NETWORK)
    scene.heals(str(half), str(scene.county.root))


def test_fault_28_a_mirror_with_the_data_before_the_timestamp(scene: Scene, tmp_path: Path) -> None:
    half = tmp_path / "half"
    shutil.copytree(scene.county.root, half)
    scene.pull()
    scene.publish(NEWER, "2026.3")
    shutil.copytree(scene.county.path(".mirror/o"), half / ".mirror/o", dirs_exist_ok=True)
    assert scene.pull(str(half)) is ExitCode.NOTHING_NEW
    assert scene.shows(NEW)
    scene.heals(shown=NEWER)

"""Files that are made beside the server: those of the build before stand there until then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from mkdocs_kebao.later_files import LaterFiles

_PATIENCE = 30


@pytest.fixture
def later(tmp_path: Path) -> LaterFiles:
    files = LaterFiles()
    files.write(tmp_path / "first", lambda: {"root.js": b"first"})
    assert (tmp_path / "first/root.js").read_bytes() == b"first"
    return files


def held(go_on: threading.Event, content: bytes) -> Callable[[], Mapping[str, bytes]]:
    def make() -> Mapping[str, bytes]:
        assert go_on.wait(_PATIENCE)
        return {"root.js": content}

    return make


def wait_for_others() -> None:
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon and "work" in thread.name:
            thread.join(_PATIENCE)


def test_a_second_build_does_not_wait_for_them(later: LaterFiles, tmp_path: Path) -> None:
    go_on = threading.Event()
    later.write(tmp_path / "second", held(go_on, b"second"))
    assert (tmp_path / "second/root.js").read_bytes() == b"first"
    go_on.set()
    wait_for_others()
    assert (tmp_path / "second/root.js").read_bytes() == b"second"


def test_what_an_older_build_makes_is_not_written_into_a_newer_one(later: LaterFiles, tmp_path: Path) -> None:
    go_on = threading.Event()
    later.write(tmp_path / "site", held(go_on, b"second"))
    later.forget()
    go_on.set()
    wait_for_others()
    assert (tmp_path / "site/root.js").read_bytes() == b"first"
    later.write(tmp_path / "site", held(go_on, b"third"))
    wait_for_others()
    assert (tmp_path / "site/root.js").read_bytes() == b"third"


def test_in_place_what_is_the_same_is_left_alone_and_what_is_gone_is_removed(tmp_path: Path) -> None:
    files = LaterFiles()
    files.write(tmp_path, lambda: {"same.js": b"same", "gone.js": b"gone", "root.js": b"first"}, in_place=True)
    times = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    files.write(tmp_path, lambda: {"same.js": b"same", "root.js": b"second"}, in_place=True)
    wait_for_others()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"same.js": b"same", "root.js": b"second"}
    assert (tmp_path / "same.js").stat().st_mtime_ns == times["same.js"]

"""How a server sees that a file was written."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers.polling import PollingObserver

from mkdocs_kebao import watching
from mkdocs_kebao.watching import Watch

_PATIENCE = 30


class _Seen(FileSystemEventHandler):
    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.some = threading.Event()

    def on_any_event(self, event: FileSystemEvent) -> None:
        if not event.is_directory:
            self.paths.add(str(event.src_path))
            self.some.set()


@contextmanager
def watched(folder: Path) -> Iterator[_Seen]:
    seen, watch = _Seen(), Watch(PollingObserver(timeout=0.05))
    watch.schedule(seen, str(folder), recursive=True)
    watch.start()
    yield seen
    # What is told is noted, once.
    assert watch.changed() >= seen.paths
    assert not watch.changed()
    watch.stop()
    watch.join()


def write_and_wait(folder: Path) -> None:
    (folder / "deep").mkdir()
    read, written = folder / "read.md", folder / "deep/written.md"
    read.write_text("old", encoding="utf-8")
    written.write_text("old", encoding="utf-8")
    with watched(folder) as seen:
        assert read.read_text(encoding="utf-8") == "old"
        written.write_text("new text", encoding="utf-8")
        assert seen.some.wait(_PATIENCE)
        assert str(written) in seen.paths
        # A build reads files: that must not start another build.
        assert str(read) not in seen.paths


def test_what_is_written_is_seen_and_what_is_read_is_not(tmp_path: Path) -> None:
    write_and_wait(tmp_path)


def test_a_folder_that_goes_as_a_whole_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    (folder / "resource").mkdir(parents=True)
    (folder / "resource/index.md").write_text("text", encoding="utf-8")
    with watched(folder) as seen:
        (folder / "resource").rename(tmp_path / "elsewhere")
        assert seen.some.wait(_PATIENCE)


def test_thousands_of_files_that_are_read_are_not_too_many(tmp_path: Path) -> None:
    """More than Linux notes at once (fs.inotify.max_queued_events): what is written after them would be lost."""
    path = tmp_path / "index.md"
    path.write_text("old", encoding="utf-8")
    with watched(tmp_path) as seen:
        for _ in range(20_000):
            os.close(os.open(path, os.O_RDONLY))
        assert not seen.paths
        path.write_text("new text", encoding="utf-8")
        assert seen.some.wait(_PATIENCE)
    assert seen.paths == {str(path)}


def test_where_the_system_cannot_watch_so_many_folders_they_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(PollingObserver):
        def start(self) -> None:
            raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(watching, "Observer", Full)
    write_and_wait(tmp_path)

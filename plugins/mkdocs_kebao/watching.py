"""How `mkdocs serve` sees that a file was written: told by the system where it can, else by looking again and again."""

from __future__ import annotations

import os
from collections.abc import Callable

from watchdog import events
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

#: That a file was opened or read says nothing: a build does that, with more files than the system can note.
_CHANGES: list[type[FileSystemEvent]] = [
    events.FileCreatedEvent,
    events.FileModifiedEvent,
    events.FileDeletedEvent,
    events.FileMovedEvent,
    events.DirCreatedEvent,
    events.DirDeletedEvent,
    events.DirMovedEvent,
]


class Watch:
    """In the place of MkDocs' observer, which looks at every file twice a second.

    ``polling`` is that observer, which is used where the system cannot watch so many folders.
    """

    def __init__(self, polling: BaseObserver) -> None:
        self._polling = polling
        self._watched: dict[str, tuple[FileSystemEventHandler, bool]] = {}
        self._running: BaseObserver | None = None
        self._changed: set[str] = set()

    def changed(self) -> set[str]:
        """Paths of what was written since this was asked last."""
        changed, self._changed = self._changed, set()
        return changed

    def _note(self, event: FileSystemEvent) -> None:
        self._changed.update(os.fsdecode(path) for path in (event.src_path, event.dest_path) if path)

    def schedule(self, handler: FileSystemEventHandler, path: str, recursive: bool = False) -> str:
        self._watched[path] = (_OnlyChanges(handler, self._note), recursive)
        return path

    def unschedule(self, path: str) -> None:
        self._watched.pop(path, None)

    def start(self) -> None:
        try:
            self._running = self._started(Observer())
        # Too many folders; or a watchdog older than 4, which cannot be told what not to note.
        except (OSError, TypeError):
            self._polling.unschedule_all()
            self._running = self._polling
            for path, (handler, recursive) in self._watched.items():
                self._polling.schedule(handler, path, recursive=recursive)
            self._polling.start()

    def _started(self, observer: BaseObserver) -> BaseObserver:
        for path, (handler, recursive) in self._watched.items():
            observer.schedule(handler, path, recursive=recursive, event_filter=_CHANGES)
        observer.start()
        return observer

    def stop(self) -> None:
        if self._running:
            self._running.stop()

    def join(self) -> None:
        if self._running:
            self._running.join()


class _OnlyChanges(FileSystemEventHandler):
    def __init__(self, handler: FileSystemEventHandler, note: Callable[[FileSystemEvent], None]) -> None:
        self._handler, self._note = handler, note

    def on_any_event(self, event: FileSystemEvent) -> None:
        if type(event) not in _CHANGES:
            return
        self._note(event)
        # Of a folder that comes or goes as a whole nothing else is told, and MkDocs does not listen to that.
        changed = events.FileModifiedEvent(event.src_path) if event.is_directory else event
        self._handler.on_any_event(changed)

"""Files that a reader of ``mkdocs serve`` can wait for: until they are made, those of the build before stand there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path


class LaterFiles:
    """Makes files beside the server, so that browsers load a changed page before they are done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._before: Mapping[str, bytes] | None = None
        self._wanted = 0

    def forget(self) -> None:
        """What is being made is not written any more: the next build has begun."""
        with self._lock:
            self._wanted += 1

    def write(self, folder: Path, make: Callable[[], Mapping[str, bytes]]) -> None:
        """Writes what ``make`` gives: in the first build at once, then when it is done."""
        if self._before is None:
            self._before = make()
            write_files(folder, self._before)
            return
        write_files(folder, self._before)
        wanted = self._wanted

        def work() -> None:
            files = make()
            with self._lock:
                if wanted == self._wanted:
                    self._before = files
                    write_files(folder, files)

        threading.Thread(target=work, daemon=True).start()


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes each file below the folder."""
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

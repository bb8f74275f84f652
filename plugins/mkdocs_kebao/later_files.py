"""Files that a reader of ``mkdocs serve`` can wait for: until they are made, those of the build before stand there."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from kebao.assembly.spare_site import take_spare


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

    def write(self, folder: Path, make: Callable[[], Mapping[str, bytes]], *, in_place: bool = False) -> None:
        """Writes what ``make`` gives: in the first build at once, then when it is done.

        ``in_place``: What was written before still stands in the folder.
        """
        before = self._before
        if before is None:
            self._before = make()
            write_files(folder, self._before)
            return
        if not in_place:
            write_files(folder, before)
        wanted = self._wanted

        def work() -> None:
            files = make()
            with self._lock:
                if wanted == self._wanted:
                    self._before = files
                    write_files(folder, {path: data for path, data in files.items() if before.get(path) != data})
                    for path in before.keys() - files.keys():
                        (folder / path).unlink(missing_ok=True)

        threading.Thread(target=work, daemon=True).start()


def spare_folder() -> Path | None:
    """An earlier site of the shard, whose files may be moved into this one; None where `kebao build` names none."""
    said = os.environ.get("KEBAO_SPARE")
    return Path(said) if said else None


def replace_folder(folder: Path, files: Mapping[str, bytes], spare: Path | None) -> None:
    """Writes a folder that holds these files and no others; those that the earlier one has are moved here."""
    same = []
    for path in take_spare(spare, folder, files) if spare else ():
        target = f"{folder}/{path}"
        if _holds(target, files[path]):
            same.append(path)
        else:
            os.unlink(target)
    write_files(folder, {path: files[path] for path in files.keys() - same} if same else files)


def _holds(path: str, content: bytes) -> bool:
    found = os.open(path, os.O_RDONLY)
    try:
        # What is read of a file may be less than is asked for: it is written again then.
        return os.read(found, len(content) + 1) == content
    finally:
        os.close(found)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes each file below the folder."""
    made: set[str] = set()
    for path, content in files.items():
        target = f"{folder}/{path}"
        # They are thousands in few folders.
        if (place := os.path.dirname(target)) not in made:
            os.makedirs(place, exist_ok=True)
            made.add(place)
        with open(target, "wb") as stream:
            stream.write(content)

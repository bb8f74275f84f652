"""Many files at once: all written under temporary names, brought to the disk together, then named.

A hundred thousand files that are synced one by one take half an hour on a disk that turns.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from types import TracebackType

from kebao.mirror.errors import RefusedError
from kebao.mirror.publisher.files import chunks_of, sync_folder
from kebao.mirror.whole_disk import sync_all, syncs_at_once

_MOST_FILES = 5000
_MOST_BYTES = 512 << 20


class Batch:
    """Copies and links below one folder; after the ``with`` block all of them are on the disk, under their names.

    A block that ends with an exception leaves nothing half-written: what was named before then is whole.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._waiting: dict[Path, Path] = {}
        self._bytes = 0
        self._folders: set[Path] = set()
        self._number = 0

    def __enter__(self) -> Batch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._commit()
        finally:
            for temporary in self._waiting.values():
                with contextlib.suppress(OSError):
                    temporary.unlink(missing_ok=True)

    def copy(self, source: Path, path: Path, sha256: str = "") -> None:
        """Copies a file; with a hash, raises RefusedError when the file has another. The same path again is nothing."""
        if path in self._waiting:
            return
        temporary = self._temporary(path)
        digest = hashlib.sha256()
        with temporary.open("wb") as stream:
            for chunk in chunks_of(source):
                digest.update(chunk)
                stream.write(chunk)
                self._bytes += len(chunk)
        if sha256 and digest.hexdigest() != sha256:
            raise RefusedError("file-changed-meanwhile", path=source)
        self._commit_when_full()

    def link(self, source: Path, path: Path) -> None:
        """The same bytes under a name that is not taken; a copy where the file system has no hard links."""
        self._make_folder(path.parent)
        try:
            os.link(source, path)
        except FileExistsError:
            raise
        except OSError:  # FAT, network folders, 65,000 links to one file
            shutil.copyfile(source, self._temporary(path))
            self._bytes += source.stat().st_size
            self._commit_when_full()

    def _temporary(self, path: Path) -> Path:
        self._make_folder(path.parent)
        self._number += 1
        # Numbered: the beginnings of long names may be the same.
        temporary = path.with_name(f".{self._number}.{os.getpid()}.tmp")
        self._waiting[path] = temporary
        return temporary

    def _make_folder(self, folder: Path) -> None:
        if folder not in self._folders:
            folder.mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)

    def _commit_when_full(self) -> None:
        if len(self._waiting) >= _MOST_FILES or self._bytes >= _MOST_BYTES:
            self._commit()

    def _commit(self) -> None:
        at_once = bool(self._folders) and syncs_at_once(self._root)
        if at_once:
            sync_all(self._root)
        else:
            for temporary in self._waiting.values():
                _sync_file(temporary)
        for path, temporary in self._waiting.items():
            temporary.replace(path)
        if at_once:
            sync_all(self._root)
        else:
            for folder in sorted(self._folders):
                sync_folder(folder)
        self._waiting.clear()
        self._folders.clear()
        self._bytes = 0


def _sync_file(path: Path) -> None:
    # Windows syncs only what is open for writing.
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())

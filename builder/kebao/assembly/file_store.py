"""The folder of stored files, ``_files``: each file once, under its digest (DESIGN §1.6)."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kebao.assembly.file_copies import copy_content
from kebao.assembly.kept_files import KeptFiles
from kebao.model.shard import StoredFile


@dataclass(frozen=True, slots=True)
class FileStore:
    """Writes into ``folder``; a file that is there already is left alone.

    Attributes:
        shares: Whether files may be the same on the disk as those in the project's cache: nothing is copied then.
        kept: Materials that earlier builds stored.
    """

    folder: Path
    shares: bool = False
    kept: KeptFiles | None = None

    def path_of(self, stored: StoredFile) -> Path:
        return self.folder.joinpath(*stored.path_parts)

    def put_file(self, source: Path, stored: StoredFile) -> StoredFile:
        return self._put(stored, lambda stream: copy_content(source, stream))

    def put_material(self, source: Path, stored: StoredFile) -> StoredFile:
        """Stores a file that stays the same from build to build."""
        target = self.path_of(stored)
        if self.kept is None or target.exists():
            return self.put_file(source, stored)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not self.kept.give(stored, target):
            self.put_file(source, stored)
            self.kept.keep(stored, target)
        return stored

    def put_kept(self, kept: Path, stored: StoredFile) -> StoredFile:
        """Stores a file of the project's cache."""
        target = self.path_of(stored)
        if self.shares and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(OSError):
                os.link(kept, target)
        return self.put_file(kept, stored)

    def put_bytes(self, data: bytes, name: str) -> StoredFile:
        stored = StoredFile(sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data), name=name)
        return self._put(stored, lambda stream: stream.write(data))

    def _put(self, stored: StoredFile, write: Callable[[BinaryIO], object]) -> StoredFile:
        target = self.path_of(stored)
        if target.exists() and target.stat().st_size == stored.size_bytes:
            return stored
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_writer(target) as stream:
            write(stream)
        return stored


@contextlib.contextmanager
def atomic_writer(target: Path) -> Iterator[BinaryIO]:
    """A binary stream whose content appears at ``target`` whole, or not at all."""
    temporary = target.with_name(f".{os.getpid()}.{hashlib.sha256(target.name.encode()).hexdigest()[:16]}.tmp")
    try:
        with temporary.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)

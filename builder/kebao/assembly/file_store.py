"""The folder of stored files, ``_files``: each file once, under its digest (DESIGN §1.6)."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from kebao.assembly.file_copies import copy_content
from kebao.assembly.kept_files import KeptFiles
from kebao.assembly.spare_site import Signature, SpareFiles, signature_of
from kebao.model.shard import StoredFile


@dataclass(frozen=True, slots=True)
class FileStore:
    """Writes into ``folder``; a file that is there already is left alone.

    Attributes:
        shares: Whether files may be the same on the disk as those in the project's cache: nothing is copied then.
        kept: Materials that earlier builds stored; it has the new ones once they are settled.
        spare: What was in the folder before, of an earlier site; of that, only what is known is left alone.
        stored: Path below the folder → size, of what was put.
        lasts: Whether the folder stays as it is: a file has its name in it only when it is whole, and on the disk. One
            that is thrown away if anything goes wrong needs neither.
        unsettled: New materials, each with its place: they are not kept yet, see :meth:`settle`.
    """

    folder: Path
    shares: bool = False
    kept: KeptFiles | None = None
    spare: SpareFiles | None = None
    stored: dict[str, int] = field(default_factory=dict)
    lasts: bool = True
    unsettled: list[tuple[StoredFile, str]] = field(default_factory=list)

    def path_of(self, stored: StoredFile) -> Path:
        return self.folder.joinpath(*stored.path_parts)

    def _place_of(self, stored: StoredFile) -> str:
        """The same as a text: to make a path takes longer than to ask the disk about it."""
        return os.path.join(self.folder, *stored.path_parts)

    def has(self, stored: StoredFile, signature: Signature | None = None) -> bool:
        """Whether the file was put, or this very one was found; it counts as put then.

        Without an earlier site nobody can say. With one, the file is not in the folder unless it was put.
        """
        if self.spare is None:
            return False
        path = "/".join(stored.path_parts)
        if path in self.stored:
            return True
        if not self.spare.take(path, signature):
            return False
        self.stored[path] = stored.size_bytes
        return True

    def put_file(self, source: str | Path, stored: StoredFile) -> StoredFile:
        return self._put(stored, lambda stream: copy_content(source, stream))

    def put_material(self, source: str | Path, stored: StoredFile) -> StoredFile:
        """Stores a file that stays the same from build to build."""
        if self.kept is None:
            return self.put_file(source, stored)
        signature = self.kept.signature(stored)
        if self.spare is not None and self.has(stored, signature):
            return stored
        target = self._place_of(stored)
        if os.path.exists(target):
            return self.put_file(source, stored)
        if signature is not None:
            _make_folder(target)
            if self.kept.give(stored, target):
                return self._noted(stored)
        self.put_file(source, stored)
        if self.lasts:
            self.kept.keep(stored, target)
        else:
            self.unsettled.append((stored, target))
        return stored

    def settle(self) -> None:
        """Keeps the new materials once they are on the disk, whose sizes and times vouch for them later."""
        unsettled = list(self.unsettled)
        self.unsettled.clear()
        for stored, target in unsettled:
            with contextlib.suppress(OSError):
                sync_file(target)
                if self.kept is not None:
                    self.kept.keep(stored, target)

    def put_kept(self, kept: Path, stored: StoredFile) -> StoredFile:
        """Stores a file of the project's cache."""
        if self.spare is not None and self.has(stored, signature_of(os.stat(kept))):
            return stored
        target = self._place_of(stored)
        if self.shares and not os.path.exists(target):
            _make_folder(target)
            with contextlib.suppress(OSError):
                os.link(kept, target)
        return self.put_file(kept, stored)

    def put_bytes(self, data: bytes, name: str) -> StoredFile:
        stored = StoredFile(sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data), name=name)
        return self._put(stored, lambda stream: stream.write(data))

    def _put(self, stored: StoredFile, write: Callable[[BinaryIO], object]) -> StoredFile:
        if self.has(stored):
            return stored
        target = self._place_of(stored)
        with contextlib.suppress(OSError):
            if os.stat(target).st_size == stored.size_bytes:
                return self._noted(stored)
        _make_folder(target)
        with atomic_writer(target) if self.lasts or os.path.lexists(target) else _new_file(target) as stream:
            write(stream)
        return self._noted(stored)

    def _noted(self, stored: StoredFile) -> StoredFile:
        self.stored["/".join(stored.path_parts)] = stored.size_bytes
        return stored


def _make_folder(target: str) -> None:
    """Makes the folder of a file: mostly the last step of the way is missing, or none."""
    folder = os.path.dirname(target)
    try:
        os.mkdir(folder)
    except FileExistsError:
        if not os.path.isdir(folder):
            raise
    except OSError:
        os.makedirs(folder, exist_ok=True)


@contextlib.contextmanager
def _new_file(target: str) -> Iterator[BinaryIO]:
    with open(target, "xb") as stream:
        try:
            yield stream
        except BaseException:
            # Windows removes nothing that is open.
            stream.close()
            os.unlink(target)
            raise


def sync_file(path: str | Path) -> None:
    """Waits until the file's bytes are on the disk."""
    # Windows only flushes what is open for writing.
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def atomic_writer(target: str | Path, *, waits_for_disk: bool = True) -> Iterator[BinaryIO]:
    """A binary stream whose content appears at ``target`` whole, or not at all.

    A machine that fails may cut off what was written without waiting for the disk.
    """
    folder, name = os.path.split(target)
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
    temporary = os.path.join(folder, f".{os.getpid()}.{digest[:16]}.tmp")
    try:
        with open(temporary, "wb") as stream:
            yield stream
            if waits_for_disk:
                stream.flush()
                os.fsync(stream.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise

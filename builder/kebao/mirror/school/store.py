"""The objects of this mirror: files named by their hash, of which release trees are second names.

Where a file system has no second names (FAT), the trees themselves are the store, found through their manifests.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from kebao.mirror.manifest import FileEntry
from kebao.mirror.school.disk import Disk
from kebao.mirror.school.gradual_sync import GradualSync
from kebao.mirror.school.places import Places


class Store:
    """Objects under `places.objects`, and under release trees that `know_tree` was told of."""

    def __init__(self, places: Places, disk: Disk, *, syncs_at_once: bool = False) -> None:
        """Args: syncs_at_once: files come unsynced; `sync` does it for all of them."""
        self.syncs_at_once = syncs_at_once
        self._gradual = GradualSync(disk, places.objects)
        self._places = places
        self._objects = f"{places.objects}{os.sep}"
        self._disk = disk
        self._in_trees: dict[bytes, Path] = {}
        self._changed: set[Path] = set()

    def know_tree(self, tree: Path, files: Iterable[FileEntry]) -> None:
        """Files of a tree count as objects too: for disks without links."""
        for file in files:
            self._in_trees[bytes.fromhex(file.sha256)] = tree.joinpath(*file.path.split("/"))

    def find(self, sha256: str, size: int) -> Path | None:
        """A file of that name and size; its content is not read."""
        # Asked three times for every file of a release, and mostly it is not there: no Path is made for that.
        name = f"{self._objects}{sha256[:2]}{os.sep}{sha256}"
        if has_size(name, size):
            return Path(name)
        other = self._in_trees.get(bytes.fromhex(sha256)) if self._in_trees else None
        return other if other is not None and has_size(other, size) else None

    def find_any(self, sha256: str) -> Path | None:
        """A file of that name, whatever its size: an old one that a delta starts from, checked by who uses it."""
        path = self._places.object(sha256)
        return path if path.is_file() else self._in_trees.get(bytes.fromhex(sha256))

    def add(self, part: Path, sha256: str) -> Path:
        """Takes over a file that was verified, and synced unless `sync` does that. Replaces a damaged object."""
        path = self._places.object(sha256)
        if path.parent not in self._changed:
            self._disk.make_folder(path.parent)
            self._changed.add(path.parent)
        self._disk.protect(part)
        self._disk.replace(part, path)
        if self.syncs_at_once:
            self._gradual.wrote(path.stat().st_size)
        return path

    def sync(self) -> None:
        """What was added is on the disk for certain after this, by its name."""
        if self.syncs_at_once and self._changed:
            self._gradual.finish()
            self._changed.clear()
        for folder in sorted(self._changed):
            self._disk.sync_folder(folder)
        if self._changed:
            self._disk.sync_folder(self._places.objects)
        self._changed.clear()


def has_size(path: Path | str, size: int) -> bool:
    """Whether there is a regular file of that size; links are not followed."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return (status.st_mode & 0o170000) == 0o100000 and status.st_size == size


def sha256_of(path: Path) -> str:
    """The hash of the file's content, 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()

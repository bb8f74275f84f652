"""Release trees: plain folders with plain names, whose files are the store's objects."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from kebao.mirror.errors import VerificationError
from kebao.mirror.manifest import FileEntry
from kebao.mirror.school.disk import Disk
from kebao.mirror.school.places import Places
from kebao.mirror.school.store import Store, has_size, sha256_of

UNFINISHED = ".tmp"


class TreeBuilder:
    """Builds `r/<name>` under a temporary name; one that a killed run left is gone on with."""

    def __init__(self, places: Places, disk: Disk, store: Store, *, has_links: bool) -> None:
        self._places = places
        self._disk = disk
        self._store = store
        self._has_links = has_links
        self._folders: set[str] = set()

    def build(self, name: str, files: Iterable[FileEntry]) -> Path:
        """The unfinished tree, complete and synced; `finish` gives it its name."""
        tree = self._places.tree(name + UNFINISHED)
        if tree.is_symlink():  # somebody's, and it leads who knows where
            self._disk.remove(tree)
        elif tree.exists() and self._has_links:
            self._disk.remove_tree(tree)
        self._disk.make_folder(tree)
        self._folders = {""}
        for file in files:
            self._make_parents(tree, file.path)
            self._place(file, tree.joinpath(*file.path.split("/")))
        if self._store.syncs_at_once:
            self._disk.sync_all(tree)
            return tree
        for folder in sorted(self._folders, reverse=True):
            self._disk.sync_folder(tree.joinpath(*folder.split("/")) if folder else tree)
        return tree

    def finish(self, tree: Path) -> None:
        """Gives the tree its name."""
        self._disk.replace(tree, tree.with_name(tree.name[: -len(UNFINISHED)]))
        self._disk.sync_folder(self._places.releases)

    def _make_parents(self, tree: Path, path: str) -> None:
        parent = path.rpartition("/")[0]
        if parent in self._folders:
            return
        try:
            self._disk.make_folder(tree.joinpath(*parent.split("/")))
        except (FileExistsError, NotADirectoryError) as error:
            raise VerificationError("school-two-contents", path=path) from error
        while parent not in self._folders:
            self._folders.add(parent)
            parent = parent.rpartition("/")[0]

    def _place(self, file: FileEntry, target: Path) -> None:
        source = self._store.find(file.sha256, file.size)
        if os.path.lexists(target):  # in several units, or left by a killed run on a disk without links
            if self._has_links and source and os.path.samefile(source, target):
                return
            if has_size(target, file.size) and sha256_of(target) == file.sha256:
                return
            if self._has_links:
                raise VerificationError("school-two-contents", path=file.path)
            self._disk.remove(target)
        if source is None:
            raise VerificationError("school-object-lost", path=file.path)
        if self._has_links:
            if not self._disk.link(source, target):
                self._disk.copy(source, target)
        elif source == self._places.object(file.sha256):
            self._disk.replace(source, target)
            self._store.know_tree(target.parent, (FileEntry(target.name, file.size, file.sha256),))
        else:
            self._disk.copy(source, target)
        if not self._has_links:
            self._disk.protect(target)

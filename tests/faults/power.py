"""A disk that remembers what a power cut would leave of it.

Only what was synced is certain: a file's bytes when the file was, a name when its folder was (POSIX says no more). Of
everything else each piece may be there or not, in any order; a file may have its new length and zeros in it.
"""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from tests.faults.wrapped_file import WrappedFile

from kebao.mirror.school.disk import RealDisk


@dataclass(eq=False)
class FileNode:
    now: bytes = b""
    safe: bytes = b""


@dataclass(eq=False)
class LinkNode:
    target: str


@dataclass(eq=False)
class FolderNode:
    now: dict[str, Node] = field(default_factory=dict)
    safe: dict[str, Node] = field(default_factory=dict)


Node = FileNode | LinkNode | FolderNode


class Loss(Enum):
    """What of the unsynced is lost."""

    ALL = "all"
    CONTENT = "content"
    """Names are there, files behind them are not: what zero-length files after a crash come from."""
    NAMES = "names"
    ANY = "any"


class PowerDisk(RealDisk):
    """The disk below `root`, whose content was synced long ago; calls `before` before each change.

    Args: at_once: whether it has `sync_all`; links: whether it has links of both kinds.
    """

    def __init__(self, root: Path, before: Callable[[], None], *, at_once: bool, links: bool) -> None:
        self._root = root
        self._before = before
        self._at_once = at_once
        self._links = links
        self.tree = _read(root)

    def make_folder(self, path: Path) -> None:
        self._before()
        super().make_folder(path)
        self._folder(path)

    def append_to(self, path: Path) -> BinaryIO:
        file = super().append_to(path)
        folder = self._folder(path.parent)
        if path.name not in folder.now:
            self._before()
            folder.now[path.name] = FileNode()
        node = folder.now[path.name]
        assert isinstance(node, FileNode)
        return _WatchedFile(file, node)  # type: ignore[return-value]

    def sync(self, file: BinaryIO) -> None:
        self._before()
        super().sync(file)
        assert isinstance(file, _WatchedFile)
        file.node.safe = file.node.now

    def sync_folder(self, path: Path) -> None:
        self._before()
        super().sync_folder(path)
        folder = self._folder(path)
        folder.safe = dict(folder.now)

    def syncs_at_once(self, folder: Path) -> bool:
        return self._at_once

    def sync_all(self, folder: Path) -> None:
        assert self._at_once
        self._before()
        _settle(self.tree)

    def replace(self, source: Path, target: Path) -> None:
        self._before()
        super().replace(source, target)
        node = self._folder(source.parent).now.get(source.name)
        assert node is not None
        there = self._folder(target.parent).now.get(target.name)
        if there is not node:  # POSIX: two names of one file stay as they are
            del self._folder(source.parent).now[source.name]
            self._folder(target.parent).now[target.name] = node

    def link(self, source: Path, target: Path) -> bool:
        if not self._links:
            return False
        self._before()
        made = super().link(source, target)
        self._folder(target.parent).now[target.name] = self._folder(source.parent).now[source.name]
        return made

    def copy(self, source: Path, target: Path) -> None:
        self._before()
        super().copy(source, target)
        data = source.read_bytes()
        self._folder(target.parent).now[target.name] = FileNode(data, data)

    def symlink(self, target: str, link: Path) -> None:
        if not self._links:
            raise OSError(errno.EPERM, "Operation not permitted")
        self._before()
        super().symlink(target, link)
        self._folder(link.parent).now[link.name] = LinkNode(target)

    def remove(self, path: Path) -> None:
        self._before()
        super().remove(path)
        self._folder(path.parent).now.pop(path.name, None)

    def remove_tree(self, path: Path) -> None:
        self._before()
        super().remove_tree(path)
        self._folder(path.parent).now.pop(path.name, None)

    def _folder(self, path: Path) -> FolderNode:
        folder = self.tree
        for name in path.relative_to(self._root).parts:
            node = folder.now.setdefault(name, FolderNode())
            assert isinstance(node, FolderNode)
            folder = node
        return folder


class _WatchedFile(WrappedFile):
    def __init__(self, file: BinaryIO, node: FileNode) -> None:
        super().__init__(file)
        self.node = node

    def write(self, data: bytes) -> int:
        self.node.now += bytes(data)
        return self._file.write(data)


def write_image(tree: FolderNode, target: Path, loss: Loss, draw: random.Random) -> None:
    """The disk as it is found when the power is back."""
    _write_folder(tree, target, loss, draw, {})


def _write_folder(folder: FolderNode, target: Path, loss: Loss, draw: random.Random, made: dict[int, Path]) -> None:
    target.mkdir()
    for name in sorted({*folder.now, *folder.safe}):
        node, before = folder.now.get(name), folder.safe.get(name)
        if loss in (Loss.ALL, Loss.NAMES) or (loss is Loss.ANY and draw.random() < 0.5):
            node = before
        path = target / name
        if isinstance(node, FolderNode):
            _write_folder(node, path, loss, draw, made)
        elif isinstance(node, LinkNode):
            path.symlink_to(node.target)
        elif node is not None and id(node) in made:
            os.link(made[id(node)], path)
        elif node is not None:
            path.write_bytes(_content(node, loss, draw))
            made[id(node)] = path


def _content(node: FileNode, loss: Loss, draw: random.Random) -> bytes:
    if node.now == node.safe or loss is Loss.NAMES:
        return node.now
    if loss is Loss.ALL:
        return node.safe
    torn = (b"", node.safe, b"\0" * len(node.now), node.now[: len(node.now) // 2])
    return draw.choice(torn if loss is Loss.CONTENT else (*torn, node.now))


def _settle(folder: FolderNode) -> None:
    folder.safe = dict(folder.now)
    for node in folder.now.values():
        if isinstance(node, FolderNode):
            _settle(node)
        elif isinstance(node, FileNode):
            node.safe = node.now


def _read(path: Path) -> FolderNode:
    known: dict[int, Node] = {}

    def read(path: Path) -> Node:
        if path.is_symlink():
            return LinkNode(os.readlink(path))
        if path.is_dir():
            names = {each.name: read(each) for each in path.iterdir()}
            return FolderNode(dict(names), dict(names))
        number = path.stat().st_ino
        data = path.read_bytes()
        return known.setdefault(number, FileNode(data, data))

    tree = read(path)
    assert isinstance(tree, FolderNode)
    return tree

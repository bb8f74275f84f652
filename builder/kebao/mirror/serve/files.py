"""Which file a request means; nothing outside of the release trees and `.mirror` can be meant."""

from __future__ import annotations

import os
import re
import stat
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote_to_bytes

from kebao.mirror.school.places import Places
from kebao.mirror.school.state import State, Unreadable, read_state

_NOT_A_NAME = re.compile(r"[\x00-\x1f\x7f\\:]")
_SERVED = frozenset({"metadata", "m", "o", "p"})
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_NUMBERED = re.compile(r"\d+\.[^/]*\.json")


@dataclass(frozen=True)
class Found:
    """A file to send. Attributes: etag: with its quotes; cache: what Cache-Control says; siblings: may have `.gz`,
    `.zst`."""

    path: Path
    size: int
    modified: float
    etag: str
    cache: str
    siblings: bool


@dataclass(frozen=True)
class Elsewhere:
    """Look there instead. Attribute: path: percent-encoded."""

    path: str


class MirrorFiles:
    """The files of the mirror in a folder, as its state says at the moment of each request."""

    def __init__(self, root: Path) -> None:
        self._places = Places(Path(os.path.realpath(root)))
        self._lock = threading.Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._state = State()

    def find(self, request_path: str) -> Found | Elsewhere | None:
        """The file for the path of a request line, with or without a query."""
        names = _names(request_path)
        if names is None:
            return None
        state = self._current_state()
        if names[:1] == [".mirror"]:
            return self._served(names)
        if names[:1] == ["r"] and len(names) > 1:
            if names[1] in {release.tree for release in state.releases}:
                return self._in_tree(names[1], names[2:], request_path, cache=_FOREVER)
            if re.fullmatch(r"\d{5}(?:-\d+)?", names[1]):  # cleaned away; a bookmark finds the page of today
                return Elsewhere("/" + "/".join(quote(name) for name in names[2:]))
            return None
        if not state.current:
            return None
        return self._in_tree(state.current, names, request_path, cache=_ASK_AGAIN)

    def _current_state(self) -> State:
        with self._lock:
            try:
                status = self._places.state.stat()
                stamp = (status.st_mtime_ns, status.st_ino, status.st_size)
                if stamp != self._stamp:
                    self._state = read_state(self._places.state)
                    self._stamp = stamp
            except (OSError, Unreadable):
                pass  # what was read last still stands
            return self._state

    def _served(self, names: Sequence[str]) -> Found | None:
        if len(names) < 3 or names[1] not in _SERVED or any(not name for name in names):
            return None
        status = _plain_file(self._places.root, names)
        if status is None:
            return None
        forever = names[1] != "metadata" or _NUMBERED.fullmatch(names[-1]) is not None
        path = self._places.root.joinpath(*names)
        return Found(
            path, status.st_size, status.st_mtime, _etag(status, ""), _FOREVER if forever else _ASK_AGAIN, False
        )

    def _in_tree(self, tree: str, names: Sequence[str], request_path: str, *, cache: str) -> Found | Elsewhere | None:
        base = self._places.tree(tree)
        wanted = [*names[:-1], "index.html"] if names and names[-1] == "" else list(names) or ["index.html"]
        if any(not name for name in wanted):
            return None
        status = _plain_file(base, wanted)
        if status is None:
            if _plain_file(base, [*wanted, "index.html"]):
                return Elsewhere("/" + quote(_path_of(request_path).lstrip("/"), safe="/%") + "/")
            return None
        # Where files are not shared between trees, their dates may be too coarse to tell two releases apart.
        apart = tree if status.st_nlink < 2 else ""
        return Found(base.joinpath(*wanted), status.st_size, status.st_mtime, _etag(status, apart), cache, True)

    def sibling(self, found: Found, ending: str) -> Found | None:
        """The pre-compressed form beside a file, when it is no older than the file."""
        path = found.path.with_name(found.path.name + ending)
        status = _plain_file(path.parent, [path.name])
        if status is None or not found.siblings:
            return None
        etag = found.etag[:-1] + ending + '"'
        return Found(path, status.st_size, found.modified, etag, found.cache, False)


def open_found(found: Found) -> BinaryIO:
    """The file, opened; a link that took its place meanwhile is not followed."""
    descriptor = os.open(found.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    return os.fdopen(descriptor, "rb")


def _path_of(request_path: str) -> str:
    return request_path.partition("?")[0].partition("#")[0]


def _names(request_path: str) -> list[str] | None:
    """The names of the path, decoded once; None for a path that no site has. A last empty name means a folder."""
    path = _path_of(request_path)
    if not path.startswith("/"):
        return None
    try:
        names = [unquote_to_bytes(name).decode("utf-8") for name in path[1:].split("/")]
    except UnicodeDecodeError:
        return None
    for name in names:
        # After decoding, so that %2e%2e and %2f are seen. Windows drops dots and spaces at the end of names.
        if "/" in name or _NOT_A_NAME.search(name) or (name and not name.rstrip(". ")):
            return None
    if any(not name for name in names[:-1]):
        return None
    return names


def _plain_file(base: Path, names: Sequence[str]) -> os.stat_result | None:
    """The status of a regular file that is reached without any link; None for everything else."""
    path = str(base)
    status: os.stat_result | None = None
    for place, name in enumerate(names):
        path = os.path.join(path, name)
        try:
            status = os.lstat(path)
        except (OSError, ValueError):
            return None
        is_last = place == len(names) - 1
        if not (stat.S_ISREG(status.st_mode) if is_last else stat.S_ISDIR(status.st_mode)):
            return None
    return status


def _etag(status: os.stat_result, apart: str) -> str:
    return f'"{apart}{"-" if apart else ""}{status.st_ino:x}-{status.st_size:x}-{status.st_mtime_ns:x}"'

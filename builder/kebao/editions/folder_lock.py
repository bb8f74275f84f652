"""One at a time: a lock that the operating system takes back when its process ends, however it ends."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from kebao.editions.errors import EditionError
from kebao.problems import Message


@contextlib.contextmanager
def folder_lock(path: Path) -> Iterator[None]:
    """Holds the lock file at ``path``; EditionError at once when another process holds it.

    The file stays: that it exists says nothing, so there is no stale lock to remove.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream, _not_for_children(stream):
        try:
            _lock(stream)
        except OSError as error:
            raise EditionError(
                Message("another kebao is at work on '{folder}'", {"folder": str(path.parent)}),
                Message("wait until it has finished, then run the command again"),
            ) from error
        try:
            yield
        finally:
            _unlock(stream)


#: Lock files that this process holds open.
_held: set[int] = set()


@contextlib.contextmanager
def _not_for_children(stream: BinaryIO) -> Iterator[None]:
    """A process that was split off does not keep the lock when its parent has ended: it may outlive it."""
    _held.add(stream.fileno())
    try:
        yield
    finally:
        _held.discard(stream.fileno())


def _let_go() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in _held:
        # The number stays taken: whoever has it closes it in the end.
        os.dup2(nothing, descriptor, inheritable=False)
    os.close(nothing)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)

if sys.platform == "win32":
    import msvcrt

    def _lock(stream: BinaryIO) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

    def _unlock(stream: BinaryIO) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(stream: BinaryIO) -> None:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(stream: BinaryIO) -> None:
        fcntl.flock(stream.fileno(), fcntl.LOCK_UN)

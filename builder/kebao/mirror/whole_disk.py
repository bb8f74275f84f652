"""Syncing everything that was written in one call, instead of thousands of files one by one: Linux has one for it.

Where it is not sure that the call reaches the disk and tells of errors, nobody is told that it does.
"""

from __future__ import annotations

import ctypes
import functools
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

_SURE = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "vfat", "exfat", "tmpfs", "overlay"})
"""File systems of the kernel itself: one in user space (NTFS, often) is written back to a program, not to the disk."""
_TELLS_ERRORS = (5, 8)
"""The first Linux whose syncfs(2) says that something could not be written."""


def syncs_at_once(folder: Path) -> bool:
    """Whether `sync_all` is sure to work for the file system that `folder` is on."""
    return _syncfs() is not None and _file_system_of(folder) in _SURE


def sync_all(folder: Path) -> None:
    """All that was written so far to the file system of `folder` is on the disk after this. Raises: OSError."""
    syncfs = _syncfs()
    if syncfs is None:
        raise OSError("this system cannot sync a file system")
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(descriptor):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(descriptor)


@functools.cache
def _syncfs() -> Callable[[int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    release = re.match(r"(\d+)\.(\d+)", os.uname().release)
    if not release or (int(release[1]), int(release[2])) < _TELLS_ERRORS:
        return None
    try:
        function = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return None
    function.argtypes = [ctypes.c_int]
    found: Callable[[int], int] = function
    return found


def _file_system_of(folder: Path) -> str:
    """Its kind, as in the table of mounts; empty when that is not known."""
    try:
        table = Path("/proc/self/mounts").read_text("utf-8", "surrogateescape")
    except OSError:
        return ""
    return kind_in(table, os.path.realpath(folder))


def kind_in(table: str, folder: str) -> str:
    """The kind of the file system that is mounted nearest above `folder`, the last one of several in one place."""
    best = kind = ""
    for line in table.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), fields[1])
        above = place if place.endswith("/") else place + "/"
        if (folder + "/").startswith(above) and len(above) >= len(best):
            best, kind = above, fields[2]
    return kind

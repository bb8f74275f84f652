"""Copies of files at the speed of the disk: the same blocks where the file system can share them."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path
from typing import BinaryIO

# From linux/fs.h: the second file gets the blocks of the first; what is written to one later is not seen in the other.
_FICLONE = 0x40049409
_CHUNK_BYTES = 1 << 20


def copy_content(source: str | Path, target: BinaryIO) -> None:
    """Writes the file's bytes to an empty file that is open for writing."""
    with open(source, "rb") as reader:
        if not _shared_blocks(reader, target):
            _copied(reader, target)


def _shared_blocks(reader: BinaryIO, target: BinaryIO) -> bool:
    # Not on Windows.
    with contextlib.suppress(ImportError, OSError):
        import fcntl

        fcntl.ioctl(target.fileno(), _FICLONE, reader.fileno())
        target.seek(0, os.SEEK_END)
        return True
    return False


def _copied(reader: BinaryIO, target: BinaryIO) -> None:
    if hasattr(os, "copy_file_range"):
        # Inside the kernel, or on the server that both files lie on.
        with contextlib.suppress(OSError):
            while os.copy_file_range(reader.fileno(), target.fileno(), _CHUNK_BYTES << 6):
                pass
    # What is left: all of it where the kernel cannot, nothing where it has.
    reader.seek(target.seek(0, os.SEEK_END))
    shutil.copyfileobj(reader, target, _CHUNK_BYTES)


def shared(source: Path, target: Path) -> bool:
    """Gives a file's bytes to a new name without copying: its blocks where they can be shared, or the file itself.

    False where the file system can do neither, or the name is taken.
    """
    try:
        with source.open("rb") as reader, target.open("xb") as writer:
            if _shared_blocks(reader, writer):
                return True
    except FileExistsError:
        return False
    target.unlink()
    return linked(source, target)


def linked(source: str | Path, target: str | Path) -> bool:
    """Gives a file a second name; False where the file system cannot, or the name is taken."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno == errno.ENOENT and os.path.exists(source):
            raise
        return False
    return True

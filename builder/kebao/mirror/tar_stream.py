"""A tar with nothing but plain files under flat names (POSIX.1-1988 ustar), written and read as a stream.

The reader takes no links, devices, folders, long names or sparse files: it knows one kind of member.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from kebao.mirror.errors import VerificationError

BLOCK_BYTES = 512
_NAME = re.compile(rb"[0-9a-f]{16}(?:\.dcz)?")
_SIZE = re.compile(rb"[0-7]{11}")
_PLAIN_FILE = b"0"


class Writable(Protocol):
    """What a tar is written to."""

    def write(self, data: bytes, /) -> object: ...


def write_member(stream: Writable, name: str, content: bytes) -> None:
    """Adds a file; date, owner and mode are always the same."""
    member = tarfile.TarInfo(name)
    member.size = len(content)
    stream.write(member.tobuf(tarfile.USTAR_FORMAT))
    stream.write(content)
    stream.write(bytes(-len(content) % BLOCK_BYTES))


def write_end(stream: Writable) -> None:
    """Closes the tar."""
    stream.write(bytes(2 * BLOCK_BYTES))


class Member:
    """A file of the tar while it is read; what was not read of it is skipped by the reader.

    Attributes:
        name: of 16 hexadecimal digits, with or without ".dcz".
        size: in bytes.
    """

    def __init__(self, name: str, size: int, stream: BinaryIO) -> None:
        self.name = name
        self.size = size
        self._left = size
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes; empty at the member's end."""
        wanted = self._left if size < 0 else min(size, self._left)
        return self._exactly(wanted) if wanted else b""

    def skip_rest(self) -> None:
        """Goes to the next header."""
        while self._left:
            self._exactly(min(self._left, 1 << 18))
        padding = -self.size % BLOCK_BYTES
        if len(_read_up_to(self._stream, padding)) != padding:
            raise _damaged("it ends too early")

    def _exactly(self, size: int) -> bytes:
        data = _read_up_to(self._stream, size)
        if len(data) != size:
            raise _damaged("it ends too early")
        self._left -= size
        return data


def members(stream: BinaryIO) -> Iterator[Member]:
    """The files, in order; raises VerificationError for anything that ``write_member`` would not have written."""
    seen: set[bytes] = set()
    while True:
        header = _read_up_to(stream, BLOCK_BYTES)
        if header == bytes(BLOCK_BYTES):
            return
        name = header[:100].rstrip(b"\0")
        if len(header) != BLOCK_BYTES:
            raise _damaged("it ends too early")
        if header[257:263] != b"ustar\0" or header[156:157] != _PLAIN_FILE or any(header[345:500]):
            raise _damaged("it holds something that is no plain file")
        if not _NAME.fullmatch(name):
            raise _damaged("it holds a name that is not allowed")
        if name in seen:
            raise _damaged("it holds a name twice")
        if not _SIZE.fullmatch(header[124:135]) or not _has_checksum(header):
            raise _damaged("a header is broken")
        seen.add(name)
        member = Member(name.decode(), int(header[124:135], 8), stream)
        yield member
        member.skip_rest()


def _has_checksum(header: bytes) -> bool:
    told = header[148:156].rstrip(b"\0 ")
    return told.isdigit() and int(told, 8) == sum(header[:148]) + 8 * 0x20 + sum(header[156:])


def _read_up_to(stream: BinaryIO, size: int) -> bytes:
    pieces = []
    while size:
        piece = stream.read(size)
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _damaged(reason: str) -> VerificationError:
    return VerificationError("pack-unreadable", reason=reason)

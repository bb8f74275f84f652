"""The records of a ZIP with stored members only (PKWARE APPNOTE 6.3.10): the same values give the same bytes.

They are those that Python's ``zipfile`` writes, but known before the first byte of a member: nothing is patched later,
so that an archive can be hashed while it is written.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

_LIMIT = (1 << 31) - 1
_MOST_ENTRIES = (1 << 16) - 1
_ELSEWHERE = (1 << 32) - 1
# 1980-01-01, the first date that a ZIP can hold; a regular file of Unix that all may read.
_TIME, _DATE = 0, 1 << 5 | 1
_UNIX, _REGULAR_FILE_0644 = 3, 0o100644 << 16
_PLAIN, _ZIP64 = 20, 45
_UTF_8 = 1 << 11
_STORED = 0
_LOCAL = struct.Struct("<4s2B4HL2L2H")
# What the directory says of a member.
_LISTED = struct.Struct("<4s4B4HL2L5H2L")
_LENGTHS_AT, _LENGTHS = 28, struct.Struct("<2H")
_OFFSET_AT, _OFFSET = 42, struct.Struct("<L")


class Entry(NamedTuple):
    """A stored member.

    Attributes:
        name: As it is written.
        flags: How it is written (4.4.4).
        offset: Of its local header.
    """

    name: bytes
    flags: int
    crc32: int
    size_bytes: int
    offset: int


def entry_of(name: str, *, crc32: int, size_bytes: int, offset: int) -> Entry:
    return Entry(name.encode(), 0 if name.isascii() else _UTF_8, crc32, size_bytes, offset)


def local_header(entry: Entry) -> bytes:
    """What stands before the member's bytes (4.3.7)."""
    name, flags, crc32, size_bytes, _ = entry
    is_large = _is_large(entry)
    size = _ELSEWHERE if is_large else size_bytes
    extra = struct.pack("<HHQQ", 1, 16, size_bytes, size_bytes) if is_large else b""
    version = _ZIP64 if is_large else _PLAIN
    head = _LOCAL.pack(
        b"PK\x03\x04", version, 0, flags, _STORED, _TIME, _DATE, crc32, size, size, len(name), len(extra)
    )
    return head + name + extra


def _is_large(entry: Entry) -> bool:
    # zipfile leaves room for what it cannot know; 1.05 is its own.
    return entry.size_bytes * 1.05 > _LIMIT


class Listing:
    """What stands after the last member (4.3.12 to 4.3.16)."""

    def __init__(self) -> None:
        self._records: list[bytes] = []
        self._count = 0
        self.size_bytes = 0

    def add(self, entry: Entry) -> None:
        self._add(_listed(entry), 1)

    def add_moved(self, records: bytes, count: int, by: int) -> None:
        """Adds what another archive says of members that stand ``by`` bytes further on here; see :func:`can_move`."""
        moved, at = bytearray(records), 0
        for _ in range(count if by else 0):
            name, extra = _LENGTHS.unpack_from(moved, at + _LENGTHS_AT)
            (offset,) = _OFFSET.unpack_from(moved, at + _OFFSET_AT)
            _OFFSET.pack_into(moved, at + _OFFSET_AT, (offset + by) & _ELSEWHERE)
            at += _LISTED.size + name + extra
        self._add(bytes(moved), count)

    def _add(self, records: bytes, count: int) -> None:
        self._records.append(records)
        self._count += count
        self.size_bytes += len(records)

    def directory(self, offset: int) -> bytes:
        """The whole; ``offset`` is where it stands."""
        return _directory(b"".join(self._records), self._count, offset)


def can_move(size_bytes: int) -> bool:
    """Whether the members of an archive of this size can be listed as they are in another one."""
    # Beyond that, offsets are written elsewhere.
    return size_bytes <= _LIMIT


def _directory(listed: bytes, count: int, offset: int) -> bytes:
    end = b""
    if count > _MOST_ENTRIES or offset > _LIMIT or len(listed) > _LIMIT:
        numbers = (44, _ZIP64, _ZIP64, 0, 0, count, count, len(listed), offset)
        end += b"PK\x06\x06" + struct.pack("<Q2H2L4Q", *numbers)
        end += b"PK\x06\x07" + struct.pack("<LQL", 0, offset + len(listed), 1)
    count = min(count, _MOST_ENTRIES)
    size, start = min(len(listed), _ELSEWHERE), min(offset, _ELSEWHERE)
    return listed + end + b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, count, count, size, start, 0)


def _listed(entry: Entry) -> bytes:
    name, flags, crc32, size, offset = entry
    large = []
    if size > _LIMIT:
        large += [size, size]
        size = _ELSEWHERE
    if offset > _LIMIT:
        large.append(offset)
        offset = _ELSEWHERE
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    extracted = _ZIP64 if large or _is_large(entry) else _PLAIN
    head = _LISTED.pack(
        b"PK\x01\x02",
        extracted,
        _UNIX,
        extracted,
        0,
        flags,
        _STORED,
        _TIME,
        _DATE,
        crc32,
        size,
        size,
        len(name),
        len(extra),
        0,
        0,
        0,
        _REGULAR_FILE_0644,
        offset,
    )
    return head + name + extra

"""The file in which checks keep what they know of texts (:mod:`kebao.checks.known_texts`).

It starts with a key, of Kebao's code and what it is run with, and a check sum: what is cut off, damaged or was made by
another version is no file. It holds what the last check asked for, and so never more than the project does.
"""

from __future__ import annotations

import contextlib
import hashlib
import struct
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from kebao.assembly.file_store import atomic_writer
from kebao.checks.known_texts import HASH_BYTES, KnownTexts, Shares, SplitSketch
from kebao.checks.near_duplicates import MOST_COMPARED

_NAME = "texts.bin"
#: How many sketches there are.
_HEAD = struct.Struct("<I")
#: Key, and the bytes of both parts of a sketch, which follow.
_SKETCH = struct.Struct("<32sHH")
#: Key, number of shares, and the shares.
_SHARES = struct.Struct(f"<32sB{MOST_COMPARED}d")


def read_texts(folder: Path, key: str) -> KnownTexts:
    """What was kept under ``key``; nothing when there is nothing, or it is broken."""
    with contextlib.suppress(OSError, ValueError, struct.error):
        data = (folder / _NAME).read_bytes()
        start, _, rest = data.partition(b"\n")
        found, _, entries = rest.partition(b"\n")
        if start == _start(key) and found == _sum_of(entries):
            (count,) = _HEAD.unpack_from(entries)
            at, sketches = _sketches(entries, count)
            return KnownTexts(sketches, dict(_shares(entries[at:])))
    return KnownTexts()


def write_texts(folder: Path, key: str, known: KnownTexts) -> None:
    """Writes what ``known`` knows; raises OSError when the disk does not take it."""
    parts = [_HEAD.pack(len(known.sketches))]
    for name, (shared, own) in known.sketches.items():
        parts += (_SKETCH.pack(name, len(shared), len(own)), shared, own)
    for name, shares in known.shares.items():
        parts.append(_SHARES.pack(name, len(shares), *shares, *(0.0,) * (MOST_COMPARED - len(shares))))
    entries = b"".join(parts)
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_writer(folder / _NAME) as stream:
        stream.write(_start(key) + b"\n" + _sum_of(entries) + b"\n")
        stream.write(entries)


def _start(key: str) -> bytes:
    return f"{key} {sys.byteorder} {HASH_BYTES}".encode()


def _sum_of(entries: bytes) -> bytes:
    return hashlib.sha256(entries).hexdigest().encode()


def _sketches(entries: bytes, count: int) -> tuple[int, Mapping[bytes, SplitSketch]]:
    """The sketches, and where they end."""
    found: dict[bytes, SplitSketch] = {}
    at = _HEAD.size
    for _ in range(count):
        name, shared, own = _SKETCH.unpack_from(entries, at)
        middle = at + _SKETCH.size + shared
        found[name] = entries[at + _SKETCH.size : middle], entries[middle : middle + own]
        at = middle + own
    if any(len(part) % HASH_BYTES for split in found.values() for part in split):
        raise ValueError("half a hash")
    return at, found


def _shares(entries: bytes) -> Iterator[tuple[bytes, Shares]]:
    for name, count, *shares in _SHARES.iter_unpack(entries):
        if not all(0 <= share <= 1 for share in shares):
            raise ValueError("no share")
        yield name, tuple(shares[:count])

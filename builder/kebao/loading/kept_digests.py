"""Digests of files that were read before: known again by what the file system says of them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# A file that was written so short before it was read may be written again without its times showing it
# (FAT counts in steps of two seconds).
_UNSETTLED_NS = 2_000_000_000
_NAME = "digests/files.json"
_READ_SIZE = 1 << 20
_FIELDS = 6


class KeptDigests:
    """The digests that a folder keeps; :meth:`save` keeps those of files that are still there.

    A file is read again when its size, either of its times or its place on the disk is another one.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = folder / _NAME if folder else None
        self._old = _read(self._path) if self._path else {}
        self._now: dict[str, list[object]] = {}

    def known(self, path: Path) -> str | None:
        """The digest of a file that was read before; None when it must be read."""
        name = str(path)
        kept = self._old.get(name)
        if kept is None or kept[2:] != _signature(path):
            return None
        self._now[name] = kept
        return str(kept[0])

    def sha256_of(self, path: Path) -> str:
        """Lower-case hex SHA-256 of a file."""
        if known := self.known(path):
            return known
        before = _signature(path)
        asked_at = time.time_ns()
        sha256, crc32 = sums_of(path)
        if _signature(path) == before and max(before[1:3]) + _UNSETTLED_NS < asked_at:
            self._now[str(path)] = [sha256, crc32, *before]
        return sha256

    def save(self) -> None:
        others = {path: kept for path, kept in self._old.items() if path not in self._now and os.path.exists(path)}
        kept = others | self._now
        if self._path is None or kept == self._old:
            return
        # A read-only or full disk only costs the time of reading the files again.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self._path.with_name(f".{os.getpid()}.{self._path.name}")
            temporary.write_text(json.dumps(kept), encoding="utf-8")
            temporary.replace(self._path)


def sums_of(path: Path) -> tuple[str, int]:
    """Lower-case hex SHA-256 and CRC-32 of a file, read once, in constant memory."""
    sha256, crc32 = hashlib.sha256(), 0
    piece = memoryview(bytearray(_READ_SIZE))
    with path.open("rb", buffering=0) as stream:
        while count := stream.readinto(piece):
            sha256.update(piece[:count])
            crc32 = zlib.crc32(piece[:count], crc32)
    return sha256.hexdigest(), crc32


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSums:
    """What is kept of a file.

    Attributes:
        signature: What :func:`signature_of` said of it, long enough after its last change: as long as it says the
            same, the file has these sums.
    """

    path: str
    sha256: str
    crc32: int
    signature: tuple[int, ...]


def kept_sums(folder: Path) -> Iterator[KeptSums]:
    """What a folder keeps of files."""
    for path, (sha256, crc32, *signature) in _read(folder / _NAME).items():
        numbers = tuple(number for number in signature if isinstance(number, int))
        if isinstance(crc32, int):
            yield KeptSums(path=path, sha256=str(sha256), crc32=crc32, signature=numbers)


def forget_digests(folder: Path) -> None:
    """Has all files read again."""
    with contextlib.suppress(OSError):
        (folder / _NAME).unlink(missing_ok=True)


def _signature(path: Path) -> list[int]:
    return list(signature_of(path.stat()))


def signature_of(found: os.stat_result) -> tuple[int, ...]:
    """What tells whether a file was changed: its size, its times and its place on the disk."""
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _read(path: Path) -> Mapping[str, list[object]]:
    with contextlib.suppress(OSError, ValueError):
        kept = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(kept, dict) and all(isinstance(entry, list) and len(entry) == _FIELDS for entry in kept.values()):
            return kept
    return {}

"""Small values that are costly to make, kept from build to build under a digest of what they are made from."""

from __future__ import annotations

import contextlib
import shutil
import struct
import zlib
from pathlib import Path

from kebao.assembly.file_store import atomic_writer

_KEY_BYTES = 32
_HEAD = struct.Struct(f"<{_KEY_BYTES}sI")


class KeptValues:
    """Reads what was kept; :meth:`save` keeps what this build asked for.

    A file that is cut off or damaged only costs the time of making those values again: each has its check sum.
    ``is_packed`` says of the values that to pack them would make none smaller.
    """

    def __init__(self, path: Path | None, *, is_packed: bool = False) -> None:
        self._path, self._level = path, 0 if is_packed else 1
        self._old: dict[bytes, bytes] = {}
        self._used: dict[bytes, bytes] = {}
        if path is not None:
            with contextlib.suppress(OSError):
                self._old = dict(_entries(path.read_bytes()))

    def get(self, key: bytes) -> bytes | None:
        packed = self._used.get(key) or self._old.get(key)
        if packed is None:
            return None
        try:
            value = zlib.decompress(packed)
        except zlib.error:
            return None
        self._used[key] = packed
        return value

    def put(self, key: bytes, value: bytes) -> None:
        self._used[key] = zlib.compress(value, self._level)

    def __contains__(self, key: bytes) -> bool:
        """Whether there is something under ``key``; it counts as used from then on."""
        self.use(key)
        return key in self._used

    def use(self, key: bytes) -> None:
        """Keeps what is under ``key``, if there is something, though this build does not ask for it."""
        if key not in self._used and key in self._old:
            self._used[key] = self._old[key]

    def save(self, *, drop_unused: bool = True) -> None:
        """Writes the file where something is new or, so that it does not grow, no longer used."""
        if not drop_unused:
            self._used = {**self._old, **self._used}
        if self._path is None or self._used == self._old:
            return
        # A read-only or full disk only costs the time of making them again.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_writer(self._path) as stream:
                for key, packed in self._used.items():
                    stream.write(_HEAD.pack(key, len(packed)))
                    stream.write(packed)
        self._old = dict(self._used)


def drop_other_versions(path: Path) -> None:
    """Removes what other versions kept beside a file that stands in a folder named after its version."""
    with contextlib.suppress(OSError):
        for folder in path.parent.parent.iterdir():
            if folder != path.parent:
                shutil.rmtree(folder, ignore_errors=True)


def _entries(data: bytes) -> list[tuple[bytes, bytes]]:
    entries: list[tuple[bytes, bytes]] = []
    at = 0
    while at + _HEAD.size <= len(data):
        key, size = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        entries.append((key, data[at : at + size]))
        at += size
    return entries

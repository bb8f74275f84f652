"""The tokens of texts that have not changed since the last build, in one file a shard."""

from __future__ import annotations

import contextlib
import shutil
import struct
import zlib
from importlib import metadata
from pathlib import Path

from kebao.assembly.file_store import atomic_writer
from kebao.search.postings import TokenLists
from kebao.search.tokens import TOKENS_VERSION

_KEY_BYTES = 32
_HEAD = struct.Struct(f"<{_KEY_BYTES}sI")
#: Their tables decide what the tokens are.
_LIBRARIES = ("opencc", "pypinyin")


class TokenCache:
    """Reads what was kept; :meth:`save` keeps what this build asked for and drops the rest, so it does not grow.

    A file that is cut off or damaged only costs the time of reading those texts again: each entry has its check sum.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._old: dict[bytes, bytes] = {}
        self._used: dict[bytes, bytes] = {}
        if path is not None:
            with contextlib.suppress(OSError):
                self._old = dict(_entries(path.read_bytes()))

    def get(self, key: bytes) -> TokenLists | None:
        packed = self._used.get(key) or self._old.get(key)
        if packed is None:
            return None
        try:
            lists = _unpacked(packed)
        except (zlib.error, ValueError):
            return None
        self._used[key] = packed
        return lists

    def put(self, key: bytes, lists: TokenLists) -> None:
        self._used[key] = _packed(lists)

    def save(self) -> None:
        """Writes the file where something is new or no longer used."""
        if self._path is None or self._used == self._old:
            return
        # A read-only or full disk only costs the time of making them again.
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_writer(self._path) as stream:
                for key, packed in self._used.items():
                    stream.write(_HEAD.pack(key, len(packed)))
                    stream.write(packed)


def token_cache_path(cache: Path, shard_uri: str) -> Path:
    """Where the tokens of a shard are kept; another place for each version of what makes them."""
    versions = "-".join([str(TOKENS_VERSION), *(metadata.version(library) for library in _LIBRARIES)])
    return cache / "search" / versions / f"{shard_uri.replace('/', '-')}.tokens"


def drop_other_versions(path: Path) -> None:
    """Removes what other versions kept beside :func:`token_cache_path`'s file."""
    with contextlib.suppress(OSError):
        for folder in path.parent.parent.iterdir():
            if folder != path.parent:
                shutil.rmtree(folder, ignore_errors=True)


def _packed(lists: TokenLists) -> bytes:
    lines = (str(lists.length), *(" ".join(tokens) for tokens in lists.by_class))
    return zlib.compress("\n".join(lines).encode("utf-8", "surrogatepass"), 1)


def _unpacked(packed: bytes) -> TokenLists:
    length, *classes = zlib.decompress(packed).decode("utf-8", "surrogatepass").split("\n")
    first, second, third = (tokens.split(" ") if tokens else [] for tokens in classes)
    return TokenLists((first, second, third), int(length))


def _entries(data: bytes) -> list[tuple[bytes, bytes]]:
    entries: list[tuple[bytes, bytes]] = []
    at = 0
    while at + _HEAD.size <= len(data):
        key, size = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        entries.append((key, data[at : at + size]))
        at += size
    return entries

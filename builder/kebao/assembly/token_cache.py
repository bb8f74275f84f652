"""The tokens of texts that have not changed since the last build, in one file a shard."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from importlib import metadata
from itertools import accumulate, pairwise
from pathlib import Path

from kebao.assembly.kept_values import KeptValues, drop_other_versions
from kebao.search.postings import TokenLists
from kebao.search.tokens import TOKENS_VERSION, TokenStream

__all__ = ["TokenCache", "drop_other_versions", "token_cache_path"]

#: Their tables decide what the tokens are.
_LIBRARIES = ("opencc", "pypinyin")
#: Of each stream: bytes of its Han characters, and how many tokens it has.
_HEAD = struct.Struct("<6I")


class TokenCache:
    """Token lists out of :class:`KeptValues`."""

    def __init__(self, path: Path | None) -> None:
        # Texts of Han characters have little in them that comes again: packing them is not worth its time.
        self._values = KeptValues(path, is_packed=True)

    def get(self, key: bytes) -> TokenLists | None:
        value = self._values.get(key)
        try:
            return _unpacked(value) if value is not None else None
        except (ValueError, struct.error):
            return None

    def put(self, key: bytes, lists: TokenLists) -> None:
        self._values.put(key, _packed(lists))

    def use(self, keys: Iterable[bytes]) -> None:
        """Keeps what is known under these keys for the next build too."""
        for key in keys:
            _ = key in self._values

    def save(self) -> None:
        self._values.save()


def token_cache_path(cache: Path, shard_uri: str) -> Path:
    """Where the tokens of a shard are kept; another place for each version of what makes them."""
    versions = "-".join([str(TOKENS_VERSION), *(metadata.version(library) for library in _LIBRARIES)])
    return cache / "search" / versions / f"{shard_uri.replace('/', '-')}.tokens"


def _packed(lists: TokenLists) -> bytes:
    streams = (lists.text, lists.strong, lists.first)
    head = _HEAD.pack(*(part for stream in streams for part in (len(stream.han), stream.length)))
    others = "\n".join([" ".join(stream.others) for stream in streams])
    return b"".join((head, *(stream.han for stream in streams), others.encode("utf-8", "surrogatepass")))


def _unpacked(value: bytes) -> TokenLists:
    numbers = _HEAD.unpack_from(value)
    sizes, lengths = numbers[::2], numbers[1::2]
    ends = [*accumulate(sizes, initial=_HEAD.size)]
    han = [value[start:end] for start, end in pairwise(ends)]
    if any(not each or 2 * len(each.decode("utf-16-le")) != len(each) for each in han):
        msg = "characters that are no pairs"
        raise ValueError(msg)
    lines = value[ends[-1] :].decode("utf-8", "surrogatepass").split("\n")
    others = [tuple(line.split(" ")) if line else () for line in lines]
    text, strong, first = map(TokenStream, han, others, lengths)
    return TokenLists(text, strong, first)

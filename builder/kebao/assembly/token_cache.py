"""The tokens of texts that have not changed since the last build, in one file a shard."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from kebao.assembly.kept_values import KeptValues, drop_other_versions
from kebao.search.postings import TokenLists
from kebao.search.tokens import TOKENS_VERSION

__all__ = ["TokenCache", "drop_other_versions", "token_cache_path"]

#: Their tables decide what the tokens are.
_LIBRARIES = ("opencc", "pypinyin")


class TokenCache:
    """Token lists out of :class:`KeptValues`."""

    def __init__(self, path: Path | None) -> None:
        self._values = KeptValues(path)

    def get(self, key: bytes) -> TokenLists | None:
        value = self._values.get(key)
        try:
            return _unpacked(value) if value is not None else None
        except ValueError:
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
    lines = (str(lists.length), *(" ".join(tokens) for tokens in lists.by_class))
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def _unpacked(value: bytes) -> TokenLists:
    length, *classes = value.decode("utf-8", "surrogatepass").split("\n")
    first, second, third = (tokens.split(" ") if tokens else [] for tokens in classes)
    return TokenLists((first, second, third), int(length))

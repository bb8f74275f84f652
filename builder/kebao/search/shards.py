"""Postings as files: keys in order, cut so that no file is large (docs/search-format.md, "Shards")."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from kebao.search.coding import EntryCoder
from kebao.search.data_file import DataFile, data_file
from kebao.search.postings import in_key_order, united
from kebao.search.tokens import is_han

SHARD_BYTES = 16_384
#: What stands around the payload, with room for a number of five digits.
_WRAPPER_BYTES = len('Kebao.put("s/00000","00000000",);\n') + len("[]")
_TRIPLE_BYTES = len('"","","",')
#: The one-character key in a Han triple.
_ALONE = " "


@dataclass(frozen=True, slots=True)
class ShardFiles:
    """The shards.

    Attributes:
        starts: What tells each from the one before: the shortest beginning of its first key that lies behind all keys
            before it.
        explicit: Han characters whose one-character entry names every document with them.
    """

    files: tuple[DataFile, ...]
    starts: tuple[str, ...]
    explicit: str


def shard_files(postings: Mapping[str, array[int]], documents: int) -> ShardFiles:
    coder = EntryCoder(documents)
    explicit: list[str] = []
    cutter = _Cutter()
    for character, group in groupby(in_key_order(postings), key=_group):
        keys = list(group)
        entries = [coder.entry(postings[key]) for key in keys]
        # Too many keys to read them all for one character: what they say together gets a key of its own.
        if character and sum(map(len, entries)) > SHARD_BYTES:
            explicit.append(character)
            every = united((postings[key] for key in keys), documents)
            if keys[0] != character:
                keys.insert(0, character)
                entries.insert(0, "")
            entries[0] = coder.entry(every)
        cutter.add_group(character, keys, entries)
    files = tuple(data_file(f"s/{number}", payload) for number, payload in enumerate(cutter.payloads))
    return ShardFiles(files, tuple(cutter.starts), "".join(explicit))


def _group(key: str) -> str:
    """A Han character, or nothing for words."""
    return key[0] if is_han(key[0]) else ""


@dataclass(slots=True)
class _Cutter:
    """Fills shard after shard."""

    payloads: list[list[str]] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)
    _room: int = 0
    _last_key: str = ""

    def add_group(self, first: str, keys: Sequence[str], entries: Sequence[str]) -> None:
        """Writes the keys of one group; they go on in the next shard when they do not fit."""
        head = _TRIPLE_BYTES + len(first.encode())
        names: list[str] = []
        written: list[str] = []
        # A group of which not even one entry fits starts in a new shard.
        self._room -= head
        for key, entry in zip(keys, entries, strict=True):
            name = (key[1:] or _ALONE) if first else key
            size = len(name.encode()) + len(entry) + (1 if first else 2)
            if size > self._room:
                self._close(first, names, written)
                self.payloads.append([])
                self.starts.append(_shortest_between(self._last_key, key))
                self._room = SHARD_BYTES - _WRAPPER_BYTES - head
                names, written = [], []
            names.append(name)
            written.append(entry)
            self._room -= size
            self._last_key = key
        self._close(first, names, written)

    def _close(self, first: str, names: list[str], written: list[str]) -> None:
        if names:
            self.payloads[-1] += [first, ("" if first else " ").join(names), " ".join(written)]


def _shortest_between(before: str, key: str) -> str:
    """The shortest beginning of a key that lies behind the key before it."""
    length = next((n for n, pair in enumerate(zip(before, key, strict=False)) if pair[0] != pair[1]), len(before))
    return key[: length + 1]


def read_shard(payload: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Keys and entries of a shard, in order: what a reader makes of its payload."""
    triples = iter(payload)
    for first, names, entries in zip(triples, triples, triples, strict=True):
        keys = (first + (name if name != _ALONE else "") for name in names) if first else iter(names.split(" "))
        yield from zip(keys, entries.split(" "), strict=True)

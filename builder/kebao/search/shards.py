"""Postings as files: keys in order, cut so that no file is large (docs/search-format.md, "Shards")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from kebao.search.coding import EntryCoder
from kebao.search.data_file import DataFile, data_file
from kebao.search.postings import Classes, Documents, Postings, settled, united
from kebao.search.tokens import is_han

SHARD_BYTES = 16_384
#: What stands around the payload, with room for a number of five digits.
_WRAPPER_BYTES = len('Kebao.put("s/00000","00000000",);\n') + len("[]")
_TRIPLE_BYTES = len('"","","",')
#: The one-character key in a Han triple.
_ALONE = " "
_NONE: Classes = ((), (), ())


@dataclass(frozen=True, slots=True)
class ShardFiles:
    """The shards.

    Attributes:
        starts: What tells each from the one before: the shortest beginning of its first key that lies behind all keys
            before it.
        explicit: Han characters whose one-character entry names every document with them.
        hidden: What stood there otherwise: the character's own entry, or nothing.
    """

    files: tuple[DataFile, ...]
    starts: tuple[str, ...]
    explicit: str
    hidden: Mapping[str, str]


def shard_files(postings: Postings, documents: int) -> ShardFiles:
    """The shards; the postings are used up, so that they do not stand in memory beside them."""
    coder = EntryCoder(documents)
    hidden: dict[str, str] = {}
    cutter = Cutter()
    for character, group in groupby(postings.in_order(), key=group_of):
        keys = list(group)
        entries, classes = _coded(coder, postings.taken(keys))
        # Too many keys to read them all for one character: what they say together gets a key of its own.
        if character and is_too_much(entries):
            hidden[character] = entries[0] if keys[0] == character else ""
            if keys[0] != character:
                keys.insert(0, character)
                entries.insert(0, "")
            entries[0] = coder.entry_of(*united(classes))
        for key, entry in zip(keys, entries, strict=True):
            cutter.add(character, key, entry)
    files = tuple(data_file(f"s/{number}", payload) for number, payload in enumerate(cutter.finished()))
    return ShardFiles(files, tuple(cutter.starts), "".join(hidden), hidden)


def _coded(coder: EntryCoder, found: Iterable[Documents]) -> tuple[list[str], list[Classes]]:
    """The entries of some tokens, and what is in them."""
    entries: list[str] = []
    kept: list[Classes] = []
    for documents in found:
        text, strong, first = documents
        entry, classes = "", _NONE
        # Many tokens are in texts only, and once in each.
        if not strong and not first:
            classes = (text.tolist(), (), ())
            entry = coder.entry_of_text(classes[0])
        if not entry:
            classes = settled(documents)
            entry = coder.entry_of(*classes)
        entries.append(entry)
        kept.append(classes)
    return entries, kept


def is_too_much(entries: Iterable[str]) -> bool:
    """Whether the entries of one character are too many to read them all for it."""
    return sum(map(len, entries)) > SHARD_BYTES


def group_of(key: str) -> str:
    """A Han character, or nothing for words."""
    return key[0] if is_han(key[0]) else ""


@dataclass(slots=True)
class Cutter:
    """Fills shard after shard with keys in their order; begins one with the first."""

    starts: list[str] = field(default_factory=list)
    last_key: str = ""
    _payloads: list[list[str]] = field(default_factory=list)
    _room: int = 0
    _first: str | None = None
    _names: list[str] = field(default_factory=list)
    _written: list[str] = field(default_factory=list)

    def add(self, first: str, key: str, entry: str) -> None:
        """Writes a key of the group ``first``, into the next shard when it does not fit."""
        if first != self._first:
            self._close()
            self._first = first
            # A group of which not even one entry fits starts in a new shard.
            self._room -= _TRIPLE_BYTES + len(first.encode())
        name = (key[1:] or _ALONE) if first else key
        size = len(name.encode()) + len(entry) + (1 if first else 2)
        if size > self._room:
            self._close()
            self._payloads.append([])
            self.starts.append(shortest_between(self.last_key, key))
            self._room = SHARD_BYTES - _WRAPPER_BYTES - _TRIPLE_BYTES - len(first.encode())
        self._names.append(name)
        self._written.append(entry)
        self._room -= size
        self.last_key = key

    def begins_with(self, first: str, key: str, entry: str) -> bool:
        """Whether :meth:`add` would begin a shard."""
        room = self._room if first == self._first else self._room - _TRIPLE_BYTES - len(first.encode())
        name = (key[1:] or _ALONE) if first else key
        return len(name.encode()) + len(entry) + (1 if first else 2) > room

    def finished(self) -> list[list[str]]:
        """The payloads of the shards."""
        self._close()
        return self._payloads

    def _close(self) -> None:
        if self._names:
            first = self._first or ""
            self._payloads[-1] += [first, ("" if first else " ").join(self._names), " ".join(self._written)]
            self._names, self._written = [], []


def shortest_between(before: str, key: str) -> str:
    """The shortest beginning of a key that lies behind the key before it."""
    length = next((n for n, pair in enumerate(zip(before, key, strict=False)) if pair[0] != pair[1]), len(before))
    return key[: length + 1]


def read_shard(payload: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Keys and entries of a shard, in order: what a reader makes of its payload."""
    triples = iter(payload)
    for first, names, entries in zip(triples, triples, triples, strict=True):
        keys = (first + (name if name != _ALONE else "") for name in names) if first else iter(names.split(" "))
        yield from zip(keys, entries.split(" "), strict=True)

"""Shards of an index in which a few documents changed: only those are written anew whose keys did."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kebao.search.coding import EntryCoder, documents_of, posting, postings_of
from kebao.search.data_file import DataFile, data_file
from kebao.search.postings import key_order, united
from kebao.search.shards import Cutter, ShardFiles, group_of, is_too_much, read_shard, shortest_between

#: Token → document → its new class; 0 where it does not have the token any more.
TokenChanges = Mapping[str, Mapping[int, int]]
_LAST = "\uffff"


def patched_shards(before: ShardFiles, documents: int, changes: TokenChanges, unions: TokenChanges) -> ShardFiles:
    """The shards that a new index would have.

    Args:
        unions: Han character → document → the highest class of its tokens that begin with the character, for the
            documents that changed.
    """
    patch = _Patch(before, documents)
    patch.change_words({token: classes for token, classes in changes.items() if not group_of(token)})
    by_character: defaultdict[str, dict[str, Mapping[int, int]]] = defaultdict(dict)
    for token, classes in changes.items():
        if character := group_of(token):
            by_character[character][token] = classes
    for character, of_it in by_character.items():
        patch.change_character(character, of_it, unions.get(character, {}))
    return patch.cut()


@dataclass(slots=True)
class _Patch:
    before: ShardFiles
    documents: int
    hidden: dict[str, str] = field(init=False)
    _coder: EntryCoder = field(init=False)
    _starts: list[bytes] = field(init=False)
    _edited: dict[int, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hidden = dict(self.before.hidden)
        self._coder = EntryCoder(self.documents)
        self._starts = [key_order(start) for start in self.before.starts]

    def change_words(self, changes: TokenChanges) -> None:
        for token, classes in changes.items():
            shard = self._shard(self._place(token))
            self._set(shard, token, self._changed(shard.get(token, ""), classes))

    def change_character(self, character: str, changes: TokenChanges, union: Mapping[int, int]) -> None:
        """Changes the entries of one Han character's keys, and the one that stands for all of them."""
        places = range(self._place(character), self._place(character + _LAST) + 1)
        shown = next((entry for p in places if (entry := self._shard(p).get(character))), "")
        was_explicit = character in self.hidden
        own = self.hidden.pop(character) if was_explicit else shown
        for token, classes in changes.items():
            if token == character:
                own = self._changed(own, classes)
            else:
                shard = self._shard(self._place(token))
                self._set(shard, token, self._changed(shard.get(token, ""), classes))
        entries = {
            key: entry
            for place in places
            for key, entry in self._shard(place).items()
            if key.startswith(character) and key != character
        }
        if own:
            entries[character] = own
        for place in places:
            self._shard(place).pop(character, None)
        if is_too_much(entries.values()):
            self.hidden[character] = own
            if was_explicit:
                own = self._changed(shown, union)
            else:
                own = self._coder.entry_of(*united([documents_of(each, self.documents) for each in entries.values()]))
        self._set(self._shard(places[0]), character, own)

    def cut(self) -> ShardFiles:
        """The shards: those before and after changed ones as they were."""
        files: list[DataFile] = []
        starts: list[str] = []
        cutter: Cutter | None = None

        def close() -> None:
            if cutter is not None:
                files.extend([data_file(f"s/{len(files) + n}", p) for n, p in enumerate(cutter.finished())])
                starts.extend(cutter.starts)

        for place, file in enumerate(self.before.files):
            edited = self._edited.get(place)
            # The first key of the next shard may be one that fits into this one now.
            if edited is None and place + 1 not in self._edited:
                key, entry = next(read_shard(json.loads(file.payload))) if cutter else ("", "")
                if cutter is None or cutter.begins_with(group_of(key), key, entry):
                    start = self.before.starts[place]
                    if cutter is not None:
                        start = shortest_between(cutter.last_key, key)
                        close()
                        cutter = None
                    files.append(file.named(f"s/{len(files)}"))
                    starts.append(start)
                    continue
            if cutter is None:
                cutter = Cutter(last_key=self._last_key(place - 1))
            items = edited if edited is not None else dict(read_shard(json.loads(file.payload)))
            for key in sorted(items, key=key_order):
                cutter.add(group_of(key), key, items[key])
        close()
        explicit = "".join(sorted(self.hidden, key=key_order))
        return ShardFiles(tuple(files), tuple(starts), explicit, {c: self.hidden[c] for c in explicit})

    def _last_key(self, place: int) -> str:
        if place < 0:
            return ""
        return list(read_shard(json.loads(self.before.files[place].payload)))[-1][0]

    def _place(self, key: str) -> int:
        """The shard in which a key is, or would be."""
        return max(0, bisect_right(self._starts, key_order(key)) - 1)

    def _shard(self, place: int) -> dict[str, str]:
        if place not in self._edited:
            self._edited[place] = dict(read_shard(json.loads(self.before.files[place].payload)))
        return self._edited[place]

    def _set(self, shard: dict[str, str], key: str, entry: str) -> None:
        if entry:
            shard[key] = entry
        else:
            shard.pop(key, None)

    def _changed(self, entry: str, changes: Mapping[int, int]) -> str:
        found = {value >> 2: value for value in self._postings(entry)}
        found |= {document: posting(document, weight_class) for document, weight_class in changes.items()}
        # A document without the token has class 0.
        postings = sorted(value for value in found.values() if value & 3)
        return self._coder.entry(postings) if postings else ""

    def _postings(self, entry: str) -> Sequence[int]:
        return postings_of(entry, self.documents) if entry else ()

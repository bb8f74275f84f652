"""An index changed for a few documents: the same bytes as one that is made of all of them anew."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from kebao.search.data_file import DataFile, data_file
from kebao.search.document import Document
from kebao.search.index import mark_of, said_in, token_key
from kebao.search.kept_index import DocumentMark, KeptIndex, head_of, whole_of
from kebao.search.patched_shards import patched_shards
from kebao.search.postings import TokenLists, token_lists
from kebao.search.repeated_lines import without_lines
from kebao.search.root import index_id, length_column
from kebao.search.rows import ROWS_IN_FILE, Row, bundle_of, row_of
from kebao.search.shards import ShardFiles, group_of
from kebao.search.simplified import simplified_characters, traditional_characters
from kebao.search.text_blocks import TextBlocks, patched_blocks
from kebao.search.tokens import Normaliser


class KnownTokens(Protocol):
    """The tokens of the documents that an index was made of."""

    def get(self, key: bytes) -> TokenLists | None: ...

    def put(self, key: bytes, lists: TokenLists) -> None: ...


def patched_index(kept: KeptIndex, documents: Sequence[Document], tokens: KnownTokens) -> KeptIndex | None:
    """The index with these documents in place of those that stand where they do.

    None where that has to do with more than these documents: all must be made anew then.
    """
    numbers = {mark.order: number for number, mark in enumerate(kept.marks)}
    whole = {document.order: whole_of(document) for document in documents}
    lines = kept.lines.after(len(documents))
    if lines is None or not all(
        document.order in numbers and kept.marks[numbers[document.order]].head == head_of(document)
        for document in documents
    ):
        return None
    changed = {numbers[d.order]: d for d in without_lines(documents, lines.repeated)}
    patch = _Patch(kept, numbers, changed, tokens)
    if not (patch.knows_all() and patch.folds_the_same()):
        return None
    return patch.index(whole, replace(kept, lines=lines))


@dataclass(slots=True)
class _Patch:
    kept: KeptIndex
    numbers: Mapping[tuple[str, int], int]
    changed: Mapping[int, Document]
    tokens: KnownTokens
    _files: Mapping[str, DataFile] = field(init=False)
    _root: dict[str, Any] = field(init=False)
    _before: dict[int, TokenLists] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._files = {file.name: file for file in self.kept.files}
        self._root = json.loads(self._files["root"].payload)

    def knows_all(self) -> bool:
        """Whether the tokens are known that the documents had before."""
        for number in self.changed:
            lists = self.tokens.get(bytes.fromhex(self.kept.marks[number].tokens))
            if lists is None:
                return False
            self._before[number] = lists
        return True

    def folds_the_same(self) -> bool:
        """Whether traditional characters stand in the same texts as before, as far as that can be told."""
        shown = set(self._root["fold"][::2])
        blocks = self._texts()
        for number, document in self.changed.items():
            now = traditional_characters(said_in(document))
            before = traditional_characters((blocks[number], document.title, *document.names))
            if not (before <= now <= shown):
                return False
        return True

    def index(self, whole: Mapping[tuple[str, int], str], kept: KeptIndex) -> KeptIndex:
        now = {number: self._lists(document) for number, document in self.changed.items()}
        marks = list(kept.marks)
        for number, document in self.changed.items():
            marks[number] = mark_of(document, whole[document.order], now[number].length)
        shards = self._shards(now)
        orders = [mark.order for mark in marks]
        texts = {number: document.text for number, document in self.changed.items()}
        blocks = patched_blocks(self._named("t/"), kept.block_counts, orders, texts)
        others = (*shards.files, *blocks.files, *self._rows())
        return replace(
            kept,
            marks=marks,
            hidden=shards.hidden,
            block_counts=blocks.counts,
            files=(*others, self._patched_root(marks, shards, blocks, others)),
        )

    def _lists(self, document: Document) -> TokenLists:
        lists = token_lists(document, Normaliser(simplified_characters()))
        self.tokens.put(token_key(document), lists)
        return lists

    def _shards(self, now: Mapping[int, TokenLists]) -> ShardFiles:
        changes: defaultdict[str, dict[int, int]] = defaultdict(dict)
        unions: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for number, lists in now.items():
            before, after = _classes(self._before[number]), _classes(lists)
            for token in before.keys() | after.keys():
                if before.get(token) != after.get(token):
                    changes[token][number] = after.get(token, 0)
            for token in changes:
                if character := group_of(token):
                    unions[character][number] = 0
            for token, weight_class in after.items():
                if (character := token[0]) in unions:
                    unions[character][number] = max(weight_class, unions[character].get(number, 0))
        starts = self._root["dir"].split(" ") if self._named("s/") else []
        shards = ShardFiles(tuple(self._named("s/")), tuple(starts), self._root["one"], self.kept.hidden)
        return patched_shards(shards, len(self.kept.marks), changes, unions)

    def _rows(self) -> Iterator[DataFile]:
        rows: defaultdict[str, dict[int, Row]] = defaultdict(dict)
        for number, document in self.changed.items():
            name, place = number // ROWS_IN_FILE, number % ROWS_IN_FILE
            rows[f"m/{name}"][place] = row_of(document, self.numbers)
            if document.resource:
                rows[f"b/{name}"][place] = bundle_of(document.resource)
        for file in self.kept.files:
            if file.name in rows:
                payload = json.loads(file.payload)
                for place, row in rows[file.name].items():
                    payload[place] = row
                yield data_file(file.name, payload)
            elif not file.name.startswith(("s/", "t/")) and file.name != "root":
                yield file

    def _patched_root(
        self, marks: Sequence[DocumentMark], shards: ShardFiles, blocks: TextBlocks, others: Sequence[DataFile]
    ) -> DataFile:
        changed = {
            "id": index_id(others),
            "dir": " ".join(shards.starts),
            "hash": "".join(shard.short_hash for shard in shards.files),
            "len": length_column([mark.length for mark in marks]),
            "t": blocks.starts,
            "one": shards.explicit,
        }
        return data_file("root", self._root | changed)

    def _texts(self) -> Mapping[int, str]:
        """The texts before."""
        found: dict[int, str] = {}
        end = 0
        for file, count in zip(self._named("t/"), self.kept.block_counts, strict=True):
            start, end = end, end + count
            if any(start <= number < end for number in self.changed):
                found.update(dict(json.loads(file.payload)))
        return found

    def _named(self, start: str) -> list[DataFile]:
        return [file for file in self.kept.files if file.name.startswith(start)]


def _classes(lists: TokenLists) -> dict[str, int]:
    return {token: weight for weight, found in enumerate(lists.by_class, start=1) for token in found}

"""An index changed for a few documents: the same bytes as one that is made of all of them anew."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from kebao.search.character_counts import CharacterCounts, count_characters, said_in, spoken_in
from kebao.search.data_file import DataFile, data_file
from kebao.search.document import Document
from kebao.search.document_marks import DocumentMarks
from kebao.search.index import mark_of, token_key
from kebao.search.kept_index import KeptIndex, head_of, text_of, whole_of
from kebao.search.patched_shards import patched_shards
from kebao.search.pinyin import character_readings
from kebao.search.postings import TokenLists, token_lists
from kebao.search.repeated_lines import without_lines
from kebao.search.root import Labels, filters_file, index_id, length_column
from kebao.search.rows import ROWS_IN_FILE, Row, bundle_of, row_of
from kebao.search.shards import ShardFiles, group_of
from kebao.search.simplified import fold_table, fold_text
from kebao.search.text_blocks import TextBlocks, patched_blocks
from kebao.search.tokens import Normaliser, Tokeniser


class KnownTokens(Protocol):
    """The tokens of the documents that an index was made of."""

    def get(self, key: bytes) -> TokenLists | None: ...

    def put(self, key: bytes, lists: TokenLists) -> None: ...


def patched_index(
    kept: KeptIndex, documents: Sequence[Document], labels: Labels, tokens: KnownTokens
) -> KeptIndex | None:
    """The index with these documents in place of those that stand where they do.

    None where that has to do with more than these documents: all must be made anew then.
    """
    numbers = kept.marks.numbers([order for d in documents for order in (d.order, d.parent) if order])
    before = {d.order: kept.marks[numbers[d.order]] for d in documents if d.order in numbers}
    if not all(d.order in before and before[d.order].head == head_of(d) for d in documents):
        return None
    digests = {document.order: (whole_of(document), text_of(document)) for document in documents}
    # A title is no line of a text.
    lines = kept.lines.after(sum(before[order].text != text for order, (_, text) in digests.items()))
    if lines is None:
        return None
    changed = {numbers[d.order]: d for d in without_lines(documents, lines.repeated)}
    patch = _Patch(kept, numbers, changed, labels, tokens)
    if not patch.knows_all():
        return None
    return patch.index(digests, replace(kept, lines=lines))


@dataclass(slots=True)
class _Patch:
    kept: KeptIndex
    numbers: Mapping[tuple[str, int], int]
    changed: Mapping[int, Document]
    labels: Labels
    tokens: KnownTokens
    _files: Mapping[str, DataFile] = field(init=False)
    _root: dict[str, Any] = field(init=False)
    #: Traditional character → simplified.
    _simplified: Mapping[str, str] = field(init=False)
    _before: dict[int, TokenLists] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._files = {file.name: file for file in self.kept.files}
        self._root = json.loads(self._files["root"].payload)
        self._simplified = fold_table(json.loads(self._files["fold"].payload))

    def knows_all(self) -> bool:
        """Whether the tokens are known that the documents had before."""
        for number in self.changed:
            lists = self.tokens.get(bytes.fromhex(self.kept.marks[number].tokens))
            if lists is None:
                return False
            self._before[number] = lists
        return True

    def index(self, digests: Mapping[tuple[str, int], tuple[str, str]], kept: KeptIndex) -> KeptIndex:
        tokenise = Tokeniser(Normaliser(self._simplified))
        now = {number: self._lists(number, document, tokenise) for number, document in self.changed.items()}
        marks = kept.marks.after(
            {n: mark_of(d, *digests[d.order], token_key(d), now[n].length) for n, d in self.changed.items()}
        )
        spoken = list(kept.spoken)
        for number, document in self.changed.items():
            spoken[number] = spoken_in(document)
        characters = self._characters()
        shards = self._shards(now)
        texts = {number: document.text for number, document in self.changed.items()}
        blocks = patched_blocks(self._named("t/"), kept.block_counts, marks.order, texts)
        others = (*shards.files, *blocks.files, *self._rows(characters, marks))
        return replace(
            kept,
            marks=marks,
            spoken=spoken,
            characters=characters,
            hidden=shards.hidden,
            block_counts=blocks.counts,
            files=(*others, self._patched_root(marks, characters, shards, blocks, others)),
        )

    def _lists(self, number: int, document: Document, tokenise: Tokeniser) -> TokenLists:
        # Their sound takes a dictionary, which is not loaded for them.
        first = self._before[number].first if self.kept.spoken[number] == spoken_in(document) else None
        lists = token_lists(document, tokenise, first)
        self.tokens.put(token_key(document), lists)
        return lists

    def _shards(self, now: Mapping[int, TokenLists]) -> ShardFiles:
        changes: defaultdict[str, dict[int, int]] = defaultdict(dict)
        unions: defaultdict[str, dict[int, int]] = defaultdict(dict)
        for number, lists in now.items():
            before, after = self._before[number].classes(), lists.classes()
            own = {token for token in before.keys() | after.keys() if before.get(token) != after.get(token)}
            for token in own:
                changes[token][number] = after.get(token, 0)
            characters = set(map(group_of, own)) - {""}
            for character in characters:
                unions[character][number] = 0
            for token, weight_class in after.items():
                if (character := token[0]) in characters:
                    unions[character][number] = max(weight_class, unions[character][number])
        starts = self._root["dir"].split(" ") if self._named("s/") else []
        shards = ShardFiles(tuple(self._named("s/")), tuple(starts), self._root["one"], self.kept.hidden)
        return patched_shards(shards, len(self.kept.marks), changes, unions)

    def _characters(self) -> CharacterCounts:
        texts, spoken = self._texts(), self.kept.spoken
        before = [(texts[number], spoken[number]) for number in self.changed]
        now = [said_in(document) for document in self.changed.values()]
        # What sounds as before is not counted: it would cancel out.
        read = [old[1] != new[1] for old, new in zip(before, now, strict=True)]
        counts = (count_characters(said, self._simplified, read) for said in (before, now))
        return self.kept.characters.after(*counts)

    def _rows(self, characters: CharacterCounts, marks: DocumentMarks) -> Iterator[DataFile]:
        """All files but the shards, the text blocks and the root."""
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
            elif file.name == "pinyin":
                yield self._pinyin(file, characters)
            elif file.name == "filters":
                yield self._filters(file, marks)
            elif not file.name.startswith(("s/", "t/")) and file.name != "root":
                yield file

    def _pinyin(self, file: DataFile, characters: CharacterCounts) -> DataFile:
        before, now = self.kept.characters.readings, characters.readings
        changed = {character: counts for character, counts in now.items() if counts != before.get(character)}
        if not changed and len(before) == len(now):
            return file
        found = json.loads(file.payload) | character_readings(changed)
        return data_file("pinyin", {character: found[character] for character in sorted(now)})

    def _filters(self, file: DataFile, marks: DocumentMarks) -> DataFile:
        # Resources come first.
        resources = self._root["r"]
        if all(self.kept.marks.groups[n] == marks.groups[n] for n in self.changed if n < resources):
            return file
        return filters_file([(mark.subject, mark.stages) for mark in marks[:resources]], self.labels)

    def _patched_root(
        self,
        marks: DocumentMarks,
        characters: CharacterCounts,
        shards: ShardFiles,
        blocks: TextBlocks,
        others: Sequence[DataFile],
    ) -> DataFile:
        changed = {
            "id": index_id(others),
            "dir": " ".join(shards.starts),
            "hash": "".join(shard.short_hash for shard in shards.files),
            "len": length_column(marks.lengths),
            "t": blocks.starts,
            "one": shards.explicit,
            "fold": fold_text(self._simplified, characters.traditional),
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

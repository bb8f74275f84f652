"""All files of a shard's search index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from kebao.search.data_file import DataFile, data_file
from kebao.search.document import Document, in_index_order
from kebao.search.kept_index import DocumentMark, KeptIndex, head_of, whole_of
from kebao.search.pinyin import character_readings
from kebao.search.postings import Postings, TokenLists, token_lists
from kebao.search.repeated_lines import LineCounts, without_lines
from kebao.search.root import Labels, RootParts, filters_file, root_file
from kebao.search.rows import bundle_files, row_files
from kebao.search.shards import shard_files
from kebao.search.simplified import fold_text, simplified_characters, traditional_characters
from kebao.search.synonyms import synonyms
from kebao.search.text_blocks import text_blocks
from kebao.search.tokens import Normaliser


class KeptTokens(Protocol):
    """Where the tokens of texts that have not changed come from."""

    def get(self, key: bytes) -> TokenLists | None: ...

    def put(self, key: bytes, lists: TokenLists) -> None: ...


def build_index(documents: Iterable[Document], labels: Labels, kept: KeptTokens | None = None) -> Mapping[str, bytes]:
    """Path below ``search/`` → content; the same for the same documents in any order."""
    return {file.path: file.script for file in index_files(documents, labels, kept)}


def index_files(documents: Iterable[Document], labels: Labels, kept: KeptTokens | None = None) -> Iterator[DataFile]:
    """The files of the index, ``root`` last: it knows the others."""
    found = list(documents)
    yield from made_index(found, labels, kept, lines=LineCounts(documents=0, counts={})).files


def made_index(
    documents: Sequence[Document], labels: Labels, kept: KeptTokens | None = None, *, lines: LineCounts
) -> KeptIndex:
    """The index of documents without the repeated ones of ``lines``."""
    ordered = in_index_order(without_lines(documents, lines.repeated))
    whole = {document.order: whole_of(document) for document in documents} if kept is not None else {}
    numbers = {document.order: number for number, document in enumerate(ordered) if document.resource}
    normalise = Normaliser(simplified_characters())
    postings, lengths = Postings(), []
    for number, document in enumerate(ordered):
        lists = lists_of(document, normalise, kept)
        postings.add(number, lists)
        lengths.append(lists.length)
    shards = shard_files(postings.by_token, len(ordered))
    blocks = text_blocks(ordered)
    spoken = (normalise(text) for document in ordered for text in (document.title, *document.names))
    table = simplified_characters()
    others = (
        *shards.files,
        *blocks.files,
        *row_files(ordered, numbers),
        *bundle_files(ordered),
        filters_file(ordered, labels),
        data_file("pinyin", character_readings(spoken)),
        data_file("fold", fold_text(table)),
    )
    parts = RootParts(
        labels=labels,
        lengths=lengths,
        shards=shards,
        blocks=blocks.starts,
        others=others,
        fold=fold_text(table, traditional_characters(t for d in ordered for t in said_in(d))),
        synonyms=synonyms(),
    )
    return KeptIndex(
        marks=[
            mark_of(d, whole[d.order], length) for d, length in zip(ordered, lengths, strict=True) if kept is not None
        ],
        lines=lines,
        hidden=shards.hidden,
        block_counts=blocks.counts,
        files=(*others, root_file(ordered, parts, numbers)),
    )


def said_in(document: Document) -> tuple[str, ...]:
    """All texts of a document in which traditional characters may stand."""
    return (document.text, document.title, *document.names)


def mark_of(document: Document, whole: str, length: int) -> DocumentMark:
    return DocumentMark(document.order, head_of(document), whole, token_key(document).hex(), length)


def lists_of(document: Document, normalise: Normaliser, kept: KeptTokens | None) -> TokenLists:
    if kept is None:
        return token_lists(document, normalise)
    key = token_key(document)
    lists = kept.get(key)
    if lists is None:
        lists = token_lists(document, normalise)
        kept.put(key, lists)
    return lists


def token_key(document: Document) -> bytes:
    """Digest of everything that a document's tokens are made from."""
    parts = (document.title, "\x1f".join(document.names), "\x1f".join(document.strong), document.text)
    return hashlib.sha256("\x1e".join(parts).encode()).digest()

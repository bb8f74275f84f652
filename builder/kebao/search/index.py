"""All files of a shard's search index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from kebao.search.character_counts import count_characters, said_in
from kebao.search.data_file import DataFile, data_file
from kebao.search.document import Document, in_index_order
from kebao.search.document_marks import DocumentMark, DocumentMarks
from kebao.search.kept_index import KeptIndex, head_of, text_of, whole_of
from kebao.search.pinyin import character_readings
from kebao.search.postings import Postings, TokenLists, token_lists
from kebao.search.repeated_lines import LineCounts, without_lines
from kebao.search.root import Labels, RootParts, filters_file, root_file
from kebao.search.rows import bundle_files, row_files
from kebao.search.shards import shard_files
from kebao.search.simplified import fold_text, simplified_characters
from kebao.search.synonyms import synonyms
from kebao.search.text_blocks import text_blocks
from kebao.search.tokens import Normaliser, Tokeniser


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
    documents: Iterable[Document], labels: Labels, kept: KeptTokens | None = None, *, lines: LineCounts
) -> KeptIndex:
    """The index of documents without the repeated ones of ``lines``.

    Each document is asked for once, and none is held in the form in which it was given.
    """
    digests: dict[tuple[str, int], tuple[str, str]] = {}

    def noted() -> Iterator[Document]:
        for document in documents:
            if kept is not None:
                digests[document.order] = (whole_of(document), text_of(document))
            yield document

    ordered = in_index_order(without_lines(noted(), lines.repeated))
    numbers = {document.order: number for number, document in enumerate(ordered) if document.resource}
    table = simplified_characters()
    tokenise = Tokeniser(Normaliser(table))
    keys = [*map(token_key, ordered)]
    postings, lengths = Postings(), []
    for number, (document, key) in enumerate(zip(ordered, keys, strict=True)):
        lists = lists_of(document, key, tokenise, kept)
        postings.add(number, lists)
        lengths.append(lists.length)
    shards = shard_files(postings, len(ordered))
    blocks = text_blocks(ordered)
    said = [said_in(document) for document in ordered]
    characters = count_characters(said, table)
    others = (
        *shards.files,
        *blocks.files,
        *row_files(ordered, numbers),
        *bundle_files(ordered),
        filters_file([(d.subject, d.stages) for d in ordered if d.resource], labels),
        data_file("pinyin", character_readings(characters.readings)),
        data_file("fold", fold_text(table)),
    )
    parts = RootParts(
        labels=labels,
        lengths=lengths,
        shards=shards,
        blocks=blocks.starts,
        others=others,
        fold=fold_text(table, characters.traditional),
        synonyms=synonyms(),
    )
    of_each = zip(ordered, keys, lengths, strict=True) if kept is not None else ()
    marks = [mark_of(document, *digests[document.order], key, length) for document, key, length in of_each]
    return KeptIndex(
        marks=DocumentMarks.of(marks),
        spoken=[spoken for _, spoken in said],
        characters=characters,
        lines=lines,
        hidden=shards.hidden,
        block_counts=blocks.counts,
        files=(*others, root_file(ordered, parts, numbers)),
    )


def mark_of(document: Document, whole: str, text: str, key: bytes, length: int) -> DocumentMark:
    """What is kept of a document; the digests are those of :func:`whole_of`, :func:`text_of`, :func:`token_key`."""
    return DocumentMark(
        order=document.order,
        stages=document.stages,
        subject=document.subject,
        head=head_of(document),
        whole=whole,
        text=text,
        tokens=key.hex(),
        length=length,
    )


def lists_of(document: Document, key: bytes, tokenise: Tokeniser, kept: KeptTokens | None) -> TokenLists:
    lists = kept.get(key) if kept is not None else None
    if lists is None:
        lists = token_lists(document, tokenise)
        if kept is not None:
            kept.put(key, lists)
    return lists


def token_key(document: Document) -> bytes:
    """Digest of everything that a document's tokens are made from."""
    parts = (document.title, "\x1f".join(document.names), "\x1f".join(document.strong), document.text)
    return hashlib.sha256("\x1e".join(parts).encode()).digest()

"""An index as an earlier build wrote it, with what one must know to change it for a few documents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kebao.search.character_counts import CharacterCounts
from kebao.search.data_file import DataFile
from kebao.search.document import Document
from kebao.search.repeated_lines import LineCounts

_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class DocumentMark:
    """What is kept of a document, under its place in the index.

    Attributes:
        order, stages, subject: See :class:`Document`.
        head: Digest of what decides where in the index the document is, and which files belong to which resource.
        whole: Digest of everything, repeated lines too.
        text: Digest of the text, repeated lines too.
        tokens: Key of its token lists (hex).
        length: How many tokens its text has.
    """

    order: tuple[str, int]
    stages: tuple[str, ...]
    subject: str
    head: str
    whole: str
    text: str
    tokens: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptIndex:
    """An index.

    Attributes:
        marks: Of the documents, by their numbers.
        spoken: Title and names of each document.
        characters: Of the documents' texts, titles and names.
        lines: Lines that stand in many documents.
        hidden: Han characters whose one-character entry names every document with them → what would stand there.
        block_counts: How many documents each text block holds.
        files: In the order in which they are written, ``root`` last.
    """

    marks: Sequence[DocumentMark]
    spoken: Sequence[str]
    characters: CharacterCounts
    lines: LineCounts
    hidden: Mapping[str, str]
    block_counts: Sequence[int]
    files: Sequence[DataFile]

    @property
    def scripts(self) -> dict[str, bytes]:
        """Path below ``search/`` → content."""
        return {file.path: file.script for file in self.files}


def head_of(document: Document) -> str:
    fields = (
        document.kind.value,
        document.order,
        document.parent,
        document.resource is None,
    )
    return _digest(repr(fields))


def whole_of(document: Document) -> str:
    return _digest(repr(document))


def text_of(document: Document) -> str:
    return _digest(document.text)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def to_parts(kept: KeptIndex, about: object) -> list[bytes]:
    """The index in writing, not joined: it is large; ``about`` is JSON that comes back with it."""
    # Not in the head: as JSON they would be twice as long.
    spoken = "\n".join(kept.spoken).encode()
    head = {
        "about": about,
        "marks": [_written(mark) for mark in kept.marks],
        "characters": [kept.characters.traditional, kept.characters.readings],
        "lines": [kept.lines.documents, kept.lines.changed, dict(kept.lines.counts)],
        "hidden": dict(kept.hidden),
        "blocks": list(kept.block_counts),
        "spoken": len(spoken),
        "files": [[file.name, len(file.payload)] for file in kept.files],
    }
    written = json.dumps(head, separators=(",", ":")).encode() + b"\n"
    parts = [written, spoken, *(file.payload for file in kept.files)]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return [digest.digest(), *parts]


def _written(mark: DocumentMark) -> list[object]:
    return [*mark.order, mark.stages, mark.subject, mark.head, mark.whole, mark.text, mark.tokens, mark.length]


def from_bytes(data: bytes) -> tuple[KeptIndex, object] | None:
    """What :func:`to_parts` wrote; None when it is not whole."""
    view = memoryview(data)[_DIGEST_BYTES:]
    if hashlib.sha256(view).digest() != data[:_DIGEST_BYTES]:
        return None
    end = data.find(b"\n", _DIGEST_BYTES) + 1
    head = json.loads(data[_DIGEST_BYTES:end])
    start, end = end, end + head["spoken"]
    spoken = data[start:end].decode().split("\n")
    files = []
    for name, size in head["files"]:
        files.append(DataFile(name, data[end : end + size]))
        end += size
    documents, changed, counts = head["lines"]
    kept = KeptIndex(
        marks=[DocumentMark((uri, place), tuple(stages), *rest) for uri, place, stages, *rest in head["marks"]],
        spoken=spoken,
        characters=CharacterCounts(*head["characters"]),
        lines=LineCounts(documents=documents, counts=counts, changed=changed),
        hidden=head["hidden"],
        block_counts=head["blocks"],
        files=files,
    )
    return kept, head["about"]

"""An index as an earlier build wrote it, with what one must know to change it for a few documents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from kebao.search.character_counts import CharacterCounts
from kebao.search.data_file import DataFile, Scripts
from kebao.search.document import Document
from kebao.search.document_marks import DocumentMarks
from kebao.search.repeated_lines import LineCounts

_DIGEST_BYTES = 32


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

    marks: DocumentMarks
    spoken: Sequence[str]
    characters: CharacterCounts
    lines: LineCounts
    hidden: Mapping[str, str]
    block_counts: Sequence[int]
    files: Sequence[DataFile]

    @property
    def scripts(self) -> Scripts:
        """Path below ``search/`` → content."""
        return Scripts({file.path: file for file in self.files}, {})


def head_of(document: Document) -> str:
    fields = (
        document.kind.value,
        document.order,
        document.parent,
        document.resource is None,
    )
    return _digest(repr(fields))


def whole_of(document: Document) -> str:
    fields = (
        document.kind.value,
        document.title,
        document.uri,
        document.order,
        document.facts,
        document.names,
        document.strong,
        document.subject,
        document.stages,
        document.parent,
        document.resource,
    )
    # Python takes ten times as long to write a text for repr as it takes to digest it.
    return _digest(f"{text_of(document)} {fields!r}")


def text_of(document: Document) -> str:
    return _digest(document.text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def to_parts(kept: KeptIndex, about: object) -> list[bytes]:
    """The index in writing, not joined: it is large; ``about`` is JSON that comes back with it."""
    # Not in the head: they are taken out in one piece each, which JSON is not.
    columns = [_lines(kept.marks.orders), _lines(kept.marks.groups), kept.marks.digests, _lines(kept.spoken)]
    head = {
        "about": about,
        "columns": [*map(len, columns)],
        "lengths": [*kept.marks.lengths],
        "characters": [kept.characters.traditional, kept.characters.readings],
        "lines": [kept.lines.documents, kept.lines.changed, dict(kept.lines.counts)],
        "hidden": dict(kept.hidden),
        "blocks": [*kept.block_counts],
        "files": " ".join(file.name for file in kept.files),
        "hashes": " ".join(file.hash for file in kept.files),
        "sizes": [len(file.payload) for file in kept.files],
    }
    written = json.dumps(head, separators=(",", ":")).encode() + b"\n"
    parts = [written, *columns, *(file.payload for file in kept.files)]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return [digest.digest(), *parts]


def _lines(texts: Sequence[str]) -> bytes:
    return "\n".join(texts).encode()


def from_bytes(data: bytes) -> tuple[KeptIndex, object] | None:
    """What :func:`to_parts` wrote; None when it is not whole."""
    view = memoryview(data)[_DIGEST_BYTES:]
    if hashlib.sha256(view).digest() != data[:_DIGEST_BYTES]:
        return None
    end = data.find(b"\n", _DIGEST_BYTES) + 1
    head = json.loads(data[_DIGEST_BYTES:end])
    sizes = [*head["columns"], *head["sizes"]]
    ends = accumulate(sizes, initial=end)
    pieces = [data[start : start + size] for start, size in zip(ends, sizes, strict=False)]
    orders, groups, digests, spoken, *payloads = pieces
    count = len(head["lengths"])
    documents, changed, counts = head["lines"]
    kept = KeptIndex(
        marks=DocumentMarks(_texts(orders, count), _texts(groups, count), digests, head["lengths"]),
        spoken=_texts(spoken, count),
        characters=CharacterCounts(*head["characters"]),
        lines=LineCounts(documents=documents, counts=counts, changed=changed),
        hidden=head["hidden"],
        block_counts=head["blocks"],
        files=[*map(DataFile, head["files"].split(" "), payloads, head["hashes"].split(" "))],
    )
    return kept, head["about"]


def _texts(lines: bytes, count: int) -> list[str]:
    return lines.decode().split("\n") if count else []

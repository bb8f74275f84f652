"""An index as an earlier build wrote it, with what one must know to change it for a few documents."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kebao.search.data_file import DataFile
from kebao.search.document import Document
from kebao.search.repeated_lines import LineCounts

_DIGEST_BYTES = 32


@dataclass(frozen=True, slots=True)
class DocumentMark:
    """What is kept of a document, under its place in the index.

    Attributes:
        order: See :class:`Document`.
        head: Digest of what decides about more than the document's own rows, text and tokens.
        whole: Digest of everything, repeated lines too.
        tokens: Key of its token lists (hex).
        length: How many tokens its text has.
    """

    order: tuple[str, int]
    head: str
    whole: str
    tokens: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptIndex:
    """An index.

    Attributes:
        marks: Of the documents, by their numbers.
        lines: Lines that stand in many documents.
        hidden: Han characters whose one-character entry names every document with them → what would stand there.
        block_counts: How many documents each text block holds.
        files: In the order in which they are written, ``root`` last.
    """

    marks: Sequence[DocumentMark]
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
        document.title,
        document.order,
        document.names,
        document.subject,
        document.stages,
        document.parent,
        document.resource is None,
    )
    return _digest(repr(fields))


def whole_of(document: Document) -> str:
    return _digest(repr(document))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def to_parts(kept: KeptIndex, about: object) -> list[bytes]:
    """The index in writing, not joined: it is large; ``about`` is JSON that comes back with it."""
    head = {
        "about": about,
        "marks": [[m.order[0], m.order[1], m.head, m.whole, m.tokens, m.length] for m in kept.marks],
        "lines": [kept.lines.documents, kept.lines.changed, dict(kept.lines.counts)],
        "hidden": dict(kept.hidden),
        "blocks": list(kept.block_counts),
        "files": [[file.name, len(file.payload)] for file in kept.files],
    }
    written = json.dumps(head, separators=(",", ":")).encode() + b"\n"
    parts = [written, *(file.payload for file in kept.files)]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return [digest.digest(), *parts]


def from_bytes(data: bytes) -> tuple[KeptIndex, object] | None:
    """What :func:`to_parts` wrote; None when it is not whole."""
    view = memoryview(data)[_DIGEST_BYTES:]
    if hashlib.sha256(view).digest() != data[:_DIGEST_BYTES]:
        return None
    end = data.find(b"\n", _DIGEST_BYTES) + 1
    head = json.loads(data[_DIGEST_BYTES:end])
    files = []
    for name, size in head["files"]:
        files.append(DataFile(name, data[end : end + size]))
        end += size
    documents, changed, counts = head["lines"]
    kept = KeptIndex(
        marks=[DocumentMark((uri, place), *rest) for uri, place, *rest in head["marks"]],
        lines=LineCounts(documents=documents, counts=counts, changed=changed),
        hidden=head["hidden"],
        block_counts=head["blocks"],
        files=files,
    )
    return kept, head["about"]

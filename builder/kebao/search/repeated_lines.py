"""Lines that stand on many pages say nothing about any of them: what a form prints, what every file ends with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kebao.search.document import Document

#: Headings are shorter, and are asked for: ``教学目标``.
_SHORTEST = 12
_LEAST_DOCUMENTS = 8
_LEAST_SHARE = 0.05
_MOST_CHANGED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCounts:
    """In how many of some documents lines stand; only of lines that stand in many.

    Attributes:
        counts: As they were when the documents were counted.
        changed: How many of the documents have changed since; each may have lost or won any line.
    """

    documents: int
    counts: Mapping[str, int]
    changed: int = 0

    @property
    def least(self) -> float:
        return _least(self.documents)

    @property
    def repeated(self) -> set[str]:
        return {line for line, count in self.counts.items() if count >= self.least}

    def after(self, changed: int) -> LineCounts | None:
        """The same lines when so many more documents have changed; None when others may be repeated then."""
        changed += self.changed
        if changed > _margin(self.least):
            return None
        if any(abs(count - self.least) <= changed for count in self.counts.values()):
            return None
        return replace(self, changed=changed)


def count_lines(documents: Sequence[Document]) -> LineCounts:
    counts = Counter(line for document in documents for line in set(_long_lines(document.text)))
    least = _least(len(documents))
    many = {line: count for line, count in counts.items() if count >= least - _margin(least)}
    return LineCounts(documents=len(documents), counts=many)


def _least(documents: int) -> float:
    return max(_LEAST_DOCUMENTS, _LEAST_SHARE * documents)


def _margin(least: float) -> int:
    return min(_MOST_CHANGED, int(least / 2))


def without_repeated_lines(documents: Sequence[Document]) -> list[Document]:
    """The documents without the paragraphs that more than a few of them share."""
    return without_lines(documents, count_lines(documents).repeated)


def without_lines(documents: Iterable[Document], lines: set[str]) -> list[Document]:
    return [_without(document, lines) for document in documents] if lines else list(documents)


def _long_lines(text: str) -> Iterable[str]:
    return (line for line in text.split("\n") if len(line) >= _SHORTEST)


def _without(document: Document, repeated: set[str]) -> Document:
    lines = document.text.split("\n")
    kept = [line for line in lines if line not in repeated]
    if len(kept) == len(lines):
        return document
    strong = tuple(text for text in document.strong if text not in repeated)
    return replace(document, text="\n".join(kept), strong=strong)

"""Lines that stand on many pages say nothing about any of them: what a form prints, what every file ends with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from kebao.search.document import Document

#: Headings are shorter, and are asked for: ``教学目标``.
_SHORTEST = 12
_LEAST_DOCUMENTS = 8
_LEAST_SHARE = 0.05


def without_repeated_lines(documents: Sequence[Document]) -> list[Document]:
    """The documents without the paragraphs that more than a few of them share."""
    counts = Counter(line for document in documents for line in set(_long_lines(document.text)))
    least = max(_LEAST_DOCUMENTS, _LEAST_SHARE * len(documents))
    repeated = {line for line, count in counts.items() if count >= least}
    if not repeated:
        return list(documents)
    return [_without(document, repeated) for document in documents]


def _long_lines(text: str) -> Iterable[str]:
    return (line for line in text.split("\n") if len(line) >= _SHORTEST)


def _without(document: Document, repeated: set[str]) -> Document:
    lines = document.text.split("\n")
    kept = [line for line in lines if line not in repeated]
    if len(kept) == len(lines):
        return document
    strong = tuple(text for text in document.strong if text not in repeated)
    return replace(document, text="\n".join(kept), strong=strong)

"""Where two texts differ: by paragraphs, inside of them by sentences, inside of those by characters or words.

Chinese has no blanks between words, so the smallest unit is one Han character, or one word of other scripts.
The time is bounded: long runs are split at what stands once in both (patience difference); what is then still too
long to compare piece by piece is shown as taken out and put in.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

#: Runs of up to so many units on both sides together are compared by difflib, whose worst case is cubic.
_SHORT = 400
#: Two units are one that was changed when they share at least this much.
_ALIKE = 0.4
#: What stays the same between two changes and is shorter than this is taken into the change: easier to read.
_ISLAND = 2

_ENDS = "\u3002\uff01\uff1f\uff1b!?;\u061f\u061b\n"
_SENTENCE = re.compile(
    rf"(?:[^{_ENDS}.]|\.(?!\s))*(?:[{_ENDS}]|\.(?=\s))+[\u201d\u2019\u300d\u300f\uff09)\"'\u00bb]*\s*"
    rf"|(?:[^{_ENDS}.]|\.(?!\s))+"
)
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_UNIT = re.compile(rf"[{_HAN}]|[^\W{_HAN}]+|\s+|[^\w\s]")


class Mark(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Span:
    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of both texts together, or of one of them; spans in reading order, none empty."""

    spans: tuple[Span, ...]

    @property
    def is_same(self) -> bool:
        return all(span.mark is Mark.SAME for span in self.spans)

    @property
    def old(self) -> str:
        return "".join(span.text for span in self.spans if span.mark is not Mark.ADDED)

    @property
    def new(self) -> str:
        return "".join(span.text for span in self.spans if span.mark is not Mark.REMOVED)


def text_difference(old: str, new: str) -> tuple[Paragraph, ...]:
    """Both texts in one: the paragraphs of ``old`` that went, those of ``new`` that came, and those in both."""
    return tuple(_paragraphs(paragraphs_of(old), paragraphs_of(new)))


def paragraphs_of(text: str) -> tuple[str, ...]:
    """The lines that say something, without blanks at their ends."""
    return tuple(line.rstrip() for line in text.split("\n") if line.strip())


def spans_between(old: str, new: str) -> tuple[Span, ...]:
    """Two versions of one paragraph as spans of sentences, and inside of changed sentences of words."""
    return tuple(_joined(_sentence_spans(_SENTENCE.findall(old), _SENTENCE.findall(new))))


def _paragraphs(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    for same, a1, a2, b1, b2 in _runs(old, new):
        if same:
            yield from (Paragraph((Span(Mark.SAME, text),)) for text in old[a1:a2])
            continue
        for before, after in _pairs(old[a1:a2], new[b1:b2]):
            yield Paragraph(_changed(before, after))


def _changed(before: str, after: str) -> tuple[Span, ...]:
    if before and after:
        return spans_between(before, after)
    return (Span(Mark.REMOVED, before),) if before else (Span(Mark.ADDED, after),)


def _sentence_spans(old: Sequence[str], new: Sequence[str]) -> Iterator[Span]:
    for same, a1, a2, b1, b2 in _runs(old, new):
        if same:
            yield Span(Mark.SAME, "".join(old[a1:a2]))
            continue
        for before, after in _pairs(old[a1:a2], new[b1:b2]):
            if before and after:
                yield from _unit_spans(_UNIT.findall(before), _UNIT.findall(after))
            else:
                yield Span(Mark.REMOVED, before) if before else Span(Mark.ADDED, after)


def _unit_spans(old: Sequence[str], new: Sequence[str]) -> Iterator[Span]:
    """The words of a sentence; small islands between two changes go into the change."""
    removed = added = ""
    runs = list(_runs(old, new))
    for number, (same, a1, a2, b1, b2) in enumerate(runs):
        if not same:
            removed += "".join(old[a1:a2])
            added += "".join(new[b1:b2])
        elif a2 - a1 < _ISLAND and 0 < number < len(runs) - 1:
            removed += "".join(old[a1:a2])
            added += "".join(old[a1:a2])
        else:
            yield from (Span(Mark.REMOVED, removed), Span(Mark.ADDED, added))
            removed = added = ""
            yield Span(Mark.SAME, "".join(old[a1:a2]))
    yield from (Span(Mark.REMOVED, removed), Span(Mark.ADDED, added))


def _joined(spans: Iterator[Span]) -> Iterator[Span]:
    """Neighbours of one mark in one; removed stands before added; none empty."""
    held = {Mark.REMOVED: "", Mark.ADDED: ""}
    same = ""
    for span in spans:
        if not span.text:
            continue
        if span.mark is Mark.SAME:
            yield from (Span(mark, text) for mark, text in held.items() if text)
            held = dict.fromkeys(held, "")
            same += span.text
        else:
            if same:
                yield Span(Mark.SAME, same)
                same = ""
            held[span.mark] += span.text
    yield from (Span(mark, text) for mark, text in held.items() if text)
    if same:
        yield Span(Mark.SAME, same)


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Which of the old became which of the new, in order; the empty text stands for none."""
    units_old, units_new = [_units(text) for text in old], [_units(text) for text in new]
    for i, j in pair_up(len(old), len(new), lambda i, j: _likeness(units_old[i], units_new[j])):
        yield ("" if i is None else old[i]), ("" if j is None else new[j])


def pair_up(old: int, new: int, likeness: Callable[[int, int], float]) -> Iterator[tuple[int | None, int | None]]:
    """Which of ``old`` things became which of ``new`` ones, in order; None where one has no counterpart.

    The chain of pairs is the one with most likeness altogether (from 0 to 1 each); too many things are not paired.
    """
    if old * new > _SHORT:
        yield from ((i, None) for i in range(old))
        yield from ((None, j) for j in range(new))
        return
    # The same scheme as for a longest common subsequence, with weights.
    alike = [[likeness(i, j) for j in range(new)] for i in range(old)]
    best = [[0.0] * (new + 1) for _ in range(old + 1)]
    for i in range(old - 1, -1, -1):
        for j in range(new - 1, -1, -1):
            paired = best[i + 1][j + 1] + alike[i][j] if alike[i][j] >= _ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    i = j = 0
    while i < old and j < new:
        if alike[i][j] >= _ALIKE and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            yield i, j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield i, None
            i += 1
        else:
            yield None, j
            j += 1
    yield from ((rest, None) for rest in range(i, old))
    yield from ((None, rest) for rest in range(j, new))


def _units(text: str) -> Counter[str]:
    return Counter(unit for unit in _UNIT.findall(text) if not unit.isspace())


def likeness(a: str, b: str) -> float:
    """Share of the characters and words that two texts have in common, from 0 to 1."""
    return _likeness(_units(a), _units(b))


def _likeness(a: Counter[str], b: Counter[str]) -> float:
    """Share of the units that both have (Dice), from 0 to 1."""
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0


Run = tuple[bool, int, int, int, int]


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[Run]:
    """Runs that are the same and runs that are not, covering both: ``(same, a1, a2, b1, b2)``."""
    a = b = 0
    for a1, b1, length in (*_matches(old, new), (len(old), len(new), 0)):
        if a < a1 or b < b1:
            yield False, a, a1, b, b1
        if length:
            yield True, a1, a1 + length, b1, b1 + length
        a, b = a1 + length, b1 + length


def _matches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Places in both and the length of what is the same there, in order, never overlapping."""
    start = 0
    shorter = min(len(old), len(new))
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    if start:
        yield 0, 0, start
    a, b = start, start
    inner_old, inner_new = old[start : len(old) - end], new[start : len(new) - end]
    for a1, b1 in (*_anchors(inner_old, inner_new), (len(inner_old), len(inner_new))):
        yield from _short_matches(old, new, a, start + a1, b, start + b1)
        if a1 < len(inner_old):
            yield start + a1, start + b1, 1
        a, b = start + a1 + 1, start + b1 + 1
    if end:
        yield len(old) - end, len(new) - end, end


def _short_matches(
    old: Sequence[str], new: Sequence[str], a1: int, a2: int, b1: int, b2: int
) -> Iterator[tuple[int, int, int]]:
    if a1 >= a2 or b1 >= b2 or (a2 - a1) + (b2 - b1) > _SHORT:
        return
    matcher = SequenceMatcher(None, old[a1:a2], new[b1:b2], autojunk=False)
    yield from ((a1 + m.a, b1 + m.b, m.size) for m in matcher.get_matching_blocks() if m.size)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Places of what stands once in both, as many as keep their order; none where both are short."""
    if len(old) + len(new) <= _SHORT:
        return []
    counts_old, counts_new = Counter(old), Counter(new)
    places_new = {text: place for place, text in enumerate(new) if counts_new[text] == 1}
    places = [(a, places_new[text]) for a, text in enumerate(old) if counts_old[text] == 1 and text in places_new]
    # Longest increasing subsequence of the places in ``new`` (patience sorting).
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for number, (_, b) in enumerate(places):
        pile = bisect_left(tops, b)
        before.append(piles[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [b]
        piles[pile : pile + 1] = [number]
    chain: list[tuple[int, int]] = []
    number = piles[-1] if piles else -1
    while number >= 0:
        chain.append(places[number])
        number = before[number]
    return chain[::-1]

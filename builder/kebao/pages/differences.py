"""Differences of texts as pages show them: only what changed, with a little around it, and cut where it gets long."""

from __future__ import annotations

from dataclasses import dataclass

from kebao.catalog.text_difference import Mark, Paragraph, Span, text_difference
from kebao.pages.readable import readable

#: Characters of one text's changes that a page shows; the rest is on the pages of both editions.
MOST_CHARACTERS = 800
#: Of what stayed the same in a changed paragraph, so many characters are shown on either side of a change.
_AROUND = 30
_ELLIPSIS = "……"


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """A changed paragraph; without spans it stands for ``unchanged`` paragraphs in a row."""

    spans: tuple[Span, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed in a text.

    Attributes:
        places: How many paragraphs changed; 0 when only marks or links did.
        is_cut: Not all of them are shown.
    """

    lines: tuple[DifferenceLine, ...]
    places: int
    is_cut: bool = False


def difference(old: str, new: str, *, most: int = MOST_CHARACTERS) -> Difference:
    """What changed between two Markdown texts, at most about ``most`` characters of it."""
    paragraphs = text_difference(readable(old), readable(new))
    lines: list[DifferenceLine] = []
    unchanged = characters = 0
    is_cut = False
    for paragraph in paragraphs:
        if paragraph.is_same:
            unchanged += 1
            continue
        if is_cut or characters >= most:
            is_cut = True
            continue
        if unchanged:
            lines.append(DifferenceLine(unchanged=unchanged))
            unchanged = 0
        spans, was_cut = _cut(_shortened(paragraph), most - characters)
        characters += sum(len(span.text) for span in spans)
        is_cut = was_cut
        lines.append(DifferenceLine(spans))
    places = sum(not paragraph.is_same for paragraph in paragraphs)
    return Difference(lines=tuple(lines), places=places, is_cut=is_cut)


def _shortened(paragraph: Paragraph) -> tuple[Span, ...]:
    """The paragraph with long stretches that stayed the same shortened."""
    shortened = []
    last = len(paragraph.spans) - 1
    for number, span in enumerate(paragraph.spans):
        if span.mark is not Mark.SAME or len(span.text) <= 3 * _AROUND:
            shortened.append(span)
            continue
        before = span.text[:_AROUND] if number > 0 else ""
        after = span.text[-_AROUND:] if number < last else ""
        shortened.append(Span(Mark.SAME, f"{before}{_ELLIPSIS}{after}"))
    return tuple(shortened)


def _cut(spans: tuple[Span, ...], most: int) -> tuple[tuple[Span, ...], bool]:
    """The first ``most`` characters of the spans, and whether there were more."""
    kept: list[Span] = []
    left = most
    for span in spans:
        if len(span.text) > left:
            return (*kept, Span(span.mark, span.text[:left] + _ELLIPSIS)), True
        kept.append(span)
        left -= len(span.text)
    return tuple(kept), False

"""HTML without blank lines and indents, which weigh several kilobytes a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_INDENT = re.compile(r"\n\s+")
_KEPT = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
_PRE = "<pre"


class Tidied(str):
    """HTML that has no indents any more."""

    __slots__ = ()


def without_indents(html: str) -> Tidied:
    """The page without blank lines and indents; ``<pre>`` keeps its own."""
    return html if isinstance(html, Tidied) else Tidied(_tidied(_KEPT.split(html)))


def _tidied(parts: Sequence[str]) -> str:
    return "".join([part if number % 2 else _INDENT.sub("\n", part) for number, part in enumerate(parts)])


@dataclass(frozen=True, slots=True)
class Frame:
    """A page with holes, without indents: what is put in is all that is looked through for each page.

    Attributes:
        pieces: What stands around the holes, as it was.
        first: The text before the first gap.
        rest: Each gap, and the text after it. A gap has one hole or more, with white space around them; the texts
            between gaps begin and end with something else, so that no indent is partly in one.
    """

    pieces: Sequence[str]
    first: str
    rest: Sequence[tuple[Sequence[str], str]]

    def filled(self, values: Sequence[str]) -> Tidied:
        """:func:`without_indents` of the pieces with the values between them, one for each hole."""
        following = iter(values)
        filled = [self.first]
        for spaces, text in self.rest:
            inner = spaces[0]
            for space in spaces[1:]:
                inner += next(following) + space
            if _PRE in inner:
                parts = _KEPT.split(inner)
                if any(_PRE in part for part in parts[::2]):
                    # It may end anywhere.
                    return without_indents(_whole(self.pieces, values))
                inner = _tidied(parts)
            elif "\n" in inner:
                inner = _INDENT.sub("\n", inner)
            filled += (inner, text)
        return Tidied("".join(filled))


@dataclass(frozen=True, slots=True)
class WholeFrame:
    """A page with holes of which nothing can be said before they are filled; see :class:`Frame`."""

    pieces: Sequence[str]

    def filled(self, values: Sequence[str]) -> Tidied:
        return without_indents(_whole(self.pieces, values))


def frame(pieces: Sequence[str]) -> Frame | WholeFrame:
    """The frame of a page: there is a hole after each piece but the last."""
    texts = [piece.strip() for piece in pieces]
    # Where a sign of <pre> stands in a text, or may stand across its ends, indents are not for the text alone to say.
    if any(_PRE in text or text.endswith(("<", "<p", "<pr")) or text[:1] in ("p", "r", "e") for text in texts):
        return WholeFrame(pieces)
    if len(pieces) == 1:
        return Frame(pieces, _tidied(pieces), ())
    first, last = pieces[0].rstrip(), pieces[-1].lstrip()
    texts[0], texts[-1] = first, last
    rest: list[tuple[Sequence[str], str]] = []
    spaces = [pieces[0][len(first) :]]
    for place, (piece, text) in enumerate(zip(pieces[1:], texts[1:], strict=True), start=2):
        if not text and place < len(pieces):
            # Only white space: one gap with two holes.
            spaces.append(piece)
            continue
        start = len(piece) - len(piece.lstrip())
        rest.append(((*spaces, piece[:start]), _tidied([text])))
        spaces = [piece[start + len(text) :]]
    return Frame(pieces, _tidied([first]), rest)


def _whole(pieces: Sequence[str], values: Sequence[str]) -> str:
    return "".join([each for pair in zip(pieces, (*values, ""), strict=True) for each in pair])

"""Which of the eight masks a QR code gets (ISO/IEC 18004:2015, 7.8): a site has a code on every page, so it is quick.

A code's modules are one number, row by row, the first module highest. To be compared they stand twice in a number: as
rows and as columns, with light modules between, and all lines are compared with themselves, shifted, at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

MASKS = range(8)
#: What must be light before or after what looks like a finder pattern; at the edge of a code it is.
_BETWEEN = "0000"
#: So many lines look like finder patterns in each code: three rows and three columns of each of the three patterns.
_IN_FINDERS = 18


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands in codes of one size with a mask, whatever they say: patterns, format, and the mask itself.

    Attributes:
        modules: To be added to those of a text.
        lines: The same in all lines, without the modules that do not count; and so are the others.
        alike: The modules that are like the one before. What a text changes of it is the same with each mask.
        below: Those that are not like the one above, in the rows alone.
    """

    modules: int
    lines: int
    alike: int
    below: int


@dataclass(frozen=True, slots=True)
class MaskRules:
    """The frames of codes of one size by mask, without and with which modules are compared."""

    side: int
    frames: Sequence[_Frame]
    #: The modules of all lines but the first of each.
    _followers: int

    def best(self, text: str) -> int:
        """The modules with the mask of the lowest penalty, the first of equal ones; ``text`` are those of a text."""
        lines = _lines(text, self.side)
        changes, below = self._followers & (lines ^ lines >> 1), _below(lines, self.side)
        without = [
            (self._penalty(lines ^ frame.lines, changes ^ frame.alike, below ^ frame.below), mask)
            for mask, frame in enumerate(self.frames)
        ]
        lowest, best = sys.maxsize, 0
        for penalty, mask in sorted(without):
            # That of finder-like lines takes as long as all the others, and mostly it is not needed.
            if penalty + 40 * _IN_FINDERS > lowest:
                break
            penalty += 40 * _finder_like(lines ^ self.frames[mask].lines)
            lowest, best = min((lowest, best), (penalty, mask))
        return int(text, 2) ^ self.frames[best].modules

    def _penalty(self, lines: int, alike: int, below: int) -> int:
        """The penalty score of table 11 for runs, blocks, and how far from half of it is dark."""
        side, pitch = self.side, self.side + len(_BETWEEN)
        pairs = alike & alike >> 1
        fives = pairs & pairs >> 2
        score = 3 * fives.bit_count() - 2 * (fives & fives >> 1).bit_count()
        beside = alike >> pitch * side
        blocks = beside & beside >> pitch
        score += 3 * (blocks ^ blocks & below).bit_count()
        # Each module is in two lines.
        return score + 10 * int(abs(lines.bit_count() // 2 / (side * side) * 100 - 50) / 5)


def mask_rules(side: int, frames: Sequence[int]) -> MaskRules:
    """The rules for codes of a size, given its frames by mask."""
    format_ = _format(side)
    counted = "".join("0" if (y, x) in format_ else "1" for y in range(side) for x in range(side))
    followers = int(("0" + "1" * (side - 1) + _BETWEEN) * (2 * side), 2)
    made = []
    for modules in frames:
        lines = _lines(f"{modules & int(counted, 2):0{side * side}b}", side)
        alike = followers ^ followers & (lines ^ lines >> 1)
        made.append(_Frame(modules, lines, alike, _below(lines, side)))
    return MaskRules(side, made, followers)


def _below(lines: int, side: int) -> int:
    """In the rows, which are the upper half of all lines: the modules that differ from those below them."""
    pitch = side + len(_BETWEEN)
    rows = lines >> pitch * side
    return rows ^ rows >> pitch


def _lines(modules: str, side: int) -> int:
    """All rows, then all columns."""
    rows = [modules[start : start + side] for start in range(0, side * side, side)]
    columns = [modules[start::side] for start in range(side)]
    return int(_BETWEEN.join((*rows, *columns, "")), 2)


def _format(side: int) -> set[tuple[int, int]]:
    """Where format information stands (7.9.1), and version information in codes of more than 41 modules (7.10)."""
    places = {(8, x) for x in (*range(9), *range(side - 8, side)) if x != 6}
    if side > 41:
        places |= {(y, side - x) for y in range(6) for x in (9, 10, 11)}
    return places | {(x, y) for y, x in places}


def _finder_like(lines: int) -> int:
    """How many 1:1:3:1:1 in lines have four light modules, or the edge, beside them.

    Of two that share modules only the first counts; no three can do so.
    """
    outer = lines & lines << 2
    found = outer & outer << 4 & lines << 3
    found ^= found & (lines << 1 | lines << 5)
    if not found:
        return 0
    dark = lines | lines >> 1
    dark |= dark >> 2
    found ^= found & dark >> 1 & dark << 10
    return found.bit_count() - (found & (found >> 4 | found >> 6)).bit_count()

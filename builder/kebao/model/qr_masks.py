"""Which of the eight masks a QR code gets (ISO/IEC 18004:2015, 7.8): a site has a code on every page, so it is quick.

A code's modules are one number, row by row, the first module highest. To be compared they stand twice in a number: as
rows and as columns, with light modules between, and all lines are compared with themselves, shifted, at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MASKS = range(8)
#: What must be light before or after what looks like a finder pattern; at the edge of a code it is.
_BETWEEN = "0000"


@dataclass(frozen=True, slots=True)
class MaskRules:
    """What stands in codes of one size with each mask, whatever they say.

    Attributes:
        frames: By mask: a code without a text's modules, which are to be added: patterns, format, and the mask itself.
    """

    side: int
    frames: Sequence[int]
    #: The same in all lines, without the modules that do not count.
    _frames_of_lines: Sequence[int]
    #: The modules of all lines but the first of each.
    _followers: int

    def best(self, text: str) -> int:
        """The modules with the mask of the lowest penalty, the first of equal ones; ``text`` are those of a text."""
        lines = _lines(text, self.side)
        penalties = [self._penalty(lines ^ frame) for frame in self._frames_of_lines]
        return int(text, 2) ^ self.frames[penalties.index(min(penalties))]

    def _penalty(self, lines: int) -> int:
        """The penalty score of table 11: runs, blocks, finder-like lines, and how far from half of it is dark."""
        side, pitch = self.side, self.side + len(_BETWEEN)
        followers = self._followers
        #: Modules that are like the one before.
        alike = followers ^ followers & (lines ^ lines >> 1)
        pairs = alike & alike >> 1
        fives = pairs & pairs >> 2
        score = 3 * fives.bit_count() - 2 * (fives & fives >> 1).bit_count() + 40 * _finder_like(lines)
        # The rows are the upper half.
        half = pitch * side
        rows, beside = lines >> half, alike >> half
        blocks = beside & beside >> pitch
        score += 3 * (blocks.bit_count() - (blocks & (rows ^ rows >> pitch)).bit_count())
        return score + 10 * int(abs(rows.bit_count() / (side * side) * 100 - 50) / 5)


def mask_rules(side: int, frames: Sequence[int]) -> MaskRules:
    """The rules for codes of a size, given its frames by mask."""
    format_ = _format(side)
    counted = "".join("0" if (y, x) in format_ else "1" for y in range(side) for x in range(side))
    of_lines = [_lines(f"{frame & int(counted, 2):0{side * side}b}", side) for frame in frames]
    followers = int(("0" + "1" * (side - 1) + _BETWEEN) * (2 * side), 2)
    return MaskRules(side, tuple(frames), of_lines, followers)


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

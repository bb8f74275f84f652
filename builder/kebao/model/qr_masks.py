"""Which of the eight masks a QR code gets (ISO/IEC 18004:2015, 7.8): a site has a code on every page, so it is quick.

A code's modules are one number, row by row, the first module highest. Whole rows are compared with their neighbours at
once, which takes a twentieth of the time that a look at each module takes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

#: Modules (1 is dark) of a code with the given mask; what the encoder makes when it is told the mask.
Encoder = Callable[[int], int]
MASKS = range(8)
_FINDER_LIKE = "1011101"
_SURROUNDING = 4


@dataclass(frozen=True, slots=True)
class MaskRules:
    """What the masks change in codes of one size, whatever they say.

    Attributes:
        changes: By mask: the modules that differ from the same code with mask 0.
        format: The modules of format and version information, which do not count when masks are compared.
    """

    side: int
    changes: tuple[int, ...]
    format: int

    def best(self, modules: int) -> int:
        """The modules with the mask of the lowest penalty, the first of equal ones; ``modules`` has mask 0."""
        candidates = [modules ^ change for change in self.changes]
        return min(candidates, key=lambda candidate: _penalty(candidate & ~self.format, self.side))


def mask_rules(side: int, encode: Encoder) -> MaskRules:
    """The rules for codes of a size, read off one code of that size in all masks."""
    plain = encode(0)
    return MaskRules(side, tuple(plain ^ encode(mask) for mask in MASKS), _format_modules(side))


def _format_modules(side: int) -> int:
    """Where format information stands (7.9.1), and version information in codes of more than 41 modules (7.10)."""
    places = {(8, x) for x in (*range(9), *range(side - 8, side)) if x != 6}
    if side > 41:
        places |= {(y, side - x) for y in range(6) for x in (9, 10, 11)}
    return sum(1 << (side * side - 1 - (y * side + x)) for y, x in places | {(x, y) for y, x in places})


def _penalty(modules: int, side: int) -> int:
    """The penalty score of table 11: runs, blocks, finder-like rows, and how far from half of it is dark."""
    total = side * side
    alike_beside = ~(modules ^ modules >> 1) & _all_but_first_column(side)
    alike_below = ~(modules ^ modules >> side) & ((1 << total - side) - 1)
    blocks = alike_beside & (alike_beside >> side) & alike_below
    score = 3 * blocks.bit_count()
    score += _runs(alike_beside, 1) + _runs(alike_below, side)
    score += 40 * sum(_finder_like(modules, side, step) for step in (1, side))
    return score + 10 * int(abs(modules.bit_count() / total * 100 - 50) / 5)


@cache
def _all_but_first_column(side: int) -> int:
    row = (1 << side - 1) - 1
    return sum(row << line * side for line in range(side))


def _runs(alike: int, step: int) -> int:
    """Points for runs of five modules and more; a bit of ``alike`` says that a module is like the one before it."""
    fives = alike & alike >> step & alike >> 2 * step & alike >> 3 * step
    return fives.bit_count() + 2 * (fives & ~(fives >> step)).bit_count()


def _finder_like(modules: int, side: int, step: int) -> int:
    """How many 1:1:3:1:1 of rows (``step`` 1) or columns (``side``) have four light modules, or the edge, beside them.

    Of two that share modules only the first counts; no three can do so.
    """
    found = _starts(side, step)
    for place, module in enumerate(_FINDER_LIKE):
        shifted = modules << place * step
        found &= shifted if module == "1" else ~shifted
    if not found:
        return 0
    dark_before = dark_after = 0
    for place in range(1, _SURROUNDING + 1):
        dark_before |= modules >> place * step & _with_before(side, step, place)
        dark_after |= modules << (len(_FINDER_LIKE) - 1 + place) * step & _with_after(side, step, place)
    found &= ~(dark_before & dark_after)
    return (found & ~(found >> 4 * step) & ~(found >> 6 * step)).bit_count()


@cache
def _places(side: int, step: int, first: int, last: int) -> int:
    """The modules whose place in their row (``step`` 1) or column is not before ``first`` nor after ``last``."""
    places = ((y, x) if step == 1 else (x, y) for y in range(side) for x in range(first, last + 1))
    return sum(1 << (side * side - 1 - (y * side + x)) for y, x in places)


def _starts(side: int, step: int) -> int:
    return _places(side, step, 0, side - len(_FINDER_LIKE))


def _with_before(side: int, step: int, place: int) -> int:
    return _places(side, step, place, side - 1)


def _with_after(side: int, step: int, place: int) -> int:
    return _places(side, step, 0, side - len(_FINDER_LIKE) - place)

"""What one facet says of every document, as text: sets of values, and one number a document (docs/search-format.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import ne
from typing import Any

from kebao.search.coding import DIGITS

BASE = len(DIGITS)

#: Positions of values that a document has, rising; none is the empty set.
ValueSet = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Whole numbers, one a document, below ``base ** width``.

    Attributes:
        first: Where ``digits`` begin; the documents before and after them have 0.
        runs: Number, how often, number, how often …, in place of ``digits`` where that is shorter.
    """

    width: int
    first: int = 0
    digits: str = ""
    runs: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        if self.runs:
            return {"runs": list(self.runs)}
        return {"width": self.width, "first": self.first, "digits": self.digits}


def encode_column(numbers: Sequence[int]) -> Column:
    """The numbers in the shorter of the two forms."""
    width = width_for(max(numbers, default=0) + 1)
    written = {number: fixed_width(number, width) for number in set(numbers)}
    first = next((position for position, number in enumerate(numbers) if number), len(numbers))
    end = next((position for position in range(len(numbers), first, -1) if numbers[position - 1]), first)
    digits = "".join([written[number] for number in numbers[first:end]])
    if first == end:
        first = 0
    # A run takes four characters at least, with the commas.
    if 4 * (1 + sum(map(ne, numbers, numbers[1:]))) <= len(digits):
        runs = tuple(part for number, run in groupby(numbers) for part in (number, len(list(run))))
        if len(",".join(map(str, runs))) < len(digits):
            return Column(width=width, runs=runs)
    return Column(width=width, first=first, digits=digits)


def encode_sets(sets: Iterable[ValueSet], value_count: int) -> str:
    """The sets, apart by blanks; each is its values' positions as digits of one width."""
    width = width_for(value_count)
    return " ".join("".join(fixed_width(value, width) for value in each) for each in sets)


def width_for(count: int) -> int:
    """How many digits tell ``count`` numbers from 0 on apart."""
    width = 1
    while BASE**width < count:
        width += 1
    return width


def fixed_width(number: int, width: int) -> str:
    """The number in ``width`` digits, the highest first."""
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, BASE)
        digits = DIGITS[digit] + digits
    return digits

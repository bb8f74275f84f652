"""How wide Chinese text is, and how a table's columns share a line."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

SHORT_COLUMN = 6.0
CELL_PADDING = 1.5
NARROWEST_LONG_COLUMN = 6.0


def ems(text: str) -> float:
    """Width in ems: a Han character is one, a Latin letter about half."""
    return sum(1.0 if unicodedata.east_asian_width(mark) in "WFA" else 0.55 for mark in text)


def column_shares(rows: Sequence[Sequence[str]], *, line_ems: float) -> tuple[float, ...]:
    """Shares of the line, adding up to 1: short columns get what they need, long ones the rest."""
    needs = [max(ems(cell) for cell in column) + CELL_PADDING for column in zip(*rows, strict=True)]
    short = [need if need <= SHORT_COLUMN + CELL_PADDING else 0.0 for need in needs]
    weights = [0.0 if fixed else math.sqrt(need) for need, fixed in zip(needs, short, strict=True)]
    rest = line_ems - sum(short)
    if not any(weights) or rest < NARROWEST_LONG_COLUMN * sum(weight > 0 for weight in weights):
        return tuple(math.sqrt(need) / sum(map(math.sqrt, needs)) for need in needs)
    return tuple(
        (fixed or rest * weight / sum(weights)) / line_ems for fixed, weight in zip(short, weights, strict=True)
    )

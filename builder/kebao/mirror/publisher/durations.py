"""What people write for times and sizes: ``3y``, ``400d``, ``32G``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kebao.mirror.errors import RefusedError
from kebao.mirror.publisher.workspace import DEFAULT_LIFE_DAYS

_DAYS = {"d": 1, "w": 7, "y": 365}
_BYTES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def read_days(text: str) -> int:
    """``100d``, ``14w`` or ``3y`` in days; raises RefusedError for anything else."""
    match = re.fullmatch(r"([1-9]\d{0,4})([dwy])", text)
    if match is None:
        raise RefusedError("wrong-duration", text=text)
    return int(match[1]) * _DAYS[match[2]]


def read_life(text: str) -> Mapping[str, int]:
    """``root=3y,timestamp=100d``: role → days, with the usual ones for roles that are not named."""
    life = dict(DEFAULT_LIFE_DAYS)
    for part in filter(None, text.split(",")):
        role, _, duration = part.partition("=")
        if role not in life:
            raise RefusedError("wrong-duration", text=part)
        life[role] = read_days(duration)
    return life


def read_bytes(text: str) -> int:
    """``32G``, ``700M`` in bytes, as makers of sticks count: G is 10⁹. Raises RefusedError for anything else."""
    match = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)([KMGT]?)B?", text.strip().upper())
    if match is None:
        raise RefusedError("wrong-size", text=text)
    return int(float(match[1]) * _BYTES[match[2]])

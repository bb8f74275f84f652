"""Whether two folders hold the same bytes; where they do not, the first place that tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not the same in both.

    Attributes:
        offset: Of the first byte that differs; -1 where the file is in one folder only.
        one, other: What stands around it.
    """

    path: str
    offset: int
    one: bytes
    other: bytes


def differences(one: Path, other: Path) -> Iterator[Difference]:
    """The files that only one folder has, or whose bytes differ, in the order of their paths."""
    names = [
        {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} for folder in (one, other)
    ]
    for name in sorted(names[0] | names[1]):
        if name not in names[0] or name not in names[1]:
            yield Difference(name, -1, *(b"there" if name in known else b"missing" for known in names))
            continue
        left, right = (one / name).read_bytes(), (other / name).read_bytes()
        if left != right:
            yield _difference(name, left, right)


def _difference(name: str, one: bytes, other: bytes) -> Difference:
    shorter = min(len(one), len(other))
    offset = next((place for place in range(shorter) if one[place] != other[place]), shorter)
    start = max(0, offset - _SHOWN // 2)
    return Difference(name, offset, one[start : start + _SHOWN], other[start : start + _SHOWN])

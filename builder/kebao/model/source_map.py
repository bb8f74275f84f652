"""Where each authored value stands in its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kebao.problems import Location

#: Keys and list positions from the top of a document down to a value.
Pointer = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Start of a key and of its value, both 1-based ``(line, column)`` in characters."""

    value: tuple[int, int]
    key: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class SourceMap:
    """The place of every value of one YAML document (a file, or a page's front matter)."""

    path: str
    spans: Mapping[Pointer, Span] = field(default_factory=dict)

    def location(self, *pointer: str | int, at_key: bool = False) -> Location:
        """The place of a value; of the nearest value above it when it is not there (a missing field)."""
        for length in range(len(pointer), -1, -1):
            span = self.spans.get(pointer[:length])
            if span is not None:
                missing = length < len(pointer)
                line, column = span.key if span.key and (at_key or missing) else span.value
                return Location(path=self.path, line=line, column=column, pointer=dotted(pointer))
        return Location(path=self.path, line=1, column=1, pointer=dotted(pointer))


def dotted(pointer: Pointer) -> str:
    """``('materials', 2, 'role')`` → ``materials[2].role``."""
    text = ""
    for step in pointer:
        text += f"[{step}]" if isinstance(step, int) else (f".{step}" if text else step)
    return text

"""Where each authored value stands in its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kebao.problems import Location

#: Keys and list positions from the top of a document down to a value.
Pointer = tuple[str | int, ...]
#: Line and column, 1-based, in characters.
Place = tuple[int, int]
UNKNOWN: Place = (0, 0)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a key and its value start, and where they end: after their last character, or :data:`UNKNOWN`."""

    value: Place
    key: Place | None = None
    value_end: Place = UNKNOWN
    key_end: Place = UNKNOWN


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
                if span.key and (at_key or missing):
                    return self._location(span.key, span.key_end, pointer)
                # A value is not what is wrong when a field is missing in it.
                return self._location(span.value, UNKNOWN if missing else span.value_end, pointer)
        return self._location((1, 1), UNKNOWN, pointer)

    def _location(self, start: Place, end: Place, pointer: Pointer) -> Location:
        return Location(
            path=self.path,
            line=start[0],
            column=start[1],
            pointer=dotted(pointer),
            end_line=end[0],
            end_column=end[1],
        )


def dotted(pointer: Pointer) -> str:
    """``('materials', 2, 'role')`` → ``materials[2].role``."""
    text = ""
    for step in pointer:
        text += f"[{step}]" if isinstance(step, int) else (f".{step}" if text else step)
    return text

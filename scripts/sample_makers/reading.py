"""A place in a description, with the checks that name the file and the key when it is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# A gap to write in, which needs room on paper.
BLANK, WIDE_BLANK = re.compile("（[ 　]*）"), "（　　　）"

Table = tuple[tuple[str, ...], ...]


class DescriptionError(ValueError):
    """A description that cannot be made into files: `<file>: <key>: <what is wrong>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A value of a description.  Attributes: key: the way to it, such as `slides.pptx.slides[2].title`."""

    path: Path
    key: str = ""
    value: object = None

    def fault(self, message: str) -> DescriptionError:
        where = f"{self.path}: {self.key}" if self.key else f"{self.path}"
        return DescriptionError(f"{where}: {message}")

    def child(self, key: str, value: object) -> Place:
        return Place(path=self.path, key=f"{self.key}.{key}" if self.key else key, value=value)

    def entries(self, loaded: object) -> Iterator[tuple[str, object]]:
        if not isinstance(loaded, Mapping) or not loaded:
            raise self.fault("must be a mapping with at least one key")
        return ((str(key), value) for key, value in loaded.items())

    def keys(self, *required: str, optional: tuple[str, ...] = ()) -> Mapping[str, Place]:
        found = {key: self.child(key, value) for key, value in self.entries(self.value)}
        unknown = sorted(found.keys() - {*required, *optional})
        missing = sorted(set(required) - found.keys())
        if unknown:
            raise self.fault(f"unknown key {', '.join(unknown)}")
        if missing:
            raise self.fault(f"missing key {', '.join(missing)}")
        return found

    def only_key(self, *allowed: str) -> tuple[str, Place]:
        found = self.keys(optional=allowed)
        if len(found) != 1:
            raise self.fault(f"must have exactly one of {', '.join(allowed)}")
        return next(iter(found.items()))

    def items(self) -> tuple[Place, ...]:
        if not isinstance(self.value, list) or not self.value:
            raise self.fault("must be a list with at least one item")
        return tuple(
            Place(path=self.path, key=f"{self.key}[{number}]", value=value)
            for number, value in enumerate(self.value, start=1)
        )

    def text_or_empty(self) -> str:
        if not isinstance(self.value, str):
            raise self.fault('must be text (quote a value with ": " or "," in it)')
        return BLANK.sub(WIDE_BLANK, self.value.strip(" \n"))

    def text(self) -> str:
        text = self.text_or_empty()
        if not text:
            raise self.fault("is empty")
        return text

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items())

    def amount(self) -> str:
        text = self.text()
        try:
            negative = float(text) < 0
        except ValueError as error:
            raise self.fault(f"{text!r} is not a number") from error
        if negative:
            raise self.fault("must not be negative")
        return text

    def rows(self) -> Table:
        """Rows of equal length; cells may be empty."""
        rows = tuple(tuple(cell.text_or_empty() for cell in row.items()) for row in self.items())
        for number, row in enumerate(rows, start=1):
            if len(row) != len(rows[0]):
                raise self.fault(f"row {number} has {len(row)} cells, the header has {len(rows[0])}")
        return rows

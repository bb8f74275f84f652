"""The document table: what a line of results says, and what only "my list" asks for, 16 documents a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kebao.search.data_file import DataFile, data_file
from kebao.search.document import Document, ResourceRow

#: Ten results are in ten files: small ones, since each is read for one row.
ROWS_IN_FILE = 16
_LEAD_LENGTH = 48

Row = list[str | int | float]


def row_files(documents: Sequence[Document], numbers: Mapping[tuple[str, int], int]) -> tuple[DataFile, ...]:
    """``m/0``, ``m/1``, …; ``numbers``: what resources are sorted by → document number."""
    return _files("m", [row_of(document, numbers) for document in documents])


def bundle_files(documents: Sequence[Document]) -> tuple[DataFile, ...]:
    """``b/0``, ``b/1``, …: beside each row of a resource what to download and to add up."""
    return _files("b", [bundle_of(document.resource) for document in documents if document.resource])


def _files(folder: str, rows: Sequence[Row]) -> tuple[DataFile, ...]:
    starts = range(0, len(rows), ROWS_IN_FILE)
    return tuple(data_file(f"{folder}/{start // ROWS_IN_FILE}", rows[start : start + ROWS_IN_FILE]) for start in starts)


def row_of(document: Document, numbers: Mapping[tuple[str, int], int]) -> Row:
    parent = -1 if document.parent is None else numbers.get(document.parent, -1)
    row: Row = [document.title, document.uri, lead_of(document.text), document.facts, parent]
    return [*row, _short(document.resource.minutes)] if document.resource else row


def lead_of(text: str) -> str:
    """The beginning of a text on one line."""
    return " ".join(text[: _LEAD_LENGTH * 2].split())[:_LEAD_LENGTH]


def bundle_of(row: ResourceRow) -> Row:
    amounts = (_short(row.hours), _short(row.credits))
    return [row.bundle_uri, row.bundle_size, row.bundle_crc32, *amounts, row.language]


def _short(amount: float) -> int | float:
    return int(amount) if amount == int(amount) else amount

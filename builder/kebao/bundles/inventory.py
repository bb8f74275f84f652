"""The list of a bundle's files for spreadsheets: UTF-8 with BOM and CRLF, as Excel and WPS read it right."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from kebao.bundles.bundle_plan import Member, Part
from kebao.bundles.entry_texts import EntryTexts
from kebao.bundles.layout import PlacedResource
from kebao.bundles.sheet import Sheet
from kebao.catalog.entries import Entry

_COLUMNS = ("title", "kind", "subject", "grades", "organisation", "licence", "path", "size", "sha256")


def inventory_csv(texts: EntryTexts, entries: Iterable[Entry], parts: Mapping[str, Part]) -> Sheet:
    """One row per file, a resource's text before its materials; sizes in bytes (RFC 4180)."""
    sheet = Sheet()
    sheet.add(codecs.BOM_UTF8, _lines([[texts.words(f"bundle.csv.{column}") for column in _COLUMNS]]))
    for part in (parts[entry.id] for entry in entries):
        sheet.add_part(part.id, part.rows)
    return sheet


def inventory_rows(texts: EntryTexts, placed: PlacedResource, members: Iterable[Member]) -> bytes:
    """The rows of a resource's files."""
    described, by_path = texts.row(placed.entry), {member.path: member for member in members}
    titles = {placed.text_path: placed.entry.title, **{file.path: file.title for file in placed.files}}
    rows = (
        (title, *described, path, str(by_path[path].size_bytes), by_path[path].sha256) for path, title in titles.items()
    )
    return _lines([[_inert(cell) for cell in row] for row in rows])


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _inert(cell: str) -> str:
    """The cell as spreadsheets show it, never compute it (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell

"""The list of a bundle's files for spreadsheets: UTF-8 with BOM and CRLF, as Excel and WPS read it right."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from kebao.bundles.bundle_plan import Member
from kebao.bundles.entry_texts import EntryTexts
from kebao.bundles.layout import PlacedResource

_COLUMNS = ("title", "kind", "subject", "grades", "organisation", "licence", "path", "size", "sha256")


def inventory_csv(texts: EntryTexts, resources: Iterable[PlacedResource], payload: Iterable[Member]) -> bytes:
    """One row per file, a resource's text before its materials; sizes in bytes (RFC 4180)."""
    members = {member.path: member for member in payload}
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([texts.words(f"bundle.csv.{column}") for column in _COLUMNS])
    for placed in resources:
        described = texts.row(placed.entry)
        titles = {placed.text_path: placed.entry.title, **{file.path: file.title for file in placed.files}}
        for path, title in titles.items():
            member = members[path]
            row = (title, *described, path, str(member.size_bytes), member.sha256)
            writer.writerow([_inert(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _inert(cell: str) -> str:
    """The cell as spreadsheets show it, never compute it (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell

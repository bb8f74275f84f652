"""The list of a bundle's files for spreadsheets: UTF-8 with BOM and CRLF, as Excel and WPS read it right."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from kebao.bundles.bundle_plan import Member
from kebao.bundles.html_page import joined_labels
from kebao.bundles.layout import PlacedResource
from kebao.bundles.words import Words
from kebao.catalog.catalog import Catalog
from kebao.catalog.entries import Entry

_COLUMNS = ("title", "kind", "subject", "grades", "organisation", "licence", "path", "size", "sha256")


def inventory_csv(
    catalog: Catalog, words: Words, resources: Iterable[PlacedResource], payload: Iterable[Member]
) -> bytes:
    """One row per file, a resource's text before its materials; sizes in bytes (RFC 4180)."""
    members = {member.path: member for member in payload}
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([words(f"bundle.csv.{column}") for column in _COLUMNS])
    for placed in resources:
        described = tuple(_described(catalog, words, placed.entry))
        titles = {placed.text_path: placed.entry.title, **{file.path: file.title for file in placed.files}}
        for path, title in titles.items():
            member = members[path]
            row = (title, *described, path, str(member.size_bytes), member.sha256)
            writer.writerow([_inert(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _described(catalog: Catalog, words: Words, entry: Entry) -> Iterator[str]:
    resource = entry.resource
    yield words(f"kind.{resource.kind.value}.one")
    yield catalog.label("subjects", resource.subject) if resource.subject else ""
    yield joined_labels(catalog, words, "grades", resource.grades)
    yield catalog.organisation_name(resource.organisation)
    yield catalog.label("licences", resource.licence)


def _inert(cell: str) -> str:
    """The cell as spreadsheets show it, never compute it (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell

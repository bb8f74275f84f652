"""Every cell of an Excel workbook with its place, hidden sheets, rows and columns too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from kebao.loading.findings import Findings
from kebao.loading.office_archive import OfficeArchive
from kebao.loading.office_texts import COMMAND_FORMULA, texts_of
from kebao.model.identity_number import looks_like_identity_number
from kebao.model.material import HazardKind

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_WORKBOOK = "xl/workbook.xml"
_STRINGS = "xl/sharedStrings.xml"
_MOST_ROSTER_ROWS = 300
_MOST_ROSTER_COLUMNS = 60
# Excel's own limit (ISO/IEC 29500-1, 18.17.7).
_LONGEST_FORMULA = 8_192
_CELL_PARTS = re.compile(r"([A-Z]{1,3})([0-9]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    reference: str
    text: str
    is_number: bool
    formula: str


def sheet_names(archive: OfficeArchive) -> dict[str, str]:
    """Part name of each sheet and of what belongs to it (comments, drawings) → ``sheet 名单``."""
    root = archive.xml(_WORKBOOK) if _WORKBOOK in archive.names else None
    if root is None:
        return {}
    related = archive.related(_WORKBOOK)
    places: dict[str, str] = {}
    for sheet in root.iter(f"{_SHEET}sheet"):
        relationship = related.get(sheet.get(_RELATION_ID, ""))
        if relationship is not None and not relationship.is_external and relationship.target not in places:
            place = f"sheet {sheet.get('name', '')}"
            places[relationship.target] = place
            for belonging in archive.relationships(relationship.target):
                if not belonging.is_external:
                    places.setdefault(belonging.target, place)
    return places


def search_sheets(archive: OfficeArchive, places: dict[str, str], findings: Findings) -> frozenset[str]:
    """Searches all sheets and gives the names of the parts that need no other search."""
    strings = _shared_strings(archive)
    used: set[int] = set()
    sheets = [name for name in archive.names if re.fullmatch(r"xl/(?:worksheets|macrosheets)/[^/]+\.xml", name)]
    for name in sheets:
        root = archive.xml(name)
        if root is not None:
            _search_sheet(root, places.get(name, name), strings, used, findings)
    for index, text in enumerate(strings):
        if index not in used:
            findings.search(_STRINGS, text)
    return frozenset((*sheets, _STRINGS))


def _shared_strings(archive: OfficeArchive) -> list[str]:
    root = archive.xml(_STRINGS) if _STRINGS in archive.names else None
    return [] if root is None else [_joined(item) for item in root.iter(f"{_SHEET}si")]


def _joined(element: etree._Element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{_SHEET}t"))


def _search_sheet(root: etree._Element, place: str, strings: list[str], used: set[int], findings: Findings) -> None:
    rows: dict[int, dict[int, str]] = {}
    for cell in _cells(root, strings, used):
        at = f"{place}!{cell.reference}"
        if cell.formula and COMMAND_FORMULA.search(cell.formula[:_LONGEST_FORMULA]):
            findings.add_hazard(HazardKind.COMMAND, at, cell.formula)
        if cell.is_number:
            _search_number(cell.text, at, findings)
        else:
            findings.search(at, cell.text)
        _remember(cell, rows)
    width = 1 + max((max(row) for row in rows.values() if row), default=0)
    table = [[row.get(column, "") for column in range(width)] for _, row in sorted(rows.items())]
    findings.search_table(place, table)
    for element in root.iter(f"{_SHEET}sheetData"):
        element.clear()
    for _, text in texts_of(root).paragraphs:
        findings.search(place, text)


def _cells(root: etree._Element, strings: list[str], used: set[int]) -> Iterator[_Cell]:
    for number, row in enumerate(root.iter(f"{_SHEET}row"), start=1):
        for column, cell in enumerate(row.iterchildren(f"{_SHEET}c")):
            # The reference may be left out (ISO/IEC 29500-1, 18.3.1.4): the place among its siblings counts then.
            reference = cell.get("r") or f"{_letters(column)}{row.get('r') or number}"
            kind, value = cell.get("t", "n"), cell.findtext(f"{_SHEET}v") or ""
            formula = cell.findtext(f"{_SHEET}f") or ""
            if kind == "s" and value.isdecimal() and len(value) < 9 and int(value) < len(strings):
                used.add(int(value))
                yield _Cell(reference=reference, text=strings[int(value)], is_number=False, formula=formula)
            elif kind == "inlineStr":
                yield _Cell(reference=reference, text=_joined(cell), is_number=False, formula=formula)
            elif value or formula:
                yield _Cell(reference=reference, text=value, is_number=kind == "n", formula=formula)
                # A text inside of the formula: ="电话"&"138…"
                if formula:
                    yield _Cell(reference=reference, text=formula, is_number=False, formula="")


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _search_number(text: str, place: str, findings: Findings) -> None:
    """Excel keeps fifteen digits of a number: an identity number's region and day of birth are still there."""
    try:
        number = float(text)
    except ValueError:
        return
    if not 1e7 <= abs(number) < 1e19 or number != int(number):
        return
    digits = str(int(text)) if text.isdecimal() else str(int(number))
    if len(digits) == 18 and looks_like_identity_number(digits):
        findings.add_identity_as_number(place, digits)
    elif len(digits) < 16:
        findings.search(place, digits)


def _remember(cell: _Cell, rows: dict[int, dict[int, str]]) -> None:
    """Keeps a cell for the search of rosters, which look at the beginning of a sheet."""
    match = _CELL_PARTS.fullmatch(cell.reference)
    if match is None or len(rows) > _MOST_ROSTER_ROWS:
        return
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - ord("A") + 1
    if column <= _MOST_ROSTER_COLUMNS:
        rows.setdefault(int(match.group(2)[:7]), {}).setdefault(column - 1, cell.text)

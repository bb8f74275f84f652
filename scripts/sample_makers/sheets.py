"""Spreadsheets: a marked header row that stays in view, fitting columns, percentages as percentages."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

from openpyxl import Workbook as Book
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from sample_makers.archives import pack_again
from sample_makers.description import Sheet, Workbook
from sample_makers.imprint import ACCENT, ACCENT_TINT, AUTHOR, HEADING_FONT, INK, LANGUAGE, RULE, made_at
from sample_makers.widths import ems

NARROWEST, WIDEST = 8.0, 44.0
ROW_POINTS = 18
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
RATE = re.compile("[率%％]")


def build_xlsx(workbook: Workbook) -> bytes:
    book = Book()
    while book.worksheets:
        book.remove(book.worksheets[0])
    for sheet in workbook.sheets:
        fill_sheet(book.create_sheet(sheet.name), sheet)
    properties = book.properties
    properties.creator = properties.lastModifiedBy = AUTHOR
    properties.title, properties.language = workbook.sheets[0].name, LANGUAGE
    properties.created = properties.modified = made_at().replace(tzinfo=None)
    buffer = io.BytesIO()
    book.save(buffer)
    return pack_again(buffer.getvalue())


def fill_sheet(page: Worksheet, sheet: Sheet) -> None:
    rates = tuple(is_rate(column) for column in zip(*sheet.rows, strict=True))
    widths = tuple(column_width(column) for column in zip(*sheet.rows, strict=True))
    for row_number, row in enumerate(sheet.rows, start=1):
        for column_number, text in enumerate(row, start=1):
            cell = page.cell(row=row_number, column=column_number)
            assert isinstance(cell, Cell)
            write_cell(cell, text, percent=rates[column_number - 1] or is_rate(row))
            if row_number == 1:
                mark_header(cell)
        page.row_dimensions[row_number].height = ROW_POINTS * row_lines(row, widths)
    for column_number, width in enumerate(widths, start=1):
        page.column_dimensions[get_column_letter(column_number)].width = width
    page.freeze_panes = "A2"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.orientation = "landscape" if sum(widths) > 85 else "portrait"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    page.print_title_rows = "1:1"


def write_cell(cell: Cell, text: str, *, percent: bool) -> None:
    is_number = NUMBER.fullmatch(text) is not None
    if is_number:
        cell.value = float(text) if "." in text else int(text)
        cell.number_format = number_format(text, percent=percent)
    elif text:
        cell.value = text
        cell.data_type = "s"
    line = Side(style="thin", color=RULE)
    cell.border = Border(left=line, right=line, top=line, bottom=line)
    cell.font = Font(name=HEADING_FONT, size=10.5, color=INK)
    cell.alignment = Alignment(vertical="center", wrap_text=True, horizontal="right" if is_number else "left")


def mark_header(cell: Cell) -> None:
    cell.font = Font(name=HEADING_FONT, size=10.5, bold=True, color=ACCENT)
    cell.fill = PatternFill("solid", fgColor=ACCENT_TINT)
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def is_rate(series: Sequence[str]) -> bool:
    """Whether the head of a column or row speaks of a rate and its numbers are shares from 0 to 1."""
    numbers = [float(text) for text in series[1:] if NUMBER.fullmatch(text)]
    return bool(RATE.search(series[0]) and numbers) and all(0 <= number <= 1 for number in numbers)


def number_format(text: str, *, percent: bool) -> str:
    """As many decimals as were written."""
    decimals = len(text.partition(".")[2]) - (2 if percent else 0)
    digits = "0." + "0" * decimals if decimals > 0 else "0"
    return digits + "%" if percent else digits


def column_width(column: Sequence[str]) -> float:
    """In characters of the default font, of which a Han character takes two."""
    return min(max(NARROWEST, max(map(ems, column)) * 2.2 + 2), WIDEST)


def row_lines(row: Sequence[str], widths: Sequence[float]) -> int:
    return max(-int(-(ems(text) * 2.2 + 1) // width) for text, width in zip(row, widths, strict=True))

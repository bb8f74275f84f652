"""Text, slides and sheets out of docx, pptx and xlsx files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from kebao.model.material import TextBlock

Found = dict[str, int | float | tuple[TextBlock, ...] | None]
_MAX_BLOCKS = 2_000
_MAX_CHARACTERS = 2_000_000
_MAX_ROWS = 500
# ISO/IEC 29500-1, 17.18.66 allows no more columns; Excel has 32,767 characters a cell.
_MAX_SPAN = 63
_MAX_CELLS = 500
_MAX_CELL_CHARACTERS = 32_767
_HEADINGS = ("heading", "title", "标题")

Cell = TypeVar("Cell")


class ProbeError(Exception):
    """A file that cannot be what it says, in words for its author."""


def probe_docx(path: Path) -> Found:
    """Paragraphs, headings and table rows in reading order. A docx does not know its pages, so none are given."""
    # The three libraries take a fifth of the time in which a command starts, and most commands meet no new document.
    import docx

    blocks = cut_blocks(_docx_blocks(docx.Document(str(path))))
    return {"blocks": blocks, "characters": count_characters(blocks)}


def _docx_blocks(document: Any) -> Iterator[TextBlock]:
    # Looked up once: the library goes through all styles for every paragraph.
    names = {style.styleId: style.name_val or "" for style in document.styles.element.style_lst}
    for item in document.iter_inner_content():
        if hasattr(item, "rows"):
            for cells in _docx_rows(item):
                yield TextBlock(kind="row", text="\t".join(cells))
        elif text := item.text.strip():
            is_heading = is_heading_style(names.get(item._p.style, ""))
            yield TextBlock(kind="heading" if is_heading else "paragraph", text=text)


def is_heading_style(name: str) -> bool:
    return name.casefold().startswith(_HEADINGS)


def _docx_rows(table: Any) -> Iterator[list[str]]:
    from docx.table import _Cell

    return spread_rows(
        ((row.grid_before, row.tc_lst) for row in table._tbl.tr_lst),
        is_continued=lambda cell: bool(cell.vMerge == "continue"),
        said=lambda cell: str(_Cell(cell, table).text),
        span=lambda cell: int(cell.grid_span),
    )


def spread_rows(
    rows: Iterable[tuple[int, Sequence[Cell]]],
    *,
    is_continued: Callable[[Cell], bool],
    said: Callable[[Cell], str],
    span: Callable[[Cell], int],
) -> Iterator[list[str]]:
    """The texts of each row; a cell over several columns or rows is said in each of them, as python-docx does.

    It believes any number of columns, though, and looks for the first row of a cell by recursion.

    Args:
        rows: The column in which a row starts, and its cells.
    """
    above: dict[int, tuple[str, int]] = {}
    for first, row in rows:
        cells: list[str] = []
        here: dict[int, tuple[str, int]] = {}
        column = first
        for cell in row[:_MAX_CELLS]:
            if is_continued(cell) and column in above:
                text, columns = above[column]
            else:
                text = " ".join(said(cell).split())[:_MAX_CELL_CHARACTERS]
                columns = min(max(span(cell), 1), _MAX_SPAN)
            here[column] = text, columns
            cells.extend([text] * columns)
            column += columns
        above = here
        yield cells[:_MAX_CELLS]


def probe_pptx(path: Path) -> Found:
    """One ``slide`` block with the title a slide, then its lines; speaker notes stay private."""
    import pptx

    slides = list(pptx.Presentation(str(path)).slides)
    blocks = cut_blocks(block for slide in slides for block in _slide_blocks(slide))
    return {"units": len(slides), "blocks": blocks, "characters": count_characters(blocks)}


def _slide_blocks(slide: Any) -> Iterator[TextBlock]:
    title = slide.shapes.title
    yield TextBlock(kind="slide", text=title.text_frame.text.strip() if title is not None else "")
    for shape in slide.shapes:
        if title is not None and shape.shape_id == title.shape_id:
            continue
        if shape.has_text_frame:
            lines = (paragraph.text.strip() for paragraph in shape.text_frame.paragraphs)
            yield from (TextBlock(kind="paragraph", text=line) for line in lines if line)
        elif getattr(shape, "has_table", False) and shape.has_table:
            for row in shape.table.rows:
                yield TextBlock(kind="row", text="\t".join(cell.text.strip() for cell in row.cells))


def probe_xlsx(path: Path) -> Found:
    """One ``sheet`` block with the name a visible sheet, then its rows."""
    import openpyxl

    # Opened as a stream: given a name, openpyxl goes by its extension.
    stream = path.open("rb")
    try:
        workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        sheets = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        blocks = cut_blocks(block for sheet in sheets for block in _sheet_blocks(sheet))
        return {"units": len(sheets), "blocks": blocks, "characters": count_characters(blocks)}
    finally:
        stream.close()


def _sheet_blocks(sheet: Any) -> Iterator[TextBlock]:
    yield TextBlock(kind="sheet", text=str(sheet.title))
    for row in sheet.iter_rows(max_row=_MAX_ROWS, max_col=50, values_only=True):
        cells = [_cell_text(cell) for cell in row]
        if any(cells):
            yield TextBlock(kind="row", text="\t".join(cells))


def _cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.10g}"
    return " ".join(str(cell)[:_MAX_CELL_CHARACTERS].split())


def cut_blocks(blocks: Iterable[TextBlock]) -> tuple[TextBlock, ...]:
    """As many blocks as are kept of a file."""
    kept: list[TextBlock] = []
    left = _MAX_CHARACTERS
    for block in blocks:
        kept.append(block if len(block.text) <= left else TextBlock(kind=block.kind, text=block.text[:left]))
        left -= len(block.text)
        if left <= 0 or len(kept) == _MAX_BLOCKS:
            break
    return tuple(kept)


def count_characters(blocks: Iterable[TextBlock]) -> int:
    return sum(len("".join(block.text.split())) for block in blocks)

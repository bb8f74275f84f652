"""Every text of an XML part of an office file: a paragraph is one text, a table is also rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
#: Elements whose text belongs together.
_PARAGRAPHS = frozenset({f"{_WORD}p", f"{_DRAWING}p", f"{_SHEET}si", f"{_SHEET}is", f"{_SHEET}comment"})
_TABLES = frozenset({f"{_WORD}tbl", f"{_DRAWING}tbl"})
_ROWS = frozenset({f"{_WORD}tr", f"{_DRAWING}tr"})
_CELLS = frozenset({f"{_WORD}tc", f"{_DRAWING}tc"})
_BLANKS = frozenset({f"{_WORD}tab", f"{_WORD}br", f"{_WORD}cr", f"{_DRAWING}br"})
_HYPHENS = frozenset({f"{_WORD}noBreakHyphen"})
_INSTRUCTIONS = frozenset({f"{_WORD}instrText", f"{_WORD}delInstrText"})
# Phonetic guides stand beside the text that they are for.
_BESIDE = frozenset({f"{_SHEET}rPh"})
#: Attributes that people write: alternative texts, titles of pictures.
_WRITTEN_ATTRIBUTES = ("descr", "title", "alt")


@dataclass(slots=True)
class PartTexts:
    """What a part says.

    Attributes:
        paragraphs: Texts with the reference of the cell they belong to (comments of a sheet), else empty.
        instructions: Field codes (``DDEAUTO …``, ``INCLUDETEXT …``).
    """

    paragraphs: list[tuple[str, str]] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    instructions: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Table:
    rows: list[list[str]] = field(default_factory=list)


def texts_of(root: etree._Element) -> PartTexts:
    """All texts below ``root``, also in text boxes, tracked changes and alternative content."""
    found = PartTexts()
    open_paragraphs: list[list[str]] = []
    open_codes: list[list[str]] = []
    tables: list[_Table] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if not isinstance(tag, str):
            continue
        if event == "start":
            found.paragraphs.extend(("", text) for text in _attributes(element))
            if tag in _PARAGRAPHS:
                open_paragraphs.append([])
                open_codes.append([])
            elif tag in _TABLES:
                tables.append(_Table())
            elif tag in _ROWS and tables:
                tables[-1].rows.append([])
            elif tag in _CELLS and tables and tables[-1].rows:
                tables[-1].rows[-1].append("")
            elif tag == f"{_WORD}fldSimple":
                found.instructions.append(element.get(f"{_WORD}instr", ""))
            _open_text(element, tag, open_paragraphs, open_codes, found)
        elif tag in _PARAGRAPHS and open_paragraphs:
            _close_paragraph(element, open_paragraphs, open_codes, tables, found)
        elif tag in _TABLES and tables:
            found.tables.append(tables.pop().rows)
    return found


def _attributes(element: etree._Element) -> Iterator[str]:
    for name in _WRITTEN_ATTRIBUTES:
        text = element.get(name)
        if text and len(text) > 4:
            yield text


def _open_text(
    element: etree._Element,
    tag: str,
    open_paragraphs: list[list[str]],
    open_codes: list[list[str]],
    found: PartTexts,
) -> None:
    text = element.text or ""
    if tag in _INSTRUCTIONS:
        if open_codes:
            open_codes[-1].append(text)
        else:
            found.instructions.append(text)
    elif tag in _BLANKS or tag in _HYPHENS:
        if open_paragraphs:
            open_paragraphs[-1].append("-" if tag in _HYPHENS else " ")
    elif tag in _PARAGRAPHS or tag in _BESIDE or not text.strip():
        return
    elif open_paragraphs:
        open_paragraphs[-1].append(text)
    else:
        found.paragraphs.append(("", text))


def _close_paragraph(
    element: etree._Element,
    open_paragraphs: list[list[str]],
    open_codes: list[list[str]],
    tables: list[_Table],
    found: PartTexts,
) -> None:
    text = "".join(open_paragraphs.pop())
    code = "".join(open_codes.pop())
    if code.strip():
        found.instructions.append(code)
    if text.strip():
        found.paragraphs.append((element.get("ref", "") if element.tag == f"{_SHEET}comment" else "", text))
        if tables and tables[-1].rows and tables[-1].rows[-1]:
            cell = tables[-1].rows[-1][-1]
            tables[-1].rows[-1][-1] = f"{cell} {text}".strip()


#: Field codes that start a programme (ISO/IEC 29500-1, 17.16.5, and those Word knows beside them).
COMMAND_FIELD = re.compile(r"^\s*\"?\s*(?:DDE|DDEAUTO)\b", re.IGNORECASE)
#: Field codes that load a file.
LOADING_FIELD = re.compile(r"^\s*(?:INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|RD)\b\s*(.*)", re.IGNORECASE | re.DOTALL)
#: A formula that starts a programme: ``cmd|'/c calc'!A1``.
COMMAND_FORMULA = re.compile(r"(?:^|[=+(,\s])['\"]?[A-Za-z][A-Za-z0-9_.]*['\"]?\|[^!]{1,500}!")

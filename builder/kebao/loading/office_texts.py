"""Every text of an XML part of an office file: a paragraph is one text, a table is also rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
_SIGNS: Mapping[str, str] = {
    **dict.fromkeys((f"{_WORD}tab", f"{_WORD}br", f"{_WORD}cr", f"{_DRAWING}br"), " "),
    f"{_WORD}noBreakHyphen": "-",
}
_INSTRUCTIONS = frozenset({f"{_WORD}instrText", f"{_WORD}delInstrText"})
# Phonetic guides stand beside the text that they are for.
_BESIDE = frozenset({f"{_SHEET}rPh"})
#: Attributes that people write: alternative texts, titles of pictures.
_WRITTEN_ATTRIBUTES = ("descr", "title", "alt")
_SIMPLE_FIELD = f"{_WORD}fldSimple"
_HOLDERS = _PARAGRAPHS | _TABLES
#: All that counts without a text of its own.
_SHAPES = _HOLDERS | _ROWS | _CELLS | _SIGNS.keys() | _INSTRUCTIONS | {_SIMPLE_FIELD}
_HAS_WRITTEN_ATTRIBUTES = etree.XPath("//@descr or //@title or //@alt")
#: Most parts hold formats only.
_SAYS_SOMETHING = etree.XPath(
    "//text()[normalize-space()] or //@descr or //@title or //@alt or //w:fldSimple or //w:noBreakHyphen",
    namespaces={"w": _WORD.strip("{}")},
)


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


def texts_of(root: etree._Element) -> PartTexts:
    """All texts below ``root``, also in text boxes, tracked changes and alternative content."""
    reading = _Reading()
    if _SAYS_SOMETHING(root):
        has_attributes = bool(_HAS_WRITTEN_ATTRIBUTES(root))
        for element in root.iter("*"):
            tag, text = str(element.tag), element.text or ""
            if has_attributes or tag in _SHAPES or (text and not text.isspace()):
                reading.close_until(reading.holder_of(element))
                if has_attributes:
                    reading.add_attributes(element)
                reading.add(element, tag, text)
        reading.close_until(None)
    return reading.found


class _Reading:
    """Elements in the order in which they begin. What holds them ends when one comes that it does not hold.

    Waiting for the end of each element costs twice as much: most are formats.
    """

    def __init__(self) -> None:
        self.found = PartTexts()
        self._open: list[etree._Element] = []
        self._paragraphs: list[list[str]] = []
        self._codes: list[list[str]] = []
        self._tables: list[list[list[str]]] = []
        self._holders: dict[etree._Element, etree._Element | None] = {}

    def holder_of(self, element: etree._Element) -> etree._Element | None:
        """The paragraph or table around it."""
        passed: list[etree._Element] = []
        around = element.getparent()
        # However deep it goes, nothing is gone through twice.
        while around is not None and around not in self._holders:
            passed.append(around)
            around = around.getparent()
        holder = None if around is None else self._holders[around]
        for one in passed:
            self._holders[one] = holder
        return holder

    def add_attributes(self, element: etree._Element) -> None:
        for name in _WRITTEN_ATTRIBUTES:
            text = element.get(name)
            if text and len(text) > 4:
                self.found.paragraphs.append(("", text))

    def add(self, element: etree._Element, tag: str, text: str) -> None:
        if tag in _PARAGRAPHS:
            self._hold(element)
            self._paragraphs.append([])
            self._codes.append([])
        elif tag in _TABLES:
            self._hold(element)
            self._tables.append([])
        elif tag in _ROWS and self._tables:
            self._tables[-1].append([])
        elif tag in _CELLS and self._tables and self._tables[-1]:
            self._tables[-1][-1].append("")
        elif tag == _SIMPLE_FIELD:
            self.found.instructions.append(element.get(f"{_WORD}instr", ""))
        if text or tag in _SIGNS:
            self._add_text(tag, text)

    def _hold(self, element: etree._Element) -> None:
        self._open.append(element)
        self._holders[element] = element

    def close_until(self, holder: etree._Element | None) -> None:
        """Ends what is open inside of ``holder``."""
        while self._open and self._open[-1] is not holder:
            element = self._open.pop()
            if element.tag in _TABLES:
                self.found.tables.append(self._tables.pop())
            else:
                self._close_paragraph(element)

    def _add_text(self, tag: str, text: str) -> None:
        if tag in _INSTRUCTIONS:
            if self._codes:
                self._codes[-1].append(text)
            else:
                self.found.instructions.append(text)
        elif tag in _SIGNS:
            if self._paragraphs:
                self._paragraphs[-1].append(_SIGNS[tag])
        elif tag in _PARAGRAPHS or tag in _BESIDE or text.isspace():
            return
        elif self._paragraphs:
            self._paragraphs[-1].append(text)
        else:
            self.found.paragraphs.append(("", text))

    def _close_paragraph(self, element: etree._Element) -> None:
        text = "".join(self._paragraphs.pop())
        code = "".join(self._codes.pop())
        if code.strip():
            self.found.instructions.append(code)
        if text.strip():
            place = element.get("ref", "") if element.tag == f"{_SHEET}comment" else ""
            self.found.paragraphs.append((place, text))
            if self._tables and self._tables[-1] and self._tables[-1][-1]:
                cells = self._tables[-1][-1]
                cells[-1] = f"{cells[-1]} {text}".strip()


#: Field codes that start a programme (ISO/IEC 29500-1, 17.16.5, and those Word knows beside them).
COMMAND_FIELD = re.compile(r"^\s*\"?\s*(?:DDE|DDEAUTO)\b", re.IGNORECASE)
#: Field codes that load a file.
LOADING_FIELD = re.compile(r"^\s*(?:INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK|RD)\b\s*(.*)", re.IGNORECASE | re.DOTALL)
#: A formula that starts a programme: ``cmd|'/c calc'!A1``.
COMMAND_FORMULA = re.compile(r"(?:^|[=+(,\s])['\"]?[A-Za-z][A-Za-z0-9_.]*['\"]?\|[^!]{1,500}!")

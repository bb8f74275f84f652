"""The text of a docx out of its parts, for documents in which nothing is out of the ordinary.

They are read as python-docx reads them, without its object for each element. Whatever it might refuse, or might read
in another way, is left to it: see :func:`kebao.loading.probe_office.probe_docx`.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from lxml import etree

from kebao.loading.office_archive import (
    OfficeArchive,
    Relationship,
    relationships_in,
    relationships_name,
    well_formed_xml,
)
from kebao.loading.probe_office import Found, count_characters, cut_blocks, is_heading_style, spread_rows
from kebao.model.material import TextBlock

_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATED = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FORMAT = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_MAIN = f"{_FORMAT}.document.main+xml"
_STYLES = f"{_FORMAT}.styles+xml"
#: What the library parses; it carries all other parts along unread.
_PARSED = frozenset(
    (
        _MAIN,
        _STYLES,
        f"{_FORMAT}.comments+xml",
        f"{_FORMAT}.footer+xml",
        f"{_FORMAT}.header+xml",
        f"{_FORMAT}.numbering+xml",
        f"{_FORMAT}.settings+xml",
        "application/vnd.openxmlformats-package.core-properties+xml",
    )
)
_PLAIN_TARGET = re.compile(r"/?[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*")
_NUMBER = re.compile(r"[0-9]{1,9}")
# Where they stand, blanks and the ends of texts are read in more ways than one.
_NOT_PLAIN = (b"<!", b"<?", b"\r", b"\0")
_DECLARATION = re.compile(rb"<\?xml [^<>?]*\?>\s*")
# The library goes from part to part by recursion.
_MOST_PARTS = 300

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VALUE = f"{_WORD}val"
_PARAGRAPH, _TABLE, _ROW, _CELL = f"{_WORD}p", f"{_WORD}tbl", f"{_WORD}tr", f"{_WORD}tc"
_RUN, _LINK, _TEXT, _BREAK = f"{_WORD}r", f"{_WORD}hyperlink", f"{_WORD}t", f"{_WORD}br"
_PROPERTIES = f"{_WORD}pPr"
_SIGNS: Mapping[str, str] = {
    f"{_WORD}tab": "\t",
    f"{_WORD}ptab": "\t",
    f"{_WORD}cr": "\n",
    f"{_WORD}noBreakHyphen": "-",
}
_BREAKS: Mapping[str | None, str] = {None: "\n", "textWrapping": "\n", "page": "", "column": ""}


class _NotPlainError(Exception):
    """Something that the library may refuse or read in another way."""


def read_plain_docx(archive: OfficeArchive) -> Found | None:
    """What ``probe_docx`` finds; None when the document is not plain."""
    try:
        document, styles = _main_parts(archive)
        blocks = cut_blocks(_blocks(_text_root(archive, document), _style_names(archive, styles)))
    except (_NotPlainError, zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError):
        return None
    return {"blocks": blocks, "characters": count_characters(blocks)}


# ---- the package


def _main_parts(archive: OfficeArchive) -> tuple[str, str]:
    """The names of the document and of its styles, when all parts that it refers to can be read."""
    types = _ContentTypes(_root(archive, "[Content_Types].xml", f"{_TYPES}Types"))
    related = _relationships(archive, "")
    document, styles = _only(related, "officeDocument"), ""
    known: set[str] = set()
    open_parts = _targets(related)
    while open_parts:
        part = open_parts.pop()
        if part in known:
            continue
        known.add(part)
        if part not in archive.names or len(known) > _MOST_PARTS:
            raise _NotPlainError
        if types.of(part) == _STYLES:
            _style_names(archive, part)
        elif types.of(part) in _PARSED:
            _root(archive, part)
        else:
            # The library opens no document with a damaged part.
            archive.check(part)
        related = _relationships(archive, part)
        open_parts.extend(_targets(related))
        if part == document:
            styles = _only(related, "styles")
    if types.of(document) != _MAIN or types.of(styles) != _STYLES:
        raise _NotPlainError
    return document, styles


def _targets(related: Iterable[Relationship]) -> list[str]:
    return [one.target for one in related if not one.is_external]


def _root(archive: OfficeArchive, name: str, tag: str | None = None) -> etree._Element:
    root = archive.well_formed(name)
    if root is None or (tag is not None and root.tag != tag):
        raise _NotPlainError
    return root


def _text_root(archive: OfficeArchive, name: str) -> etree._Element:
    root = _root(archive, name, f"{_WORD}document")
    written = archive.kept(name)
    declaration = _DECLARATION.match(written)
    start = declaration.end() if declaration else 0
    encoding = (root.getroottree().docinfo.encoding or "").upper()
    if encoding != "UTF-8" or any(written.find(sign, start) >= 0 for sign in _NOT_PLAIN):
        raise _NotPlainError
    return root


class _ContentTypes:
    """Which type each part has (ECMA-376-2, 10.1.2); names count without regard to small and capital letters."""

    def __init__(self, root: etree._Element) -> None:
        self._types: dict[str, str] = {}
        for tag, key in (("Default", "Extension"), ("Override", "PartName")):
            for element in root.iterchildren(f"{_TYPES}{tag}"):
                name, type_ = element.get(key), element.get("ContentType")
                if not name or type_ is None or name.startswith("/") != (tag == "Override"):
                    raise _NotPlainError
                self._types[name.lower()] = type_

    def of(self, part: str) -> str:
        name = f"/{part}".lower()
        found = self._types.get(name) or self._types.get(posixpath.splitext(name)[1].removeprefix("."))
        if not found:
            raise _NotPlainError
        return found


def _relationships(archive: OfficeArchive, part: str) -> tuple[Relationship, ...]:
    name = relationships_name(part)
    if name not in archive.names:
        return ()
    root = _root(archive, name, f"{_RELATED}Relationships")
    found = tuple(relationships_in(root, part))
    for element in root:
        target = element.get("Target")
        mode = element.get("TargetMode")
        is_plain = mode == "External" or (mode in (None, "Internal") and _PLAIN_TARGET.fullmatch(target or ""))
        if target is None or not is_plain or element.get("Type") is None or len(element):
            raise _NotPlainError
    # Of those with the same id the library knows the last one.
    if len(root) != len(found) or len({one.id for one in found}) != len(found):
        raise _NotPlainError
    return found


def _only(related: Iterable[Relationship], kind: str) -> str:
    matching = [one for one in related if one.type == f"{_OFFICE}/{kind}"]
    if len(matching) != 1 or matching[0].is_external:
        raise _NotPlainError
    return matching[0].target


def _style_names(archive: OfficeArchive, part: str) -> Mapping[str | None, str]:
    names = _names_in(archive.kept(part))
    if names is None:
        raise _NotPlainError
    return names


@lru_cache(maxsize=16)
def _names_in(styles: bytes) -> Mapping[str | None, str] | None:
    """The names of styles by their ids; None unless they are plain. Most documents come from a few templates."""
    root = well_formed_xml(styles)
    if root is None or root.tag != f"{_WORD}styles":
        return None
    names: dict[str | None, str] = {}
    for style in root.iterchildren(f"{_WORD}style"):
        name = next(style.iterchildren(f"{_WORD}name"), None)
        written = "" if name is None else name.get(_VALUE)
        if written is None:
            return None
        names[style.get(f"{_WORD}styleId")] = written
    return names


# ---- the text


def _blocks(document: etree._Element, styles: Mapping[str | None, str]) -> Iterator[TextBlock]:
    body = next(document.iterchildren(f"{_WORD}body"), None)
    if body is None:
        raise _NotPlainError
    for element in body.iterchildren(_PARAGRAPH, _TABLE):
        if element.tag == _TABLE:
            for cells in _rows(element):
                yield TextBlock(kind="row", text="\t".join(cells))
        else:
            style, text = _read_paragraph(element)
            if text := text.strip():
                is_heading = is_heading_style(styles.get(style, ""))
                yield TextBlock(kind="heading" if is_heading else "paragraph", text=text)


def _read_paragraph(paragraph: etree._Element) -> tuple[str | None, str]:
    """Its style and its text."""
    style: str | None = None
    texts: list[str] = []
    properties = None
    for element in paragraph:
        tag = element.tag
        if tag == _RUN:
            _add_run(element, texts)
        elif tag == _LINK:
            for run in element.iterchildren(_RUN):
                _add_run(run, texts)
        elif tag == _PROPERTIES and properties is None:
            properties = element
            named = next(properties.iterchildren(f"{_WORD}pStyle"), None)
            style = None if named is None else _value(named)
    return style, "".join(texts)


def _add_run(run: etree._Element, texts: list[str]) -> None:
    for element in run:
        tag = str(element.tag)
        if tag == _TEXT:
            if len(element):
                raise _NotPlainError
            texts.append(element.text or "")
        elif tag in _SIGNS:
            texts.append(_SIGNS[tag])
        elif tag == _BREAK:
            kind = element.get(f"{_WORD}type")
            if kind not in _BREAKS:
                raise _NotPlainError
            texts.append(_BREAKS[kind])


def _rows(table: etree._Element) -> Iterator[list[str]]:
    return spread_rows(
        (
            (_number(_grandchild(row, f"{_WORD}trPr", f"{_WORD}gridBefore"), 0), list(row.iterchildren(_CELL)))
            for row in table.iterchildren(_ROW)
        ),
        is_continued=_is_continued,
        said=lambda cell: "\n".join(_read_paragraph(paragraph)[1] for paragraph in cell.iterchildren(_PARAGRAPH)),
        span=lambda cell: _number(_grandchild(cell, f"{_WORD}tcPr", f"{_WORD}gridSpan"), 1),
    )


def _is_continued(cell: etree._Element) -> bool:
    merge = _grandchild(cell, f"{_WORD}tcPr", f"{_WORD}vMerge")
    return merge is not None and merge.get(_VALUE, "continue") == "continue"


def _grandchild(element: etree._Element, parent: str, tag: str) -> etree._Element | None:
    """The first such element in the first such parent."""
    found = next(element.iterchildren(parent), None)
    return None if found is None else next(found.iterchildren(tag), None)


def _value(element: etree._Element) -> str:
    value = element.get(_VALUE)
    if value is None:
        raise _NotPlainError
    return value


def _number(element: etree._Element | None, usual: int) -> int:
    if element is None:
        return usual
    value = _value(element)
    if not _NUMBER.fullmatch(value):
        raise _NotPlainError
    return int(value)

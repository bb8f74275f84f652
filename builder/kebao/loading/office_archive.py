"""A docx, pptx or xlsx file as an archive of parts: refused when it is a trap, read without following anything."""

from __future__ import annotations

import contextlib
import os
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from kebao.loading.findings import Findings
from kebao.loading.office_texts import PartTexts, texts_of
from kebao.model.material import HazardKind

_MAX_ENTRIES = 5_000
_MAX_UNPACKED_BYTES = 400 << 20
_MAX_XML_BYTES = 24 << 20
_MAX_ALL_XML_BYTES = 96 << 20
# What the libraries do with an element takes some ten microseconds; the rows of a sheet are quicker.
_MAX_ELEMENTS = 300_000
_MAX_SHEET_ELEMENTS = 600_000
_MAX_READ_BYTES = 400 << 20
# Most documents have less without their pictures; a tree takes some ten times as much.
_MOST_KEPT_BYTES = 2 << 20
# A tree of it may stay in memory with some others when the file is read.
_MOST_SHARED_BYTES = 32 << 10
# What is read of a sheet is taken out of its tree.
_SHEETS = "xl/"
# PKWARE APPNOTE, 4.3.12 and 4.3.16: an entry of the directory has 46 bytes and a name; where the directory's size is.
_MAX_DIRECTORY_BYTES = 4 << 20
_END_OF_DIRECTORY = b"PK\x05\x06"
_MAX_END_BYTES = 22 + 0xFFFF
_XML_PARTS = (".xml", ".rels", ".vml")
# Ordinary parts unpack to about eleven times their size, very regular sheets to some forty times.
_MAX_RATIO = 200
_RATIO_MATTERS_FROM = 5_000_000
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


class Trap(Exception):
    """A file that is not to be opened any further; what it is has been added to the findings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """A reference from a part to another, or to the outside (ECMA-376-2, 9.3).

    Attributes:
        type: An address, e.g. ``http://…/relationships/attachedTemplate``.
        target: Part's name, or an address when it is external.
    """

    id: str
    type: str
    target: str
    is_external: bool

    @property
    def kind(self) -> str:
        """Last segment of its type, e.g. ``attachedTemplate``."""
        return self.type.rpartition("/")[2]


@dataclass(frozen=True, kw_only=True)
class XmlPart:
    """A part as it was parsed.

    Attributes:
        root: Of broken XML as much as can be read; None when nothing can.
    """

    root: etree._Element | None
    is_well_formed: bool
    declares_type: bool

    @cached_property
    def texts(self) -> PartTexts:
        """What it says."""
        return PartTexts() if self.root is None else texts_of(self.root)


class OfficeArchive:
    """The parts of an archive that has passed :func:`add_archive_traps`; small ones are unpacked and parsed once.

    What is asked for again counts again all the same: the limits are those of all that is read, however often.
    """

    def __init__(self, archive: zipfile.ZipFile, findings: Findings) -> None:
        self._archive = archive
        self._findings = findings
        self._kept: dict[str, bytes] = {}
        self._kept_bytes = 0
        self._parsed: dict[str, XmlPart] = {}
        self._sound: set[str] = set()

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in self._archive.namelist() if not name.endswith("/"))

    def read(self, name: str) -> bytes:
        """The part's bytes; raises :class:`Trap` when the parts together are too many."""
        data = self._kept.get(name)
        if data is None:
            data = self._archive.read(name)
            self._sound.add(name)
            if self._kept_bytes + len(data) <= _MOST_KEPT_BYTES:
                self._kept[name] = data
                self._kept_bytes += len(data)
        self._findings.read_bytes += len(data)
        if self._findings.read_bytes > _MAX_READ_BYTES:
            self._findings.add_hazard(HazardKind.BOMB, name, f"{self._findings.read_bytes >> 20} MB")
            raise Trap
        return data

    def xml(self, name: str) -> etree._Element | None:
        """The root of an XML part; None when nothing of it can be read."""
        return self.part(name).root

    def kept(self, name: str) -> bytes:
        """The bytes of a part that is kept; else none. No limit counts them."""
        return self._kept.get(name, b"")

    def well_formed(self, name: str) -> etree._Element | None:
        """The root of an XML part that is kept; None when there is any fault in it. No limit counts it."""
        if name not in self._parsed and name in self._kept:
            self._parsed[name] = _parse_apart(self._kept[name])
        parsed = self._parsed.get(name)
        return parsed.root if parsed is not None and parsed.is_well_formed else None

    def check(self, name: str) -> None:
        """Raises what reading a part raises when its check sum is wrong. No limit counts it."""
        if name not in self._sound:
            self._archive.read(name)

    def part(self, name: str) -> XmlPart:
        """An XML part; each call counts."""
        data = self.read(name)
        if name in self._parsed:
            _count_unpacked(len(data), name, self._findings)
            return self._parsed[name]
        parsed = _parse_xml(data, name, self._findings, is_own=name.startswith(_SHEETS))
        if name in self._kept:
            self._parsed[name] = parsed
        return parsed

    def relationships(self, part: str) -> Iterator[Relationship]:
        name = relationships_name(part)
        root = self.xml(name) if name in self.names else None
        return iter(()) if root is None else relationships_in(root, part)

    def related(self, part: str) -> Mapping[str, Relationship]:
        return {relationship.id: relationship for relationship in self.relationships(part)}


def relationships_name(part: str) -> str:
    """``word/document.xml`` → ``word/_rels/document.xml.rels``; that of the whole package for an empty name."""
    folder, _, file = part.rpartition("/")
    return f"{folder}/_rels/{file}.rels".lstrip("/")


def relationships_in(root: etree._Element, part: str) -> Iterator[Relationship]:
    folder = part.rpartition("/")[0]
    for element in root.iter(_RELATIONSHIP):
        is_external = element.get("TargetMode", "").lower() == "external"
        target = element.get("Target", "")
        yield Relationship(
            id=element.get("Id", ""),
            type=element.get("Type", ""),
            target=target if is_external else _part_name(folder, target),
            is_external=is_external,
        )


def _part_name(folder: str, target: str) -> str:
    joined = target if target.startswith("/") else posixpath.join("/", folder, target)
    return posixpath.normpath(joined).lstrip("/")


def _parse_xml(data: bytes, place: str, findings: Findings, *, is_own: bool = False) -> XmlPart:
    """The root, of broken XML as much as can be read; raises :class:`Trap` for a document type declaration.

    ``is_own``: whoever asks is going to change it.
    """
    # Office programmes write none (ECMA-376-2, 8.1.4, forbids them); its entities are how a small part grows large.
    if _declares_type(data):
        findings.add_hazard(HazardKind.ENTITIES, place)
        raise Trap
    _count_unpacked(len(data), place, findings)
    parsed = _parsed(data) if is_own or len(data) > _MOST_SHARED_BYTES else _parsed_before(data)
    # In another encoding its bytes are others.
    if parsed.declares_type:
        findings.add_hazard(HazardKind.ENTITIES, place)
        raise Trap
    return parsed


def _parsed(data: bytes) -> XmlPart:
    # recover: what an office programme would still open must still be searched.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return XmlPart(root=None, is_well_formed=False, declares_type=False)
    declares_type = root is not None and root.getroottree().docinfo.internalDTD is not None
    return XmlPart(root=root, is_well_formed=not parser.error_log, declares_type=declares_type)


#: Documents come from a few templates: most of their parts are the same to the byte.
_parsed_before = lru_cache(maxsize=32)(_parsed)


def well_formed_xml(data: bytes) -> etree._Element | None:
    """The root of XML; None when there is any fault in it, or a document type declaration."""
    parsed = _parse_apart(data)
    return parsed.root if parsed.is_well_formed else None


def _parse_apart(data: bytes) -> XmlPart:
    """The same without any limit or finding."""
    try:
        return _parse_xml(data, "", Findings())
    except Trap:
        return XmlPart(root=None, is_well_formed=False, declares_type=True)


def _count_unpacked(size: int, place: str, findings: Findings) -> None:
    findings.unpacked += size
    if findings.unpacked > _MAX_ALL_XML_BYTES:
        findings.add_hazard(HazardKind.BOMB, place, f"{findings.unpacked >> 20} MB")
        raise Trap


_TYPE_DECLARATION = b"<!DOCTYPE"
_WIDE_TYPE_DECLARATIONS = tuple(_TYPE_DECLARATION.decode().encode(wide) for wide in ("utf-16-le", "utf-16-be"))


def _declares_type(data: bytes) -> bool:
    return _TYPE_DECLARATION in data or (b"\0" in data and any(wide in data for wide in _WIDE_TYPE_DECLARATIONS))


def add_part_traps(archive: OfficeArchive, findings: Findings) -> None:
    """Adds what makes a part dangerous to parse, for us or for the libraries, and raises :class:`Trap` then."""
    sheets = 0
    for name in archive.names:
        if not name.lower().endswith(_XML_PARTS):
            continue
        data = archive.read(name)
        if _declares_type(data):
            findings.add_hazard(HazardKind.ENTITIES, name)
            raise Trap
        elements = _elements_before(data) if len(data) <= _MOST_SHARED_BYTES else _elements_in(data)
        if name.startswith(("xl/worksheets/", "xl/sharedStrings")):
            sheets += elements
        else:
            findings.elements += elements
        if findings.elements > _MAX_ELEMENTS or sheets > _MAX_SHEET_ELEMENTS:
            findings.add_hazard(HazardKind.BOMB, name, f"{max(findings.elements, sheets)} elements")
            raise Trap


def _elements_in(data: bytes) -> int:
    return data.count(b"<") - data.count(b"</") - (data.count(b"<\0/") if b"\0" in data else 0)


_elements_before = lru_cache(maxsize=64)(_elements_in)


def add_directory_trap(source: Path | BinaryIO, findings: Findings) -> None:
    """Adds the hazard for an archive with so many entries that listing them is too much, and raises :class:`Trap`."""
    with source.open("rb") if isinstance(source, Path) else contextlib.nullcontext(source) as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - _MAX_END_BYTES))
        tail = stream.read()
        stream.seek(0)
    at = tail.rfind(_END_OF_DIRECTORY)
    # All ones: the number is in the record of ZIP64, and so are more than four gigabytes or 65,535 entries.
    if at >= 0 and int.from_bytes(tail[at + 12 : at + 16], "little") > _MAX_DIRECTORY_BYTES:
        entries = int.from_bytes(tail[at + 10 : at + 12], "little")
        findings.add_hazard(HazardKind.BOMB, detail=f"{entries} entries")
        raise Trap


def add_archive_traps(archive: zipfile.ZipFile, findings: Findings) -> None:
    """Adds what makes an archive dangerous to unpack, and raises :class:`Trap` then; reads its directory only."""
    entries = archive.infolist()
    if len(entries) > _MAX_ENTRIES:
        findings.add_hazard(HazardKind.BOMB, detail=f"{len(entries)} entries")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > _MAX_UNPACKED_BYTES:
        findings.add_hazard(HazardKind.BOMB, detail=f"{unpacked >> 20} MB")
    for entry in entries:
        is_xml = entry.filename.lower().endswith(_XML_PARTS)
        ratio = entry.file_size / max(entry.compress_size, 1)
        is_bomb = entry.file_size > _RATIO_MATTERS_FROM and ratio > _MAX_RATIO
        if is_bomb or (is_xml and entry.file_size > _MAX_XML_BYTES):
            findings.add_hazard(HazardKind.BOMB, entry.filename, f"{entry.file_size >> 20} MB")
        if entry.flag_bits & 0x1:
            findings.add_hazard(HazardKind.ENCRYPTED)
    if findings.hazards:
        raise Trap

"""Docx, pptx and xlsx files: macros, objects, what they load, and personal data in all of their parts."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from lxml import etree

from kebao.loading.findings import Findings
from kebao.loading.inspect_picture import inspect_picture
from kebao.loading.office_archive import OfficeArchive, add_archive_traps, add_directory_trap, add_part_traps
from kebao.loading.office_texts import COMMAND_FIELD, LOADING_FIELD, PartTexts
from kebao.loading.sheet_texts import search_sheets, sheet_names
from kebao.model.material import HazardKind

_XML = (".xml", ".vml")
_PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".heic")
_MOST_PICTURES = 200
_MOST_INNER = 50
_DOCUMENTS = (".docx", ".xlsx", ".pptx", ".docm", ".xlsm", ".pptm")
_OBJECT_PARTS = re.compile(
    r"(?:.*/)?(?:embeddings/[^/]*\.(?!docx$|xlsx$|pptx$)[^/.]+|activeX/[^/]+\.bin)", re.IGNORECASE
)
_MACRO_PARTS = re.compile(r"(?:.*/)?(?:vba(?:Project|Data)[^/]*|[^/]*macrosheets/[^/]+\.xml)", re.IGNORECASE)
# Links that wait for a click; every other external relationship loads when the file is opened or shown.
_WAITING = ("hyperlink", "hlinkClick", "hlinkHover")
_EXTERNAL_ADDRESS = re.compile(r"(?i)(?:https?:|ftp:|file:|\\\\|//)")
# Parts in which nobody writes: styles, colours, fonts.
_UNWRITTEN = re.compile(
    r"(?:.*/)?(?:theme/.*|styles\.xml|stylesWithEffects\.xml|fontTable\.xml|webSettings\.xml|calcChain\.xml"
    r"|presProps\.xml|viewProps\.xml|tableStyles\.xml|\[Content_Types\]\.xml|metadata/thumbnail.*)"
)


def inspect_office(opened: zipfile.ZipFile, findings: Findings, *, within: str = "") -> OfficeArchive:
    """Adds what a file does and says, and gives its parts; ``within`` is the place of a document in another.

    Raises:
        Trap: The file is not to be opened any further.
    """
    add_archive_traps(opened, findings)
    archive = OfficeArchive(opened, findings)
    add_part_traps(archive, findings)
    places = {**sheet_names(archive), **_slide_places(archive)}
    _add_active_parts(archive, findings)
    for name in archive.names:
        if name.endswith(".rels"):
            _add_relationships(archive, _part_of(name), places, findings)
    if not within:
        _add_makers(archive, findings)
    done = search_sheets(archive, places, findings) if any(n.startswith("xl/") for n in archive.names) else ()
    for name in archive.names:
        if name.lower().endswith(_XML) and name not in done and not _UNWRITTEN.fullmatch(name):
            _search_part(archive, name, _joined(within, places.get(name, name)), findings)
    pictures = [name for name in archive.names if name.lower().endswith(_PICTURES)]
    for name in pictures[:_MOST_PICTURES]:
        inspect_picture(io.BytesIO(archive.read(name)), findings, place=_joined(within, name), is_inside=True)
    if not within:
        inner = [name for name in archive.names if name.lower().endswith(_DOCUMENTS)]
        for name in inner[:_MOST_INNER]:
            _inspect_inner(archive, name, findings)
    return archive


def _joined(within: str, place: str) -> str:
    return f"{within} › {place}" if within else place


def _part_of(relationships: str) -> str:
    """``word/_rels/document.xml.rels`` → ``word/document.xml``."""
    folder, _, file = relationships.rpartition("/")
    return f"{folder.removesuffix('_rels')}{file.removesuffix('.rels')}"


def _inspect_inner(archive: OfficeArchive, name: str, findings: Findings) -> None:
    """The workbook behind a chart, a document in a document."""
    data = io.BytesIO(archive.read(name))
    if zipfile.is_zipfile(data):
        add_directory_trap(data, findings)
        with zipfile.ZipFile(data) as opened:
            inspect_office(opened, findings, within=name)


def _slide_places(archive: OfficeArchive) -> Mapping[str, str]:
    """Slides by their number in the show; notes and comments by their slide."""
    root = archive.xml("ppt/presentation.xml") if "ppt/presentation.xml" in archive.names else None
    if root is None:
        return {}
    related = archive.related("ppt/presentation.xml")
    places: dict[str, str] = {}
    shown = root.iter("{http://schemas.openxmlformats.org/presentationml/2006/main}sldId")
    for number, element in enumerate(shown, start=1):
        relation = element.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", "")
        if relation in related:
            slide = related[relation].target
            if slide in places:
                continue
            places[slide] = f"slide {number}"
            for belonging in archive.relationships(slide):
                if belonging.kind in ("notesSlide", "comments", "chart", "diagramData"):
                    what = {"notesSlide": " notes", "comments": " comments"}.get(belonging.kind, "")
                    places.setdefault(belonging.target, f"slide {number}{what}")
    return places


def _add_active_parts(archive: OfficeArchive, findings: Findings) -> None:
    for name in archive.names:
        if _MACRO_PARTS.fullmatch(name):
            findings.add_hazard(HazardKind.MACRO, name)
        elif _OBJECT_PARTS.fullmatch(name):
            findings.add_hazard(HazardKind.EMBEDDED, name)
    has_macros = any(kind is HazardKind.MACRO for kind, _ in findings.hazards)
    if not has_macros and b"macroEnabled" in archive.read("[Content_Types].xml"):
        findings.add_hazard(HazardKind.MACRO, "[Content_Types].xml")


def _add_relationships(archive: OfficeArchive, part: str, places: Mapping[str, str], findings: Findings) -> None:
    place = places.get(part, part)
    for relationship in archive.relationships(part):
        if relationship.is_external and relationship.kind in _WAITING:
            # mailto: and tel: are what the page shows of a person; the address itself is searched.
            if relationship.target.lower().startswith(("mailto:", "tel:", "sms:")):
                findings.search(place, relationship.target.partition(":")[2])
        elif relationship.is_external:
            findings.add_hazard(HazardKind.EXTERNAL, place, relationship.target)
        elif relationship.kind == "oleObject" or (relationship.kind == "package" and "/charts/" not in part):
            findings.add_hazard(HazardKind.EMBEDDED, place, relationship.target)


def _search_part(archive: OfficeArchive, name: str, place: str, findings: Findings) -> None:
    part = archive.part(name)
    root, texts = part.root, part.texts
    if root is None:
        return
    for cell, text in texts.paragraphs:
        findings.search(f"{place}!{cell}" if cell else place, text)
    for table in texts.tables:
        findings.search_table(place, table)
    _add_fields(texts, place, findings)
    if re.fullmatch(r"word/[a-z]+\d*\.xml|.*omment.*\.xml|xl/persons/.*", name):
        _add_signatures(root, place, findings)
    if next(root.iter("{*}ddeLink"), None) is not None:
        findings.add_hazard(HazardKind.COMMAND, place)


def _add_fields(texts: PartTexts, place: str, findings: Findings) -> None:
    for instruction in texts.instructions:
        loading = LOADING_FIELD.match(instruction)
        if COMMAND_FIELD.match(instruction):
            findings.add_hazard(HazardKind.COMMAND, place, instruction.strip())
        elif loading and _EXTERNAL_ADDRESS.search(loading.group(1)):
            findings.add_hazard(HazardKind.EXTERNAL, place, loading.group(1).strip())
        else:
            findings.search(place, instruction)


# Comments and tracked changes, and the lists of those who made them.
_SIGNED = tuple(
    f"{{*}}{tag}" for tag in ("ins", "del", "moveFrom", "moveTo", "comment", "cmAuthor", "author", "person")
)
_SIGNATURES = ("author", "displayName", "name")
_MAKERS: Mapping[str, tuple[str, ...]] = {
    "docProps/core.xml": ("creator", "lastModifiedBy"),
    "docProps/app.xml": ("Company", "Manager"),
}


def _add_makers(archive: OfficeArchive, findings: Findings) -> None:
    for name, tags in _MAKERS.items():
        root = archive.xml(name) if name in archive.names else None
        if root is not None:
            for element in root.iter(*(f"{{*}}{tag}" for tag in tags)):
                findings.add_maker(name, element.text)


def _add_signatures(root: etree._Element, place: str, findings: Findings) -> None:
    for element in root.iter(*_SIGNED):
        for key, value in element.attrib.items():
            if str(key).rpartition("}")[2] in _SIGNATURES:
                findings.add_maker(place, str(value))
        if str(element.tag).endswith("}author"):
            findings.add_maker(place, element.text)

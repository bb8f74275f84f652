"""The materials of an item page: type, size, length, and what can be looked at in the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kebao.catalog.entries import Entry
from kebao.model.files_index import Picture
from kebao.model.material import FileFacts, Material, MediaType, TextBlock, suffix_of
from kebao.pages.cards import FILE_ICONS, Desk

# Enough to see what a file is; the whole is one click away and the page stays under 60 KB.
_PREVIEW_BLOCKS = 40
_PREVIEW_CHARACTERS = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Captions:
    """A video's captions: the stored WebVTT file, and its text for ``file://``, where ``<track>`` is blocked."""

    uri: str
    text: str
    language_tag: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewTable:
    """Rows that stand together."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialView:
    """A material on an item page.

    Attributes:
        preview: ``pdf``, ``picture``, ``video``, ``text`` or empty.
        blocks: The beginning of the text of docx, pptx and xlsx files.
        is_cut: There is more text in the file than ``blocks``.
    """

    anchor: str
    title: str
    role: str
    icon: str
    type_name: str
    facts: tuple[str, ...]
    uri: str
    name: str
    preview: str
    language: str
    direction: str
    poster: Picture | None
    blocks: tuple[TextBlock | PreviewTable, ...]
    is_cut: bool
    captions: Captions | None
    width: int | None
    height: int | None


def material_views(desk: Desk, entry: Entry) -> tuple[MaterialView, ...]:
    return tuple(_view(desk, entry, number, m) for number, m in enumerate(entry.resource.materials, start=1))


_PREVIEWS = {
    MediaType.PDF: "pdf",
    MediaType.PNG: "picture",
    MediaType.JPEG: "picture",
    MediaType.MP4: "video",
    MediaType.DOCX: "text",
    MediaType.PPTX: "text",
    MediaType.XLSX: "text",
}


def _view(desk: Desk, entry: Entry, number: int, material: Material) -> MaterialView:
    path = entry.resource.path_of(material.file)
    facts = desk.catalog.facts[path]
    stored = desk.files.materials[path]
    preview = _PREVIEWS.get(facts.media_type, "") if facts.media_type else ""
    blocks, is_cut = preview_blocks(facts.blocks) if preview == "text" else ((), False)
    language = material.language or desk.catalog.package.source_locale
    tag, direction = desk.foreign(language)
    return MaterialView(
        anchor=f"file-{number}",
        title=entry.material_title(material.file),
        role=desk.catalog.label("material-roles", material.role),
        icon=FILE_ICONS.get(suffix_of(material.file), "material/file-outline"),
        type_name=suffix_of(material.file).lstrip(".").upper(),
        facts=tuple(file_facts(desk, material, facts)),
        uri=stored.uri,
        name=stored.name,
        preview=preview if blocks or preview != "text" else "",
        language=tag,
        direction=direction,
        poster=desk.files.posters.get(path),
        blocks=blocks,
        is_cut=is_cut,
        captions=_captions(desk, entry, material),
        width=facts.width,
        height=facts.height,
    )


def file_facts(desk: Desk, material: Material, facts: FileFacts) -> list[str]:
    """Length in the unit that fits the type, language where it is another, and size."""
    texts = desk.texts
    said: list[str] = []
    if facts.seconds:
        said.append(texts("file.length", clock=texts.clock(facts.seconds)))
    if facts.media_type is MediaType.PDF and facts.units:
        said.append(texts.count("file.pages", facts.units))
    elif facts.media_type is MediaType.PPTX and facts.units:
        said.append(texts.count("file.slides", facts.units))
    elif facts.media_type is MediaType.XLSX and facts.units:
        said.append(texts.count("file.sheets", facts.units))
    elif facts.media_type is MediaType.DOCX and facts.characters:
        said.append(texts.count("file.characters", facts.characters))
    elif facts.width and facts.height:
        said.append(f"{facts.width} × {facts.height}")
    if material.minutes and not facts.seconds:
        said.append(texts("fact.minutes", n=texts.number(material.minutes)))
    language = material.language or desk.catalog.package.source_locale
    if language != desk.catalog.shard.locale:
        said.append(desk.catalog.site.locales[language].name)
    said.append(texts.size(facts.size_bytes))
    return said


def _captions(desk: Desk, entry: Entry, material: Material) -> Captions | None:
    if not material.captions:
        return None
    path = entry.resource.path_of(material.captions)
    language = material.language or desk.catalog.package.source_locale
    locale = desk.catalog.site.locales[language]
    return Captions(
        uri=desk.files.materials[path].uri,
        text=desk.files.captions.get(path, ""),
        language_tag=locale.language_tag,
        label=locale.name,
    )


def preview_blocks(blocks: Sequence[TextBlock]) -> tuple[tuple[TextBlock | PreviewTable, ...], bool]:
    """The beginning of a file's text, rows gathered into tables; and whether something was left out."""
    shown: list[TextBlock | PreviewTable] = []
    rows: list[tuple[str, ...]] = []
    characters = 0
    for number, block in enumerate(blocks):
        if number >= _PREVIEW_BLOCKS or characters >= _PREVIEW_CHARACTERS:
            return (*shown, *_table(rows)), True
        characters += len(block.text)
        if block.kind == "row":
            rows.append(tuple(block.text.split("\t")))
            continue
        shown.extend(_table(rows))
        rows = []
        shown.append(block)
    return (*shown, *_table(rows)), False


def _table(rows: list[tuple[str, ...]]) -> tuple[PreviewTable, ...]:
    return (PreviewTable(rows=tuple(rows)),) if rows else ()

"""The texts of a resource's files as documents of their own, with the place on the item page that they lead to."""

from __future__ import annotations

from collections.abc import Iterator

from kebao.catalog.entries import Entry
from kebao.model.material import Material, MediaType, suffix_of
from kebao.pages.cards import Desk
from kebao.search.document import Document, Part
from kebao.search.file_parts import FilePart, caption_parts, file_parts

_BETWEEN_FACTS = " · "
_PARTS = {
    MediaType.DOCX: Part.DOCX,
    MediaType.PPTX: Part.PPTX,
    MediaType.XLSX: Part.XLSX,
    MediaType.PDF: Part.PDF,
}


def attachment_documents(desk: Desk, entry: Entry, row_uri: str) -> Iterator[Document]:
    """A document for each part of each file with text, and of each video's captions.

    ``row_uri``: the item page relative to the shard's root.
    """
    for number, material in enumerate(entry.resource.materials, start=1):
        # Captions follow what their video itself says.
        for place, (kind, part) in enumerate(_parts(desk, entry, material)):
            yield Document(
                kind=kind,
                title=entry.material_title(material.file),
                uri=f"{row_uri}#file-{number}",
                order=(f"{entry.page_uri}#file-{number:03}", place),
                facts=_BETWEEN_FACTS.join(_facts(desk, entry, material, kind, part)),
                strong=part.headings,
                text=part.text,
                parent=(entry.page_uri, 0),
            )


def _parts(desk: Desk, entry: Entry, material: Material) -> Iterator[tuple[Part, FilePart]]:
    facts = desk.catalog.facts[entry.resource.path_of(material.file)]
    if facts.media_type in _PARTS and not facts.is_withheld:
        for part in file_parts(facts.media_type, facts.blocks):
            yield _PARTS[facts.media_type], part
    if material.captions:
        webvtt = desk.files.captions.get(entry.resource.path_of(material.captions), "")
        for part in caption_parts(webvtt):
            yield Part.VTT, part


def _facts(desk: Desk, entry: Entry, material: Material, kind: Part, part: FilePart) -> Iterator[str]:
    """What file of which resource, and where in it."""
    yield desk.texts("search.kind.vtt") if kind is Part.VTT else suffix_of(material.file).lstrip(".").upper()
    if kind is Part.PPTX and part.first == part.last:
        yield desk.texts("search.slide", n=part.first)
    elif kind is Part.PPTX:
        yield desk.texts("search.slides", first=part.first, last=part.last)
    elif kind is Part.VTT:
        yield f"{desk.texts.clock(part.first)}–{desk.texts.clock(part.last)}"
    elif part.sheet:
        yield part.sheet
    yield entry.title

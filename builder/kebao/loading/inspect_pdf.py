"""Pdf files: scripts, launches, files inside, authors, personal data page by page, scans without text."""

from __future__ import annotations

import contextlib
import io
import itertools
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from pypdfium2 import raw

from kebao.loading.findings import Findings
from kebao.loading.inspect_picture import XMP_AUTHOR, inspect_picture
from kebao.loading.office_archive import Trap
from kebao.loading.pdf_notes import search_annotations, search_bookmarks
from kebao.model.material import HazardKind

_MOST_PAGES = 500
_MOST_BYTES = 256 << 20
_MOST_OBJECTS_BYTES = 8 << 20
_MOST_ALL_OBJECTS_BYTES = 24 << 20
_MOST_CHARACTERS = 1_000_000
_MOST_OBJECT_STREAMS = 2_000
# Names of ISO 32000-1, 12.6.4 (actions), 7.11.4 (embedded files).
_NAMES: tuple[tuple[HazardKind, re.Pattern[bytes]], ...] = (
    (HazardKind.SCRIPT, re.compile(rb"/(?:JavaScript|JS)(?![A-Za-z0-9])")),
    (HazardKind.LAUNCH, re.compile(rb"/S\s*/(?:Launch|ImportData|SubmitForm)(?![A-Za-z0-9])")),
    (HazardKind.LAUNCH, re.compile(rb"/OpenAction\s*<<[^>]{0,300}/S\s*/URI(?![A-Za-z0-9])")),
    (HazardKind.ATTACHED_FILE, re.compile(rb"/(?:EmbeddedFiles?|RichMedia)(?![A-Za-z0-9])")),
)
# ISO 32000-1, 12.6.4.7: the addresses of links.
_WAITING_ADDRESS = re.compile(rb"/URI\s{0,9}\((?:mailto|tel|sms):([^()\\]{1,200})")
_JPEG = re.compile(rb"stream\r?\n(?=\xff\xd8\xff)")
_MOST_PICTURES = 200
_MOST_PICTURE_HEADER = 1 << 20
_STREAM = re.compile(rb">>\s{0,9}stream\r?\n")
# ISO 32000-1, 7.3.5: a character of a name may be written as its number; a name has at most 127.
_ESCAPED_NAME = re.compile(rb"/[^\s()<>\[\]{}/%#]{0,127}#[^\s()<>\[\]{}/%]{0,380}")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def inspect_pdf(path: Path, findings: Findings) -> None:
    """Adds what a pdf does and says.

    Raises:
        Trap: It can only be opened with a password.
    """
    with path.open("rb") as stream:
        data = stream.read(_MOST_BYTES)
    _add_actions(data, findings)
    _add_pictures(data, findings)
    for author in XMP_AUTHOR.findall(data):
        findings.add_maker("XMP", author.decode("utf-8", "replace"))
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            findings.add_hazard(HazardKind.ENCRYPTED)
            raise Trap from error
        raise
    with document:
        properties = document.get_metadata_dict()
        findings.add_maker("pdf", properties.get("Author"))
        for key in ("Title", "Subject", "Keywords"):
            findings.search("pdf", properties.get(key, ""))
        if raw.FPDFDoc_GetAttachmentCount(document) > 0:
            findings.add_hazard(HazardKind.ATTACHED_FILE)
        if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
            findings.add_hazard(HazardKind.SCRIPT)
        search_bookmarks(document, findings)
        _search_pages(document, findings)


def _search_pages(document: pypdfium2.PdfDocument, findings: Findings) -> None:
    characters = pictures = 0
    for number in range(min(len(document), _MOST_PAGES)):
        page = document[number]
        text_page = page.get_textpage()
        text = text_page.get_text_bounded()
        search_annotations(page, f"page {number + 1}", findings)
        characters += len(text.strip())
        if not characters and number < 3:
            pictures += any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
        text_page.close()
        page.close()
        if characters > _MOST_CHARACTERS:
            break
        findings.search(f"page {number + 1}", text.replace("\r\n", "\n"))
    if pictures and not characters:
        findings.add_hazard(HazardKind.SCANNED)


def _add_actions(data: bytes, findings: Findings) -> None:
    for objects in _objects(data, findings):
        plain = _ESCAPED_NAME.sub(_unescaped, objects)
        for kind, name in _NAMES:
            if name.search(plain):
                findings.add_hazard(kind)
        for target in _WAITING_ADDRESS.findall(plain):
            findings.search("pdf", target.decode("utf-8", "replace"))


def _add_pictures(data: bytes, findings: Findings) -> None:
    """Positions of photos that were put into the file as they came from the camera."""
    for number, opened in enumerate(itertools.islice(_JPEG.finditer(data), _MOST_PICTURES), start=1):
        header = io.BytesIO(data[opened.end() : opened.end() + _MOST_PICTURE_HEADER])
        inspect_picture(header, findings, place=f"picture {number}", is_inside=True)


def _unescaped(name: re.Match[bytes]) -> bytes:
    return _ESCAPED.sub(lambda match: bytes([int(match.group(1), 16)]), name.group())


def _objects(data: bytes, findings: Findings) -> Iterator[bytes]:
    """The objects of a file without the content of its streams; then those packed in object streams."""
    outside: list[bytes] = []
    packed: list[bytes] = []
    at = 0
    for opened in _STREAM.finditer(data):
        start = opened.end()
        if start < at:
            continue
        outside.append(data[at : opened.start()])
        end = data.find(b"endstream", start)
        if end < 0:
            break
        # ISO 32000-1, 7.5.7: most objects of a modern file are in compressed streams of this type.
        if b"/ObjStm" in data[max(at, start - 400) : start] and len(packed) < _MOST_OBJECT_STREAMS:
            packed.append(data[start:end])
        at = end + len(b"endstream")
    outside.append(data[at:])
    yield b"\n".join(outside)
    left = _MOST_ALL_OBJECTS_BYTES
    for stream in packed:
        with contextlib.suppress(zlib.error):
            objects = zlib.decompressobj().decompress(stream, _MOST_OBJECTS_BYTES)
            left -= len(objects)
            if left < 0:
                findings.add_hazard(HazardKind.BOMB, detail=f"{_MOST_ALL_OBJECTS_BYTES >> 20} MB")
                raise Trap
            yield objects

"""What a material file holds: its true type, size, pages, minutes and text. Reads bytes, never runs anything."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from kebao.loading.probe_media import probe_jpeg_or_png, probe_mp4, probe_pdf
from kebao.loading.probe_office import ProbeError, probe_docx, probe_pptx, probe_xlsx
from kebao.model.material import FileFacts, MediaType, TextBlock

#: Raise it when a probe starts to say more: cached facts of older probes are then left alone.
PROBE_VERSION = 2

_MAX_ENTRIES = 5_000
_MAX_UNPACKED_BYTES = 400 << 20


def probe(path: Path, sha256: str) -> FileFacts:
    """The facts of one file; never raises for what is in it: ``unreadable`` says what was wrong."""
    size_bytes = path.stat().st_size
    try:
        with path.open("rb") as stream:
            media_type = media_type_of(stream.read(64), path)
        found = _PROBES[media_type](path) if media_type in _PROBES else {}
    except ProbeError as error:
        return FileFacts(sha256=sha256, size_bytes=size_bytes, unreadable=str(error))
    except Exception as error:
        # Whatever a parser of a hostile or broken file throws, the file is what is wrong.
        return FileFacts(sha256=sha256, size_bytes=size_bytes, unreadable=f"{type(error).__name__}: {error}"[:200])
    return FileFacts(sha256=sha256, size_bytes=size_bytes, media_type=media_type, **found)  # type: ignore[arg-type]


def media_type_of(head: bytes, path: Path) -> MediaType | None:
    """The media type by the file's first bytes; None when it is none that a package may hold."""
    if head.startswith(b"%PDF-"):
        return MediaType.PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if head[4:8] == b"ftyp":
        return MediaType.MP4
    if head.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        return MediaType.VTT
    if head.startswith(b"PK\x03\x04"):
        return _office_type(path)
    return None


def _office_type(path: Path) -> MediaType | None:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > _MAX_UNPACKED_BYTES:
            raise ProbeError("the archive inside is too large")
        names = {entry.filename for entry in entries}
    for marker, media_type in _OFFICE_PARTS.items():
        if marker in names:
            return media_type
    return MediaType.ZIP


_OFFICE_PARTS: Mapping[str, MediaType] = {
    "word/document.xml": MediaType.DOCX,
    "ppt/presentation.xml": MediaType.PPTX,
    "xl/workbook.xml": MediaType.XLSX,
}
_PROBES: Mapping[MediaType | None, Callable[[Path], dict[str, int | float | tuple[TextBlock, ...] | None]]] = {
    MediaType.DOCX: probe_docx,
    MediaType.PPTX: probe_pptx,
    MediaType.XLSX: probe_xlsx,
    MediaType.PDF: probe_pdf,
    MediaType.PNG: probe_jpeg_or_png,
    MediaType.JPEG: probe_jpeg_or_png,
    MediaType.MP4: probe_mp4,
}

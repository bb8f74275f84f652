"""What a material file holds: its true type, size, pages, minutes and text. Reads bytes, never runs anything."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from kebao.loading.findings import Findings
from kebao.loading.inspect_office import inspect_office
from kebao.loading.inspection import add_encrypted_document, inspect
from kebao.loading.office_archive import Trap, add_directory_trap
from kebao.loading.plain_docx import read_plain_docx
from kebao.loading.probe_media import probe_jpeg_or_png, probe_pdf
from kebao.loading.probe_mp4 import probe_mp4
from kebao.loading.probe_office import ProbeError, probe_docx, probe_pptx, probe_xlsx
from kebao.model.material import FileFacts, HazardKind, MediaType

_PDF = b"%PDF-"
_ARCHIVE = b"PK\x03\x04"


def probe(path: Path, sha256: str) -> FileFacts:
    """The facts of one file; never raises for what is in it: ``unreadable`` says what was wrong."""
    size_bytes = path.stat().st_size
    findings = Findings()
    media_type, unreadable = None, ""
    found: Mapping[str, object] = {}
    try:
        # What libraries have to say of a broken file is for their programmers.
        with warnings.catch_warnings(action="ignore"):
            with path.open("rb") as stream:
                head = stream.read(64)
            if head.startswith(_ARCHIVE):
                add_directory_trap(path, findings)
                with zipfile.ZipFile(path) as opened:
                    media_type = _archive_type(opened)
                    if media_type is not MediaType.ZIP:
                        found = _probe_office(path, opened, media_type, findings)
            else:
                media_type = _media_type(head)
                if media_type is not None or not add_encrypted_document(path, findings):
                    inspect(path, media_type, findings)
                    found = _PROBES[media_type](path) if media_type in _PROBES else {}
    except Trap:
        # What it is, is among the hazards; nothing else opens the file.
        pass
    except ProbeError as error:
        media_type, unreadable = None, str(error)
    except MemoryError:
        media_type = None
        findings.add_hazard(HazardKind.EXHAUSTING)
    except Exception as error:
        # Whatever a parser of a hostile or broken file throws, the file is what is wrong.
        media_type, unreadable = None, f"{type(error).__name__}: {error}"[:200]
    return FileFacts(
        sha256=sha256,
        size_bytes=size_bytes,
        media_type=media_type,
        unreadable=unreadable,
        hazards=tuple(findings.hazards.values()),
        personal=tuple(findings.personal.values()),
        makers=tuple(findings.makers.values()),
        **found,  # type: ignore[arg-type]
    )


def is_pdf(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(_PDF)) == _PDF


def _media_type(head: bytes) -> MediaType | None:
    """The media type by the file's first bytes; None when it is none that a package may hold."""
    if head.startswith(_PDF):
        return MediaType.PDF
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if head.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if head[4:8] == b"ftyp":
        return MediaType.MP4
    if head.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        return MediaType.VTT
    return None


def _archive_type(archive: zipfile.ZipFile) -> MediaType:
    names = set(archive.namelist())
    for marker, media_type in _OFFICE_PARTS.items():
        if marker in names:
            return media_type
    return MediaType.ZIP


def _probe_office(
    path: Path, opened: zipfile.ZipFile, media_type: MediaType, findings: Findings
) -> Mapping[str, object]:
    archive = inspect_office(opened, findings)
    # The library parses all parts again; most documents are plain.
    plain = read_plain_docx(archive) if media_type is MediaType.DOCX else None
    return _PROBES[media_type](path) if plain is None else plain


_OFFICE_PARTS: Mapping[str, MediaType] = {
    "word/document.xml": MediaType.DOCX,
    "ppt/presentation.xml": MediaType.PPTX,
    "xl/workbook.xml": MediaType.XLSX,
}
_PROBES: Mapping[MediaType | None, Callable[[Path], Mapping[str, object]]] = {
    MediaType.DOCX: probe_docx,
    MediaType.PPTX: probe_pptx,
    MediaType.XLSX: probe_xlsx,
    MediaType.PDF: probe_pdf,
    MediaType.PNG: probe_jpeg_or_png,
    MediaType.JPEG: probe_jpeg_or_png,
    MediaType.MP4: probe_mp4,
}

"""What stands in a pdf beside its pages: notes, what was written into forms, bookmarks."""

from __future__ import annotations

import ctypes
import itertools

import pypdfium2
from pypdfium2 import raw

from kebao.loading.findings import Findings

_MOST_NOTES = 500
_MOST_BOOKMARKS = 2_000
_MOST_BYTES = 100_000
#: ISO 32000-1, 12.5.2 and 12.7.4: what a note says, and what stands in a field.
_TEXTS = (b"Contents", b"V")
#: Table 170: who wrote it; of a field of a form, its name.
_AUTHOR = b"T"


def search_bookmarks(document: pypdfium2.PdfDocument, findings: Findings) -> None:
    for bookmark in itertools.islice(document.get_toc(), _MOST_BOOKMARKS):
        findings.search("pdf", bookmark.get_title())


def search_annotations(page: pypdfium2.PdfPage, place: str, findings: Findings) -> None:
    """Notes and fields of a page, also those that are hidden, and who wrote them."""
    for number in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST_NOTES)):
        note = raw.FPDFPage_GetAnnot(page, number)
        if not note:
            continue
        try:
            for key in _TEXTS:
                findings.search(place, _text(note, key))
            if raw.FPDFAnnot_GetSubtype(note) != raw.FPDF_ANNOT_WIDGET:
                findings.add_maker(place, _text(note, _AUTHOR))
        finally:
            raw.FPDFPage_CloseAnnot(note)


def _text(note: object, key: bytes) -> str:
    length = min(raw.FPDFAnnot_GetStringValue(note, key, None, 0), _MOST_BYTES)
    # UTF-16LE with a NUL at its end; that alone where there is nothing.
    if length <= 2:
        return ""
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFAnnot_GetStringValue(note, key, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), length)
    return buffer.raw[: length - 2].decode("utf-16-le", "replace")

"""Hazards, personal data and makers of a material, but of office documents. Reads bytes, never runs anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from kebao.loading.findings import Findings
from kebao.loading.inspect_picture import inspect_movie, inspect_picture_file
from kebao.model.material import HazardKind, MediaType

# Ten hours of talk.
_MOST_CAPTION_BYTES = 2 << 20
_MOST_CAPTION_LINES = 50_000
# [MS-CFB] 2.2 and [MS-OFFCRYPTO] 2.3: what an office programme makes of a document with a password.
_COMPOUND_FILE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


def inspect(path: Path, media_type: MediaType | None, findings: Findings) -> None:
    """Adds what is found; raises what the readers of a broken file raise, and ``Trap`` for one to leave alone."""
    if media_type in _INSPECTIONS:
        _INSPECTIONS[media_type](path, findings)


def add_encrypted_document(path: Path, findings: Findings) -> bool:
    """Adds the hazard for an office document that opens with a password only, and says whether it is one."""
    with path.open("rb") as stream:
        head = stream.read(1 << 20)
    is_one = head.startswith(_COMPOUND_FILE) and _ENCRYPTED_PACKAGE in head
    if is_one:
        findings.add_hazard(HazardKind.ENCRYPTED)
    return is_one


def _inspect_pdf(path: Path, findings: Findings) -> None:
    # What reads a pdf takes a fifth of the time in which a process starts.
    from kebao.loading.inspect_pdf import inspect_pdf

    inspect_pdf(path, findings)


def _inspect_captions(path: Path, findings: Findings) -> None:
    with path.open("rb") as stream:
        lines = stream.read(_MOST_CAPTION_BYTES).decode("utf-8-sig", "replace").splitlines()
    for number, line in enumerate(lines[:_MOST_CAPTION_LINES], start=1):
        findings.search(f"line {number}", line)


_INSPECTIONS: Mapping[MediaType | None, Callable[[Path, Findings], None]] = {
    MediaType.PDF: _inspect_pdf,
    MediaType.PNG: inspect_picture_file,
    MediaType.JPEG: inspect_picture_file,
    MediaType.MP4: inspect_movie,
    MediaType.VTT: _inspect_captions,
}

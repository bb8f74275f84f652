"""Pictures and videos: where they were taken, by which device, by whom."""

from __future__ import annotations

import contextlib
import re
import struct
from pathlib import Path
from typing import BinaryIO

from PIL import Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from kebao.loading.findings import Findings
from kebao.loading.office_archive import Trap
from kebao.model.material import HazardKind

# Exif 2.32 (CIPA DC-008), tables 4 and 15.
_GPS_IFD = 0x8825
_GPS_LATITUDE, _GPS_LONGITUDE = 2, 4
_MAKE, _MODEL, _ARTIST, _COPYRIGHT, _OWNER = 0x010F, 0x0110, 0x013B, 0x8298, 0xA430
_EXIF_IFD = 0x8769
# ISO 6709 in a movie's user data (Android: ©xyz) or metadata (QuickTime).
_MOVIE_POSITION = re.compile(rb"\xa9xyz....[+-][0-9]|com\.apple\.quicktime\.location\.ISO6709", re.DOTALL)
# XMP (ISO 16684-2, Exif schema), as attributes or as elements.
_XMP_POSITION = re.compile(rb"\bexif:GPS(?:Latitude|Longitude|Position)\b")
XMP_AUTHOR = re.compile(rb"<dc:creator>\s*<rdf:Seq>\s*<rdf:li[^>]*>([^<]{1,200})<")
_MOST_MOVIE_HEADER = 16 << 20
_MOST_BOXES = 20_000
# A poster of A0 at 200 dpi has sixty million; a jpeg is decoded at an eighth of its size.
_MOST_PIXELS = 100_000_000
_MOST_SCANNED_PIXELS = 2_000_000_000
_START_OF_SCAN = b"\xff\xda"
# The others are never asked: some of them start programmes or are seldom looked after. Named by their readers, which
# are there then: for a name without a reader Pillow imports those of all forty formats.
_READERS = (JpegImagePlugin.JpegImageFile, PngImagePlugin.PngImageFile, TiffImagePlugin.TiffImageFile)
_FORMATS = tuple(reader.format for reader in _READERS)
# Chunks with texts and Exif data (PNG, third edition, 11.3). In compressed data they may stand by chance: no harm.
_PNG_NOTES = (b"tEXt", b"zTXt", b"iTXt", b"eXIf")
# What is broken in the picture of a document is no fault of the document's.
_UNREADABLE = (
    OSError,
    ValueError,
    SyntaxError,
    LookupError,
    TypeError,
    ArithmeticError,
    struct.error,
    Image.DecompressionBombError,
)


def inspect_picture_file(path: Path, findings: Findings) -> None:
    """Adds position, device and author; reads the header only.

    Raises:
        Trap: The picture is dangerous to decode; what makes it so is added.
    """
    # What cannot be read says nothing; whether it is a whole picture is found by the probe.
    with contextlib.suppress(*_UNREADABLE), Image.open(path, formats=_FORMATS) as picture:
        data = path.read_bytes()
        _add_traps(picture, data, findings)
        if picture.format != "PNG" or _may_have_notes(data):
            _add_notes(picture, findings)


def inspect_picture(source: BinaryIO, findings: Findings, *, place: str = "", is_inside: bool = False) -> None:
    """The same for a picture that is not a file of its own; ``is_inside``: of a document, which tells its position."""
    with contextlib.suppress(*_UNREADABLE), Image.open(source, formats=_FORMATS) as picture:
        if picture.format == "PNG":
            source.seek(0)
            if not _may_have_notes(source.read()):
                return
        _add_notes(picture, findings, place=place, is_inside=is_inside)


def _may_have_notes(png: bytes) -> bool:
    """Whether a png may say more than what it shows: those notes may stand after the picture, which is decoded then."""
    return any(name in png for name in _PNG_NOTES)


def _add_notes(picture: Image.Image, findings: Findings, *, place: str = "", is_inside: bool = False) -> None:
    exif = picture.getexif()
    position = exif.get_ifd(_GPS_IFD)
    if position.get(_GPS_LATITUDE) or position.get(_GPS_LONGITUDE):
        findings.add_hazard(HazardKind.POSITION, place)
    xmp = _bytes(picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp"))
    if _XMP_POSITION.search(xmp):
        findings.add_hazard(HazardKind.POSITION, place)
    if not is_inside:
        _add_makers(picture, exif, findings)
        for author in XMP_AUTHOR.findall(xmp):
            findings.add_maker("XMP", author.decode("utf-8", "replace"))


def _add_traps(picture: Image.Image, data: bytes, findings: Findings) -> None:
    """Adds what makes a picture dangerous to decode, and raises :class:`Trap` then."""
    pixels = picture.width * picture.height
    # Each scan of a progressive jpeg goes over the whole picture; its marker stands nowhere in the coded data.
    scans = data.count(_START_OF_SCAN) if picture.format in ("JPEG", "MPO") else 1
    if pixels > _MOST_PIXELS or pixels * scans > _MOST_SCANNED_PIXELS:
        findings.add_hazard(HazardKind.BOMB, detail=f"{pixels // 1_000_000} megapixels")
        raise Trap


def _add_makers(picture: Image.Image, exif: Image.Exif, findings: Findings) -> None:
    device = " ".join(str(exif.get(tag, "")).strip(" \0") for tag in (_MAKE, _MODEL))
    findings.add_maker("Exif", device)
    people = [exif.get(_ARTIST), exif.get(_COPYRIGHT), exif.get_ifd(_EXIF_IFD).get(_OWNER)]
    people += [picture.info.get(key) for key in ("Author", "Artist")]
    for person in people:
        findings.add_maker("Exif", str(person).strip(" \0") if person else None)
    for key in ("Comment", "comment", "Description", "Title"):
        findings.search("Exif", _text(picture.info.get(key)))


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value or "").encode("utf-8", "replace")


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


def inspect_movie(path: Path, findings: Findings) -> None:
    """Adds the position that a telephone has written into a video."""
    with path.open("rb") as stream:
        # The boxes at the top of the file (ISO/IEC 14496-12, 4.2); all but the film itself are small.
        for _ in range(_MOST_BOXES):
            if len(head := stream.read(16)) < 16:
                return
            start, size = stream.tell() - 16, int.from_bytes(head[:4], "big")
            size = int.from_bytes(head[8:], "big") if size == 1 else size
            if head[4:8] in (b"moov", b"udta", b"meta"):
                rest = _MOST_MOVIE_HEADER if size == 0 else min(size, _MOST_MOVIE_HEADER)
                if _MOVIE_POSITION.search(head[8:] + stream.read(max(rest - 16, 0))):
                    findings.add_hazard(HazardKind.POSITION)
            if size < 8 or size >= 1 << 62:
                return
            stream.seek(start + size)

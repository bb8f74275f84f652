"""Pages, pixels and minutes out of pdf, png, jpeg and mp4 files."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO

import pypdfium2
from PIL import Image

from kebao.loading.probe_office import Found, ProbeError, count_characters
from kebao.model.material import TextBlock

_MAX_TEXT_PAGES = 200


def probe_pdf(path: Path) -> Found:
    """Page count, and the text page by page (none for a scanned pdf)."""
    with pypdfium2.PdfDocument(path) as document:
        pages = len(document)
        texts: list[str] = []
        for number in range(min(pages, _MAX_TEXT_PAGES)):
            page = document[number]
            text_page = page.get_textpage()
            texts.append(text_page.get_text_bounded())
            text_page.close()
            page.close()
    lines = (line.strip() for text in texts for line in text.splitlines())
    blocks = tuple(TextBlock(kind="paragraph", text=line) for line in lines if line)
    return {"units": pages, "blocks": blocks, "characters": count_characters(blocks)}


def probe_jpeg_or_png(path: Path) -> Found:
    with Image.open(path) as picture:
        width, height = picture.size
        # Only decoding finds a picture that was cut off; a jpeg is decoded at an eighth of its size.
        picture.draft("RGB", (1, 1))
        picture.load()
    return {"width": width, "height": height}


def probe_mp4(path: Path) -> Found:
    with path.open("rb") as stream:
        return {"seconds": round(movie_seconds(stream), 1)}


def movie_seconds(stream: BinaryIO) -> float:
    """The length of an MP4 file, from its movie header (ISO/IEC 14496-12, 8.2.2: ``moov`` / ``mvhd``)."""
    inside = _box(stream, b"moov", end=_end_of(stream))
    size = _box(stream, b"mvhd", end=inside)
    header = stream.read(min(size - stream.tell(), 32))
    # Version 1 has 64-bit times before the time scale, version 0 has 32-bit ones.
    scale, duration = struct.unpack_from(">IQ" if header[0] == 1 else ">II", header, 20 if header[0] == 1 else 12)
    if not scale:
        raise ProbeError("the video says no time scale")
    return float(duration / scale)


def _end_of(stream: BinaryIO) -> int:
    end = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return end


def _box(stream: BinaryIO, wanted: bytes, *, end: int) -> int:
    """Moves to the content of the next box of that type before ``end``; gives where the box ends."""
    while stream.tell() + 8 <= end:
        start = stream.tell()
        size, kind = struct.unpack(">I4s", stream.read(8))
        if size == 1:
            (size,) = struct.unpack(">Q", stream.read(8))
        stop = end if size == 0 else start + size
        if stop > end or stop <= stream.tell() - 1:
            break
        if kind == wanted:
            return stop
        stream.seek(stop)
    raise ProbeError(f"the video has no {wanted.decode()} box")

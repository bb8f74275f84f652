"""Whether a png is whole, without its pixels: for this it need not be unfiltered, nor kept in memory."""

from __future__ import annotations

import zlib
from pathlib import Path

from PIL import ImagePalette, PngImagePlugin

# Bits of a pixel by Pillow's name of how it is written (PNG, third edition, 11.2.1).
_BITS = {
    "1": 1,
    "L;2": 2,
    "L;4": 4,
    "L": 8,
    "I;16B": 16,
    "RGB": 24,
    "RGB;16B": 48,
    "P;1": 1,
    "P;2": 2,
    "P;4": 4,
    "P": 8,
    "LA": 16,
    "LA;16B": 32,
    "RGBA": 32,
    "RGBA;16B": 64,
}
_END = b"\0\0\0\0IEND\xaeB`\x82"
# What Pillow tells of interlacing and of frames.
_UNUSUAL = frozenset({"interlace", "loop", "bbox", "default_image"})
_LAST_FILTER = 4
_MOST_PALETTE = 768
_PIECE = 1 << 16
_MOST_BYTES = 64 << 20


def is_whole(path: Path, picture: PngImagePlugin.PngImageFile) -> bool:
    """Whether the just opened ``picture`` at ``path`` is certain to be decoded without a fault.

    False says nothing: a fault, or something out of the ordinary (interlacing, frames, notes behind the picture).
    """
    if not _UNUSUAL.isdisjoint(picture.info) or len(picture.tile) != 1 or not _is_palette_plain(picture):
        return False
    decoder, extents, start, mode = picture.tile[0]
    if decoder != "zip" or extents != (0, 0, *picture.size) or mode not in _BITS or path.stat().st_size > _MOST_BYTES:
        return False
    packed = _packed(memoryview(path.read_bytes()), start)
    return packed is not None and _fills(packed, (picture.width * _BITS[str(mode)] + 7) // 8, picture.height)


def _is_palette_plain(picture: PngImagePlugin.PngImageFile) -> bool:
    if picture.mode != "P":
        return picture.palette is None
    colours = picture.palette.palette if isinstance(picture.palette, ImagePalette.ImagePalette) else b""
    return 0 < len(colours) <= _MOST_PALETTE and len(colours) % 3 == 0 and "transparency" not in picture.info


def _packed(data: memoryview, start: int) -> list[memoryview] | None:
    """The contents of the chunks of the picture, the first of which starts at ``start``; None unless all is well."""
    contents: list[memoryview] = []
    at = start - 8
    while bytes(data[at + 4 : at + 8]) == b"IDAT":
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if zlib.crc32(data[at + 4 : end]).to_bytes(4, "big") != data[end : end + 4]:
            return None
        contents.append(data[at + 8 : end])
        at = end + 4
    return contents if bytes(data[at : at + len(_END) + 1]) == _END else None


def _fills(packed: list[memoryview], row: int, rows: int) -> bool:
    """Whether the data unpacks to so many rows, each behind the number of its filter (PNG, third edition, 9.2)."""
    unpacking = zlib.decompressobj()
    missing = (row + 1) * rows
    next_row = 0
    try:
        for content in packed:
            for at in range(0, len(content), _PIECE):
                if unpacking.eof:
                    return False
                left: memoryview | bytes = content[at : at + _PIECE]
                piece = None
                # A full piece may not be all that was made of what is read.
                while not unpacking.eof and (left or piece is None or len(piece) == _PIECE):
                    piece = unpacking.decompress(left, _PIECE)
                    left = unpacking.unconsumed_tail
                    if max(piece[next_row :: row + 1], default=0) > _LAST_FILTER:
                        return False
                    next_row = (next_row - len(piece)) % (row + 1)
                    missing -= len(piece)
                    if missing < 0:
                        return False
    except zlib.error:
        return False
    return missing == 0 and unpacking.eof and not unpacking.unused_data

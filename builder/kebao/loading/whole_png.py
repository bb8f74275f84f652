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
# RFC 1950: the head says deflate with a window of up to 32 KB, behind the data stands their sum.
_HEAD_BYTES, _SUM_BYTES = 2, 4
_DEFLATE = frozenset(window << 4 | 8 for window in range(8))
_ADLER_BASE = 65_521
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


def _packed(data: memoryview, start: int) -> memoryview | None:
    """What the chunks of the picture hold, the first of which starts at ``start``; None unless all is well."""
    contents: list[memoryview] = []
    at = start - 8
    while bytes(data[at + 4 : at + 8]) == b"IDAT":
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if zlib.crc32(data[at + 4 : end]).to_bytes(4, "big") != data[end : end + 4]:
            return None
        contents.append(data[at + 8 : end])
        at = end + 4
    if bytes(data[at : at + len(_END) + 1]) != _END:
        return None
    return contents[0] if len(contents) == 1 else memoryview(b"".join(contents))


def _fills(packed: memoryview, row: int, rows: int) -> bool:
    """Whether the data unpacks to so many rows, each behind the number of its filter (PNG, third edition, 9.2)."""
    if not _is_usual_head(bytes(packed[:_HEAD_BYTES])):
        return False
    # Without the head zlib leaves the check sum to us: for a plain picture it is half of the work.
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    pixels = _Rows(row + 1, rows)
    at = _HEAD_BYTES
    try:
        while at < len(packed) and not unpacking.eof:
            left: memoryview | bytes = packed[at : at + _PIECE]
            at += len(left)
            piece = None
            # A full piece may not be all that was made of what is read.
            while not unpacking.eof and (left or piece is None or len(piece) == pixels.piece_bytes):
                piece = unpacking.decompress(left, pixels.piece_bytes)
                left = unpacking.unconsumed_tail
                if not pixels.take(piece):
                    return False
    except zlib.error:
        return False
    behind = unpacking.unused_data + bytes(packed[at : at + _SUM_BYTES + 1])
    return unpacking.eof and pixels.missing == 0 and behind == pixels.adler.to_bytes(_SUM_BYTES, "big")


def _is_usual_head(head: bytes) -> bool:
    """Of a stream without a dictionary (RFC 1950, 2.2)."""
    return len(head) == _HEAD_BYTES and head[0] in _DEFLATE and not head[1] & 0x20 and not (head[0] << 8 | head[1]) % 31


class _Rows:
    """What was unpacked of rows of so many bytes, the number of the filter among them.

    Attributes:
        piece_bytes: How much is to be unpacked at once.
        missing: Bytes; never less than none.
        adler: The check sum of all that was taken (RFC 1950, 8.2).
    """

    def __init__(self, row: int, rows: int) -> None:
        self._row = row
        self._next_row = 0
        self._last = (0, b"")
        self._last_adler = 1
        # Whole rows, where that is not too much: then the pieces of a plain picture are the same.
        self.piece_bytes = _PIECE // row * row or _PIECE
        self.missing = row * rows
        self.adler = 1

    def take(self, piece: bytes) -> bool:
        """Whether the next piece may belong to a picture."""
        self.missing -= len(piece)
        # What is the same, as far into a row, needs no second look.
        if (self._next_row, piece) != self._last:
            if max(piece[self._next_row :: self._row], default=0) > _LAST_FILTER:
                return False
            self._last, self._last_adler = (self._next_row, piece), zlib.adler32(piece)
        self.adler = _adler_of_both(self.adler, self._last_adler, len(piece))
        self._next_row = (self._next_row - len(piece)) % self._row
        return self.missing >= 0


def _adler_of_both(first: int, second: int, second_bytes: int) -> int:
    """The check sum of two pieces of data, the second behind the first, by the check sum of each."""
    low = (first & 0xFFFF) + (second & 0xFFFF) - 1
    high = (first >> 16) + (second >> 16) + second_bytes * ((first & 0xFFFF) - 1)
    return high % _ADLER_BASE << 16 | low % _ADLER_BASE

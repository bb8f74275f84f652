"""JPEG pictures of pdf pages and of pictures. What files say of them (EXIF: position, device) is not carried over."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps

_QUALITY = 72
# What is reduced in whole steps first is so much larger than it will be shown, at least.
_SPARE = 1.5


def first_page(path: Path, *, longest_side: int) -> Image.Image:
    """A pdf's first page."""
    # Most builds make no such preview.
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        page = document[0]
        scale = longest_side / max(page.get_size())
        picture: Image.Image = page.render(scale=scale).to_pil()
        page.close()
    return picture


def upright_picture(path: Path, *, longest_side: int) -> Image.Image:
    """A picture, turned as its camera meant it; a jpeg perhaps smaller, but not smaller than ``longest_side``."""
    with Image.open(path) as picture:
        # A jpeg is decoded at a half, a quarter or an eighth of its size: the rest would be thrown away.
        picture.draft(None, _fitting(picture.size, longest_side))
        picture.load()
        # In place, and loaded: a copy is as large as the picture.
        ImageOps.exif_transpose(picture, in_place=True)
        return picture


def on_white(picture: Image.Image) -> Image.Image:
    """The picture without transparency, and without anything that was said of it."""
    if picture.has_transparency_data:
        canvas = picture.convert("RGBA")
        flat = Image.new("RGB", canvas.size, "white")
        flat.paste(canvas, mask=canvas.getchannel("A"))
    else:
        flat = picture if picture.mode in ("RGB", "L") else picture.convert("RGB")
    # Comments and XMP would be written into the jpeg.
    flat.info.clear()
    return flat


def to_jpeg(picture: Image.Image, *, longest_side: int) -> tuple[bytes, int, int]:
    """JPEG bytes, width and height of a picture in RGB or grey, no longer than ``longest_side`` pixels."""
    if max(picture.size) > longest_side:
        size = _fitting(picture.size, longest_side)
        picture = picture.resize(size, Image.Resampling.HAMMING, reducing_gap=_SPARE)
    stream = io.BytesIO()
    # Progressive ones are smaller by four in a hundred, and take two and a half times as long to make.
    picture.save(stream, "JPEG", quality=_QUALITY, optimize=True)
    return stream.getvalue(), picture.width, picture.height


def _fitting(size: tuple[int, int], longest_side: int) -> tuple[int, int]:
    """The size with the same proportions and this longest side."""
    width, height = size
    scale = longest_side / max(size)
    return max(1, round(width * scale)), max(1, round(height * scale))

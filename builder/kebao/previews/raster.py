"""JPEG pictures of pdf pages and of pictures. EXIF data (position, device) is not carried over."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
from PIL import Image, ImageOps

_QUALITY = 72


def first_page(path: Path, *, longest_side: int) -> tuple[bytes, int, int]:
    """JPEG bytes, width and height of a pdf's first page."""
    with pypdfium2.PdfDocument(path) as document:
        page = document[0]
        scale = longest_side / max(page.get_size())
        picture = page.render(scale=scale).to_pil()
        page.close()
    return to_jpeg(picture, longest_side=longest_side)


def scaled_picture(path: Path, *, longest_side: int) -> tuple[bytes, int, int]:
    """JPEG bytes, width and height of a picture, turned as its camera meant it."""
    with Image.open(path) as picture:
        return to_jpeg(ImageOps.exif_transpose(picture), longest_side=longest_side)


def to_jpeg(picture: Image.Image, *, longest_side: int) -> tuple[bytes, int, int]:
    """The picture on white, no longer than ``longest_side`` pixels."""
    canvas = picture.convert("RGBA")
    canvas.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
    flat = Image.new("RGB", canvas.size, "white")
    flat.paste(canvas, mask=canvas.getchannel("A"))
    stream = io.BytesIO()
    flat.save(stream, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return stream.getvalue(), flat.width, flat.height

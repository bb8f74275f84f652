"""Pages and pixels out of pdf, png and jpeg files."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, PngImagePlugin

from kebao.loading.probe_office import Found, count_characters
from kebao.loading.whole_png import is_whole
from kebao.model.material import TextBlock

_MAX_TEXT_PAGES = 200
_MAX_CHARACTERS = 1_000_000


def probe_pdf(path: Path) -> Found:
    """Page count, and the text page by page (none for a scanned pdf)."""
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        pages = len(document)
        texts: list[str] = []
        characters = 0
        for number in range(min(pages, _MAX_TEXT_PAGES)):
            page = document[number]
            text_page = page.get_textpage()
            texts.append(text_page.get_text_bounded())
            text_page.close()
            page.close()
            if (characters := characters + len(texts[-1])) > _MAX_CHARACTERS:
                break
    lines = (line.strip() for text in texts for line in text.splitlines())
    blocks = tuple(TextBlock(kind="paragraph", text=line) for line in lines if line)
    return {"units": pages, "blocks": blocks, "characters": count_characters(blocks)}


def probe_jpeg_or_png(path: Path) -> Found:
    with Image.open(path) as picture:
        width, height = picture.size
        if not (isinstance(picture, PngImagePlugin.PngImageFile) and is_whole(path, picture)):
            # Only decoding finds a picture that was cut off; a jpeg is decoded at an eighth of its size.
            picture.draft("RGB", (1, 1))
            picture.load()
    return {"width": width, "height": height}

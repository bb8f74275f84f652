"""A presentation's first slide as SVG: its boxes, pictures' places and texts. Needs no font and no office program."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pptx
from pptx.enum.dml import MSO_COLOR_TYPE, MSO_FILL

_WIDTH = 960
_EMU_PER_POINT = 12_700
_FONTS = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Source Han Sans SC',system-ui,sans-serif"
_DEFAULT_TITLE_POINTS = 40.0
_DEFAULT_TEXT_POINTS = 24.0


def first_slide(path: Path) -> tuple[bytes, int, int]:
    """SVG bytes, width and height of the first slide."""
    presentation = pptx.Presentation(str(path))
    slide = presentation.slides[0]
    scale = _WIDTH / presentation.slide_width
    height = round(presentation.slide_height * scale)
    master, layout = slide.slide_layout.slide_master, slide.slide_layout
    # What the design draws lies under the slide's own boxes; placeholders there are only hints for the author.
    drawn = [shape for holder in (master, layout) for shape in holder.shapes if not shape.is_placeholder]
    shapes = "".join(part for shape in (*drawn, *slide.shapes) for part in _shape(shape, scale, slide))
    background = next((colour for holder in (slide, layout, master) if (colour := _background(holder))), "#ffffff")
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}">'
        f'<rect width="{_WIDTH}" height="{height}" fill="{background}"/>'
        f'<g font-family="{_FONTS}">{shapes}</g></svg>'
    )
    return svg.encode(), _WIDTH, height


def _background(holder: Any) -> str:
    """The colour of a slide's, layout's or master's plain background; empty when it has none of its own."""
    return _solid(holder.background.fill)


def _solid(fill: Any) -> str:
    """The colour of a plain fill as ``#rrggbb``; empty when it is none or of another kind."""
    if fill.type != MSO_FILL.SOLID or fill.fore_color.type != MSO_COLOR_TYPE.RGB:
        return ""
    return f"#{fill.fore_color.rgb}".lower()


def _shape(shape: Any, scale: float, slide: Any) -> Iterator[str]:
    if shape.width is None or shape.left is None:
        return
    x, y, width, height = (round(value * scale, 1) for value in (shape.left, shape.top, shape.width, shape.height))
    colour = _solid(shape.fill) if hasattr(shape, "fill") else ""
    if colour:
        yield f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{colour}"/>'
    if shape.has_text_frame and shape.text_frame.text.strip():
        is_title = slide.shapes.title is not None and shape.shape_id == slide.shapes.title.shape_id
        yield from _text(shape.text_frame, (x, y, width, height), scale, is_title=is_title)


def _text(frame: Any, box: tuple[float, float, float, float], scale: float, *, is_title: bool) -> Iterator[str]:
    x, y, width, _ = box
    top = y + 8
    for paragraph in frame.paragraphs:
        text = paragraph.text.strip()
        if not text:
            continue
        points, colour, bold = _style(paragraph, is_title=is_title)
        size = points * _EMU_PER_POINT * scale
        for line in wrapped(text, (width - 16) / size):
            top += size * 1.25
            weight = ' font-weight="700"' if bold else ""
            place = f'x="{x + 8:g}" y="{top:.1f}" font-size="{size:.1f}"'
            yield f'<text {place} fill="{colour}"{weight}>{escape(line)}</text>'


def _style(paragraph: Any, *, is_title: bool) -> tuple[float, str, bool]:
    fonts = [run.font for run in paragraph.runs] + [paragraph.font]
    size = next((font.size.pt for font in fonts if font.size is not None), None)
    colour = "#1f2937"
    for font in fonts:
        if font.color is not None and font.color.type == MSO_COLOR_TYPE.RGB:
            colour = f"#{font.color.rgb}".lower()
            break
    bold = any(font.bold for font in fonts)
    return size or (_DEFAULT_TITLE_POINTS if is_title else _DEFAULT_TEXT_POINTS), colour, bold or is_title


def wrapped(text: str, ems: float) -> list[str]:
    """The text in lines of at most ``ems`` em: a Han character is one em wide, others about half."""
    lines: list[str] = []
    line, used = "", 0.0
    for character in text:
        width = 1.0 if ord(character) > 0x2E80 else 0.55
        if used + width > ems and line:
            lines.append(line)
            line, used = "", 0.0
        line += character
        used += width
    return [*lines, line] if line else lines

"""Presentations: 16:9, one calm design, titles and texts in real placeholders, speaker notes."""

from __future__ import annotations

import copy
import io
import math
from collections.abc import Sequence
from typing import Any

from pptx import Presentation
from pptx.util import Pt

from sample_makers.archives import pack_again
from sample_makers.description import Deck, Slide
from sample_makers.imprint import AUTHOR, LANGUAGE, made_at
from sample_makers.slide_design import BODY_BOX, SUBTITLE_BOX, TITLE_BOX, apply_design
from sample_makers.widths import ems

LINE_HEIGHT = 1.45
POINTS_PER_INCH = 72
BODY_SIZES = (28, 26, 24, 22, 20, 18, 16)
TITLE_SIZES = (32, 28, 24, 20)
COVER_TITLE_SIZES = (44, 40, 36, 32)
SUBTITLE_SIZES = (22, 20, 18)
UNUSED_PARTS = ("printerSettings", "thumbnail", "viewProps")


def build_pptx(deck: Deck) -> bytes:
    show = Presentation()
    drop_unused(show)
    apply_design(show)
    set_properties(show, deck.slides[0].title)
    cover_layout, content_layout = show.slide_layouts
    add_cover(show.slides.add_slide(cover_layout), deck.slides[0])
    for number, slide in enumerate(deck.slides[1:], start=2):
        page = show.slides.add_slide(content_layout)
        add_content(page, slide)
        add_number(page, number)
        add_notes(page, slide.notes)
    buffer = io.BytesIO()
    show.save(buffer)
    return pack_again(buffer.getvalue())


def drop_unused(show: Any) -> None:
    """Keeps the layouts of a title slide and of a title with text."""
    for layout in list(show.slide_layouts)[2:]:
        show.slide_layouts.remove(layout)
    for rels in (show.part.rels, show.part.package._rels):
        for rel_id, rel in list(rels.items()):
            if rel.reltype.endswith(UNUSED_PARTS):
                rels.pop(rel_id)


def set_properties(show: Any, title: str) -> None:
    properties = show.core_properties
    properties.title, properties.language = title, LANGUAGE
    properties.author = properties.last_modified_by = AUTHOR
    properties.comments = properties.subject = properties.keywords = ""
    properties.created = properties.modified = made_at()


def add_cover(page: Any, slide: Slide) -> None:
    fill(page.shapes.title, [slide.title], fitting_size([slide.title], TITLE_BOX, COVER_TITLE_SIZES))
    subtitle = page.placeholders[1]
    if slide.lines:
        fill(subtitle, slide.lines, fitting_size(slide.lines, SUBTITLE_BOX, SUBTITLE_SIZES))
    else:
        subtitle._element.getparent().remove(subtitle._element)
    add_notes(page, slide.notes)


def add_content(page: Any, slide: Slide) -> None:
    one_line = (TITLE_BOX[0], 0.75)
    fill(page.shapes.title, [slide.title], fitting_size([slide.title], one_line, TITLE_SIZES))
    body = page.placeholders[1]
    if slide.lines:
        fill(body, slide.lines, fitting_size(slide.lines, BODY_BOX, BODY_SIZES))
    else:
        body._element.getparent().remove(body._element)


def fitting_size(lines: Sequence[str], box: tuple[float, float], sizes: Sequence[int]) -> int:
    """The largest size in points at which the lines fit the box (width, height in inches)."""
    for size in sizes:
        ems_per_line = box[0] * POINTS_PER_INCH / size - 2
        rows = sum(math.ceil(max(ems(line), 1) / ems_per_line) for line in lines)
        if rows * size * LINE_HEIGHT + (len(lines) - 1) * size * 0.5 <= box[1] * POINTS_PER_INCH:
            return size
    return sizes[-1]


def fill(shape: Any, lines: Sequence[str], size: int) -> None:
    frame = shape.text_frame
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = line
        run.font.size = Pt(size)
        run._r.get_or_add_rPr().set("lang", LANGUAGE)


def add_number(page: Any, number: int) -> None:
    """The slide number, which python-pptx does not copy from the layout."""
    for shape in page.slide_layout.placeholders:
        if shape.element.ph.get("type") == "sldNum":
            element = copy.deepcopy(shape._element)
            element.txBody.find(".//{*}fld/{*}t").text = str(number)
            page.shapes._spTree.append(element)


def add_notes(page: Any, notes: str) -> None:
    if notes:
        page.notes_slide.notes_text_frame.text = notes

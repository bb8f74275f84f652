"""Printed papers: PDF of A4 pages, set by Typst with one subset Chinese font."""

from __future__ import annotations

import json
from pathlib import Path

import typst

from sample_makers.description import Block, Document, Grid, Heading, ItemList, Paragraph
from sample_makers.imprint import ACCENT, ACCENT_TINT, AUTHOR, GREY, RULE, made_at
from sample_makers.lettering import FONT_FAMILY, find_font
from sample_makers.widths import column_shares

TEMPLATE_PATH = Path(__file__).with_name("paper.typ")
LINE_EMS = 46.0


def build_pdf(document: Document) -> bytes:
    find_font("Regular")  # Typst would silently set the page in another font.
    compiler = typst.Compiler(input=TEMPLATE_PATH, sys_inputs={"document": json.dumps(to_data(document))})
    # Without tags, which Typst writes uncompressed: they are a third of so short a file.
    pdf = compiler.compile(format="pdf", timestamp=int(made_at().timestamp()), pdf_tags=False)
    assert isinstance(pdf, bytes)
    return pdf


def to_data(document: Document) -> dict[str, object]:
    """What paper.typ reads."""
    return {
        "title": document.title,
        "author": AUTHOR,
        "font": FONT_FAMILY,
        "accent": ACCENT,
        "grey": GREY,
        "rule": RULE,
        "tint": ACCENT_TINT,
        "blocks": [to_block_data(block) for block in document.blocks],
    }


def to_block_data(block: Block) -> dict[str, object]:
    match block:
        case Heading(text=text):
            return {"kind": "heading", "value": text}
        case Paragraph(text=text):
            return {"kind": "paragraph", "value": text}
        case ItemList(items=items, ordered=ordered):
            return {"kind": "numbers" if ordered else "bullets", "value": items}
        case Grid(rows=rows):
            return {"kind": "table", "value": rows, "shares": column_shares(rows, line_ems=LINE_EMS)}

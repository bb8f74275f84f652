"""Word documents: A4, real heading, list and table styles, Chinese fonts by name."""

from __future__ import annotations

import io
from typing import Any

from docx import Document as open_template
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from sample_makers.archives import pack_again
from sample_makers.description import Block, Document, Grid, Heading, ItemList, Paragraph
from sample_makers.imprint import (
    ACCENT,
    ACCENT_TINT,
    AUTHOR,
    BODY_FONT,
    GREY,
    HEADING_FONT,
    INK,
    LANGUAGE,
    RULE,
    made_at,
)
from sample_makers.widths import column_shares

TEXT_WIDTH_CM = 16.4
BODY_PT = 10.5
LINE_EMS = TEXT_WIDTH_CM / 2.54 * 72 / BODY_PT
KEPT_STYLES = {
    "Normal",
    "Default Paragraph Font",
    "No List",
    "Normal Table",
    "Table Grid",
    "header",
    "Header Char",
    "footer",
    "Footer Char",
    "Title",
    "Title Char",
    "heading 1",
    "Heading 1 Char",
    "List Bullet",
    "List Number",
}
UNUSED_PARTS = ("customXml", "stylesWithEffects", "webSettings", "thumbnail")


def build_docx(document: Document) -> bytes:
    word = open_template()
    drop_unused(word)
    set_page(word)
    set_styles(word)
    set_properties(word, document.title)
    word.add_paragraph(document.title, style="Title")
    for block in document.blocks:
        add_block(word, block)
    buffer = io.BytesIO()
    word.save(buffer)
    return pack_again(buffer.getvalue())


def drop_unused(word: Any) -> None:
    for style in list(word.styles.element.findall(qn("w:style"))):
        if style.name_val not in KEPT_STYLES:
            word.styles.element.remove(style)
    for rels in (word.part.rels, word.part.package.rels):
        for rel_id, rel in list(rels.items()):
            if rel.reltype.endswith(UNUSED_PARTS):
                del rels[rel_id]


def set_page(word: Any) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm((21 - TEXT_WIDTH_CM) / 2)
    section.top_margin = section.bottom_margin = Cm(2.3)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    add_field(footer, "PAGE")
    footer.add_run(" / ")
    add_field(footer, "NUMPAGES")


def add_field(paragraph: Any, code: str) -> None:
    field = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="{code}"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    paragraph._p.append(field)


def set_styles(word: Any) -> None:
    set_font(word.styles["Normal"], BODY_FONT, BODY_PT, INK)
    set_spacing(word.styles["Normal"], before=0, after=4, lines=1.4)
    set_font(word.styles["Title"], HEADING_FONT, 19, ACCENT)
    set_spacing(word.styles["Title"], before=0, after=12, lines=1.2)
    word.styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for border in word.styles["Title"].element.findall(".//" + qn("w:pBdr")):
        border.getparent().remove(border)
    set_font(word.styles["Heading 1"], HEADING_FONT, 13, ACCENT)
    set_spacing(word.styles["Heading 1"], before=12, after=4, lines=1.2)
    set_font(word.styles["Footer"], BODY_FONT, 9, GREY)
    for border in word.styles["Table Grid"].element.find(".//" + qn("w:tblBorders")):
        border.set(qn("w:color"), RULE)
    language = word.styles.element.find(".//" + qn("w:rPrDefault")).find(".//" + qn("w:lang"))
    language.set(qn("w:eastAsia"), LANGUAGE)


def set_font(style: Any, name: str, size: float, colour: str) -> None:
    """The font of Latin and Han text alike; theme fonts would win over names, so they go."""
    style.font.name = name
    style.font.size = Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.rPr.rFonts
    for key in list(fonts.attrib):
        if key.endswith("Theme"):
            del fonts.attrib[key]
    fonts.set(qn("w:eastAsia"), name)
    fonts.set(qn("w:hint"), "eastAsia")


def set_spacing(style: Any, *, before: float, after: float, lines: float) -> None:
    style.paragraph_format.space_before = Pt(before)
    style.paragraph_format.space_after = Pt(after)
    style.paragraph_format.line_spacing = lines


def set_properties(word: Any, title: str) -> None:
    properties = word.core_properties
    properties.title, properties.language = title, LANGUAGE
    properties.author = properties.last_modified_by = AUTHOR
    properties.comments = properties.subject = properties.keywords = ""
    properties.created = properties.modified = made_at()


def add_block(word: Any, block: Block) -> None:
    match block:
        case Heading(text=text):
            word.add_paragraph(text, style="Heading 1")
        case Paragraph(text=text):
            word.add_paragraph(text)
        case ItemList(ordered=True, items=items):
            add_numbered(word, items)
        case ItemList(items=items):
            for item in items:
                word.add_paragraph(item, style="List Bullet")
        case Grid(rows=rows):
            add_table(word, rows)


def add_numbered(word: Any, items: tuple[str, ...]) -> None:
    """A numbered list that starts at 1 again: an instance of the style's numbering with its own start."""
    numbering = word.part.numbering_part.element
    style_number = word.styles["List Number"].element.pPr.numPr.numId.val
    number = numbering.add_num(numbering.num_having_numId(style_number).abstractNumId.val)
    number.add_lvlOverride(ilvl=0).add_startOverride(1)
    for item in items:
        properties = word.add_paragraph(item, style="List Number")._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = 0
        properties.get_or_add_numId().val = number.numId


def add_table(word: Any, rows: tuple[tuple[str, ...], ...]) -> None:
    table = word.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, share in zip(table.columns, column_shares(rows, line_ems=LINE_EMS), strict=True):
        column.width = Cm(TEXT_WIDTH_CM * share)
    for row_number, (table_row, row) in enumerate(zip(table.rows, rows, strict=True)):
        set_row(table_row, header=row_number == 0)
        for cell, column, text in zip(table_row.cells, table.columns, row, strict=True):
            cell.width = column.width
            cell.paragraphs[0].paragraph_format.space_after = Pt(0)
            cell.paragraphs[0].paragraph_format.line_spacing = 1.25
            cell.paragraphs[0].add_run(text).bold = True if row_number == 0 else None
    word.add_paragraph().paragraph_format.line_spacing = 0.6


def set_row(row: Any, *, header: bool) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if not header:
        return
    properties.append(OxmlElement("w:tblHeader"))
    for cell in row.cells:
        shade = f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{ACCENT_TINT}"/>'
        cell._tc.get_or_add_tcPr().append(parse_xml(shade))

"""Hidden texts and hazards in files are found at their place, clean twins are silent, hostile files do no harm."""

from __future__ import annotations

import io
import itertools
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from PIL import Image

from kebao.loading.probe_files import facts_of
from kebao.loading.probing import probe
from kebao.model.material import FileFacts, HazardKind
from kebao.model.personal_data import find_personal_data, masked
from kebao.model.rosters import find_rosters, roster_columns

IDENTITY = "231281201506151003"
PHONE = "13612345678"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NO_FILE_TAKES_LONGER = 5.0

Probed = Callable[[str, bytes], FileFacts]


@pytest.fixture
def probed(tmp_path: Path) -> Probed:
    def write_and_probe(name: str, data: bytes) -> FileFacts:
        path = tmp_path / name
        path.write_bytes(data)
        started = time.perf_counter()
        facts = probe(path, "0" * 64)
        assert time.perf_counter() - started < NO_FILE_TAKES_LONGER
        return facts

    return write_and_probe


def places(facts: FileFacts) -> list[tuple[str, str]]:
    return [(found.place, found.kind.value) for found in facts.personal]


def hazards(facts: FileFacts) -> list[tuple[str, str]]:
    return [(hazard.kind.value, hazard.place) for hazard in facts.hazards]


def saved(document: object) -> bytes:
    stream = io.BytesIO()
    document.save(stream)  # type: ignore[attr-defined]
    return stream.getvalue()


def docx_bytes(text: str = "先对折，再对折。") -> bytes:
    document = docx.Document()
    document.core_properties.author = ""
    document.add_paragraph(text)
    return saved(document)


def pptx_bytes() -> bytes:
    presentation = pptx.Presentation()
    presentation.core_properties.author = presentation.core_properties.last_modified_by = ""
    for title in ("分数", "折纸", "小结"):
        slide = presentation.slides.add_slide(presentation.slide_layouts[0])
        slide.shapes.title.text = title
    return saved(presentation)


def xlsx_bytes() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.properties.creator = ""
    workbook.worksheets[0].append(["次数", "用时"])
    return saved(workbook)


def with_parts(data: bytes, parts: dict[str, bytes | str]) -> bytes:
    """The archive with these parts added or replaced; of a text ``old → new`` only that is replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            if name not in parts:
                after.writestr(name, before.read(name))
            elif isinstance(change := parts[name], str) and " → " in change:
                old, new = change.split(" → ")
                text = before.read(name).decode()
                assert old in text
                after.writestr(name, text.replace(old, new, 1))
        for name, part in parts.items():
            if isinstance(part, bytes) or " → " not in part:
                after.writestr(name, part)
    return stream.getvalue()


def in_word(name: str, inner: str) -> dict[str, bytes | str]:
    return {f"word/{name}.xml": f'<w:{name} xmlns:w="{WORD}" xmlns:r="{RELATIONS}">{inner}</w:{name}>'}


def word_paragraph(*runs: str) -> str:
    return f"<w:p>{''.join(f'<w:r><w:t>{run}</w:t></w:r>' for run in runs)}</w:p>"


def relations(*entries: str) -> bytes:
    inside = "".join(entries)
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'
    ).encode()


def relation(kind: str, target: str, *, external: bool = True) -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="rId900{len(target)}" Type="{RELATIONS}/{kind}" Target="{target}"{mode}/>'


def in_document(inner: str) -> bytes:
    """A document with this put before its last element."""
    return with_parts(docx_bytes(), {"word/document.xml": f"<w:sectPr → {inner}<w:sectPr"})


# ---- clean twins


@pytest.mark.parametrize(
    "name, data", [("plan.docx", docx_bytes()), ("slides.pptx", pptx_bytes()), ("list.xlsx", xlsx_bytes())]
)
def test_a_clean_office_file_is_silent(name: str, data: bytes, probed: Probed) -> None:
    facts = probed(name, data)
    assert (facts.unreadable, facts.hazards, facts.personal) == ("", (), ())


def test_links_that_wait_for_a_click_are_no_hazard(probed: Probed) -> None:
    rels = relations(relation("hyperlink", "https://example.org/a"))
    facts = probed("plan.docx", with_parts(docx_bytes(), {"word/_rels/footnotes.xml.rels": rels}))
    assert (facts.hazards, facts.personal) == ((), ())


# ---- Word


@pytest.mark.parametrize(
    "part, inner",
    [
        ("header1", word_paragraph(f"电话 {PHONE}")),
        ("footer2", word_paragraph(f"电话 {PHONE}")),
        ("comments", f'<w:comment w:id="1">{word_paragraph(PHONE)}</w:comment>'),
        ("footnotes", f"<w:footnote>{word_paragraph(PHONE)}</w:footnote>"),
        ("endnotes", f"<w:endnote>{word_paragraph(PHONE)}</w:endnote>"),
    ],
)
def test_a_number_in_another_part_of_a_document_is_found_there(part: str, inner: str, probed: Probed) -> None:
    facts = probed("plan.docx", with_parts(docx_bytes(), in_word(part, inner)))
    assert places(facts) == [(f"word/{part}.xml", "mobile")]


@pytest.mark.parametrize(
    "inner",
    [
        word_paragraph("号码 2312", "81201506", "151003"),
        f"<w:p><w:del><w:r><w:delText>{IDENTITY}</w:delText></w:r></w:del></w:p>",
        f"<w:p><w:ins><w:r><w:t>{IDENTITY}</w:t></w:r></w:ins></w:p>",
        f"<w:p><w:r><w:pict><w:txbxContent>{word_paragraph(IDENTITY)}</w:txbxContent></w:pict></w:r></w:p>",
        f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{IDENTITY}</w:t></w:r></w:p>",
        f'<w:p><w:r><w:drawing descr="{IDENTITY}"/></w:r></w:p>',
        f"<w:tbl><w:tr><w:tc>{word_paragraph(IDENTITY)}</w:tc></w:tr></w:tbl>",
    ],
    ids=["split into runs", "deleted", "inserted", "text box", "hidden", "alternative text", "table"],
)
def test_an_identity_number_in_a_document_is_found_once(inner: str, probed: Probed) -> None:
    facts = probed("plan.docx", in_document(inner))
    assert [(f.place, f.kind.value, f.masked) for f in facts.personal] == [
        ("word/document.xml", "identity", "231*************03")
    ]


def test_numbers_of_two_paragraphs_are_not_glued(probed: Probed) -> None:
    assert places(probed("plan.docx", in_document(word_paragraph("231281201") + word_paragraph("506151003")))) == []


def test_a_text_box_does_not_cut_the_paragraph_around_it(probed: Probed) -> None:
    box = f"<w:r><w:pict><w:txbxContent>{word_paragraph('折纸')}</w:txbxContent></w:pict></w:r>"
    inner = f"<w:p><w:r><w:t>2312812015</w:t></w:r>{box}<w:r><w:t>06151003</w:t></w:r></w:p>"
    assert places(probed("plan.docx", in_document(inner))) == [("word/document.xml", "identity")]


def test_properties_of_a_document_are_read(probed: Probed) -> None:
    document = docx.Document()
    document.core_properties.author = "某老师"
    document.core_properties.last_modified_by = "另一位"
    document.core_properties.comments = f"联系 {PHONE}"
    facts = probed("plan.docx", saved(document))
    assert [(maker.place, maker.text) for maker in facts.makers] == [
        ("docProps/core.xml", "某老师"),
        ("docProps/core.xml", "另一位"),
    ]
    assert places(facts) == [("docProps/core.xml", "mobile")]


def test_custom_properties_are_searched(probed: Probed) -> None:
    custom = f'<Properties xmlns:v="v"><property name="a"><v:lpwstr>{IDENTITY}</v:lpwstr></property></Properties>'
    facts = probed("plan.docx", with_parts(docx_bytes(), {"docProps/custom.xml": custom}))
    assert places(facts) == [("docProps/custom.xml", "identity")]


def test_the_target_of_a_mail_link_is_searched(probed: Probed) -> None:
    rels = relations(relation("hyperlink", "mailto:wang.lan@songlin-school.cn"))
    facts = probed("plan.docx", with_parts(docx_bytes(), {"word/_rels/footnotes.xml.rels": rels}))
    assert places(facts) == [("word/footnotes.xml", "email")]


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{word_paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def test_a_roster_in_a_document_is_found(probed: Probed) -> None:
    roster = table(("序号", "姓名", "班级"), ("1", "王兰", "三一"), ("2", "赵长林", "三二"))
    assert places(probed("list.docx", in_document(roster))) == [("word/document.xml", "roster")]


def test_an_empty_form_and_a_list_of_made_up_names_are_no_rosters(probed: Probed) -> None:
    form = table(("姓名", "班级", "得分"), ("", "", ""), ("", "", ""))
    made_up = table(("姓名", "成绩"), ("小明", "90"), ("王某", "88"), ("学生A", "70"), ("3号", "66"))
    assert places(probed("list.docx", in_document(form + made_up))) == []


# ---- PowerPoint


def test_notes_and_slides_are_named_by_their_number_in_the_show(probed: Probed) -> None:
    presentation = pptx.Presentation(io.BytesIO(pptx_bytes()))
    presentation.slides[1].notes_slide.notes_text_frame.text = f"家长电话 {PHONE}"
    presentation.slides[2].shapes.title.text = IDENTITY
    order = presentation.slides._sldIdLst
    order.insert(0, order[2])
    facts = probed("slides.pptx", saved(presentation))
    assert sorted(places(facts)) == [("slide 1", "identity"), ("slide 3 notes", "mobile")]


# ---- Excel


def test_a_cell_of_a_hidden_sheet_is_named(probed: Probed) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(xlsx_bytes()))
    hidden = workbook.create_sheet("名单")
    hidden.sheet_state = "hidden"
    hidden["B7"] = IDENTITY
    hidden.row_dimensions[7].hidden = True
    hidden["C8"] = int(PHONE)
    facts = probed("list.xlsx", saved(workbook))
    assert places(facts) == [("sheet 名单!B7", "identity"), ("sheet 名单!C8", "mobile")]


def test_an_identity_number_kept_as_a_number_is_found(probed: Probed) -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0]["A2"] = float(IDENTITY)
    workbook.worksheets[0]["A3"] = 231281201506151000
    facts = probed("list.xlsx", saved(workbook))
    assert places(facts) == [("sheet Sheet!A2", "identity-as-number"), ("sheet Sheet!A3", "identity-as-number")]


def test_comments_headers_and_formulas_of_a_sheet_are_searched(probed: Probed) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    sheet["B2"].comment = Comment(f"身份证 {IDENTITY}", "某老师")
    assert sheet.oddHeader is not None
    sheet.oddHeader.center.text = f"电话 {PHONE}"
    sheet["C3"] = f'="电话"&"{PHONE}"'
    facts = probed("list.xlsx", saved(workbook))
    assert sorted(places(facts)) == [
        ("sheet Sheet", "mobile"),
        ("sheet Sheet!B2", "identity"),
        ("sheet Sheet!C3", "mobile"),
    ]
    assert "某老师" in [maker.text for maker in facts.makers]


def test_a_roster_in_a_sheet_is_found_below_its_title(probed: Probed) -> None:
    workbook = openpyxl.Workbook()
    for row in (["三年级名单"], ["姓名", "成绩"], ["王兰", 90], ["赵长林", 88]):
        workbook.worksheets[0].append(row)
    assert places(probed("list.xlsx", saved(workbook))) == [("sheet Sheet", "roster")]


# ---- hazards of office files


@pytest.mark.parametrize(
    "parts, expected",
    [
        ({"word/vbaProject.bin": b"x"}, ("macro", "word/vbaProject.bin")),
        (
            {"[Content_Types].xml": "document.main+xml → document.macroEnabled.main+xml"},
            ("macro", "[Content_Types].xml"),
        ),
        ({"word/embeddings/oleObject1.bin": b"x"}, ("embedded", "word/embeddings/oleObject1.bin")),
        ({"word/activeX/activeX1.bin": b"x"}, ("embedded", "word/activeX/activeX1.bin")),
        (
            {"word/_rels/settings.xml.rels": relations(relation("attachedTemplate", "https://example.org/a.dotm"))},
            ("external", "word/settings.xml"),
        ),
        (
            {"word/_rels/header1.xml.rels": relations(relation("image", "https://example.org/a.png"))},
            ("external", "word/header1.xml"),
        ),
        (
            {"word/_rels/footnotes.xml.rels": relations(relation("oleObject", "embeddings/a.bin", external=False))},
            ("embedded", "word/footnotes.xml"),
        ),
    ],
)
def test_a_hazard_of_a_document_is_found(
    parts: dict[str, bytes | str], expected: tuple[str, str], probed: Probed
) -> None:
    assert hazards(probed("plan.docx", with_parts(docx_bytes(), parts))) == [expected]


def field(*codes: str) -> str:
    runs = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    return f"<w:p>{runs}</w:p>"


@pytest.mark.parametrize(
    "inner, kind",
    [
        (field("DDE", "AUTO c:\\\\windows\\\\cmd.exe"), "command"),
        ('<w:p><w:fldSimple w:instr=" DDE excel a"/></w:p>', "command"),
        (field(' INCLUDEPICTURE "https://example.org/a.png"'), "external"),
    ],
)
def test_fields_that_run_or_load_are_found(inner: str, kind: str, probed: Probed) -> None:
    assert hazards(probed("plan.docx", in_document(inner))) == [(kind, "word/document.xml")]


def test_ordinary_fields_are_left_alone(probed: Probed) -> None:
    assert hazards(probed("plan.docx", in_document(field("PAGE") + field(" TOC \\o")))) == []


def test_a_formula_that_starts_a_programme_is_found(probed: Probed) -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0]["A1"] = "=cmd|'/c calc'!A0"
    assert hazards(probed("list.xlsx", saved(workbook))) == [("command", "sheet Sheet!A1")]


def test_the_workbook_inside_a_document_is_searched(probed: Probed) -> None:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0]["A1"] = IDENTITY
    facts = probed("plan.docx", with_parts(docx_bytes(), {"word/embeddings/sheet1.xlsx": saved(workbook)}))
    assert places(facts) == [("sheet Sheet!A1", "identity")]


# ---- pictures, videos, captions


def photo(*, position: bool, format_name: str = "JPEG") -> bytes:
    picture = Image.effect_noise((64, 32), 50)
    exif = Image.Exif()
    if position:
        exif[0x010F], exif[0x0110] = "Maker", "Phone 12"
        exif[0x8825] = {1: "N", 2: (47.0, 21.0, 0.0), 3: "E", 4: (123.0, 55.0, 0.0)}
    stream = io.BytesIO()
    picture.save(stream, format_name, exif=exif)
    return stream.getvalue()


@pytest.mark.parametrize("name, format_name", [("a.jpg", "JPEG"), ("a.png", "PNG")])
def test_a_position_and_a_device_in_a_photo_are_found(name: str, format_name: str, probed: Probed) -> None:
    facts = probed(name, photo(position=True, format_name=format_name))
    assert hazards(facts) == [("position", "")]
    assert [maker.text for maker in facts.makers] == ["Maker Phone 12"]
    clean = probed(name, photo(position=False, format_name=format_name))
    assert (clean.hazards, clean.makers) == ((), ())


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="47,21.0N">'
    b"<dc:creator><rdf:Seq><rdf:li>Some Teacher</rdf:li></rdf:Seq>"
    b"</dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def test_a_position_and_an_author_in_the_xmp_of_a_photo_are_found(probed: Probed) -> None:
    stream = io.BytesIO()
    Image.effect_noise((64, 32), 50).save(stream, "JPEG", xmp=XMP)
    facts = probed("a.jpg", stream.getvalue())
    assert hazards(facts) == [("position", "")]
    assert [(maker.place, maker.text) for maker in facts.makers] == [("XMP", "Some Teacher")]


def test_a_position_in_a_photo_inside_of_a_document_is_found(probed: Probed) -> None:
    facts = probed("plan.docx", with_parts(docx_bytes(), {"word/media/image1.jpeg": photo(position=True)}))
    assert hazards(facts) == [("position", "word/media/image1.jpeg")]


def box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


@pytest.mark.parametrize("extra, expected", [(b"", []), (box(b"\xa9xyz", b"\0\x12\0\0+47.35+123.91/"), ["position"])])
def test_a_position_in_a_video_is_found(extra: bytes, expected: list[str], probed: Probed) -> None:
    header = b"".join(word.to_bytes(4, "big") for word in [0, 0, 0, 1000, 2000])
    moov = box(b"moov", box(b"mvhd", header + bytes(80)) + box(b"udta", extra))
    facts = probed("a.mp4", box(b"ftyp", b"isom" + bytes(4)) + box(b"mdat", bytes(64)) + moov)
    assert [kind for kind, _ in hazards(facts)] == expected


def test_captions_are_searched_by_line(probed: Probed) -> None:
    captions = f"WEBVTT\n\n00:01.000 --> 00:02.000\n我的手机是{PHONE}\n"
    assert places(probed("a.vtt", captions.encode())) == [("line 4", "mobile")]


# ---- pdf


def pdf_bytes(*objects: bytes, catalog: bytes = b"", text: bytes = b"", info: bytes = b"") -> bytes:
    """A pdf of one page, its own objects numbered from 10; the reader mends the missing table of objects."""
    stream = b"BT /F1 12 Tf 20 50 Td (" + text + b") Tj ET"
    parts = [
        b"1 0 obj <</Type /Catalog /Pages 2 0 R " + catalog + b">> endobj",
        b"2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj",
        b"3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 400 100] /Contents 4 0 R"
        b" /Resources <</Font <</F1 5 0 R>>>>>> endobj",
        b"4 0 obj <</Length " + str(len(stream)).encode() + b">>\nstream\n" + stream + b"\nendstream endobj",
        b"5 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj",
        b"6 0 obj <<" + info + b">> endobj",
        *(str(n).encode() + b" 0 obj " + body + b" endobj" for n, body in enumerate(objects, start=10)),
    ]
    return b"%PDF-1.7\n" + b"\n".join(parts) + b"\ntrailer <</Root 1 0 R /Info 6 0 R>>\n%%EOF\n"


def test_a_clean_pdf_is_silent(probed: Probed) -> None:
    facts = probed("a.pdf", pdf_bytes(text=b"fold the paper", catalog=b"/OpenAction [3 0 R /Fit]"))
    assert (facts.unreadable, facts.hazards, facts.personal, facts.makers) == ("", (), (), ())


def test_a_number_and_an_author_in_a_pdf_are_found(probed: Probed) -> None:
    facts = probed("a.pdf", pdf_bytes(text=IDENTITY.encode(), info=b"/Author (Some Teacher)"))
    assert places(facts) == [("page 1", "identity")]
    assert [maker.text for maker in facts.makers] == ["Some Teacher"]


PACKED = zlib.compress(b"10 0 <</S /JavaScript /JS (app.alert(1))>>")


def pdf_text(text: str) -> bytes:
    return b"<" + b"\xfe\xff".hex().encode() + text.encode("utf-16-be").hex().encode() + b">"


def page_with(*annotations: bytes, catalog: bytes = b"", more: tuple[bytes, ...] = ()) -> bytes:
    """A page with these annotations; ``more`` are the objects after them."""
    references = b" ".join(b"%d 0 R" % number for number in range(10, 10 + len(annotations)))
    data = pdf_bytes(*annotations, *more, text=b"text", catalog=catalog)
    assert data.count(b"/Type /Page ") == 1
    return data.replace(b"/Type /Page ", b"/Type /Page /Annots [" + references + b"] ")


def test_a_note_and_a_field_of_a_pdf_are_searched(probed: Probed) -> None:
    note = b"<</Type /Annot /Subtype /Text /Rect [0 0 9 9] /T (Some Teacher) /Contents %b>>" % pdf_text(f"电话 {PHONE}")
    field = b"<</Type /Annot /Subtype /Widget /FT /Tx /F 2 /Rect [0 0 9 9] /T (name) /V %b>>" % pdf_text(IDENTITY)
    facts = probed("a.pdf", page_with(note, field))
    assert places(facts) == [("page 1", "mobile"), ("page 1", "identity")]
    assert [(maker.place, maker.text) for maker in facts.makers] == [("page 1", "Some Teacher")]


def test_a_bookmark_and_the_address_of_a_link_in_a_pdf_are_searched(probed: Probed) -> None:
    link = b"<</Type /Annot /Subtype /Link /Rect [0 0 9 9] /A <</S /URI /URI (mailto:a.person@school.cn)>>>>"
    outline = (b"<</Type /Outlines /First 12 0 R /Last 12 0 R /Count 1>>", b"<</Parent 11 0 R /Title %b>>")
    facts = probed(
        "a.pdf",
        page_with(link, catalog=b"/Outlines 11 0 R", more=(outline[0], outline[1] % pdf_text(f"找 {PHONE}"))),
    )
    assert sorted(places(facts)) == [("pdf", "email"), ("pdf", "mobile")]


def test_a_position_in_a_photo_of_a_pdf_is_found(probed: Probed) -> None:
    jpeg = photo(position=True)
    picture = b"<</Subtype /Image /Filter /DCTDecode /Width 9 /Height 9 /Length %d>>\nstream\n%b\nendstream"
    assert hazards(probed("a.pdf", pdf_bytes(picture % (len(jpeg), jpeg), text=b"text"))) == [("position", "picture 1")]


@pytest.mark.parametrize(
    "data, kind",
    [
        (pdf_bytes(b"<</S /JavaScript /JS (app.alert(1))>>", catalog=b"/OpenAction 10 0 R"), "script"),
        (pdf_bytes(b"<</S /J#61vaScript>>"), "script"),
        (
            pdf_bytes(
                b"<</Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /Length "
                + str(len(PACKED)).encode()
                + b">>\nstream\n"
                + PACKED
                + b"\nendstream"
            ),
            "script",
        ),
        (pdf_bytes(b"<</S /Launch /F (cmd.exe)>>"), "launch"),
        (pdf_bytes(catalog=b"/OpenAction <</S /URI /URI (https://example.org)>>"), "launch"),
        (pdf_bytes(catalog=b"/Names <</EmbeddedFiles 10 0 R>>"), "attached-file"),
    ],
)
def test_a_hazard_of_a_pdf_is_found(data: bytes, kind: str, probed: Probed) -> None:
    assert hazards(probed("a.pdf", data)) == [(kind, "")]


def test_a_pdf_of_pictures_is_told(probed: Probed) -> None:
    stream = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(stream, "PDF")
    assert ("scanned", "") in hazards(probed("a.pdf", stream.getvalue()))


# ---- traps


def archive(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in entries.items():
            opened.writestr(name, data)
    return stream.getvalue()


BILLION_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghi", "bcdefghij", strict=True))
    + "]><x>&j;</x>"
)
TRAPS: dict[str, tuple[bytes, HazardKind]] = {
    "a part of 10 MB": (with_parts(docx_bytes(), {"word/media/a.bmp": bytes(10_000_000)}), HazardKind.BOMB),
    "an XML part of 40 MB": (
        with_parts(docx_bytes(), {"word/document.xml": b"<a>" + b"<b/>" * 10_000_000 + b"</a>"}),
        HazardKind.BOMB,
    ),
    "10,000 entries": (
        with_parts(docx_bytes(), {f"customXml/item{number}.xml": b"<a/>" for number in range(10_000)}),
        HazardKind.BOMB,
    ),
    "billion laughs": (with_parts(docx_bytes(), {"word/comments.xml": BILLION_LAUGHS}), HazardKind.ENTITIES),
    "billion laughs in UTF-16": (
        with_parts(docx_bytes(), {"customXml/item1.xml": BILLION_LAUGHS.encode("utf-16")}),
        HazardKind.ENTITIES,
    ),
    "a document in a document": (
        with_parts(docx_bytes(), {"word/embeddings/a.docx": with_parts(docx_bytes(), {"a.bmp": bytes(10_000_000)})}),
        HazardKind.BOMB,
    ),
    "a password": (
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(1_024) + "EncryptedPackage".encode("utf-16-le") + bytes(1_024),
        HazardKind.ENCRYPTED,
    ),
}


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_told_and_not_opened(name: str, probed: Probed) -> None:
    data, kind = TRAPS[name]
    facts = probed("plan.docx", data)
    assert facts.is_withheld
    assert {hazard.kind for hazard in facts.hazards} == {kind}
    assert (facts.blocks, facts.unreadable) == ((), "")


def test_an_entry_with_a_password_is_told(probed: Probed) -> None:
    data = bytearray(docx_bytes())
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 8] |= 1
    assert hazards(probed("plan.docx", bytes(data))) == [("encrypted", "")]


def test_a_pdf_with_a_password_is_told(probed: Probed) -> None:
    encrypt = (
        b"/Encrypt <</Filter /Standard /V 1 /R 2 /P -4 /O <" + b"01" * 32 + b"> /U <" + b"02" * 32 + b">>>"
        b" /ID [<00><00>]"
    )
    data = pdf_bytes().replace(b"trailer <<", b"trailer <<" + encrypt)
    assert hazards(probed("a.pdf", data)) == [("encrypted", "")]


def test_relationships_in_a_circle_come_to_an_end(probed: Probed) -> None:
    rels = {
        f"word/_rels/{a}.xml.rels": relations(relation("header", f"{b}.xml", external=False))
        for a, b in (("header1", "header2"), ("header2", "header1"))
    }
    parts = {**in_word("header1", word_paragraph("一")), **in_word("header2", word_paragraph(PHONE)), **rels}
    assert places(probed("plan.docx", with_parts(docx_bytes(), parts))) == [("word/header2.xml", "mobile")]


def test_a_deeply_nested_part_does_no_harm(probed: Probed) -> None:
    deep = b"<a>" * 200_000
    probed("plan.docx", with_parts(docx_bytes(), {"customXml/item1.xml": deep}))


def test_a_sheet_that_claims_the_last_row_and_column_takes_no_memory(probed: Probed) -> None:
    cells = '<row r="1"><c r="XFD1048576" t="str"><v>a</v></c></row><row r="9999999999"><c r="A9999999999"/></row>'
    data = with_parts(xlsx_bytes(), {"xl/worksheets/sheet1.xml": f"<sheetData> → <sheetData>{cells}"})
    probed("list.xlsx", data)


GOOD: dict[str, bytes] = {
    "plan.docx": docx_bytes(),
    "slides.pptx": pptx_bytes(),
    "list.xlsx": xlsx_bytes(),
    "a.pdf": pdf_bytes(text=b"text"),
    "a.jpg": photo(position=True),
}


@settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.sampled_from(sorted(GOOD)), wrong=st.sampled_from(sorted(GOOD)), data=st.data())
def test_a_broken_file_never_raises_nor_hangs(name: str, wrong: str, data: st.DataObject, probed: Probed) -> None:
    content = bytearray(GOOD[wrong])
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=12)):
        content[at] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    probed(name, bytes(content[:cut]))


def test_facts_of_a_file_come_back_from_the_cache_equal(tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    document = docx.Document(io.BytesIO(in_document(word_paragraph(IDENTITY))))
    document.core_properties.author = "某老师"
    path.write_bytes(with_parts(saved(document), {"word/vbaProject.bin": b"x"}))
    first = facts_of([path], cache=tmp_path / "cache")[0]
    assert first.hazards
    assert first.personal
    assert first.makers
    assert facts_of([path], cache=tmp_path / "cache")[0] == first


# ---- masking


@given(st.text(max_size=60))
def test_masking_never_shows_more_than_five_characters(match: str) -> None:
    shown = masked(match)
    visible = [a for a, b in zip(shown, match, strict=True) if a == b and a != "*"]
    assert len(visible) <= 5
    assert len(visible) <= len(match) / 2


@given(st.text(alphabet="0123456789 -Xx@.aQ电话卡号：", max_size=80))
def test_findings_are_in_order_apart_and_masked(text: str) -> None:
    findings = find_personal_data(text)
    for earlier, later in itertools.pairwise(findings):
        assert earlier.end <= later.start
    for finding in findings:
        assert text[finding.start : finding.end] not in finding.masked
        assert finding.value not in repr(finding)


# ---- rosters in Markdown


def test_a_roster_in_markdown_is_its_header_line() -> None:
    text = "名单：\n\n| 姓名 | 家长电话 |\n| --- | --- |\n| 王兰 | 1 |\n| 赵长林 | 2 |\n"
    (finding,) = find_rosters(text)
    assert (text[finding.start : finding.end], finding.masked) == ("| 姓名 | 家长电话 |", "姓名、家长电话")


@pytest.mark.parametrize(
    "rows",
    [
        [["学生", "成绩"], ["1", "90"], ["2", "80"]],
        [["班级", "成绩"], ["三一", "90"], ["三二", "80"]],
        [["姓名", "作用"], ["王兰", "记录"], ["赵长林", "计时"]],
        [["姓名", "班级"], ["小树", "三一"], ["小河", "三一"]],
    ],
)
def test_tables_that_are_no_rosters(rows: list[list[str]]) -> None:
    assert roster_columns(rows) is None


def test_a_text_full_of_numbers_is_searched_in_time() -> None:
    text = "".join(f"第{i}号 138{i:08d} {IDENTITY} a{i}@b.cn\n" for i in range(10_000))
    started = time.perf_counter()
    assert len(find_personal_data(text)) > 29_000
    assert time.perf_counter() - started < NO_FILE_TAKES_LONGER

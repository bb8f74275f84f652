"""Broken and mislabelled files are told as such; no probe raises."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pptx
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from kebao.loading.facts_cache import sha256_of
from kebao.loading.probe_files import facts_of
from kebao.loading.probing import probe
from kebao.model.material import FileFacts, MediaType


def docx_bytes() -> bytes:
    document = docx.Document()
    document.add_heading("教学设计")
    document.add_paragraph("先对折，再对折。")
    document.add_table(rows=1, cols=2).rows[0].cells[0].text = "时间"
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def pptx_bytes() -> bytes:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[0])
    slide.shapes.title.text = "分数"
    stream = io.BytesIO()
    presentation.save(stream)
    return stream.getvalue()


def xlsx_bytes() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.worksheets[0].append(["姓名", 3.5])
    workbook.create_sheet("藏").sheet_state = "hidden"
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def pdf_bytes() -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(200, 100)
    stream = io.BytesIO()
    document.save(stream)
    document.close()
    return stream.getvalue()


def png_bytes() -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((64, 32), 50).save(stream, "PNG")
    return stream.getvalue()


def jpeg_bytes() -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((64, 32), 50).save(stream, "JPEG")
    return stream.getvalue()


def box(kind: bytes, body: bytes) -> bytes:
    """A box of ISO/IEC 14496-12 §4.2."""
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def mp4_bytes() -> bytes:
    """Two seconds of nothing: one track whose media header says so."""
    words = [0, 0, 0, 1000, 2000]
    header = b"".join(word.to_bytes(4, "big") for word in words)
    handler = box(b"hdlr", bytes(8) + b"vide" + bytes(13))
    media = box(b"mdia", box(b"mdhd", header + bytes(4)) + handler)
    movie = box(b"moov", box(b"mvhd", header + bytes(80)) + box(b"trak", media))
    return box(b"ftyp", b"isom" + bytes(4)) + movie + box(b"mdat", bytes(64))


WHOLE: dict[str, tuple[bytes, MediaType]] = {
    "plan.docx": (docx_bytes(), MediaType.DOCX),
    "slides.pptx": (pptx_bytes(), MediaType.PPTX),
    "list.xlsx": (xlsx_bytes(), MediaType.XLSX),
    "sheet.pdf": (pdf_bytes(), MediaType.PDF),
    "board.png": (png_bytes(), MediaType.PNG),
    "photo.jpg": (jpeg_bytes(), MediaType.JPEG),
    "lesson.mp4": (mp4_bytes(), MediaType.MP4),
}
NAMES = sorted(WHOLE)


@pytest.fixture
def probed(tmp_path: Path) -> Callable[[str, bytes], FileFacts]:
    def write_and_probe(name: str, data: bytes) -> FileFacts:
        path = tmp_path / name
        path.write_bytes(data)
        return probe(path, "0" * 64)

    return write_and_probe


Probed = Callable[[str, bytes], FileFacts]


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_file_is_what_its_name_says(name: str, probed: Probed) -> None:
    data, media_type = WHOLE[name]
    facts = probed(name, data)
    assert (facts.unreadable, facts.media_type, facts.size_bytes) == ("", media_type, len(data))


def test_a_document_gives_its_text_in_reading_order(probed: Probed) -> None:
    facts = probed("plan.docx", docx_bytes())
    assert [(block.kind, block.text) for block in facts.blocks] == [
        ("heading", "教学设计"),
        ("paragraph", "先对折，再对折。"),
        ("row", "时间\t"),
    ]
    assert (facts.units, facts.characters) == (None, 14)


def test_slides_sheets_pages_pixels_and_seconds_are_counted(probed: Probed) -> None:
    assert probed("slides.pptx", pptx_bytes()).units == 1
    assert probed("list.xlsx", xlsx_bytes()).units == 1, "the hidden sheet does not count"
    assert probed("sheet.pdf", pdf_bytes()).units == 1
    assert probed("board.png", png_bytes()).width == 64
    assert probed("lesson.mp4", mp4_bytes()).seconds == 2.0


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("name", ["plan.docx", "slides.pptx", "list.xlsx"])
def test_a_cut_off_office_file_is_unreadable(name: str, part: float, probed: Probed) -> None:
    data, _ = WHOLE[name]
    assert probed(name, data[: int(len(data) * part)]).unreadable


@pytest.mark.parametrize("name", ["sheet.pdf", "board.png", "photo.jpg", "lesson.mp4"])
def test_the_first_bytes_alone_are_unreadable(name: str, probed: Probed) -> None:
    assert probed(name, WHOLE[name][0][:20]).unreadable


def test_a_picture_cut_off_in_the_middle_is_unreadable(probed: Probed) -> None:
    for name in ("board.png", "photo.jpg"):
        data, _ = WHOLE[name]
        assert probed(name, data[: len(data) // 2]).unreadable, name


@pytest.mark.parametrize("called", NAMES)
@pytest.mark.parametrize("really", NAMES)
def test_the_content_decides_what_a_file_is_not_its_name(really: str, called: str, probed: Probed) -> None:
    assert probed(called, WHOLE[really][0]).media_type is WHOLE[really][1]


@pytest.mark.parametrize("data", [b"", b"x", b"MZ\x90\x00", b"<html></html>", b"GIF89a"])
def test_a_file_of_no_known_type_has_none(data: bytes, probed: Probed) -> None:
    facts = probed("plan.docx", data)
    assert (facts.media_type, facts.unreadable) == (None, "")


def test_an_empty_archive_is_no_office_file(probed: Probed) -> None:
    assert probed("plan.docx", b"PK\x05\x06" + bytes(18)).media_type is None


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    name=st.sampled_from(NAMES),
    position=st.integers(0, 50_000),
    patch=st.binary(min_size=1, max_size=8),
    cut=st.booleans(),
)
def test_probing_never_raises_on_a_damaged_file(
    probed: Probed, name: str, position: int, patch: bytes, cut: bool
) -> None:
    data, _ = WHOLE[name]
    start = position % len(data)
    rest = b"" if cut else data[start + len(patch) :]
    facts = probed(name, data[:start] + patch + rest)
    assert facts.size_bytes > 0


def test_facts_come_out_of_the_cache_as_they_went_in(tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    path.write_bytes(docx_bytes())
    first = facts_of([path], cache=tmp_path / "cache")[0]
    assert facts_of([path], cache=tmp_path / "cache")[0] == first
    assert first.sha256 == sha256_of(path)


def test_a_broken_cache_entry_is_probed_again(tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    path.write_bytes(docx_bytes())
    first = facts_of([path], cache=tmp_path / "cache")[0]
    for entry in (tmp_path / "cache").rglob("*.json"):
        entry.write_text("{", encoding="utf-8")
    assert facts_of([path], cache=tmp_path / "cache")[0] == first

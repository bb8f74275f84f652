"""Parts that are the same in many documents are parsed once, and each document is told as if it were the only one."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import docx
import openpyxl
import pytest

from kebao.loading import office_archive
from kebao.loading.probing import probe
from kebao.model.material import FileFacts, HazardKind

ROSTER = [["姓名", "电话"], ["王小强", "13800138000"], ["李一帆", "13900139000"], ["张子涵", "13700137000"]]
SHEET = "xl/worksheets/sheet1.xml"


def docx_bytes(text: str) -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def xlsx_bytes() -> bytes:
    workbook = openpyxl.Workbook()
    for row in ROSTER:
        workbook.worksheets[0].append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive_of(parts: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def nothing_parsed_before() -> Iterator[None]:
    office_archive._parsed_before.cache_clear()
    yield
    office_archive._parsed_before.cache_clear()


@pytest.fixture
def probed(tmp_path: Path) -> Callable[[bytes], FileFacts]:
    def write_and_probe(data: bytes) -> FileFacts:
        path = tmp_path / "a"
        path.write_bytes(data)
        return probe(path, "0" * 64)

    return write_and_probe


Probed = Callable[[bytes], FileFacts]


def test_documents_of_one_template_are_told_apart(probed: Probed) -> None:
    texts = ("先对折。", "再对折。电话 13800138000", "先对折。")
    found = [probed(docx_bytes(text)) for text in texts]
    assert office_archive._parsed_before.cache_info().hits > 0
    assert [facts.blocks[0].text for facts in found] == list(texts)
    assert [len(facts.personal) for facts in found] == [0, 1, 0]
    alone = []
    for text in texts:
        office_archive._parsed_before.cache_clear()
        alone.append(probed(docx_bytes(text)))
    assert found == alone


def test_a_sheet_is_searched_each_time_wherever_else_the_same_part_stands(probed: Probed) -> None:
    # What is read of a sheet is taken out of its tree.
    workbook = parts_of(xlsx_bytes())
    elsewhere = archive_of({**parts_of(docx_bytes("先对折。")), "word/other.xml": workbook[SHEET]})
    twice = archive_of({**workbook, "xl/worksheets/sheet2.xml": workbook[SHEET], "docProps/other.xml": workbook[SHEET]})
    files = (xlsx_bytes(), elsewhere, twice, xlsx_bytes(), twice, elsewhere)
    found = [probed(data) for data in files]
    assert all(facts.personal for facts in (found[0], found[3]))
    for data, facts in zip(files, found, strict=True):
        office_archive._parsed_before.cache_clear()
        assert (facts.personal, facts.blocks) == ((alone := probed(data)).personal, alone.blocks)


def test_a_part_that_is_a_trap_is_one_in_every_document(probed: Probed) -> None:
    declared = b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE a+AD4APA-a/+AD4-'
    plain = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    for part in (plain.encode(), plain.encode("utf-16"), declared):
        parts = {**parts_of(docx_bytes("先对折。")), "word/other.xml": part}
        found = [probed(archive_of(parts)) for _ in range(3)]
        assert found[0] == found[1] == found[2]
    assert [h.kind for h in probed(archive_of({**parts, "word/a.xml": plain.encode()})).hazards] == [
        HazardKind.ENTITIES
    ]


def test_the_limits_count_a_part_as_often_as_it_is_read(probed: Probed, monkeypatch: pytest.MonkeyPatch) -> None:
    data = docx_bytes("先对折。")
    assert not probed(data).hazards
    monkeypatch.setattr(office_archive, "_MAX_ALL_XML_BYTES", 10_000)
    found = [[hazard.kind for hazard in probed(data).hazards] for _ in range(3)]
    assert found == [[HazardKind.BOMB]] * 3


def test_only_the_readers_of_our_pictures_are_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from PIL import Image; from kebao.loading.probing import probe\n"
        "place = Path(sys.argv[1])\n"
        "for name in ('a.png', 'a.jpg'):\n"
        "    Image.new('RGB', (3, 3)).save(place / name)\n"
        "before = {name for name in sys.modules if name.startswith('PIL.')}\n"
        "widths = [probe(place / name, '').width for name in ('a.png', 'a.jpg')]\n"
        "print(widths, sorted(name for name in sys.modules if name.startswith('PIL.') and name not in before))"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("[3, 3]")
    assert "WmfImagePlugin" not in run.stdout

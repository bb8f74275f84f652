"""The files that "my list" writes in the browser: ZIP and spreadsheets, made by the scripts themselves under Node."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import shutil
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path
from typing import Any

import openpyxl
import pytest

SCRIPTS = Path(__file__).parents[2] / "plugins" / "mkdocs_kebao" / "templates" / "assets" / "kebao"
#: Runs what stands behind it with the scripts loaded; bytes travel as Base64, as keys {"base64": …}.
_PRELUDE = """
globalThis.self = globalThis;
for (const path of %s) { (0, eval)(require("fs").readFileSync(path, "utf8")); }
const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
const say = (value) => process.stdout.write(JSON.stringify(value, (key, each) =>
  each instanceof Uint8Array ? { base64: Buffer.from(each).toString("base64") } : each));
"""
GIB = 1 << 30


def run(code: str, given: object = None) -> Any:
    """What the script says; skipped without Node, as browser tests are without a browser."""
    node = shutil.which("node")
    if node is None:
        if os.environ.get("KEBAO_REQUIRE_BROWSER"):
            pytest.fail("no node found, and KEBAO_REQUIRE_BROWSER is set")
        pytest.skip("no node found")
    paths = json.dumps([str(SCRIPTS / name) for name in ("zip.js", "sheet.js")])
    done = subprocess.run(
        [node, "-e", (_PRELUDE % paths) + code],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(done.stdout, object_hook=lambda o: base64.b64decode(o["base64"]) if "base64" in o else o)


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_checksums_are_those_of_zlib_in_one_piece_and_in_several() -> None:
    samples = [b"", b"123456789", bytes(range(256)) * 300, "课包".encode()]
    code = """
    say(given.map(bytes).map((all) => {
      const half = all.length >> 1;
      return [Kebao.zip.crc32(all), Kebao.zip.crc32(all.subarray(half), Kebao.zip.crc32(all.subarray(0, half)))];
    }));
    """
    assert run(code, [encoded(sample) for sample in samples]) == [[zlib.crc32(sample)] * 2 for sample in samples]


def test_an_archive_reads_back_and_is_the_same_twice() -> None:
    files = {"分数_材料.zip": b"PK\x03\x04" * 500, "empty.txt": b"", "清单.csv": "﻿甲,乙\r\n".encode()}
    given = [{"name": name, "bytes": encoded(data)} for name, data in files.items()]
    code = """
    const files = given.map(({ name, bytes: text }) => ({ name, bytes: bytes(text) }));
    say([Kebao.zip.archive(files), Kebao.zip.archive(files)]);
    """
    first, second = run(code, given)
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files
        assert all(info.flag_bits & 0x800 for info in archive.infolist())
        assert all(info.compress_type == zipfile.ZIP_STORED for info in archive.infolist())


_LARGE = """
const members = given.map((member) => ({ ...member }));
let offset = 0;
const headers = members.map((member) => {
  member.offset = offset;
  const header = Kebao.zip.localHeader(member);
  offset += header.length + member.size;
  return header;
});
say({ headers, offsets: members.map((member) => member.offset), end: Kebao.zip.directory(members, offset), offset });
"""


def test_members_and_archives_beyond_four_gigabytes_are_zip64(tmp_path: Path) -> None:
    small = b"after five gigabytes"
    members = [
        {"name": "large.mp4", "size": 5 * GIB, "crc": 0x12345678},
        {"name": "后面的.txt", "size": len(small), "crc": zlib.crc32(small)},
    ]
    said = run(_LARGE, members)
    path = tmp_path / "large.zip"
    # A hole stands for the large member: no disk holds five gigabytes for a test.
    with path.open("wb") as stream:
        for header, offset in zip(said["headers"], said["offsets"], strict=True):
            stream.seek(offset)
            stream.write(header)
        stream.write(small)
        assert stream.tell() == said["offset"]
        stream.write(said["end"])
    with zipfile.ZipFile(path) as archive:
        large, after = archive.infolist()
        assert (large.filename, large.file_size, large.compress_size) == ("large.mp4", 5 * GIB, 5 * GIB)
        assert large.CRC == 0x12345678
        assert after.header_offset == said["offsets"][1] > 0xFFFFFFFF
        assert archive.read("后面的.txt") == small
    # The header before the bytes: both sizes in 64 bits (APPNOTE 4.5.3).
    header = said["headers"][0]
    name_length, extra_length = struct.unpack_from("<HH", header, 26)
    assert struct.unpack_from("<II", header, 18) == (0xFFFFFFFF, 0xFFFFFFFF)
    extra = struct.unpack("<HHQQ", header[30 + name_length :])
    assert (extra_length, extra) == (20, (1, 16, 5 * GIB, 5 * GIB))


@pytest.mark.parametrize("size", [0xFFFFFFFE, 0xFFFFFFFF, 0x100000000])
def test_sizes_at_the_limit_read_back(size: int) -> None:
    said = run(_LARGE, [{"name": "a", "size": size, "crc": 1}])
    data = io.BytesIO(said["end"])
    is_far = said["offset"] >= 0xFFFFFFFF
    assert (b"PK\x06\x06" in said["end"]) is is_far
    # Python looks for the directory by its size, so it can stand alone.
    signature, *_, length, extra_length = struct.unpack_from("<IHHHHHHIIIHH", data.getvalue())
    assert (signature, length) == (0x02014B50, 1)
    entry = data.getvalue()
    stored_size = struct.unpack_from("<I", entry, 24)[0]
    if extra_length:
        assert stored_size == 0xFFFFFFFF
        assert struct.unpack_from("<HHQ", entry, 47) == (1, 16, size)
    else:
        assert stored_size == size


def test_more_members_than_sixteen_bits_count_are_zip64() -> None:
    code = """
    const members = Array.from({ length: given }, (each, i) => ({ name: `${i}`, size: 0, crc: 0, offset: 0 }));
    say(Kebao.zip.directory(members, 0));
    """
    for count in (0xFFFE, 0xFFFF, 70_000):
        with zipfile.ZipFile(io.BytesIO(run(code, count))) as archive:
            assert len(archive.namelist()) == count


def test_names_are_safe_and_differ() -> None:
    given = ["a.zip", "A.ZIP", "a.zip", "a-2.zip", 'x<>:"/\\|?*\u0000y', "结尾. ", "", ".zip", ".zip"]
    said = run("say(Kebao.zip.distinctNames(given));", given)
    assert said[:4] == ["a.zip", "A-2.ZIP", "a-3.zip", "a-2-2.zip"]
    assert said[4:7] == ["x__________y", "结尾", "_"]
    assert len({name.casefold() for name in said}) == len(given)


ROWS = [
    ["序号", "标题", "备注"],
    [1, "=1+1", '甲,"乙"\n丙'],
    [2.5, "-2", "\tx"],
    [3, "+3", "@SUM(A1)"],
    [4, "<b>&amp;", "ئۇيغۇرچە"],
    ["合计", "", ""],
]


def test_csv_reads_back_and_nothing_is_a_formula() -> None:
    data = run("say(Kebao.sheet.csv(given));", ROWS)
    assert data.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert read[0] == ROWS[0]
    assert read[1] == ["1", "'=1+1", '甲,"乙"\n丙']
    assert [row[1][:1] for row in read[1:4]] == ["'", "'", "'"]
    assert [row[2][:1] for row in read[2:4]] == ["'", "'"]
    assert read[4] == ["4", "<b>&amp;", "ئۇيغۇرچە"]


def test_a_workbook_opens_with_its_types_its_frozen_head_and_its_widths() -> None:
    sheet = {"name": "我的选单", "rows": ROWS, "widths": [6, 40, 30], "rightToLeft": True, "footRows": 1}
    data = run("say(Kebao.sheet.xlsx(given));", sheet)
    (read,) = openpyxl.load_workbook(io.BytesIO(data)).worksheets
    assert read.title == "我的选单"
    assert [[cell.value if cell.value is not None else "" for cell in row] for row in read.rows] == ROWS
    assert {cell.data_type for row in read.rows for cell in row if cell.value is not None} == {"n", "s"}
    assert (read.freeze_panes, bool(read.sheet_view.rightToLeft)) == ("A2", True)
    assert [read.column_dimensions[name].width for name in "ABC"] == [6, 40, 30]
    assert [bool(read[f"A{row}"].font.b) for row in (1, 2, 6)] == [True, False, True]


@pytest.mark.parametrize("text", ["\x00\x01\x0b\x1f", "\ud800", "a\udc00b", "\ud83d\ude00", "]]>", "\ufffe"])
def test_a_workbook_holds_any_text(text: str) -> None:
    code = 'say(Kebao.sheet.xlsx({ name: given, rows: [["x"], [given]], widths: [9] }));'
    (sheet,) = openpyxl.load_workbook(io.BytesIO(run(code, text))).worksheets
    shown = sheet["A2"].value or ""
    assert not set(shown) & {chr(code) for code in range(0x20)}
    if text == "]]>":
        assert shown == text
    if text == "\ud83d\ude00":
        assert shown == "😀"


@pytest.mark.parametrize(
    "name, expected",
    [("三年级/数学[1]:*?'", "三年级 数学 1"), ("名" * 40, "名" * 31), ("", "1"), ("///", "1")],
)
def test_a_sheet_has_a_name_that_spreadsheets_take(name: str, expected: str) -> None:
    code = 'say(Kebao.sheet.xlsx({ name: given, rows: [["x"]], widths: [9] }));'
    book = openpyxl.load_workbook(io.BytesIO(run(code, name)))
    assert book.sheetnames == [expected]

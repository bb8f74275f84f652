"""Broken and hostile attachments are told or read: no crash, no hang, no file written, no memory without bound.

Every file is read by a process with the limits of a check: five seconds of wall clock, after which it is killed, and
one gigabyte. A file that meets a limit is ``EXHAUSTING``; only what no code of ours can bound may be.
``KEBAO_FUZZ=1`` draws new examples, and many more.
"""

from __future__ import annotations

import base64
import io
import os
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from kebao.loading.facts_cache import facts_from_json, facts_to_json
from kebao.loading.probe_pool import DigestedFile, Prober
from kebao.model.material import FileFacts, HazardKind

CONTENT = Path(__file__).parents[2] / "content"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
EXAMPLES = 1_500 if os.environ.get("KEBAO_FUZZ") else 40


def smallest(suffix: str) -> bytes:
    """The smallest real file of a type."""
    paths = sorted(CONTENT.rglob(f"*{suffix}"), key=lambda path: (path.stat().st_size, path))
    return paths[0].read_bytes()


def archive(parts: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as opened:
        for name, data in parts.items():
            opened.writestr(name, data)
    return stream.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


SEEDS: dict[str, bytes] = {
    **{suffix: smallest(suffix) for suffix in (".docx", ".pptx", ".xlsx", ".pdf", ".png", ".jpg", ".mp4", ".vtt")},
    ".svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>',
    ".zip": archive({"a.txt": b"a", "b/c.txt": bytes(100)}),
}
OFFICE = (".docx", ".pptx", ".xlsx")

Probed = Callable[[str, bytes], FileFacts]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Prober, Path, Path]]:
    """A prober with the limits of a check, the folder of the files, and its folder for temporary ones."""
    folder, temporary = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("temporary")
    prober = Prober()
    with pytest.MonkeyPatch.context() as patched:
        for name in ("TMPDIR", "TEMP", "TMP"):
            patched.setenv(name, str(temporary))
        yield prober, folder, temporary
    prober.close()


@pytest.fixture(scope="module")
def probed(workplace: tuple[Prober, Path, Path]) -> Probed:
    prober, folder, temporary = workplace

    def write_and_probe(name: str, data: bytes) -> FileFacts:
        path = folder / name
        path.write_bytes(data)
        facts = prober.probe(DigestedFile(path=path, digest="0" * 64))
        assert [entry.name for entry in folder.iterdir()] == [name]
        assert path.read_bytes() == data
        assert list(temporary.iterdir()) == []
        path.unlink()
        # What is kept and sent on can be written as UTF-8.
        assert facts_from_json(facts_to_json(facts).encode().decode()) == facts
        return facts

    return write_and_probe


def is_exhausting(facts: FileFacts) -> bool:
    return any(hazard.kind is HazardKind.EXHAUSTING for hazard in facts.hazards)


def hazards(facts: FileFacts) -> set[HazardKind]:
    return {hazard.kind for hazard in facts.hazards}


# ---- damaged


@pytest.mark.parametrize("suffix", SEEDS)
def test_a_file_cut_off_anywhere_is_bounded(suffix: str, probed: Probed) -> None:
    data = SEEDS[suffix]
    for number in range(24):
        assert not is_exhausting(probed(f"a{suffix}", data[: len(data) * number // 24]))


@pytest.mark.parametrize("suffix", OFFICE)
def test_a_cut_off_part_is_bounded(suffix: str, probed: Probed) -> None:
    parts = parts_of(SEEDS[suffix])
    for name, data in parts.items():
        for cut in (b"", data[: len(data) // 2], data[:-1]):
            assert not is_exhausting(probed(f"a{suffix}", archive({**parts, name: cut})))


@pytest.mark.parametrize("called", SEEDS)
def test_the_content_of_another_type_is_bounded(called: str, probed: Probed) -> None:
    for data in SEEDS.values():
        assert not is_exhausting(probed(f"a{called}", data))


CUTS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 12),
        st.binary(max_size=8)
        | st.sampled_from([b"\xff" * 4, bytes(4), b"\x7f" + b"\xff" * 7, b"<", b"&", b"-1", b"9" * 20]),
    ),
    min_size=1,
    max_size=6,
)


def mutated(data: bytes, cuts: list[tuple[float, int, bytes]]) -> bytes:
    for place, length, patch in cuts:
        start = int(place * len(data))
        data = data[:start] + patch + data[start + length :]
    return data


damaged = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("suffix", SEEDS)
@damaged
@given(cuts=CUTS)
def test_damaged_bytes_are_bounded(suffix: str, cuts: list[tuple[float, int, bytes]], probed: Probed) -> None:
    assert not is_exhausting(probed(f"a{suffix}", mutated(SEEDS[suffix], cuts)))


@pytest.mark.parametrize("suffix", OFFICE)
@damaged
@given(which=st.integers(0, 99), cuts=CUTS)
def test_damaged_parts_are_bounded(
    suffix: str, which: int, cuts: list[tuple[float, int, bytes]], probed: Probed
) -> None:
    parts = parts_of(SEEDS[suffix])
    name = sorted(parts)[which % len(parts)]
    damaged_parts = {**parts, name: mutated(parts[name], cuts)}
    assert not is_exhausting(probed(f"a{suffix}", archive(damaged_parts, method=zipfile.ZIP_STORED)))


# ---- made to do harm


def office(suffix: str, name: str, xml: str, *, padded: bool = True) -> bytes:
    """The file with this part; ``padded`` keeps it from being conspicuous by how far it unpacks."""
    noise = base64.b64encode(random.Random(1).randbytes(len(xml) // 150)).decode()
    return archive({**parts_of(SEEDS[suffix]), name: (xml + (f"<!--{noise}-->" if padded else "")).encode()})


def word(body: str) -> bytes:
    return office(".docx", "word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')


def sheet(rows: str) -> bytes:
    xml = f'<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData></worksheet>'
    return office(".xlsx", "xl/worksheets/sheet1.xml", xml)


def word_paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def many_styles() -> bytes:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{number}"><w:name w:val="n"/></w:style>' for number in range(100_000)
    )
    paragraph = '<w:p><w:pPr><w:pStyle w:val="s99999"/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>'
    parts = parts_of(word(paragraph * 2_500))
    return archive({**parts, "word/styles.xml": f'<w:styles xmlns:w="{WORD}">{styles}</w:styles>'.encode()})


def nested_documents() -> bytes:
    inner = archive({"[Content_Types].xml": b"<a/>", **{f"word/media/{n}.png": bytes(4_900_000) for n in range(80)}})
    return archive({**parts_of(SEEDS[".docx"]), **{f"word/embeddings/{n}.docx": inner for n in range(50)}})


@cache
def many_entries() -> bytes:
    return archive(dict.fromkeys(map(str, range(100_000)), b""), method=zipfile.ZIP_STORED)


def png(width: int, height: int, pixels: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg_of_many_scans() -> bytes:
    stream = io.BytesIO()
    Image.new("L", (6_000, 6_000)).save(stream, "JPEG", progressive=True, quality=1)
    data = stream.getvalue()
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * 400 + data[-2:]


def box(kind: bytes, body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4, "big") + kind + body


FTYP = box(b"ftyp", b"isom" + bytes(4))
HARMFUL: dict[str, tuple[Callable[[], bytes], HazardKind | None]] = {
    "paragraphs.docx": (lambda: word(word_paragraph("ab") * 500_000), HazardKind.BOMB),
    "empty paragraphs.docx": (lambda: word("<w:p/>" * 3_000_000), HazardKind.BOMB),
    "a cell of 100,000,000 columns.docx": (
        lambda: word('<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="100000000"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'),
        None,
    ),
    "a cell of 5,000 rows.docx": (
        lambda: word(f"<w:tbl>{'<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr>' * 5_000}</w:tbl>"),
        None,
    ),
    "tables in tables.docx": (
        lambda: word("<w:tbl><w:tr><w:tc>" * 80 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 80),
        None,
    ),
    "styles.docx": (many_styles, None),
    "numbers.docx": (lambda: word(word_paragraph("1 " * 4_000_000)), None),
    "entities of styles.docx": (
        lambda: office(".docx", "word/styles.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        HazardKind.ENTITIES,
    ),
    "documents in a document.docx": (nested_documents, HazardKind.BOMB),
    "100,000 entries.docx": (many_entries, HazardKind.BOMB),
    "100,000 entries.zip": (many_entries, HazardKind.BOMB),
    "cells.xlsx": (lambda: sheet("<row>" + '<c t="str"><v>a</v></c>' * 900_000 + "</row>"), HazardKind.BOMB),
    "rows far down.xlsx": (
        lambda: sheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row><row r="9999999999"><c r="ZZZ1"/></row>'),
        None,
    ),
    "fonts.xlsx": (
        lambda: office(".xlsx", "xl/styles.xml", f'<styleSheet xmlns="{SHEET}">{"<font/>" * 900_000}</styleSheet>'),
        HazardKind.BOMB,
    ),
    "shapes.pptx": (
        lambda: office(".pptx", "ppt/slides/slide1.xml", f"<a>{'<sp><txBody/></sp>' * 400_000}</a>"),
        HazardKind.BOMB,
    ),
    "huge.png": (lambda: png(2**31 - 1, 2**31 - 1, zlib.compress(b"x")), None),
    "170 megapixels.png": (lambda: png(13_000, 13_000, zlib.compress(bytes(1 << 20))), HazardKind.BOMB),
    "scans.jpg": (jpeg_of_many_scans, HazardKind.BOMB),
    "boxes.mp4": (lambda: FTYP + box(b"free", b"") * 4_000_000, None),
    "movies.mp4": (lambda: FTYP + box(b"moov", b"") * 4_000_000, None),
    "a box without end.mp4": (lambda: FTYP + b"\0\0\0\0moov" + b"\0\0\0\0trak" * 1_000, None),
    "a box beyond everything.mp4": (lambda: FTYP + b"\0\0\0\1moov\x7f" + b"\xff" * 7 + bytes(99), None),
    "empty lines.vtt": (lambda: b"WEBVTT\n" + b"\n" * 4_000_000, None),
    "lines.vtt": (lambda: b"WEBVTT\n" + b"a\n" * 2_000_000, None),
    "entities.svg": (lambda: b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>', None),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_file_is_bounded(name: str, probed: Probed) -> None:
    make, kind = HARMFUL[name]
    facts = probed(name, make())
    assert not is_exhausting(facts)
    if kind is not None:
        assert hazards(facts) == {kind}
        assert (facts.blocks, facts.is_withheld) == ((), True)


# ---- pdf: read by native code, so that only the end of its process can bound it


def pdf(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A file of these objects; the first is its catalogue. ``@`` in the trailer is where the xref table stands."""
    out, places = b"%PDF-1.7\n", []
    for number, written in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, written)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"/Size %d /Root 1 0 R " % (len(objects) + 1) + trailer.replace(b"@", b"%d" % len(out))
    return out + table + b"trailer <<" + trailer + b">>\nstartxref\n%d\n%%%%EOF" % len(out)


def stream(data: bytes, more: bytes = b"") -> bytes:
    packed = zlib.compress(data, 9)
    return b"<<%b/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (more, len(packed), packed)


PAGES = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]
PAGE = (
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R"
    b"/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>"
)
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
TEXT = stream(b"BT /F 9 Tf (hi) Tj ET")


def forms_of_forms() -> bytes:
    """Ten drawings of ten drawings, twelve times over."""
    inner = [
        stream(b"/X Do " * 10, b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % after)
        for after in range(7, 19)
    ]
    last = stream(b"0 0 1 1 re f", b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]")
    return pdf([*PAGES, PAGE, stream(b"/X Do " * 10), FONT, *inner, last])


PDFS: dict[str, Callable[[], bytes]] = {
    "a table of itself": lambda: pdf([*PAGES, PAGE, TEXT, FONT], b"/Prev @"),
    "pages of themselves": lambda: pdf([PAGES[0], b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000000>>"]),
    "more pages than there are": lambda: pdf([PAGES[0], PAGES[1].replace(b"1>>", b"99999999>>"), PAGE, TEXT, FONT]),
    "spaces": lambda: pdf([*PAGES, PAGE, stream(b" " * 30_000_000), FONT]),
    "brackets": lambda: pdf([*PAGES, b"[" * 1_000_000]),
    "streams without an end": lambda: pdf([*PAGES, PAGE, TEXT, FONT]) + b">>stream\n" * 1_000_000,
    "no objects at all": lambda: b"%PDF-1.4\n" + b"1 0 obj\n" * 1_000_000,
}


@pytest.mark.parametrize("name", PDFS)
def test_a_harmful_pdf_is_bounded(name: str, probed: Probed) -> None:
    assert not is_exhausting(probed("a.pdf", PDFS[name]()))


def test_packed_objects_without_end_are_a_bomb(probed: Probed) -> None:
    packed = stream(b"/A/B " * 1_000_000, b"/Type/ObjStm/N 1/First 5")
    facts = probed("a.pdf", pdf([*PAGES, PAGE, TEXT, FONT, *[packed] * 50]))
    assert hazards(facts) == {HazardKind.BOMB}


def test_a_pdf_that_never_ends_is_ended(probed: Probed) -> None:
    assert is_exhausting(probed("a.pdf", forms_of_forms()))
    assert probed("b.pdf", SEEDS[".pdf"]).units, "the next file is read as ever"

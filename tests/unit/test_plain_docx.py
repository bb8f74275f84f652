"""A plain document is read without the library, as the library reads it; whatever is not plain is left to it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kebao.loading.findings import Findings
from kebao.loading.inspect_office import inspect_office
from kebao.loading.office_archive import Trap
from kebao.loading.plain_docx import read_plain_docx
from kebao.loading.probe_office import Found, probe_docx

CONTENT = Path(__file__).parents[2] / "content"
DOCUMENTS = sorted(CONTENT.rglob("*.docx"), key=lambda path: (path.stat().st_size, path))
DOCUMENT = "word/document.xml"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
#: What documents are made of, what may be read in two ways, and what breaks them.
PIECES = (
    "<w:p>", "</w:p>", "<w:r>", "</w:r>", "<w:t>", "</w:t>", "<w:tbl>", "</w:tbl>", "<w:tr>", "</w:tr>", "<w:tc>",
    "</w:tc>", "<w:pPr>", "</w:pPr>", "<w:tcPr>", "</w:tcPr>", "<w:trPr>", "</w:trPr>", "<w:hyperlink>",
    "</w:hyperlink>", "<w:ins>", "</w:ins>", "字", " ", "\r\n", "\u3000", "&#13;", "&amp;", "&nbsp;", "<!-- x -->",
    "<![CDATA[ a]]>", "<?x y?>", "<w:tab/>", "<w:ptab/>", "<w:cr/>", "<w:br/>", '<w:br w:type="page"/>',
    '<w:br w:type="line"/>', "<w:noBreakHyphen/>", '<w:pStyle w:val="Heading1"/>', "<w:pStyle/>",
    '<w:gridSpan w:val="2"/>', '<w:gridSpan w:val="two"/>', '<w:gridBefore w:val="1"/>', "<w:vMerge/>",
    '<w:vMerge w:val="restart"/>', '<w:t xml:space="preserve"> 字 </w:t>', "<w:p><w:r><w:t>一</w:t></w:r></w:p>",
    "<w:p><w:r><w:t>二<w:b/>三</w:t></w:r></w:p>", "<w:r><w:t> </w:t><w:t>\t</w:t></w:r>", "<q:p/>",
    "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>格</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
)  # fmt: skip


@cache
def parts_of(path: Path) -> Mapping[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def plain(path: Path) -> Found | None:
    with zipfile.ZipFile(path) as opened:
        return read_plain_docx(inspect_office(opened, Findings()))


def body(pieces: list[str]) -> bytes:
    return f'<w:document xmlns:w="{WORD}"><w:body>{"".join(pieces)}</w:body></w:document>'.encode()


def assert_as_the_library(path: Path) -> None:
    try:
        found = plain(path)
    except Trap:
        return
    if found is not None:
        assert found == probe_docx(path)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_documents_of_the_sample_are_plain(path: Path) -> None:
    assert plain(path) == probe_docx(path)


drawn = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@drawn
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=14))
def test_any_body_is_read_as_by_the_library(pieces: list[str], tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(packed({**parts_of(DOCUMENTS[0]), DOCUMENT: body(pieces)}))
    assert_as_the_library(path)


@drawn
@given(which=st.integers(0, 99), at=st.floats(0, 1), piece=st.sampled_from(PIECES), cut=st.integers(0, 9))
def test_any_damaged_part_is_read_as_by_the_library(
    which: int, at: float, piece: str, cut: int, tmp_path: Path
) -> None:
    parts = parts_of(DOCUMENTS[0])
    name = sorted(parts)[which % len(parts)]
    place = parts[name].find(b"<", int(at * len(parts[name])))
    path = tmp_path / "a.docx"
    damaged = parts[name][:place] + piece.encode() + parts[name][place + cut :]
    path.write_bytes(packed({**parts, name: damaged}))
    assert_as_the_library(path)


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        ("word/_rels/document.xml.rels", b'Target="styles.xml"', b'Target="gone.xml"'),
        ("word/_rels/document.xml.rels", b'Target="styles.xml"', b'Target="styles.xml" TargetMode="external"'),
        ("word/_rels/document.xml.rels", b"relationships/styles", b"relationships/other"),
        ("[Content_Types].xml", b"wordprocessingml.styles+xml", b"wordprocessingml.other+xml"),
        ("[Content_Types].xml", b"document.main+xml", b"template.main+xml"),
        ("word/styles.xml", b"</w:styles>", b"</w:style>"),
        (DOCUMENT, b"</w:body>", b"<!-- --></w:body>"),
        (DOCUMENT, b"</w:body>", b"<?x y?><w:p/></w:body>"),
        (DOCUMENT, b"</w:body>", b"<w:p><w:r><w:t> \r\n</w:t></w:r></w:p></w:body>"),
    ],
)
def test_what_the_library_may_read_in_another_way_is_left_to_it(
    part: str, before: bytes, after: bytes, tmp_path: Path
) -> None:
    parts = parts_of(DOCUMENTS[0])
    assert before in parts[part]
    path = tmp_path / "a.docx"
    path.write_bytes(packed({**parts, part: parts[part].replace(before, after)}))
    assert plain(path) is None


def test_a_document_in_utf_16_is_left_to_the_library(tmp_path: Path) -> None:
    parts = parts_of(DOCUMENTS[0])
    path = tmp_path / "a.docx"
    path.write_bytes(packed({**parts, DOCUMENT: parts[DOCUMENT].partition(b"?>")[2].decode().encode("utf-16")}))
    assert plain(path) is None


def test_a_damaged_part_that_nobody_reads_is_left_to_the_library(tmp_path: Path) -> None:
    parts = parts_of(DOCUMENTS[0])
    related = parts["word/_rels/document.xml.rels"].replace(
        b"</Relationships>", b'<Relationship Id="x" Type="y" Target="media/x.bin"/></Relationships>'
    )
    types = parts["[Content_Types].xml"].replace(b"</Types>", b'<Default Extension="bin" ContentType="a/b"/></Types>')
    path = tmp_path / "a.docx"
    mark = b"a part of no type that is known"
    data = packed(
        {**parts, "word/_rels/document.xml.rels": related, "[Content_Types].xml": types, "word/media/x.bin": mark}
    )
    path.write_bytes(data)
    assert plain(path) is not None
    path.write_bytes(data.replace(mark, mark.upper()))
    assert plain(path) is None
    with pytest.raises(zipfile.BadZipFile):
        probe_docx(path)

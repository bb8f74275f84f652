"""Plain text out of Markdown and files, and what is left out of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.model.material import MediaType, TextBlock
from kebao.model.resource import Kind
from kebao.search.document import Document
from kebao.search.file_parts import FilePart, caption_parts, file_parts
from kebao.search.plain_text import joined_lines, paragraphs, plain_text
from kebao.search.repeated_lines import without_repeated_lines


@pytest.mark.parametrize(
    "markdown, text",
    [
        ("## 过程 {#process}\n\n先折，再画。", "过程\n先折，再画。"),
        ("一行没有\n写完。", "一行没有写完。"),
        ("one line\nanother", "one line another"),
        ("- 折纸\n- 画图\n  接着写\n1. 汇报", "折纸\n画图接着写\n汇报"),
        ("> 引文\n> 第二行", "引文\n第二行"),
        ("| 环节 | 时间 |\n|---|---:|\n| 导入 | 5 分 |", "环节 时间\n导入 5 分"),
        ("**重点**：*分数*的`意义`，3*4，_x_ 和 a * b", "重点：分数的意义，3*4，x 和 a * b"),
        ("见[这节课](kebao:fractions)和![图](a.png)", "见这节课和图"),
        ("```python\nprint(1)\n```\n\n后文", "后文"),
        ("<details>\n<summary>答案</summary>\n四分之一\n</details>", "答案\n四分之一"),
        ("A &amp; B\\*", "A & B*"),
        ("snake_case_name 不动", "snake_case_name 不动"),
        ("", ""),
    ],
)
def test_markdown_as_its_reader_sees_it(markdown: str, text: str) -> None:
    assert plain_text(markdown).text == text


def test_headings_are_told() -> None:
    assert plain_text("## 目标\n\n文\n\n### 第**一**步 {#one}\n").headings == ("目标", "第一步")


@given(st.text(st.sampled_from("#*_-|>`[]()! \n中a1.&;<~\\{}"), max_size=80))
def test_any_markdown_gives_paragraphs_without_ends(markdown: str) -> None:
    for line in plain_text(markdown).text.split("\n"):
        assert line == line.strip()


@given(st.lists(st.text(st.sampled_from("中文ab \t\x0b\x1c\u3000\n，"), max_size=20)))
def test_paragraphs_have_single_blanks_and_no_ends(texts: list[str]) -> None:
    for text, paragraph in zip(texts, map(paragraphs, ([text] for text in texts)), strict=True):
        assert "".join(paragraph.split()) == "".join(text.split())
        assert paragraph == " ".join(paragraph.split())


def test_words_broken_at_the_end_of_a_line_are_whole_again() -> None:
    assert joined_lines("认识分\n  数，再\n\n比较") == "认识分数，再比较"
    assert joined_lines("lesson\nplan") == "lesson plan"
    assert joined_lines("用 PPT\n讲") == "用 PPT 讲"


# Files


def blocks(*texts: tuple[str, str]) -> list[TextBlock]:
    return [TextBlock(kind=kind, text=text) for kind, text in texts]


def test_a_long_document_is_cut_at_headings() -> None:
    found = file_parts(
        MediaType.DOCX, blocks(("heading", "一"), ("paragraph", "长" * 1_500), ("heading", "二"), ("paragraph", "短"))
    )
    assert [(part.headings, len(part.text)) for part in found] == [(("一",), 1_502), (("二",), 3)]


def test_a_document_without_headings_is_cut_after_two_thousand_characters() -> None:
    found = file_parts(MediaType.DOCX, blocks(*[("paragraph", "字" * 700)] * 5))
    assert [part.text.count("\n") + 1 for part in found] == [2, 2, 1]


def test_slides_are_gathered_and_numbered() -> None:
    slides = [block for n in range(5) for block in blocks(("slide", f"标题{n}"), ("paragraph", "文" * 700))]
    found = file_parts(MediaType.PPTX, slides)
    assert [(part.first, part.last) for part in found] == [(1, 2), (3, 4), (5, 5)]
    assert found[0].headings == ("标题0", "标题1")


def test_a_sheet_is_a_part() -> None:
    found = file_parts(
        MediaType.XLSX, blocks(("sheet", "名单"), ("row", "组\t分"), ("sheet", "记录"), ("row", "一\t二"))
    )
    assert [(part.sheet, part.text) for part in found] == [("名单", "名单\n组 分"), ("记录", "记录\n一 二")]


def test_lines_of_a_pdf_are_joined() -> None:
    found = file_parts(MediaType.PDF, blocks(("paragraph", "第一行没有写"), ("paragraph", "完的词。")))
    assert [part.text for part in found] == ["第一行没有写完的词。"]


@pytest.mark.parametrize("media_type", [MediaType.PDF, MediaType.DOCX, MediaType.PPTX, MediaType.XLSX])
def test_a_file_without_text_has_no_parts(media_type: MediaType) -> None:
    assert file_parts(media_type, ()) == ()


@given(
    st.lists(st.tuples(st.sampled_from(["paragraph", "heading", "row", "slide", "sheet"]), st.sampled_from("甲乙丙")))
)
def test_no_block_of_a_file_is_lost(pairs: list[tuple[str, str]]) -> None:
    many = blocks(*((kind, text * 450) for kind, text in pairs))
    text = "".join(part.text for part in file_parts(MediaType.PPTX, many)).replace("\n", "")
    assert text == "".join(block.text for block in many)


def test_captions_are_text_with_its_time() -> None:
    webvtt = (
        "WEBVTT\n\nNOTE 旧的\n\n1\n00:00:02.000 --> 00:00:05.500\n我们先<b>折</b>\n一张纸\n\n"
        "01:02.000 --> 01:04.000 align:start\n再涂色\n"
    )
    assert caption_parts(webvtt) == (FilePart(text="我们先折一张纸再涂色", first=2, last=64),)
    assert caption_parts("WEBVTT\n") == ()


# Repeated lines


def test_a_line_of_many_pages_is_in_none_of_them() -> None:
    footer = "本资料由县教师发展中心整理，仅供教学使用。"
    documents = [page(number, f"第{number}课\n目标\n{footer}") for number in range(20)]
    kept = without_repeated_lines(documents)
    assert [document.text for document in kept] == [f"第{number}课\n目标" for number in range(20)]
    few = documents[:7]
    assert without_repeated_lines(few) == few


def page(number: int, text: str) -> Document:
    uri = f"micro-cases/{number}.html"
    return Document(kind=Kind.MICRO_CASE, title=str(number), uri=uri, order=(uri, 0), text=text)

"""Links and images are found where they are, and not where they only look like ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kebao.model.markdown_links import MarkdownLink, markdown_links, with_targets


def found(text: str) -> list[tuple[str, str, bool]]:
    return [(link.target, link.text, link.is_image) for link in markdown_links(text)]


def test_links_and_images_come_in_reading_order() -> None:
    assert found("![图](a.png) 和[课](kebao:b)\n\n[c](c.pdf)") == [
        ("a.png", "图", True),
        ("kebao:b", "课", False),
        ("c.pdf", "c", False),
    ]


def test_the_place_is_that_of_the_target() -> None:
    link = next(markdown_links("一行\n见[课](kebao:b)"))
    assert (link.line, link.column) == (2, 6)


def test_a_title_is_not_part_of_the_target() -> None:
    assert found('[a](b.pdf "标题")') == [("b.pdf", "a", False)]


def test_a_picture_in_a_link_is_found_by_its_link() -> None:
    assert [target for target, _, _ in found("[文字[甲]乙](kebao:x)")] == ["kebao:x"]


def test_an_empty_description_is_empty() -> None:
    assert found("![](a.png)") == [("a.png", "", True)]


@pytest.mark.parametrize(
    "text",
    [
        "`[a](b)`",
        "``x ` [a](b)``",
        "```\n[a](b)\n```",
        "~~~ md\n[a](b)\n~~~",
        "```\n[a](b)",
        "[a] (b)",
        "[a][b]",
        "只是（括号）",
    ],
)
def test_what_stands_in_code_or_is_no_link_is_left_out(text: str) -> None:
    assert found(text) == []


def test_after_a_block_of_code_links_are_found_again() -> None:
    assert found("```\n[a](b)\n```\n[c](d)") == [("d", "c", False)]


def test_targets_are_replaced_and_nothing_else_is() -> None:
    text = '见[甲](kebao:a)、`[乙](b)`、![丙](c.png "题")\n\n```\n[丁](d)\n```\n'
    assert with_targets(text, lambda link: f"<{link.target}>") == (
        '见[甲](<kebao:a>)、`[乙](b)`、![丙](<c.png> "题")\n\n```\n[丁](d)\n```\n'
    )


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from(["[a](b)", "![", "](", ")", "`", "```\n", "\n", "x", "[", "(", " ", "课"])).map("".join)
)
def test_replacing_each_target_by_itself_changes_nothing(text: str) -> None:
    assert with_targets(text, lambda link: link.target) == text


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(["[a](b)", "![课](c.png)", "`", "```\n", "\n", "x "])).map("".join))
def test_finding_and_replacing_see_the_same_links(text: str) -> None:
    seen: list[MarkdownLink] = []

    def remember(link: MarkdownLink) -> str:
        seen.append(link)
        return link.target

    with_targets(text, remember)
    assert sorted(seen, key=lambda link: (link.line, link.column)) == list(markdown_links(text))

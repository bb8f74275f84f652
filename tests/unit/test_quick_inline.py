"""The quicker way through inline patterns gives what Python-Markdown gives: the same HTML, the same headings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import markdown
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown.inlinepatterns import SimpleTagInlineProcessor
from markdown.treeprocessors import InlineProcessor

from kebao.rendering import EXTENSION_CONFIGS, MARKDOWN_EXTENSIONS, quick_inline
from kebao.rendering.quick_inline import QuickInlineProcessor, quicken

CONTENT = Path(__file__).parents[2] / "content"
#: Signs of Markdown, alone and in pairs, between letters: most texts that come of them are half right.
PIECES = st.sampled_from(
    (
        *("字", "word", " ", "  \n", "\n", "\n\n", "    ", "\t", "\\", "\\\\", "`", "``", "```\n", "~~~\n"),
        *("*", "**", "***", "_", "__", "[", "](", "](x.md)", "][", "]", "![", "!", "(", ")", "<", ">", "</b>", "<b>"),
        *("<a href='x'>", "<!--", "-->", "<?", "?>", "<![CDATA[", "]]>", "<div>\n", "</div>\n", "&", ";", "&amp;"),
        *("&#x4e00;", "<https://example.org/>", "<a@example.org>", "[^1]", "[^1]: ", "[1]: x\n", "{#a .b}", "{", "}"),
        *("# ", "## ", "=====\n", "---\n", "- ", "1. ", "- [ ] ", "- [x] ", "> ", "|", "|--|--|\n", ": ", "!!! note\n"),
        *("??? note\n", "[TOC]", "\u0002", "\u0003", "\u0002klzzwxh:0000\u0003", "\u0002amp\u0003", "\ue000"),
    )
)


def converter() -> markdown.Markdown:
    return markdown.Markdown(extensions=[*MARKDOWN_EXTENSIONS], extension_configs=EXTENSION_CONFIGS)


STOCK, QUICK = converter(), quicken(converter())


def both(text: str) -> Iterator[tuple[str, Any]]:
    for each in (STOCK, QUICK):
        each.reset()
        yield each.convert(text), each.toc_tokens  # type: ignore[attr-defined]


def test_the_quick_way_is_taken_with_the_version_that_is_installed() -> None:
    assert type(QUICK.treeprocessors["inline"]) is QuickInlineProcessor
    assert type(STOCK.treeprocessors["inline"]) is InlineProcessor


def test_every_pattern_of_our_converter_is_known() -> None:
    QUICK.reset().convert("字")
    inline = QUICK.treeprocessors["inline"]
    assert isinstance(inline, QuickInlineProcessor)
    assert [pattern.pattern for pattern, signs in inline._patterns if signs == ("",)] == []


@settings(max_examples=1500)
@given(st.lists(PIECES, max_size=24).map("".join))
@example("_i_ *i* __b__ **b** ***bi*** a_b_c")
@example("a  \nb")
@example("`` `a` `` \\`b\\`")
@example("字[^1]字\n\n[^1]: 注*重*")
@example("| a | b |\n|--|--|\n| `x|y` | *b* \\| |")
def test_any_text_gives_the_same_html_and_headings(text: str) -> None:
    stock, quick = both(text)
    assert quick == stock


def test_the_sample_gives_the_same_html_and_headings() -> None:
    paths = sorted(CONTENT.rglob("*.md"))
    assert len(paths) > 100
    for path in paths:
        stock, quick = both(path.read_text(encoding="utf-8").split("---\n", 2)[-1])
        assert quick == stock, path


def test_a_pattern_that_is_not_known_is_always_tried() -> None:
    own = quicken(converter())
    own.inlinePatterns.register(SimpleTagInlineProcessor(r"(字)(.)", "b"), "own", 1)
    assert "<b>" in own.convert("字字")


def test_another_version_keeps_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_inline, "KNOWN_VERSION", (3, 99))
    assert type(quicken(converter()).treeprocessors["inline"]) is InlineProcessor

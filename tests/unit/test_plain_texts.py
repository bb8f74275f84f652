"""Texts in few forms are rendered at once, to what Python-Markdown and the allowlist make of them, byte for byte."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import markdown
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kebao.rendering import (
    EXTENSION_CONFIGS,
    MARKDOWN_EXTENSIONS,
    heading_ids,
    plain_texts,
    render_markdown,
    render_plain_text,
    sanitize_html,
)

CONTENT = Path(__file__).parents[2] / "content"
STOCK = markdown.Markdown(extensions=[*MARKDOWN_EXTENSIONS], extension_configs=EXTENSION_CONFIGS)

WORDS = ("字", "2025 年", "1.5", "a b", "**重**", "*斜*", "[字](kebaotarget1end)", "[外](https://a.org/?c=d)", "“")
#: Texts in the known forms.
LINES = st.lists(st.sampled_from((*WORDS, " ")), min_size=1, max_size=4).map("".join)
BLOCKS = st.one_of(
    LINES,
    st.sampled_from(("![图](kebaotarget0end)", "**字**", "## 题", "# 题 {#a-b}", "### 题 题", "!!! note", "> ")),
    st.builds("{} {}".format, st.sampled_from(("#", "##", "###", "####", "-", "1.", "2.", ">")), LINES),
    st.builds('!!! {} "{}"\n    {}'.format, st.sampled_from(("note", "tip")), LINES, LINES),
    st.builds("    {}".format, LINES),
    st.builds("- {}\n- {}".format, LINES, LINES),
    st.builds("1. {}\n2. {}".format, LINES, LINES),
    st.builds("> {}\n>\n> {}".format, LINES, LINES),
    st.builds("> {}\n> {}".format, LINES, LINES),
    st.builds("{}\n{}".format, LINES, LINES),
    st.builds("| {} | b |\n|---|:--:|\n| {} |  |\n|c| {}|".format, LINES, LINES, LINES),
)
TEXTS = st.lists(BLOCKS, min_size=1, max_size=6).map("\n\n".join)
#: What one more of may turn a text into another form.
SIGNS = st.sampled_from(
    (
        *(" ", "  ", "\n", "\n\n", "    ", "\t", "*", "**", "_", "[", "]", "](", "!", "![", "(", ")", "<", ">", "&"),
        *("#", "# ", "-", "- ", "---", "===\n", "1. ", "+ ", "|", "|-|\n", ":", ": ", "?", "??? a", "!!!", '"', "`"),
        *("~~~\n", "{", "}", "{#a}", "{.b}", "\\", "[^1]", "[^1]: ", "[a]: ", "[TOC]", "[ ] ", "\u3000", "\u00a0"),
        *("\u2028", "\x0b", "\x85", "\r", "\x02", "\ud800", "e\u0301", "İ", "://", "//", ".", "kebaotarget3end", "😀"),
    )
)


def stock(text: str) -> tuple[str, Sequence[Mapping[str, Any]]]:
    html = STOCK.reset().convert(text)
    return sanitize_html(html), STOCK.toc_tokens  # type: ignore[attr-defined]


def with_sign(text: str, places: Sequence[tuple[int, str]]) -> str:
    for place, sign in places:
        at = place % (len(text) + 1)
        text = text[:at] + sign + text[at:]
    return text


@settings(max_examples=1200, deadline=None)
@given(TEXTS)
@example("> 字\n>\n> 字\n>")
@example("> 字\n\n> 字")
@example("- 字\n\n- 字")
@example("1. 字\n\n2. 字")
@example("- 字\n\n1. 字\n\n- 字")
@example('!!! note "字"\n\n    字\n\n    字\n\n字\n\n    字')
@example("## 题\n\n## 题\n\n# 题 {#题}\n\n### !\n\n## a  b")
@example("**字****字**")
@example("| a | b |\n|---|---|")
@example("| a |\n|---|\n| b |")
@example("| **a | b** |\n|---|---|\n| [c | d](e) |")
@example("[a](https://1.2.3.4.5/) [b](https://256.256.256.256) [c](https://xn--a.org/) [d](https://a.b-c.org?x=/#y)")
@example("[a](https://.) [b](http://-a-.org/%zz) [c](https://a..org) [d](%zz) [e](..//a) [f](https://a.0x1)")
@example("[a](https://org) [b](https://a.o) [c](http://a--b.org)")
@example("[a](https://ab--cd.org/x.html)")
def test_a_plain_text_gives_the_same_html_and_headings(text: str) -> None:
    plain = render_plain_text(text)
    if plain is not None:
        assert plain == stock(text)
        # Pages do not clean it once more.
        assert sanitize_html(plain[0]) == plain[0]


@settings(max_examples=1200, deadline=None)
@given(TEXTS, st.lists(st.tuples(st.integers(0, 200), SIGNS), min_size=1, max_size=3))
def test_a_sign_of_another_form_is_not_overlooked(text: str, places: Sequence[tuple[int, str]]) -> None:
    changed = with_sign(text, places)
    plain = render_plain_text(changed)
    if plain is not None:
        assert plain == stock(changed)


def sample() -> Iterator[tuple[Path, str]]:
    for path in sorted(CONTENT.rglob("*.md")):
        yield path, path.read_text(encoding="utf-8").split("---\n", 2)[-1].replace("](kebao:", "](")


def test_most_texts_of_the_sample_are_plain_and_give_the_same() -> None:
    texts = dict(sample())
    found = {path: plain for path, text in texts.items() if (plain := render_plain_text(text))}
    assert len(found) > 0.8 * len(texts) > 100
    for path, plain in found.items():
        assert plain == stock(texts[path]), path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n字\n\n\n字\n",
        "**字**字*字*\n[字](#a)",
        "## 一\n\n### 二 {#two}\n\n## 一",
        "- 字\n- **字**",
        "1. 字\n1. 字",
        "> 字\n>\n> 字",
        '!!! note "题"\n    字\n\n    字',
        "![图](a.png)",
        "| a | b |\n| --- | :-: |\n| c | [d](e.html) |",
    ],
)
def test_these_forms_are_known(text: str) -> None:
    assert render_plain_text(text) == stock(text)


@pytest.mark.parametrize("text", ["<b>字</b>", "a_b_c", "`字`", "- 字\n    - 字", "[字][a]", "字[^1]", "??? a\n    字"])
def test_other_forms_are_left_to_python_markdown(text: str) -> None:
    assert render_plain_text(text) is None
    assert render_markdown(text) == stock(text)[0]


def test_headings_of_plain_texts_have_the_ids_that_others_have() -> None:
    assert heading_ids(["## 一", "## 一", "## `一`"]) == ("一", "一_1", "一_2")


def test_with_another_version_all_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_texts, "KNOWN_VERSION", (3, 99))
    assert render_plain_text("字") is None
    assert render_markdown("字") == "<p>字</p>"

"""A text that is converted once and given its links' targets later reads as if it were converted with them."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kebao.bundles.shared_html import NOWHERE, Converter, marked, shared_html, unmarked
from kebao.rendering import render_markdown, sanitize_html

WORDS = st.sampled_from(
    (
        "字",
        "*重*",
        "`码`",
        "<b>粗</b>",
        '<a href="x">原</a>',
        "&amp;",
        "_下_",
        "\n",
        "\n\n",
        "- ",
        "    ",
        "```\n",
        "|",
        "# ",
        "> ",
    )
)
LINKS = st.sampled_from(
    (
        "[字](kebao:one)",
        "![图](plan.docx)",
        '[**重**](kebao:two#a "题")',
        "[在](#a)",
        "[外](https://example.org/?a=1&b=_2_)",
        "[邮](mailto:a@example.org)",
        "[坏](javascript:alert)",
        "[主](//host/share)",
        "<div>[字](kebao:one)</div>",
        "`[字](kebao:one)`",
        "[字](kebao:one){#id .c}",
        "kebaotarget0end",
    )
)
TARGETS = st.sampled_from(
    (
        NOWHERE,
        "../字/正文.html",
        "a_b_c.html",
        "b*c*.html",
        "x.html#第一",
        "//host",
        "javascript:alert",
        'a"b',
        "a&b",
        ".",
        "/x",
    )
)
TEXTS = st.lists(WORDS | LINKS, max_size=12).map("".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.lists(TARGETS | TARGETS.map(quote), min_size=12, max_size=12))
@example("## [字](kebao:one)\n\n[二](kebao:two)", ["../a.html"] * 12)
def test_the_html_is_that_of_the_text_with_its_targets(markdown: str, targets: list[str]) -> None:
    text = marked(markdown)
    given_targets = targets[: len(text.links)]
    whole = unmarked(text, given_targets)
    html = Converter().html(text, given_targets)
    assert html == render_markdown(whole)
    # Pages do not clean it once more.
    assert sanitize_html(html) == html


def test_every_link_that_leads_inside_gets_its_target() -> None:
    # Those of a line from its end.
    text = marked("[a](kebao:one) [b](https://example.org) [c](d.docx)\n\n`[e](f)` [g](#h) kebaotarget0end")
    assert [link.target for link in text.links] == ["d.docx", "kebao:one"]
    assert unmarked(text, ["2", "1"]) == ("[a](1) [b](https://example.org) [c](2)\n\n`[e](f)` [g](#h) kebaotarget0end")


def test_a_text_whose_mark_is_no_target_is_converted_for_each_place() -> None:
    assert shared_html(marked("[字](kebao:one)")).html is not None
    assert shared_html(marked("<div>[字](kebao:one)</div>")).html is None
    assert shared_html(marked("kebaotarget0end [字](kebao:one)")).html is None


@pytest.mark.parametrize("target", ["//host/x", "/\\host", "javascript:alert(1)", 'a" onclick="b', "a b", "", "<x>"])
def test_only_plain_targets_are_put_in(target: str) -> None:
    assert shared_html(marked("[字](kebao:one)")).filled([target]) is None


class Kept(dict[bytes, bytes]):
    def put(self, key: bytes, value: bytes) -> None:
        self[key] = value


def test_what_was_converted_before_is_taken_and_what_is_damaged_is_made_again() -> None:
    kept, text = Kept(), marked("## 题\n\n`码` [字](kebao:one)")
    first = Converter(kept).html(text, ["a.html"])
    [key] = kept
    kept[key] = kept[key].replace("字".encode(), "句".encode())
    assert Converter(kept).html(text, ["a.html"]) == first.replace("字", "句")
    kept[key] = b"{"
    assert Converter(kept).html(text, ["a.html"]) == first


def test_what_another_process_converted_is_known_here() -> None:
    for kept in (None, Kept()):
        text, converter = marked("`码` [字](kebao:one)"), Converter(kept)
        assert not converter.knows(text)
        converter.remember(text, Converter().written(text))
        assert converter.knows(text)
        assert converter.html(text, ["a.html"]) == render_markdown("`码` [字](a.html)")


def test_plain_texts_are_always_known_and_not_kept() -> None:
    kept = Kept()
    converter, plain, other = Converter(kept), marked("## 题\n\n[字](kebao:one)"), marked("`码`")
    assert converter.unknown([plain, other]) == [other]
    assert converter.knows(plain)
    assert converter.html(plain, ["a.html"]) == render_markdown("## 题\n\n[字](a.html)")
    assert converter.shared(plain).headings[0]["id"] == "题"
    assert not kept

"""One converter for many texts gives what a new one for each gives."""

from __future__ import annotations

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao import rendering
from kebao.rendering import EXTENSION_CONFIGS, MARKDOWN_EXTENSIONS, heading_ids, render_markdown, sanitize_html

_LINES = st.sampled_from(
    [
        "",
        "# 一",
        "## 一",
        "## 一 {#one}",
        "段落*强调*`码`",
        "注[^a]",
        "[^a]: 脚注",
        "- [ ] 做",
        "1. 一",
        "| 甲 | 乙 |",
        "|---|---|",
        "!!! note",
        "    里面",
        "??? tip",
        "```python",
        "print(1)",
        "```",
        "[引用][r]",
        "[r]: a.html",
        "<div id='x'>",
        "</div>",
        "词",
        ":   解释",
        "*[HTML]: 缩写",
        "![图](a.png)",
    ]
)
_TEXTS = st.lists(_LINES, max_size=12).map("\n".join)


def fresh(text: str) -> str:
    converter = markdown.Markdown(extensions=[*MARKDOWN_EXTENSIONS], extension_configs=EXTENSION_CONFIGS)
    return sanitize_html(converter.convert(text))


@given(st.lists(_TEXTS, min_size=2, max_size=4))
def test_a_text_is_converted_as_if_there_were_no_other(texts: list[str]) -> None:
    assert [render_markdown(text) for text in texts] == [fresh(text) for text in texts]


def test_headings_of_one_text_are_not_those_of_the_next() -> None:
    assert heading_ids(["## 一", "## 一"]) == ("一", "一_1")
    assert heading_ids(["## 一"]) == ("一",)
    assert heading_ids([]) == ()


def test_a_conversion_that_breaks_off_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    render_markdown("`甲`")
    with monkeypatch.context() as patch:
        patch.setattr(markdown.Markdown, "convert", _breaks)
        with pytest.raises(RecursionError):
            render_markdown("> `乙`")
    assert rendering._converter.cache_info().currsize == 0
    assert render_markdown("[r]") == fresh("[r]")


def _breaks(converter: markdown.Markdown, text: str) -> str:
    converter.references["r"] = ("a.html", "")
    raise RecursionError(text)

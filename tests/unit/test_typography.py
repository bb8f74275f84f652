"""What is reported in prose, and that code, addresses and attribute lists are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kebao.checks.typography import _SUSPICIOUS, faults_of
from kebao.model.markdown_prose import HIDDEN, headings, prose_of

BAD = ("中,文", "中:文", "中(文)中", "４", "Ａ", "中\u200b文", "p\u0430per", "中\u202e文", "\u3000\u3000中")
INSIDE = st.lists(st.sampled_from((*BAD, "甲", "a", " ", "，")), min_size=1, max_size=12).map("".join)


def codes(text: str, *, is_rtl: bool = False) -> list[str]:
    return [code for _, _, (code, _) in faults_of(prose_of(text), is_rtl=is_rtl)]


@pytest.mark.parametrize("text", BAD)
def test_each_fault_is_found_once(text: str) -> None:
    assert len(codes(f"甲乙\n\n{text}\n")) == 1


@settings(max_examples=200, deadline=None, derandomize=True)
@given(INSIDE, st.sampled_from(("```", "~~~", "````")), st.sampled_from(("", "python", " {.text title='甲,乙'}")))
def test_typography_never_reports_inside_fenced_code(text: str, fence: str, info: str) -> None:
    assert codes(f"前文。\n\n{fence}{info}\n{text}\n{fence}\n\n后文。\n") == []
    assert codes(f"前文。\n\n{fence}{info}\n{text}\n") == [], "a fence that is not closed goes on to the end"


@settings(max_examples=200, deadline=None, derandomize=True)
@given(INSIDE, st.sampled_from(("`", "``", "```")))
def test_typography_never_reports_inside_code_spans(text: str, mark: str) -> None:
    assert codes(f"前文 {mark}{text}{mark} 后文。") == []


@pytest.mark.parametrize(
    "text",
    [
        "见[教案](甲,乙.docx)。",
        "见 https://example.org/a:b?c,d 一文。",
        "<span title='甲,乙'>中</span>",
        "<!-- 中,文 -->",
        "## 标题 {#甲,乙 title='中:文'}",
        "[甲]: 乙,丙.html",
    ],
)
def test_addresses_html_and_attribute_lists_are_left_alone(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "3:2 的比，A,B 两点，f(x)，ρV，αx。",
        "下午 3:00（星期一）",
        "Grade 3 (三年级) and so on",
        "👩\u200d🏫 老师",
        "“好，”她说：“再来！”",
    ],
)
def test_good_texts_are_silent(text: str) -> None:
    assert codes(text) == []


def test_isolates_and_joiners_have_their_place_in_right_to_left_text() -> None:
    text = "بۇ \u2066Word\u2069 نى مى\u200cخواھم"
    assert codes(text, is_rtl=True) == []
    assert codes(text, is_rtl=False) == ["KB912", "KB912"]
    assert codes("بۇ \u202eWord", is_rtl=True) == ["KB912"]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(st.sampled_from("`~#=-\n <>[](){}:!甲,乙ａ\u3000\"'"), max_size=120))
def test_prose_is_as_long_as_the_text_with_the_same_lines(text: str) -> None:
    prose = prose_of(text)
    assert len(prose) == len(text)
    assert [i for i, c in enumerate(prose) if c == "\n"] == [i for i, c in enumerate(text) if c == "\n"]
    assert all(p in (c, HIDDEN) for p, c in zip(prose, text, strict=True))
    list(headings(text))


def test_headings_are_told_with_level_anchor_and_place() -> None:
    text = "甲\n==\n\n## 乙 {#b}\n\n```\n# 不是\n```\n\n| a |\n| --- |\n\n### 丙\n"
    found = [(h.level, h.anchor, h.line, h.column, h.anchor_column) for h in headings(text)]
    assert found == [(1, "", 1, 1, 0), (2, "b", 4, 1, 8), (3, "", 13, 1, 0)]


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from((*BAD, "(", ")", "[a](b)", "`x`", "中", "文", ",", "p", " ", "\n")), max_size=14))
def test_every_text_with_a_fault_is_suspicious(parts: list[str]) -> None:
    text = "".join(parts)
    assert not codes(text) or _SUSPICIOUS.search(text)


@pytest.mark.parametrize("text", ["`" * 3000, "` `` ``` " * 800, "](" * 5000, "{#" * 5000, "(中" * 3000, "<a" * 5000])
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    list(faults_of(prose_of(text + "甲")))
    list(headings(text))

"""HTML in a text is told where it runs or leads somewhere; prose with a '<' in it, and code, are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kebao.checks.authored_pages import AuthoredPage
from kebao.checks.raw_html import _in_page, without_indented_code
from kebao.rendering import render_markdown


def found(body: str) -> list[tuple[str, int, int, int]]:
    page = AuthoredPage(path="a.md", locale="zh", title="甲", summary="乙", body=body, body_line=1)
    places = [(problem.code, problem.location) for problem in _in_page(page)]
    return [(code, place.line, place.column, place.end_column) for code, place in places]


@pytest.mark.parametrize(
    "body, expected",
    [
        ("甲<script>x</script>", [("KB807", 1, 2, 9)]),
        ("<ScRiPt\n src=x></script>", [("KB807", 1, 1, 8)]),
        ("甲\n\n> <iframe src='https://a.cn'></iframe>", [("KB807", 3, 3, 10)]),
        ("- 甲\n\n    <object data='a.swf'></object>", [("KB807", 3, 5, 12)]),
        ("甲 <!-- 乙 --> <svg> -->", [("KB807", 1, 14, 18)]),
        ("<!-- <svg>", [("KB807", 1, 6, 10)]),
        ("<svg/onload=alert(1)>", [("KB807", 1, 1, 5)]),
        ("<b ONCLICK = 'x()'>甲</b>", [("KB807", 1, 4, 19)]),
        ("<a href='java&#10;script:x()'>甲</a>", [("KB408", 1, 4, 30)]),
        ("<a href=data:text/html,x>甲</a>", [("KB408", 1, 4, 25)]),
        ("<img src='https://a.cn/b.png' alt='甲'>", [("KB408", 1, 6, 30)]),
        ("## 甲 {: #a onclick=x() }", [("KB807", 1, 12, 19)]),
        ("[甲](b.pdf){ ONLOAD = x }", [("KB807", 1, 13, 19)]),
        ("<img src=board.png alt=甲>", [("KB404", 1, 6, 19)]),
        ("<a href='kebao:fractions'>甲</a>", [("KB404", 1, 4, 26)]),
        ("<a href='//host/share'>甲</a>", [("KB404", 1, 4, 23)]),
    ],
)
def test_what_runs_or_leads_nowhere_is_told_at_its_place(body: str, expected: list[tuple[str, int, int, int]]) -> None:
    assert found(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "若 a<b，则 one=1，只有 b>c 时成立。",
        "若 a <b one=1> 甲",
        "1<script 是小于号",
        "`<script>alert(1)</script>`",
        "```html\n<script>alert(1)</script>\n```",
        "网页课：\n\n    <script>alert(1)</script>\n\n    <svg></svg>\n\n讲完了。",
        "H<sub>2</sub>O <b>甲</b> <kbd>Ctrl</kbd><br>",
        "<a href='https://a.cn/'>甲</a> <a href='#steps'>乙</a> <a href=mailto:a@example.cn>丙</a>",
        "<https://a.cn/onload=x>",
        "<img alt='没有地址'>",
        "## 甲 {#one .onset}\n\n集合 {once=1, x}、`{: onclick=a }`",
        "<!-- <script>甲</script> -->\n\n甲 <!--\n<svg>\n-->",
    ],
)
def test_what_is_harmless_is_left_alone(body: str) -> None:
    assert found(body) == []


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(st.sampled_from("<>/='\" \n\tab`-!:&scriptonx甲"), max_size=60))
def test_reading_html_never_raises_and_its_places_are_in_the_text(body: str) -> None:
    lines = body.split("\n")
    for _, line, column, end in found(body):
        assert 1 <= column < end <= len(lines[line - 1]) + 1
    assert len(without_indented_code(body)) == len(body)


@pytest.mark.parametrize("tag", ["script", "svg", "iframe", "object", "form", "video", "style", "math"])
def test_what_is_told_is_what_a_page_leaves_out(tag: str) -> None:
    body = f"甲<{tag}>乙</{tag}>"
    assert found(body)
    assert f"<{tag}" not in render_markdown(body)

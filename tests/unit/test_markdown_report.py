"""What a forge makes of the Markdown report: read by a CommonMark parser with tables and HTML, as forges do."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kebao.problems import Location, Message, Problem, Severity, sorted_problems
from kebao.reports.markdown import MARKER, render_markdown
from kebao.reports.report import Report
from kebao.words import LANGUAGES, words_in

FOLDED = "<details>\n<summary>English</summary>"
HOSTILE = (
    "<script>alert(1)</script>",
    "</details><script>alert(1)</script>",
    "</summary></details>\n\n<img src=x onerror=alert(1)>",
    "`tick` ``two`` **bold** [x](javascript:alert(1)) ![x](http://e.org/p)",
    "a | b\n--- | ---\n1 | 2",
    "# heading\n\n> quoted\n\n    code",
    "<!-- kebao:report --> -->",
    "&lt;b&gt; &#60;b&#62; \\<b\\>",
)
PATHS = ("content/people.yml", "content/课例/分数 (1).md", *(f"content/{text}.md" for text in HOSTILE))
#: Text with many of the characters that mean something in Markdown or HTML.
authored = st.text(st.sampled_from("`*_[]()<>#!|~&;:/\\\"'-+=@$^ \n\t1ab字：“”"), max_size=40)


def problem(path: str, target: str, line: int = 1) -> Problem:
    message = Message("'{target}' does not exist", {"target": target})
    hint = Message("did you mean '{candidate}'?", {"candidate": target})
    return Problem(location=Location(path=path, line=line), code="KB401", message=message, hint=hint)


def rendered(problems: Sequence[Problem]) -> list[Token]:
    report = Report(problems=sorted_problems(problems), words=words_in("zh"))
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(render_markdown(report))


def inline(tokens: Sequence[Token]) -> list[Token]:
    return [child for token in tokens for child in token.children or ()]


def raw_html(tokens: Sequence[Token]) -> list[str]:
    return [token.content.strip() for token in (*tokens, *inline(tokens)) if token.type.startswith("html_")]


def in_each_language(tokens: Sequence[Token]) -> dict[str, Sequence[Token]]:
    at = next(index for index, token in enumerate(tokens) if token.content.startswith("<details>"))
    return dict(zip(LANGUAGES, (tokens[:at], tokens[at + 1 : -1]), strict=True))


def shown(tokens: Sequence[Token]) -> str:
    kinds = ("text", "code_inline", "text_special")
    return "".join(token.content for token in inline(tokens) if token.type in kinds)


def assert_structure(problems: Sequence[Problem]) -> None:
    """Marker, Chinese, and the English in the only ``<details>``; a heading for each file, an item for each problem."""
    tokens = rendered(problems)
    hints = sum(problem.hint is not None for problem in problems)
    assert sorted(raw_html(tokens)) == sorted([MARKER, FOLDED, "</details>", *["<br>"] * (2 * hints)])
    assert tokens[0].content.strip() == MARKER
    assert tokens[-1].content.strip() == "</details>"
    for part in in_each_language(tokens).values():
        kinds = [token.type for token in part]
        assert kinds.count("heading_open") == len({problem.location.path for problem in problems})
        assert kinds.count("list_item_open") == len(problems)
        assert {token.tag for token in part if token.type == "heading_open"} == {"h3"}
        allowed = {"paragraph", "heading", "bullet_list", "list_item", "inline", "html_block"}
        assert {kind.removesuffix("_open").removesuffix("_close") for kind in kinds} <= allowed
        spans = {"text", "text_special", "softbreak", "strong_open", "strong_close", "code_inline", "html_inline"}
        found = [token.type for token in inline(part)]
        assert set(found) <= spans
        # The summary and each severity; each file and each code: nothing that an author wrote.
        assert found.count("strong_open") == 1 + len(problems)
        assert found.count("code_inline") == kinds.count("heading_open") + len(problems)


def test_the_english_is_folded_and_says_the_same() -> None:
    problems = [
        problem("content/people.yml", "wang"),
        Problem(
            location=Location(path="content/课例/a.md", line=3, column=5),
            code="KB202",
            message=Message("'{field}' must be a list, like [one, two]", {"field": "keywords"}),
            severity=Severity.WARNING,
        ),
    ]
    assert_structure(problems)
    parts = in_each_language(rendered(problems))
    assert "找不到“wang”" in shown(parts["zh"])
    assert "“keywords（关键词）”应当是列表" in shown(parts["zh"])
    assert "第 3 行第 5 个字" in shown(parts["zh"])
    assert "'wang' does not exist" in shown(parts["en"])
    assert "'keywords' must be a list, like [one, two]" in shown(parts["en"])
    for part in parts.values():
        names = [child.content for token in part for child in token.children or () if child.type == "code_inline"]
        assert names == ["content/people.yml", "KB401", "content/课例/a.md", "KB202"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("target", HOSTILE)
def test_what_authors_write_is_shown_as_text(path: str, target: str) -> None:
    assert_structure([problem(path, target), problem("content/people.yml", "x", line=9)])


def test_a_hostile_text_can_be_read_as_it_was_written() -> None:
    target = "</details><script>alert(1)</script> a|b [x](y) `c`"
    parts = in_each_language(rendered([problem("content/<b>`x`.md", target)]))
    assert f"'{target}' does not exist" in shown(parts["en"])
    assert "content/<b>`x`.md" in shown(parts["en"])


@settings(max_examples=200)
@given(path=authored, target=authored)
def test_no_text_gets_out_of_its_place(path: str, target: str) -> None:
    assert_structure([problem(f"content/{path}.md", target), problem("content/z.yml", "x", line=2)])

"""Whatever authors hand in, every rule and every report works: a check never raises, and each place is in its file.

``KEBAO_FUZZ=1`` draws new examples, and many more.
"""

from __future__ import annotations

import os
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kebao.assembly.checking import check_tree
from kebao.checks.authored_pages import MOST_FAULTS
from kebao.loading.tree import SourceTree, read_tree
from kebao.problems import Problem
from kebao.reports.formats import MACHINE_FORMATS
from kebao.reports.report import Report
from kebao.reports.text import render_text
from kebao.words import LANGUAGES, words_in

PROJECT = Path(__file__).parents[1] / "golden" / "minimal_project"
PACKAGE = "content/packages/demo"
LESSON = f"{PACKAGE}/lesson-cases/fractions/index.md"
COURSE = f"{PACKAGE}/courses/ethics-basics/index.md"
TOPIC = f"{PACKAGE}/topics/hands-on-maths.md"
POLICY = "site_config/policy.yml"
TODAY = date(2026, 1, 1)
WANTS_MORE = bool(os.environ.get("KEBAO_FUZZ"))

fuzzed = settings(
    max_examples=2_000 if WANTS_MORE else 60,
    deadline=None,
    derandomize=not WANTS_MORE,
    suppress_health_check=[HealthCheck.too_slow],
)


@cache
def good_tree() -> SourceTree:
    return read_tree(PROJECT)


#: A field of the front matter on a line of its own.
FIELD = re.compile(r"^(?:  - )?[a-z_]+: .*$", re.MULTILINE)
IDENTITY = "231281201506151003"
WHOLE = (
    *("<svg>", "<iframe\nsrc=a>", "<b onclick='a()'>", "<a href='a.png'>", "<img src=https://a.cn/b.png>"),
    *(
        "[甲](a.pdf)",
        f"[甲]({IDENTITY})",
        "[](https://a.cn/)",
        "![](board.png)",
        "![图](https://a.cn/b.png)",
        "[这里](#a)",
    ),
    *(
        "\n[1]: a.png\n",
        "\n## 甲 {#a}\n",
        "\n#### 乙\n",
        "\n\n```\n<svg>\n```\n\n",
        "[甲](kebao:13612345678)",
        "中文，中,文",
    ),
)
MARKDOWN = st.lists(
    st.sampled_from(WHOLE)
    | st.sampled_from(
        [
            *("## 甲\n\n", "# ", "#### 乙 {#a}\n", "甲\n---\n", "\n\n", "\n", "    ", "\t", "- ", "1. ", "> ", "> - "),
            *(
                "`",
                "```\n",
                "~~~\n",
                "````html\n",
                "<",
                ">",
                "</",
                "<!--",
                "-->",
                "<a href='",
                "<img src=",
                "<svg ",
                "'",
            ),
            *(
                "[",
                "]",
                "](",
                "[甲](",
                "![",
                "![](",
                ")",
                "(",
                "[1]: ",
                "[^1]: ",
                "kebao:fractions",
                "kebao:",
                "#a",
                "//",
            ),
            *(
                "board.png",
                "../",
                "https://a.cn/",
                "javascript:",
                "%00",
                "&#106;",
                "http://[",
                "\\",
                '"',
                "{#a}",
                "{.b}",
            ),
            *(
                "| 姓名 | 成绩 |\n| --- | --- |\n",
                "| 王大江 | 9 |\n",
                IDENTITY,
                "13612345678",
                "a@b.cn",
                "QQ：12345",
                "吉A12345",
            ),
            *(
                "中,文",
                "４",
                "\u200b",
                "\u202e",
                "\u3000",
                "p\u0430per",
                "\ufffc",
                "\x85",
                "\u2028",
                "👩‍🏫",
                "甲" * 80,
                "x" * 300,
            ),
        ]
    ),
    max_size=30,
).map("".join)
VALUES = st.sampled_from(
    [
        *("", "~", "[]", "{}", "''", "0", "-1", "1e99", ".inf", "true", "2025-02-30", "0001-01-01", "9999-12-31"),
        *("[fractions]", "fractions", "demo/fractions", "x/y/z", "nobody", "'[甲, 乙]'", "[[甲]]", "{zh: 甲}", "数学"),
        *("'../x'", "'a/b.png'", "con.png", "'a\\b'", '"a\\u202Eb.png"', '"\\u0000"', f"'{IDENTITY}'", "'<script>'"),
        *("[{type: prerequisite, target: fractions}]", "[{file: board.png, role: slides, title: 甲}]", "'甲' * 9"),
    ]
)
POLICIES = st.lists(
    st.sampled_from(
        [
            *(
                "lengths: {lesson-cases.recording: {minimum: 9, maximum: 1}}\n",
                "lengths: {x.y.z.w: {}}\n",
                "bit_rates: {}\n",
            ),
            *("severities: {KB407: notice, KB1: error}\n", "near_duplicate_percent: 0\n", "material_megabytes: 0\n"),
            *(
                "required_roles: {lesson-cases: [slides], x: [y]}\n",
                "consent_roles: [picture]\n",
                "guiding_teachers: 0\n",
            ),
            *("public_contacts: ['@', '', '1']\n", "required_topics: [hands-on]\n", "topic_programmes: [x]\n"),
            *("translation_budget: {en: {missing_percent: 0}, xx: {}}\n", "document_authors: ['']\n", "x: 1\n"),
            "waivers: [{code: KB503, path: '[', reason: 甲, until: 2025-01-01}]\n",
        ]
    ),
    max_size=4,
    unique=True,
).map("".join)


def checked(texts: dict[str, bytes]) -> tuple[Problem, ...]:
    """The problems of the good project with these texts instead of its own; each is at a place that is there."""
    good = good_tree()
    tree = SourceTree(texts={**good.texts, **texts}, facts=good.facts)
    problems = check_tree(PROJECT, tree, today=TODAY).problems
    for problem in problems:
        assert_place(problem, tree)
    return problems


def assert_place(problem: Problem, tree: SourceTree) -> None:
    place = problem.location
    if not place.line:
        assert (place.column, place.end_line, place.end_column) == (0, 0, 0)
        return
    text = tree.texts[place.path].decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    assert place.line <= len(lines), problem
    assert place.column <= len(lines[place.line - 1]) + 1, problem
    if place.end_column:
        assert place.line <= place.end_line <= len(lines), problem
        assert (place.end_line, place.end_column) > (place.line, place.column), problem
        assert place.end_column <= len(lines[place.end_line - 1]) + 1, problem


def with_body(path: str, body: str) -> bytes:
    head = good_tree().texts[path].decode().split("\n---\n", 1)[0]
    return f"{head}\n---\n{body}".encode()


@fuzzed
@given(path=st.sampled_from((LESSON, COURSE, TOPIC)), body=MARKDOWN)
def test_no_markdown_makes_a_rule_raise(path: str, body: str) -> None:
    checked({path: with_body(path, body)})


@fuzzed
@given(path=st.sampled_from((LESSON, COURSE, TOPIC)), which=st.integers(0, 99), value=VALUES)
def test_no_value_of_a_field_makes_a_rule_raise(path: str, which: int, value: str) -> None:
    text = good_tree().texts[path].decode()
    head = text.split("\n---\n", 1)[0]
    fields = list(FIELD.finditer(head))
    field = fields[which % len(fields)]
    name = field[0].partition(":")[0]
    checked({path: f"{text[: field.start()]}{name}: {value}{text[field.end() :]}".encode()})


@fuzzed
@given(written=POLICIES, body=MARKDOWN)
def test_no_policy_makes_a_rule_raise(written: str, body: str) -> None:
    checked({POLICY: written.encode(), LESSON: with_body(LESSON, body)})


@fuzzed
@given(body=MARKDOWN, title=st.text(max_size=30))
def test_what_is_found_can_be_said_in_every_format_and_language(body: str, title: str) -> None:
    quoted = title.replace("'", "''")
    page = with_body(LESSON, body).replace(
        "title: 分数的初步认识".encode(), f"title: '{quoted}'".encode("utf-8", "replace")
    )
    problems = checked({LESSON: page})
    sources = {LESSON: page.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")}
    for language in LANGUAGES:
        report = Report(problems=problems, words=words_in(language))
        said = [render(report) for render in MACHINE_FORMATS.values()]
        said.append(render_text(report, sources=sources))
        assert not [text for text in said if IDENTITY in text or "13612345678" in text]


@pytest.mark.parametrize("path", sorted(path for path in good_tree().texts if path.endswith((".yml", ".md"))))
def test_a_project_without_one_of_its_files_is_checked(path: str) -> None:
    texts = {other: data for other, data in good_tree().texts.items() if other != path}
    check_tree(PROJECT, SourceTree(texts=texts, facts=good_tree().facts), today=TODAY)


@pytest.mark.parametrize("piece", ["中,文", "\u200b", "<svg>", "\n[a]: b.png\n", "{: onclick=a } "])
def test_a_text_of_nothing_but_faults_is_told_in_part(piece: str) -> None:
    assert 0 < len(checked({LESSON: with_body(LESSON, piece * 5_000)})) <= MOST_FAULTS + 1


@pytest.mark.parametrize("piece", ["<!--", "<!-- 中,文", "\n# ", "<a '", "{: on", "[甲](", "``a"])
def test_a_long_hostile_text_is_checked(piece: str) -> None:
    """A megabyte, which takes hours where something looks at all of the rest from each of its places."""
    body = "中,文 \n" + piece * (900_000 // len(piece.encode()))
    tree = SourceTree(texts={**good_tree().texts, LESSON: with_body(LESSON, body)}, facts=good_tree().facts)
    assert check_tree(PROJECT, tree, today=TODAY).problems

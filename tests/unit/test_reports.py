"""Problems in every format: what people read, and what other programs take."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator, FormatChecker
from lxml import etree
from markdown import markdown
from rich.cells import cell_len

from kebao import __version__
from kebao.loading.yaml_text import read_yaml
from kebao.model.source_map import SourceMap
from kebao.problems import Location, Message, Problem, Severity, sorted_problems
from kebao.reports.excerpt import excerpt
from kebao.reports.format_names import FORMATS
from kebao.reports.formats import MACHINE_FORMATS
from kebao.reports.github import render_github
from kebao.reports.gitlab import render_gitlab
from kebao.reports.json_report import render_json
from kebao.reports.junit import render_junit
from kebao.reports.markdown import MARKER, MOST_CHARACTERS, render_markdown
from kebao.reports.report import Report, fingerprints
from kebao.reports.sarif import RuleText, render_sarif
from kebao.reports.text import render_text
from kebao.words import words_in

ROOT = Path(__file__).parents[2]
REPORT_SCHEMA = ROOT / "docs/report.schema.json"
SCHEMAS = Path(__file__).parent / "schemas"
SARIF_SCHEMA = SCHEMAS / "sarif-2.1.0-rtm.5.json"
JUNIT_SCHEMA = SCHEMAS / "jenkins-junit.xsd"
CODE_QUALITY_SCHEMA = SCHEMAS / "code-quality.schema.json"
PEOPLE = "content/people.yml"
LESSON = "content/课例/a,b:c%.md"

quick = settings(max_examples=150, deadline=None, derandomize=True)


def fault(
    place: Location,
    target: str,
    code: str = "KB401",
    severity: Severity = Severity.ERROR,
    candidate: str = "",
) -> Problem:
    hint = Message("did you mean '{candidate}'?", {"candidate": candidate}) if candidate else None
    message = Message("'{target}' does not exist", {"target": target})
    return Problem(location=place, code=code, message=message, severity=severity, hint=hint)


def at(path: str, line: int = 0, column: int = 0, *, to: int = 0, field: str = "") -> Location:
    end_line = line if to else 0
    return Location(path=path, line=line, column=column, pointer=field, end_line=end_line, end_column=to)


def report(*problems: Problem, files: tuple[str, ...] = (), language: str = "en") -> Report:
    return Report(problems=problems, checked_files=files, words=words_in(language))


#: Everything that a format could stumble over.
NASTY = "50%: a|b <script>alert(1)</script>\r\n[x](1) {0}\x1b[31m"
HANDFUL = (
    fault(at(PEOPLE), "ma", severity=Severity.NOTICE, code="KB901"),
    fault(at(PEOPLE, 2), "王", severity=Severity.WARNING),
    fault(at(LESSON, 3, 5, to=8, field="topics[0]"), NASTY, candidate="分数"),
)


# Text


def test_text_tells_place_weight_sentence_source_and_hint() -> None:
    sources = {LESSON: "---\ntitle: 分数\n专题: [abc]\n"}
    assert render_text(report(*HANDFUL), sources=sources) == (
        "content/people.yml: notice KB901 'ma' does not exist\n"
        "content/people.yml:2: warning KB401 '王' does not exist\n"
        "content/课例/a,b:c%.md:3:5: error KB401 '50%: a|b <script>alert(1)</script> [x](1) {0}�[31m' does not exist\n"
        "    3 | 专题: [abc]\n"
        "      |       ^~~\n"
        "    → did you mean '分数'?\n"
        "Problems: error × 1, warning × 1, notice × 1\n"
    )


def test_text_is_said_in_chinese() -> None:
    assert render_text(report(HANDFUL[1], language="zh")) == (
        "content/people.yml:2: 警告 KB401 找不到“王”\n问题：警告 × 1\n"
    )


def test_text_without_problems_says_so() -> None:
    assert render_text(report()) == "Nothing wrong.\n"


def shown(line: str, column: int, *, to: int = 0, width: int = 100) -> list[str]:
    return list(excerpt(line, at("a.yml", 1, column, to=to), width=width))


@pytest.mark.parametrize(
    "line, column, to, expected",
    [
        ("标题：分数", 4, 6, "    1 | 标题：分数\n      |       ^~~~"),
        ("a: 分数", 4, 0, "    1 | a: 分数\n      |    ^~"),
        ("\tab", 2, 4, "    1 |     ab\n      |     ^~"),
        ("a\t分: x", 6, 7, "    1 | a   分: x\n      |         ^"),
        ("\t: x", 1, 0, "    1 |     : x\n      | ^~~~"),
        ("e\u0301a: x", 3, 4, "    1 | e\u0301a: x\n      |  ^"),
        ("a: \u200bx", 4, 5, "    1 | a: �x\n      |    ^"),
        ("a: \x1b[31mx", 4, 5, "    1 | a: �[31mx\n      |    ^"),
        ("abc", 9, 12, "    1 | abc\n      |    ^"),
        ("", 1, 0, "    1 |\n      | ^"),
    ],
)
def test_the_caret_stands_under_the_place(line: str, column: int, to: int, expected: str) -> None:
    assert "\n".join(shown(line, column, to=to)) == expected


def test_a_place_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    place = replace(at("a.yml", 1, 4), end_line=2, end_column=3)
    assert excerpt('a: "x\n  y"', place) == ('    1 | a: "x', "      |    ^~")


def test_a_whole_line_has_no_caret_and_a_whole_file_no_excerpt() -> None:
    assert excerpt("a\nb", at("a.yml", 2)) == ("    2 | b",)
    assert excerpt("a\nb", at("a.yml")) == ()
    assert excerpt("a\nb", at("a.yml", 9, 1)) == ()


@pytest.mark.parametrize("character", ["字", "x", "\t"])
@pytest.mark.parametrize("column", [1, 500, 1000])
def test_a_long_line_is_cut_around_the_place(character: str, column: int) -> None:
    line = character * (column - 1) + "!" + character * (1000 - column)
    text, marks = shown(line, column, width=60)
    before = marks.index("^")
    assert cell_len(text) <= 60 + len("    1 | ")
    (exclamation,) = (i for i, c in enumerate(text) if c == "!")
    assert cell_len(text[:exclamation]) == before
    assert text.startswith("    1 | …") is (column > 1)
    assert text.endswith("…") is (column < 1000)


def test_long_numbers_are_masked_in_excerpts_and_the_caret_stays() -> None:
    assert shown("tel: 13800138000, id: 11010519491231002X", 19, to=21) == [
        "    1 | tel: 138******00, id: 110*************2X",
        "      |                   ^~",
    ]
    assert shown("tel: 1380013800", 1)[0] == "    1 | tel: 1380013800"


# Ends of places


@pytest.mark.parametrize(
    "text, field, end",
    [
        ("标题: 分数  # c\n", "标题", (1, 7)),
        ('a: "x\n  y"\n', "a", (2, 5)),
        ("a: |\n  x\n  y\n", "a", (1, 5)),
        ("a: [x, y]\n", "a", (1, 10)),
        ("a:\n  - x\n", "a", (0, 0)),
        ("a:\n", "a", (0, 0)),
    ],
)
def test_a_yaml_value_knows_where_it_ends(text: str, field: str, end: tuple[int, int]) -> None:
    place = read_yaml("a.yml", text).source_map.location(field)
    assert (place.end_line, place.end_column) == end


def test_a_key_and_a_missing_field_end_with_the_key() -> None:
    source_map = read_yaml("a.yml", "review:\n  by: x\n").source_map
    assert source_map.location("review", "by", at_key=True).end_column == 5
    assert source_map.location("review", "date") == at("a.yml", 1, 1, field="review.date")
    assert source_map.location("review", "date").end_column == 7
    assert SourceMap("a.yml").location("x").end_line == 0


def test_a_duplicate_key_is_marked_whole() -> None:
    (problem,) = read_yaml("a.yml", "title: 1\ntitle: 2\n").problems
    assert (problem.location.end_line, problem.location.end_column) == (2, 6)


def test_the_end_changes_neither_order_nor_likeness_of_places() -> None:
    long, short = at("a.yml", 1, 1, to=9), at("a.yml", 1, 1, to=2)
    assert long == short
    assert str(long) == "a.yml:1:1"
    assert not long < short
    assert len(sorted_problems([fault(long, "x"), fault(short, "x")])) == 1


# JSON


@cache
def report_schema() -> Draft202012Validator:
    schema = json.loads(REPORT_SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_json_holds_both_languages_and_is_as_published() -> None:
    document = json.loads(render_json(report(*HANDFUL, files=("a.md",))))
    report_schema().validate(document)
    assert document["schema"] == "kebao-report/1"
    assert document["summary"] == {"error": 1, "warning": 1, "notice": 1, "files": 3}
    assert document["problems"][1] == {
        "path": "content/people.yml",
        "line": 2,
        "column": 0,
        "end_line": 0,
        "end_column": 0,
        "field": "",
        "code": "KB401",
        "severity": "warning",
        "message": {"zh": "找不到“王”", "en": "'王' does not exist"},
        "hint": None,
    }
    assert document["problems"][2]["hint"] == {"zh": "您要写的是不是“分数”？", "en": "did you mean '分数'?"}
    assert document["problems"][2]["field"] == "topics[0]"


def test_the_published_schema_refuses_another_document() -> None:
    document = json.loads(render_json(report(*HANDFUL)))
    document["problems"][0]["severity"] = "fatal"
    document["problems"][1]["message"] = "no"
    del document["problems"][2]["field"]
    assert len(list(report_schema().iter_errors(document))) == 3


# Markdown


def test_markdown_is_chinese_with_the_english_folded() -> None:
    problems = (HANDFUL[1], fault(at(LESSON, 3, 5), "a|b <b>", candidate="c_d"))
    assert render_markdown(report(*problems, files=("a.md",))) == (
        "<!-- kebao:report -->\n"
        "\n"
        "**课包检查：错误 × 1、警告 × 1，共检查 3 个文件，其中 2 个要改。**\n"
        "\n"
        "### `content/people.yml`\n"
        "\n"
        "- 第 2 行 · **警告** `KB401` 找不到“王”\n"
        "\n"
        "### `content/课例/a,b:c%.md`\n"
        "\n"
        "- 第 3 行第 5 个字 · **错误** `KB401` 找不到“a&#124;b &lt;b&gt;”\n"
        "  <br>→ 您要写的是不是“c\\_d”？\n"
        "\n"
        "<details>\n"
        "<summary>English</summary>\n"
        "\n"
        "**Kebao check: error × 1, warning × 1; in 2 of 3 files.**\n"
        "\n"
        "### `content/people.yml`\n"
        "\n"
        "- line 2 · **warning** `KB401` '王' does not exist\n"
        "\n"
        "### `content/课例/a,b:c%.md`\n"
        "\n"
        "- line 3, column 5 · **error** `KB401` 'a&#124;b &lt;b&gt;' does not exist\n"
        "  <br>→ did you mean 'c\\_d'?\n"
        "\n"
        "</details>\n"
    )


def test_markdown_without_problems_is_friendly() -> None:
    text = render_markdown(report(files=("a.md", "b.md")))
    assert text.startswith(f"{MARKER}\n\n**一切正常：检查了 2 个文件，没有要改的地方。谢谢！**\n")
    assert "**All is well: 2 files checked, nothing to mend. Thank you!**" in text


@pytest.mark.parametrize(
    "authored",
    ["<script>alert(1)</script>", "</details><h1>x", "[x](javascript:alert(1))", "![x](http://e.org/p)", "`a` **b**"],
)
def test_what_authors_write_is_no_markup_in_markdown(authored: str) -> None:
    # In the sentence and in the name of the file.
    text = render_markdown(report(fault(at(f"{authored}.md", 1), authored)))
    chinese = text.partition("<details>")[0]
    html = markdown(chinese.replace(MARKER, ""))
    tags = set(re.findall(r"<([a-zA-Z!][a-z0-9]*)", html))
    assert tags <= {"p", "strong", "h3", "code", "ul", "li"}, html


def test_markdown_calls_nobody_and_links_nothing() -> None:
    text = render_markdown(report(fault(at("a.md"), "@all #12 !7 http://e.org www.e.org")))
    assert "@all" not in text
    assert "#12" not in text
    assert "!7" not in text
    assert "://" not in text
    assert "www.e" not in text


def test_markdown_that_would_be_too_long_says_how_much_is_left_out() -> None:
    problems = [fault(at(f"{number % 50:02}.md", number + 1, 1), "字" * 30) for number in range(3000)]
    text = render_markdown(report(*problems))
    assert MOST_CHARACTERS - 1_000 < len(text) <= MOST_CHARACTERS
    shown_problems = text.count("- line ")
    assert text.count("\n- ") == 2 * shown_problems
    assert f"还有 {3000 - shown_problems} 个问题没有列在这里" in text
    assert f"{3000 - shown_problems} more problems are left out here" in text
    assert text.endswith("</details>\n")


# GitHub


def test_github_annotations_are_escaped() -> None:
    assert render_github(report(*HANDFUL)) == (
        "::notice file=content/people.yml,title=KB901::'ma' does not exist\n"
        "::warning file=content/people.yml,line=2,title=KB401::'王' does not exist\n"
        "::error file=content/课例/a%2Cb%3Ac%25.md,line=3,col=5,endColumn=7,title=KB401::"
        "'50%25: a|b <script>alert(1)</script>%0D%0A[x](1) {0}�[31m' does not exist%0Adid you mean '分数'?\n"
    )


def test_a_github_annotation_over_several_lines_has_no_last_column() -> None:
    place = Location(path="a.yml", line=1, column=4, end_line=2, end_column=3)
    assert render_github(report(fault(place, "x"))).startswith("::error file=a.yml,line=1,endLine=2,col=4,title=")


# GitLab


@cache
def code_quality_schema() -> Draft202012Validator:
    schema = json.loads(CODE_QUALITY_SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_code_quality_schema_refuses_another_document() -> None:
    document = json.loads(render_gitlab(report(*HANDFUL)))
    document[0]["severity"] = "notice"
    document[1]["location"]["path"] = "./a.md"
    del document[2]["fingerprint"]
    assert len(list(code_quality_schema().iter_errors(document))) == 3


def test_gitlab_entries_have_what_code_quality_wants() -> None:
    document = json.loads(render_gitlab(report(*HANDFUL)))
    code_quality_schema().validate(document)
    assert [entry.pop("fingerprint") for entry in document] == list(fingerprints(HANDFUL))
    assert document[0] == {
        "check_name": "KB901",
        "description": "'ma' does not exist",
        "severity": "info",
        "location": {"path": "content/people.yml", "lines": {"begin": 1}},
    }
    assert [entry["severity"] for entry in document] == ["info", "minor", "major"]
    assert document[2]["location"] == {"path": LESSON, "lines": {"begin": 3}}


def test_fingerprints_differ_and_stay_when_lines_are_put_in_above() -> None:
    before = [fault(at("a.md", line, 1), "x") for line in (1, 5, 9)]
    after = [fault(at("a.md", line, 1), "x") for line in (4, 8, 12)]
    assert fingerprints(before) == fingerprints(after)
    others = [fault(at("a.md", 1, field="x"), "x"), fault(at("a.md", 1), "x", code="KB402"), fault(at("b.md", 1), "x")]
    assert len({*fingerprints([*before, *others])}) == 6
    assert fingerprints([before[0]]) == ("ca7291a06d0c6ba5ecdcc4fc87c5e6e5cc75eded07a83a7f7e292e99257640ef",)


# SARIF


@cache
def sarif_schema() -> Draft4Validator:
    schema = json.loads(SARIF_SCHEMA.read_text("utf-8"))
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema, format_checker=FormatChecker())


def checked_sarif(text: str) -> Any:
    document = json.loads(text)
    sarif_schema().validate(document)
    # What Errata 01 adds to the schema, and what no schema says.
    (run,) = document["runs"]
    assert re.fullmatch("[a-zA-Z]{2}(-[a-zA-Z]{2})?", run["language"])
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        start = (region["startLine"], region.get("startColumn", 1))
        assert (region.get("endLine", start[0]), region.get("endColumn", start[1])) >= start
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert not re.search(r"(?<!\\)\]\(", result["message"]["text"])
        assert re.fullmatch(r"(?:[^{}]|\{\{|\}\})*", result["message"]["text"])
    return document


def test_sarif_is_valid_and_counts_characters() -> None:
    (run,) = checked_sarif(render_sarif(report(*HANDFUL)))["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["KB401", "KB901"]
    assert run["tool"]["driver"]["semanticVersion"] == __version__
    result = run["results"][2]
    assert result["level"] == "error"
    assert result["partialFingerprints"] == {"problem/v1": fingerprints(HANDFUL)[2]}
    assert result["message"]["text"] == (
        "'50%: a|b <script>alert(1)</script>\r\n\\[x\\](1) {{0}}\x1b\\[31m' does not exist\ndid you mean '分数'?"
    )
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "content/%E8%AF%BE%E4%BE%8B/a%2Cb%3Ac%25.md", "uriBaseId": "PROJECT"},
                "region": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 8},
            },
            "logicalLocations": [{"fullyQualifiedName": "topics[0]", "kind": "member"}],
        }
    ]


def test_sarif_takes_titles_and_help_of_rules() -> None:
    text = RuleText(title="Names exist", help="Write an id that is there.", help_markdown="Write an `id`.")
    (run,) = checked_sarif(render_sarif(report(*HANDFUL), rules={"KB401": text}))["runs"]
    assert run["tool"]["driver"]["rules"] == [
        {
            "id": "KB401",
            "shortDescription": {"text": "Names exist"},
            "help": {"text": "Write an id that is there.", "markdown": "Write an `id`."},
            "defaultConfiguration": {"level": "warning"},
        },
        {
            "id": "KB901",
            "shortDescription": {"text": "KB901: '…' does not exist"},
            "help": {"text": "'…' does not exist"},
            "defaultConfiguration": {"level": "note"},
        },
    ]


def test_the_sarif_schema_refuses_another_document() -> None:
    document = json.loads(render_sarif(report(*HANDFUL)))
    document["runs"][0]["results"][0]["level"] = "fatal"
    document["runs"][0]["columnKind"] = "cells"
    assert len(list(sarif_schema().iter_errors(document))) == 2


# JUnit


@cache
def junit_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(JUNIT_SCHEMA))


def checked_junit(text: str) -> ElementTree.Element:
    """The suite; what no schema says is that the numbers are right, and the names different."""
    junit_schema().assertValid(etree.fromstring(text.encode()))
    root = ElementTree.fromstring(text.encode())
    suites = list(root)
    assert root.tag == "testsuites"
    assert [suite.tag for suite in suites] == ["testsuite"]
    (suite,) = suites
    assert set(suite.attrib) == {"name", "tests", "failures", "errors", "skipped", "time"}
    assert int(suite.attrib["tests"]) == len(suite)
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
    for case in suite:
        assert case.tag == "testcase"
        assert set(case.attrib) == {"classname", "name", "time"}
        assert [child.tag for child in case] in ([], ["failure"], ["system-out"], ["failure", "system-out"])
        assert all(set(child.attrib) == {"type", "message"} for child in case.iter("failure"))
    assert len({case.attrib["name"] for case in suite}) == len(suite)
    return suite


def test_junit_has_a_case_for_each_file_and_clean_files_pass() -> None:
    suite = checked_junit(render_junit(report(*HANDFUL, fault(at(LESSON, 9), "x"), files=("a.md", PEOPLE))))
    assert [(case.attrib["name"], [child.tag for child in case]) for case in suite] == [
        ("a.md", []),
        (PEOPLE, ["failure", "system-out"]),
        (LESSON, ["failure"]),
    ]
    (failure,) = suite[2]
    assert failure.attrib["type"] == "error"
    assert failure.attrib["message"] == (
        "KB401 '50%: a|b <script>alert(1)</script> [x](1) {0}�[31m' does not exist (+1)"
    )
    assert failure.text == (
        "content/课例/a,b:c%.md:3:5: error KB401 '50%: a|b <script>alert(1)</script> [x](1) {0}�[31m' does not exist\n"
        "    → did you mean '分数'?\n"
        "content/课例/a,b:c%.md:9: error KB401 'x' does not exist"
    )


def test_the_junit_schema_refuses_another_document() -> None:
    text = render_junit(report(*HANDFUL))
    for old, new in (("<failure ", "<fault "), ('tests="2"', ""), ("classname=", "file=")):
        assert old in text
        wrong = text.replace(old, new).replace("</failure>", "</fault>" if new == "<fault " else "</failure>")
        assert not junit_schema().validate(etree.fromstring(wrong.encode())), new


def test_junit_does_not_fail_for_notices() -> None:
    suite = checked_junit(render_junit(report(HANDFUL[0])))
    assert suite.attrib["failures"] == "0"
    assert [child.tag for child in suite[0]] == ["system-out"]


# All formats

_TEXTS = st.text(st.characters(exclude_categories=()), max_size=40) | st.sampled_from([NASTY, "\ud800", "`" * 5, "{x}"])
_NUMBERS = st.integers(0, 12)
# Relative to the root, as every place is.
_PATHS = _TEXTS.filter(lambda text: not text.startswith(("/", "./")))
_LOCATIONS = st.builds(
    Location, path=_PATHS, line=_NUMBERS, column=_NUMBERS, pointer=_TEXTS, end_line=_NUMBERS, end_column=_NUMBERS
)
_MESSAGES = st.builds(lambda text: Message("'{target}' does not exist", {"target": text}), _TEXTS)
_PROBLEMS = st.lists(
    st.builds(
        Problem,
        location=_LOCATIONS,
        code=st.from_regex(r"KB[0-9A][0-9]{2}", fullmatch=True).filter(str.isascii),
        message=_MESSAGES,
        severity=st.sampled_from(Severity),
        hint=st.none() | _MESSAGES,
    ),
    max_size=6,
)


@quick
@given(_PROBLEMS, st.lists(_TEXTS, max_size=3), st.sampled_from(["zh", "en"]))
def test_any_problems_are_rendered_in_every_format_and_can_be_read_again(
    problems: list[Problem], files: list[str], language: str
) -> None:
    everything = report(*problems, files=tuple(files), language=language)
    texts = {name: render(everything) for name, render in MACHINE_FORMATS.items()}
    assert {name: text.encode() for name, text in texts.items() if name != "github"}
    assert all(text == MACHINE_FORMATS[name](everything) for name, text in texts.items())
    report_schema().validate(json.loads(texts["json"]))
    checked_sarif(texts["sarif"])
    entries = json.loads(texts["gitlab"])
    assert max(Counter(entry["fingerprint"] for entry in entries).values(), default=1) == 1
    assert all(entry["location"]["lines"]["begin"] >= 1 for entry in entries)
    code_quality_schema().validate(entries)
    junit_schema().assertValid(etree.fromstring(texts["junit"].encode()))
    commands = texts["github"].split("\n")[:-1]
    assert len(commands) == len(problems)
    assert all(re.match(r"::(error|warning|notice) file=[^:,]*,", command) for command in commands)
    assert texts["markdown"].startswith(f"{MARKER}\n")
    assert len(texts["markdown"]) <= MOST_CHARACTERS


@quick
@given(_PROBLEMS, _TEXTS)
def test_any_excerpt_is_one_line_with_at_most_one_caret_line(problems: list[Problem], source: str) -> None:
    sources = {problem.location.path: source for problem in problems}
    text = render_text(report(*problems), sources=sources, width=20)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", text)
    most = 4 * len(problems) + 1
    assert len(text.splitlines()) <= most


@quick
@given(st.text(st.sampled_from("a字\t1é\u0301👩‍🏫 "), max_size=80), st.integers(0, 90), st.integers(0, 90))
def test_the_caret_never_leaves_the_line(line: str, column: int, end: int) -> None:
    for row in shown(line, column, to=end, width=30):
        assert cell_len(row) <= 30 + len("    1 | ") + 3


def test_no_machine_format_holds_the_source() -> None:
    """They take a report only, and a report has no sources."""
    assert set(MACHINE_FORMATS) | {"text"} == set(FORMATS)
    assert not hasattr(report(), "sources")


def test_uris_of_sarif_lead_back_to_the_paths() -> None:
    (run,) = json.loads(render_sarif(report(*HANDFUL)))["runs"]
    uris = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]]
    assert [unquote(uri) for uri in uris] == [problem.location.path for problem in HANDFUL]
    assert all(uri.isascii() for uri in uris)

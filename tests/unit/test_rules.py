"""Every code is documented in both languages, and a policy changes what it may, says what it may not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import kebao
from kebao.cli.main import main
from kebao.model.site import Policy, Waiver
from kebao.model.source_map import SourceMap, Span
from kebao.problems import Location, Message, Problem, Severity
from kebao.rules.applied_policy import apply_policy
from kebao.rules.problem_codes import AUDIT_PREFIX, ProblemCode, codes_in, problem_codes
from kebao.rules.problem_page import render_problem_page
from kebao.words import LANGUAGES

BUILDER = Path(kebao.__file__).parent
PAGE = BUILDER.parent.parent / "docs" / "problems.md"
CODES = problem_codes()
CODE = re.compile(r"KB([0-9]{3}|A[0-9]{2})")
HAN = re.compile("[\u4e00-\u9fff]")
# File names, fields of two words, codes and commands: what is no word of either language.
NAMED = re.compile(r"\b(?:\w+\.(?:yml|md|html)|[a-z]+_[a-z]+|KB[A0-9]+|kebao new)\b", re.ASCII)
TODAY = date(2025, 9, 1)
PICTURE = "content/packages/demo/lesson-cases/fractions/index.md"


def emitted_in(tree: ast.AST) -> Iterator[str]:
    """Codes that stand in the code as values; not those that a problem's code is compared with."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
            yield node.value
        elif not isinstance(node, ast.Compare):
            yield from emitted_in(node)


def test_every_emitted_code_is_documented_and_every_documented_code_is_emitted() -> None:
    emitted = {
        code for path in BUILDER.rglob("*.py") for code in emitted_in(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert sorted(emitted ^ set(CODES)) == []
    assert len(emitted) > 50


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.code)
def test_a_code_is_explained_in_both_languages(code: ProblemCode) -> None:
    for text in (code.group.title, code.title, code.why, code.mend):
        assert sorted(text.by_locale) == sorted(LANGUAGES)
        assert HAN.search(text.by_locale["zh"])
        assert not HAN.search(text.by_locale["en"])
    assert not code.title.by_locale["zh"].endswith("。")
    assert not code.title.by_locale["en"].endswith(".")


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.code)
def test_both_languages_name_the_same_fields_and_files(code: ProblemCode) -> None:
    names = [NAMED.findall(code.mend.by_locale[language]) for language in LANGUAGES]
    assert sorted(set(names[0])) == sorted(set(names[1]))


def test_codes_are_in_the_group_that_their_first_digit_says() -> None:
    groups = {(code.code[2], code.group.id) for code in CODES.values()}
    assert len({digit for digit, _ in groups}) == len(groups)


def test_what_a_build_relies_on_can_be_neither_lowered_nor_waived() -> None:
    relied_on = {code for code in CODES if code.startswith(("KB1", "KB2")) or code in ("KB401", "KB501", "KB504")}
    assert not [code for code in relied_on if CODES[code].waivable]


def test_the_page_of_problems_is_what_make_docs_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_problem_page(CODES), "run: make docs"


def test_the_page_of_problems_has_an_anchor_for_each_link() -> None:
    page = render_problem_page(CODES)
    links, anchors = re.findall(r"\(#(kb[^)]+)\)", page), re.findall(r'<a id="([^"]+)">', page)
    assert links == anchors
    assert len(anchors) == len(LANGUAGES) * len(CODES)


GOOD_CODE = """
group: format
title: {zh: 文件, en: Files}
codes:
  KB101:
    severity: error
    title: {zh: 甲, en: A}
    why: {zh: 乙, en: B}
    mend: {zh: 丙, en: C}
    bad: {file: a.yml, text: a}
    good: {file: a.yml, replace: {from: a, to: b}}
"""


def test_a_file_of_codes_is_read() -> None:
    assert codes_in([("1.yml", GOOD_CODE)])["KB101"].good.shown.old == "a"


@pytest.mark.parametrize(
    "old, new",
    [
        ("severity: error", "severity: grave"),
        ("severity: error", "severity: error\n    weight: 3"),
        ("en: B", "fr: B"),
        ("en: B", "en: ''"),
        ("KB101", "XX101"),
        ("text: a}", "text: a, remove: true}"),
        ("text: a}", "txt: a}"),
        ("to: b", "too: b"),
        ("text: a}", "text: a, encoding: latin-1}"),
        ("    why: {zh: 乙, en: B}\n", ""),
    ],
)
def test_a_file_of_codes_is_read_strictly(old: str, new: str) -> None:
    assert old in GOOD_CODE
    with pytest.raises(ValueError, match=r"."):
        codes_in([("1.yml", GOOD_CODE.replace(old, new))])


def test_a_code_does_not_stand_in_two_files() -> None:
    with pytest.raises(ValueError, match="twice"):
        codes_in([("1.yml", GOOD_CODE), ("2.yml", GOOD_CODE)])


def fault(code: str, path: str = PICTURE, severity: Severity = Severity.ERROR) -> Problem:
    return Problem(location=Location(path=path, line=3), code=code, message=Message("no"), severity=severity)


def waiver(code: str = "KB407", path: str = PICTURE, until: date = TODAY) -> Waiver:
    return Waiver(code=code, path=path, reason="summer", until=until)


def applied(*problems: Problem, policy: Policy, today: date | None = TODAY) -> list[tuple[str, Severity]]:
    source_map = SourceMap("site_config/policy.yml")
    result = apply_policy(problems, policy, today=today, codes=CODES, source_map=source_map)
    return [(problem.code, problem.severity) for problem in result]


def test_a_policy_that_says_nothing_changes_nothing() -> None:
    assert applied(fault("KB407"), fault("KB101"), policy=Policy()) == [
        ("KB101", Severity.ERROR),
        ("KB407", Severity.ERROR),
    ]


@pytest.mark.parametrize("severity", Severity)
def test_a_policy_changes_the_severity_of_a_code(severity: Severity) -> None:
    assert applied(fault("KB407"), policy=Policy(severities={"KB407": severity})) == [("KB407", severity)]


def test_a_notice_becomes_an_error() -> None:
    policy = Policy(severities={"KB902": Severity.ERROR})
    assert applied(fault("KB902", severity=Severity.NOTICE), policy=policy) == [("KB902", Severity.ERROR)]


@pytest.mark.parametrize("code", ["KB101", "KB203", "KB401", "KB501", "KB504"])
def test_what_a_build_relies_on_stays_an_error_and_the_try_is_reported(code: str) -> None:
    policy = Policy(severities={code: Severity.WARNING}, waivers=(waiver(code),))
    assert applied(fault(code), policy=policy) == [(code, Severity.ERROR), *[("KB613", Severity.ERROR)] * 2]


def test_saying_that_an_error_is_an_error_is_no_fault() -> None:
    assert applied(policy=Policy(severities={"KB101": Severity.ERROR})) == []


def test_codes_of_the_audit_are_not_for_the_policy() -> None:
    policy = Policy(severities={"KBA08": Severity.NOTICE}, waivers=(waiver("KBA01"),))
    assert [code for code, _ in applied(policy=policy)] == ["KB613", "KB613"]


def test_an_unknown_code_is_reported_where_it_stands() -> None:
    source_map = SourceMap("site_config/policy.yml", {("severities", "KB47"): Span((5, 10), (5, 4))})
    policy = Policy(severities={"KB47": Severity.NOTICE})
    (problem,) = apply_policy((), policy, today=TODAY, codes=CODES, source_map=source_map)
    assert (problem.code, str(problem.location)) == ("KB610", "site_config/policy.yml:5:4")
    assert problem.hint == Message("did you mean '{candidate}'?", {"candidate": "KB407"})


def test_an_unknown_code_in_a_waiver_is_reported() -> None:
    assert applied(policy=Policy(waivers=(waiver("KB999"),))) == [("KB610", Severity.ERROR)]


@pytest.mark.parametrize("path", [PICTURE, "content/*", "*/lesson-cases/*.md", "content/packages/demo/*/index.md"])
def test_a_waiver_removes_the_problems_of_its_code_in_its_path(path: str) -> None:
    other = fault("KB408"), fault("KB407", "site_config/site.yml")
    assert applied(fault("KB407"), *other, policy=Policy(waivers=(waiver(path=path),))) == [
        ("KB408", Severity.ERROR),
        ("KB407", Severity.ERROR),
    ]


@pytest.mark.parametrize("path", ["lesson-cases/*", PICTURE.upper(), "content/packages/demo"])
def test_a_waiver_that_matches_nothing_is_a_warning(path: str) -> None:
    policy = Policy(waivers=(waiver(path=path),))
    assert applied(fault("KB407"), policy=policy) == [("KB407", Severity.ERROR), ("KB611", Severity.WARNING)]


def test_a_waiver_holds_on_its_last_day_and_not_after() -> None:
    assert applied(fault("KB407"), policy=Policy(waivers=(waiver(until=date(2025, 9, 1)),))) == []
    assert applied(fault("KB407"), policy=Policy(waivers=(waiver(until=date(2025, 8, 31)),))) == [
        ("KB407", Severity.ERROR),
        ("KB612", Severity.ERROR),
    ]


def test_without_a_day_no_waiver_has_run_out() -> None:
    assert applied(fault("KB407"), policy=Policy(waivers=(waiver(until=date(1999, 1, 1)),)), today=None) == []


def test_a_waiver_of_a_code_with_another_severity_removes_it_too() -> None:
    policy = Policy(severities={"KB407": Severity.NOTICE}, waivers=(waiver(),))
    assert applied(fault("KB407"), policy=policy) == []


def test_an_unused_waiver_can_be_an_error_but_not_a_notice() -> None:
    policy = Policy(severities={"KB611": Severity.ERROR}, waivers=(waiver(),))
    assert applied(policy=policy) == [("KB611", Severity.ERROR)]
    policy = Policy(severities={"KB611": Severity.NOTICE}, waivers=(waiver(),))
    assert sorted(applied(policy=policy)) == [("KB611", Severity.WARNING), ("KB613", Severity.ERROR)]


def test_explain_says_a_code_in_the_language_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "kb203", "--lang", "zh"]) == 0
    assert "不认识的字段" in capsys.readouterr().out
    assert main(["explain", "KB203", "KB104", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "An unknown field" in told
    assert "licnce: CC-BY-4.0" in told
    assert "lesson: *unit" in told


def test_explain_alone_lists_all_codes_by_group(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert [line.split()[0] for line in told.split("\n") if line.startswith("  KB")] == list(CODES)
    assert told.index("Materials") < told.index("KB501") < told.index("Translations") < told.index(AUDIT_PREFIX)


def test_explain_of_an_unknown_code_names_the_nearest_and_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "KB47", "--lang", "en"]) == 2
    assert "did you mean KB407?" in capsys.readouterr().err
    assert main(["explain", "KB203", "nonsense", "--lang", "en"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "There is no code NONSENSE" in captured.err

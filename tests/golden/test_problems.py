"""What an author is told for each fault: ``problems/*.yml``, one fault each, in an otherwise good project.

A case names the ``file`` that is faulty, and says how: ``replace: {from, to}`` (a part of it becomes another; a list
for several), ``text`` (the whole file; both in GBK with ``gbk: true``, and with a word repeated by ``many``),
``bytes_hex``, ``bytes_of`` (the bytes of another file of the project), ``moved_from`` (another file, which is then
gone), ``reencoded: true`` (GBK made UTF-8), ``symlink_to`` or ``missing: true``. ``also`` lists other files that it
needs, each written in the same way. ``good`` lists what mends it, after that: the good twin of the case. ``today`` is
the day of the check, where something runs out.

``expected`` are all problems of the project, in order: one, where the case does not say that it has more ``faults``.
In each, what is usual is left out: ``file`` the case's, ``severity`` error, no ``end`` ([line, column]), no ``field``
and no hint. Line and column 0 mean the whole file and the whole line.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from kebao.assembly.checking import check_project
from kebao.problems import Message, Problem
from kebao.rules.problem_codes import AUDIT_PREFIX, problem_codes
from kebao.words import words_in

HERE = Path(__file__).parent
MINIMAL_PROJECT = HERE / "minimal_project"
CASES = sorted((HERE / "problems").glob("*.yml"))

#: What is not there (a field, a text), and what is wrong with a whole text: only the start is told.
WITHOUT_END = frozenset(("KB201", "KB414", "KB418", "KB601", "KB605", "KB616", "KB901"))

Case = dict[str, Any]
Told = dict[str, Any]
USUAL: Told = {"severity": "error", "end": [0, 0], "field": "", "hint": "", "hint_zh": ""}


def case_of(path: Path) -> Case:
    case: Case = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return case


def copied_project(folder: Path) -> Path:
    # What a check leaves behind when somebody runs it there is no part of the project.
    ignored = shutil.ignore_patterns(".kebao")
    return Path(shutil.copytree(MINIMAL_PROJECT, folder / "project", ignore=ignored))


def written_bytes(root: Path, case: Case, before: bytes) -> bytes:
    if "bytes_hex" in case:
        return bytes.fromhex(case["bytes_hex"])
    if "bytes_of" in case:
        return Path(root, case["bytes_of"]).read_bytes()
    if "reencoded" in case:
        return before.decode("gb18030").encode()
    if "replace" in case:
        text = before.decode()
        changes = case["replace"] if isinstance(case["replace"], list) else [case["replace"]]
        for change in changes:
            old = repeated(change["from"], case)
            assert text.count(old) == 1, change["from"]
            text = text.replace(old, repeated(change["to"], case))
    else:
        text = repeated(case["text"], case)
    return text.encode("gb18030" if case.get("gbk") else "utf-8")


def repeated(text: str, case: Case) -> str:
    many = case.get("many")
    return text.replace(many["word"], many["text"] * many["times"]) if many else text


def apply(case: Case, root: Path) -> None:
    """Make the case's fault in the project at ``root``."""
    for step in (*case.get("also", ()), case):
        _change(step, root, root / step["file"])


def mend(case: Case, root: Path) -> None:
    """Make the good twin of the case whose fault is in the project at ``root``."""
    for step in case["good"]:
        _change(step, root, root / step.get("file", case["file"]))


def _change(step: Case, root: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_bytes() if path.is_file() else b""
    if "moved_from" in step:
        before = Path(root, step["moved_from"]).read_bytes()
        path.write_bytes(before)
        path = root / step["moved_from"]
    if "moved_from" in step or "missing" in step:
        path.unlink()
        while not any(path.parent.iterdir()):
            path = path.parent
            path.rmdir()
        return
    path.unlink(missing_ok=True)
    if "symlink_to" in step:
        path.symlink_to(step["symlink_to"])
    else:
        path.write_bytes(written_bytes(root, step, before))


def told(problem: Problem) -> Told:
    def said(message: Message | None, language: str) -> str:
        return words_in(language).say(message) if message else ""

    place = problem.location
    return {
        "file": place.path,
        "line": place.line,
        "column": place.column,
        "end": [place.end_line, place.end_column],
        "field": place.pointer,
        "code": problem.code,
        "severity": problem.severity.value,
        "en": said(problem.message, "en"),
        "zh": said(problem.message, "zh"),
        "hint": said(problem.hint, "en"),
        "hint_zh": said(problem.hint, "zh"),
    }


def tree(root: Path) -> Mapping[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and ".kebao" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_the_minimal_project_has_no_problem(tmp_path: Path) -> None:
    checked = check_project(copied_project(tmp_path))
    assert [told(problem) for problem in checked.problems] == []
    assert not checked.has_errors


def test_there_are_many_cases() -> None:
    assert len(CASES) >= 120


def test_every_code_has_a_case() -> None:
    """Those of the audit are about finished sites; their examples are tests (``test_code_examples.py``)."""
    shown = {problem["code"] for path in CASES for problem in case_of(path)["expected"]}
    assert sorted({code for code in problem_codes() if not code.startswith(AUDIT_PREFIX)} - shown) == []


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_fault_is_told_at_its_place_in_both_languages_and_nothing_else_is(path: Path, tmp_path: Path) -> None:
    case = case_of(path)
    root = copied_project(tmp_path)
    apply(case, root)
    expected = [USUAL | {"file": case["file"]} | problem for problem in case["expected"]]
    assert [told(problem) for problem in check_project(root, today=case.get("today")).problems] == expected
    assert len(expected) == case.get("faults", 1)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_good_twin_of_a_fault_has_no_problem(path: Path, tmp_path: Path) -> None:
    """It holds what the bad one holds, in its right form: it is not the project that all cases start from."""
    case = case_of(path)
    root = copied_project(tmp_path)
    before = tree(root)
    apply(case, root)
    mend(case, root)
    assert [told(problem) for problem in check_project(root, today=case.get("today")).problems] == []
    assert tree(root) != before


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_place_in_a_line_has_its_end(path: Path) -> None:
    for problem in case_of(path)["expected"]:
        start = [problem["line"], problem["column"]]
        if problem["column"] and problem["code"] not in WITHOUT_END:
            assert problem["end"] > start


def test_a_check_says_the_same_twice(tmp_path: Path) -> None:
    """The second time the facts of the files come out of the cache."""
    root = copied_project(tmp_path)
    apply({"file": "content/people.yml", "text": "- {id: a}\n"}, root)
    first = check_project(root)
    assert check_project(root) == first
    assert len(first.problems) == 2

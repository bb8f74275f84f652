"""What an author is told for each fault: ``problems/*.yml``, one fault each, in an otherwise good project.

A case names the ``file`` that is faulty, and says how: ``text`` (the whole file; in GBK with ``gbk: true``;
with a word repeated by ``many``), ``bytes_hex``, ``bytes_of`` (the bytes of another file of the project),
``symlink_to`` or ``missing: true``. ``also`` lists other files that it needs, each written in the same way, or with a
part of it replaced (``replace: {from, to}``). ``expected`` are all problems of the project, in order. In each,
``file``, ``severity`` and ``hint`` are left out where they are the case's file, ``error`` and none; line and
column 0 mean the whole file and the whole line.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from kebao.assembly.checking import check_project
from kebao.problems import Problem

HERE = Path(__file__).parent
MINIMAL_PROJECT = HERE / "minimal_project"
CASES = sorted((HERE / "problems").glob("*.yml"))

Case = dict[str, Any]
Told = dict[str, str | int]


def copied_project(folder: Path) -> Path:
    return Path(shutil.copytree(MINIMAL_PROJECT, folder / "project"))


def written_bytes(root: Path, case: Case) -> bytes:
    if "bytes_hex" in case:
        return bytes.fromhex(case["bytes_hex"])
    if "bytes_of" in case:
        return Path(root, case["bytes_of"]).read_bytes()
    if "replace" in case:
        before = Path(root, case["file"]).read_text(encoding="utf-8")
        assert before.count(case["replace"]["from"]) == 1
        return before.replace(case["replace"]["from"], case["replace"]["to"]).encode()
    text: str = case["text"]
    if "many" in case:
        text = text.replace(case["many"]["word"], case["many"]["text"] * case["many"]["times"])
    return text.encode("gb18030" if case.get("gbk") else "utf-8")


def apply(case: Case, root: Path) -> None:
    for other in case.get("also", ()):
        apply(other, root)
    path = root / case["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    if case.get("missing") or "symlink_to" in case:
        path.unlink()
    if "symlink_to" in case:
        path.symlink_to(case["symlink_to"])
    elif not case.get("missing"):
        path.write_bytes(written_bytes(root, case))


def told(problem: Problem) -> Told:
    return {
        "file": problem.location.path,
        "line": problem.location.line,
        "column": problem.location.column,
        "code": problem.code,
        "severity": problem.severity.value,
        "en": problem.message.in_english(),
        "hint": problem.hint.in_english() if problem.hint else "",
    }


def test_the_minimal_project_has_no_problem(tmp_path: Path) -> None:
    checked = check_project(copied_project(tmp_path))
    assert [told(problem) for problem in checked.problems] == []
    assert not checked.has_errors


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_fault_is_told_at_its_place_and_nothing_else_is(path: Path, tmp_path: Path) -> None:
    case: Case = yaml.safe_load(path.read_text(encoding="utf-8"))
    root = copied_project(tmp_path)
    apply(case, root)
    usual = {"file": case["file"], "severity": "error", "hint": ""}
    expected = [usual | problem for problem in case["expected"]]
    assert [told(problem) for problem in check_project(root).problems] == expected
    assert expected, "a case has a fault"


def test_a_dead_link_is_marked_whole(tmp_path: Path) -> None:
    root = copied_project(tmp_path)
    apply(yaml.safe_load((HERE / "problems/dead-file-link.yml").read_text("utf-8")), root)
    (problem,) = check_project(root).problems
    place = problem.location
    assert (place.line, place.end_line, place.end_column) == (30, 30, place.column + len("exercises.pdf"))


def test_a_check_says_the_same_twice(tmp_path: Path) -> None:
    """The second time the facts of the files come out of the cache."""
    root = copied_project(tmp_path)
    apply({"file": "content/people.yml", "text": "- {id: a}\n"}, root)
    first = check_project(root)
    assert check_project(root) == first
    assert len(first.problems) == 2

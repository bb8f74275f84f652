"""``--since``: what a change makes wrong is never left out."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kebao.assembly.changed_paths import ChangesUnknownError, changed_paths
from kebao.assembly.check_cache import CheckResult, check_result
from kebao.checks.dependents import affected_by
from kebao.problems import Problem

from .test_problems import CASES, MINIMAL_PROJECT, apply

TODAY = date(2026, 1, 1)
TEXTS = sorted(
    path.relative_to(MINIMAL_PROJECT).as_posix()
    for path in MINIMAL_PROJECT.rglob("*")
    if path.suffix in (".yml", ".md") and ".kebao" not in path.parts
)
CASE = "content/packages/demo/lesson-cases/fractions/index.md"


def git(root: Path, *arguments: str) -> None:
    names = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *names, *arguments], cwd=root, check=True, capture_output=True)


def committed(folder: Path) -> Path:
    """A larger small project, under git: a second case names the first."""
    root = Path(shutil.copytree(MINIMAL_PROJECT, folder / "project", ignore=shutil.ignore_patterns(".kebao")))
    second = root / "content/packages/demo/micro-cases/second/index.md"
    second.parent.mkdir(parents=True)
    lines = (root / CASE).read_text("utf-8").split("\n")
    kept = [
        line for line in lines if not line.startswith(("textbook", "unit", "lesson:", "materials", "  - {file", "!["))
    ]
    text = "\n".join(kept).replace("target: ethics-basics", "target: fractions").replace("每人一张纸", "另一个班的做法")
    second.write_text(text, "utf-8")
    (root / ".gitignore").write_text("/.kebao/\n", "utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "start")
    return root


def checked(root: Path) -> CheckResult:
    return check_result(root, today=TODAY, use_cache=False)


def since(root: Path, ref: str = "main") -> set[tuple[object, ...]]:
    result = checked(root)
    affected = affected_by(changed_paths(root, ref), result.named_in)
    return keys(problem for problem in result.problems if affected.concerns(problem))


def keys(problems: object) -> set[tuple[object, ...]]:
    assert not isinstance(problems, Problem)
    return {problem.sort_key() for problem in problems}  # type: ignore[attr-defined]


@pytest.mark.parametrize("case_path", CASES, ids=lambda path: path.stem)
def test_a_golden_fault_is_among_what_a_branch_is_told(case_path: Path, tmp_path: Path) -> None:
    root = committed(tmp_path)
    before = keys(checked(root).problems)
    apply(yaml.safe_load(case_path.read_text("utf-8")), root)
    assert keys(checked(root).problems) - before <= since(root)


WORDS = ("fractions", "ethics-basics", "second", "hands-on-maths", "wang-lan", "zh", "2025", "materials", "---", "demo")
EDITS = st.tuples(
    st.sampled_from(TEXTS),
    st.sampled_from(("delete", "word", "cut", "twice", "empty")),
    st.integers(min_value=0, max_value=40),
    st.sampled_from(WORDS),
)


def edit(root: Path, change: tuple[str, str, int, str]) -> None:
    path, how, number, word = change
    file = root / path
    if not file.exists():
        return
    lines = file.read_text("utf-8").split("\n")
    at = number % len(lines)
    if how == "delete":
        file.unlink()
        return
    if how == "word":
        lines = "\n".join(lines).replace(word, f"{word}x").split("\n")
    elif how == "cut":
        del lines[at]
    elif how == "twice":
        lines.insert(at, lines[at])
    else:
        lines = []
    file.write_text("\n".join(lines), "utf-8")


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(EDITS, min_size=1, max_size=3))
def test_what_an_edit_makes_wrong_is_reported(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, str, int, str]]
) -> None:
    root = committed(tmp_path_factory.mktemp("edited"))
    before = keys(checked(root).problems)
    for change in changes:
        edit(root, change)
    assert keys(checked(root).problems) - before <= since(root)
    shutil.rmtree(root)


def test_problems_that_were_there_before_are_left_out(tmp_path: Path) -> None:
    root = committed(tmp_path)
    ethics = root / "content/packages/demo/courses/ethics-basics/index.md"
    ethics.write_text(ethics.read_text("utf-8").replace("licence: CC-BY-4.0", "licence: CC-BY"), "utf-8")
    git(root, "commit", "-q", "-a", "-m", "a fault")
    fractions = root / CASE
    fractions.write_text(fractions.read_text("utf-8").replace("subject: mathematics", "subject: maths"), "utf-8")
    codes = {(problem.code, problem.location.path) for problem in checked(root).problems}
    assert len(codes) == 2
    assert [key[0].path for key in since(root)] == [CASE]  # type: ignore[attr-defined]


def test_a_branch_is_compared_with_where_it_began(tmp_path: Path) -> None:
    root = committed(tmp_path)
    git(root, "checkout", "-q", "-b", "work")
    (root / "content/packages/demo/新文件.md").write_text("x", "utf-8")
    git(root, "checkout", "-q", "main")
    (root / "content/people.yml").write_text("[]\n", "utf-8")
    git(root, "commit", "-q", "-m", "on main", "content/people.yml")
    git(root, "checkout", "-q", "work")
    (root / CASE).unlink()
    assert changed_paths(root, "main") == {"content/packages/demo/新文件.md", CASE}


def test_a_project_below_the_top_of_its_repository(tmp_path: Path) -> None:
    root = committed(tmp_path)
    (root / CASE).unlink()
    (root / "content/a.md").write_text("x", "utf-8")
    assert changed_paths(root / "content", "main") == {CASE.removeprefix("content/"), "a.md"}


@pytest.mark.parametrize("ref", ["nowhere", "--output=/tmp/x", "", "main:content"])
def test_a_reference_that_is_none_is_refused(ref: str, tmp_path: Path) -> None:
    with pytest.raises(ChangesUnknownError, match="git does not know"):
        changed_paths(committed(tmp_path), ref)


def test_without_a_repository_or_git_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", os.fspath(tmp_path))
    with pytest.raises(ChangesUnknownError, match="not in a git repository"):
        changed_paths(tmp_path, "main")
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(ChangesUnknownError, match="git could not be run"):
        changed_paths(tmp_path, "main")

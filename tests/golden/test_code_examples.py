"""Every code's examples are true: the bad one gives that code once and nothing else, the good one gives nothing.

The examples (``builder/kebao/rules/codes/*.yml``) are changes to ``minimal_project``; those of the audit's codes are
changes to ``minimal_site``.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from kebao.assembly.checking import check_project
from kebao.audit.audit import audit_site
from kebao.model.site import Policy
from kebao.problems import Problem
from kebao.rules.examples import Change, Example, Step
from kebao.rules.problem_codes import AUDIT_PREFIX, ProblemCode, problem_codes

HERE = Path(__file__).parent
TODAY = date(2025, 9, 1)
CODES = tuple(problem_codes().values())


def take(step: Step, root: Path) -> None:
    """Makes the change to the file below ``root``."""
    path = root / step.file
    path.parent.mkdir(parents=True, exist_ok=True)
    match step.change:
        case Change.LINES:
            assert step.text.strip("\n") in path.read_text(encoding="utf-8"), f"{step.file} does not say so"
        case Change.REPLACE:
            text = path.read_text(encoding="utf-8")
            assert text.count(step.old) == 1, f"{step.file} must have {step.old!r} once"
            path.write_bytes(text.replace(step.old, step.text * step.times).encode(step.encoding))
        case Change.TEXT:
            path.write_bytes(step.text.encode(step.encoding))
        case Change.COPY_OF:
            path.write_bytes((root / step.text).read_bytes())
        case Change.LINK_TO:
            path.unlink()
            path.symlink_to(step.text)
        case Change.REMOVE:
            path.unlink()


def found(code: ProblemCode, example: Example, folder: Path) -> tuple[Problem, ...]:
    is_audit = code.code.startswith(AUDIT_PREFIX)
    root = Path(shutil.copytree(HERE / ("minimal_site" if is_audit else "minimal_project"), folder / "copy"))
    for step in (*example.others, example.shown):
        take(step, root)
    if is_audit:
        return audit_site(root, Policy()).problems
    return check_project(root, today=TODAY).problems


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_the_bad_example_yields_its_code_once(code: ProblemCode, tmp_path: Path) -> None:
    problems = found(code, code.bad, tmp_path)
    assert [(problem.code, problem.severity) for problem in problems] == [(code.code, code.severity)]


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.code)
def test_the_good_example_yields_nothing(code: ProblemCode, tmp_path: Path) -> None:
    assert found(code, code.good, tmp_path) == ()

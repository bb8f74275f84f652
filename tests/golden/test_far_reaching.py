"""What one file makes wrong in another's place is told to the branch that changes the one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kebao.assembly.check_cache import CheckResult, check_result
from kebao.checks.dependents import FAR_REACHING, affected_by
from kebao.problems import Problem

from .test_problems import CASES, MINIMAL_PROJECT, Case, apply, case_of, copied_project

TODAY = date(2026, 1, 1)


def files_of(case: Case) -> list[str]:
    """The files that a case changes, each once."""
    steps = (*case.get("also", ()), case)
    return sorted({path for step in steps for path in (step["file"], step.get("moved_from")) if path})


CHANGES = [(path, file) for path in CASES for file in files_of(case_of(path)) if len(files_of(case_of(path))) > 1]


def checked(root: Path) -> CheckResult:
    return check_result(root, today=TODAY, use_cache=False)


def new_in(after: CheckResult, before: CheckResult) -> list[Problem]:
    known = {problem.sort_key() for problem in before.problems}
    return [problem for problem in after.problems if problem.sort_key() not in known]


def before_and_after(path: Path, file: str, folder: Path) -> tuple[CheckResult, CheckResult]:
    """The project of a case with one of its files as it was, and with all of them."""
    root, untouched = copied_project(folder / "case"), copied_project(folder / "untouched")
    apply(case_of(path), root)
    after = checked(root)
    content = (untouched / file).read_bytes() if (untouched / file).is_file() else None
    (root / file).unlink(missing_ok=True)
    if content is not None:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_bytes(content)
    return checked(root), after


@pytest.mark.parametrize("path, file", CHANGES, ids=lambda each: each.stem if isinstance(each, Path) else each)
def test_a_file_of_several_tells_what_it_makes_wrong_and_its_way_back_too(
    path: Path, file: str, tmp_path: Path
) -> None:
    before, after = before_and_after(path, file, tmp_path)
    for earlier, later in ((before, after), (after, before)):
        affected = affected_by([file], later.named_in)
        assert [p for p in new_in(later, earlier) if not affected.concerns(p)] == []


PACKAGE = "content/packages/demo"
LESSON = f"{PACKAGE}/lesson-cases/fractions/index.md"
COURSE = f"{PACKAGE}/courses/ethics-basics/index.md"
STORY = f"{PACKAGE}/micro-stories/paper/index.md"
POLICY = "site_config/policy.yml"
PREREQUISITE = {
    "file": "content/vocabularies/relation-types.yml",
    "replace": {
        "from": "  - {id: follow-up,",
        "to": "  - {id: prerequisite, label: {zh: 先修, en: Prerequisite}}\n  - {id: follow-up,",
    },
}


def original(file: str) -> Case:
    return {"file": file, "text": (MINIMAL_PROJECT / file).read_text("utf-8")}


def replaced(file: str, old: str, new: str) -> Case:
    return {"file": file, "replace": {"from": old, "to": new}}


def story(file: str, *fields: str) -> Case:
    """A resource of any kind without fields of its own."""
    front = """title: 一张纸的故事
summary: 三年级学生用一张纸折出二分之一和四分之一。
topics: [hands-on-maths]
stages: [primary]
programme: county-2025
phase: lesson-study
contributors: [{person: wang-lan, role: teacher}]
organisation: willow-school
date: 2025-03-18
licence: CC-BY-4.0
review: {state: submitted}
ai_generated: none
"""
    own = "".join(f"{field}\n" for field in fields)
    return {"file": file, "text": f"---\n{front}{own}---\n\n一张旧挂历，从那天起有了新用处。\n"}


def summary(school_summary: str, topics: str) -> Case:
    fields = ("period: {from: 2024-09-01, to: 2025-06-30}", "numbers: [{label: 课, value: 12}]", "next_plan: [听课]")
    case = story(f"{PACKAGE}/school-summaries/{school_summary}/index.md", *fields)
    return case | {"text": case["text"].replace("[hands-on-maths]", topics).replace("新用处", school_summary)}


def retired(by: str) -> str:
    return f"lifecycle: {{state: retired, replaced_by: {by}}}"


def first(target: str) -> str:
    return f"relations: [{{type: prerequisite, target: {target}}}]"


#: Code → what is there before, the change, and the file in whose place it makes that wrong.
WAYS: dict[str, tuple[list[Case], Case, str]] = {
    "KB109": ([], story("content/packages/other/micro-stories/paper/index.md"), "content/packages/other/package.yml"),
    "KB402": (
        [{"file": LESSON, "missing": True}, story(f"{PACKAGE}/micro-stories/fractions/index.md")],
        original(LESSON),
        f"{PACKAGE}/micro-stories/fractions/index.md",
    ),
    "KB409": (
        [
            PREREQUISITE,
            replaced(COURSE, "licence: CC-BY-4.0", f"licence: CC-BY-4.0\n{first('fractions')}"),
            replaced(LESSON, "{type: related, target: ethics-basics}", "{type: prerequisite, target: paper}"),
            story(STORY),
        ],
        story(STORY, first("ethics-basics")),
        COURSE,
    ),
    "KB411": (
        [
            replaced(COURSE, "licence: CC-BY-4.0", f"licence: CC-BY-4.0\n{retired('fractions')}"),
            replaced(LESSON, "licence: CC-BY-4.0", f"licence: CC-BY-4.0\n{retired('paper')}"),
            story(STORY),
        ],
        story(STORY, retired("ethics-basics")),
        COURSE,
    ),
    "KB601": (
        [
            original(f"{PACKAGE}/package.yml") | {"file": "content/packages/other/package.yml"},
            original(f"{PACKAGE}/topics/hands-on-maths.md")
            | {"file": "content/packages/other/topics/hands-on-maths.md"},
            story("content/packages/other/micro-stories/paper/index.md"),
        ],
        story("content/packages/other/micro-stories/paper/index.md", "lifecycle: {state: draft}"),
        "content/packages/other/package.yml",
    ),
    "KB611": (
        [
            replaced(LESSON, "![板书：一张纸分成四份]", "![]"),
            replaced(
                POLICY,
                "guiding_teachers: 3\n",
                "guiding_teachers: 3\nwaivers: [{code: KB407, path: '*', reason: 暑假里补, until: 2099-08-31}]\n",
            ),
        ],
        original(LESSON),
        POLICY,
    ),
    "KB619": (
        [
            replaced(POLICY, "guiding_teachers: 3\n", "guiding_teachers: 3\ntopic_programmes: [county-2025]\n"),
            summary("willow-autumn", "[teacher-ethics]"),
            summary("willow-spring", "[hands-on-maths]"),
            original(f"{PACKAGE}/topics/hands-on-maths.md") | {"file": f"{PACKAGE}/topics/teacher-ethics.md"},
        ],
        summary("willow-autumn", "[hands-on-maths]"),
        f"{PACKAGE}/school-summaries/willow-spring/index.md",
    ),
    "KB624": (
        [replaced(POLICY, "guiding_teachers: 3\n", "guiding_teachers: 3\nrequired_topics: [teacher-ethics]\n")],
        original(f"{PACKAGE}/topics/hands-on-maths.md") | {"file": f"{PACKAGE}/topics/teachers-ethics.md"},
        POLICY,
    ),
}
BASE = "content/packages/base"
EXTENDING = replaced(
    f"{PACKAGE}/package.yml", "licence: CC-BY-4.0\n", "licence: CC-BY-4.0\nextends: {package: base, edition: next}\n"
)
UPSTREAM = [
    original(f"{PACKAGE}/package.yml") | {"file": f"{BASE}/package.yml"},
    {
        "file": f"{BASE}/topics/hands-on-maths.md",
        "text": "---\ntitle: 动手\nsummary: 用身边的东西做数学的专题。\norder: 1\n---\n\n做。\n",
    },
    story(f"{BASE}/micro-stories/paper/index.md"),
    EXTENDING,
]


def overlay(text: str) -> Case:
    return {"file": f"{PACKAGE}/overlay.yml", "text": text}


WAYS |= {
    "KB412": (
        [
            *UPSTREAM,
            story(f"{BASE}/micro-stories/rope/index.md"),
            overlay("hide: [{resource: rope, reason: {zh: 用不上。}}]\n"),
        ],
        {"file": f"{BASE}/micro-stories/rope/index.md", "missing": True},
        f"{PACKAGE}/overlay.yml",
    ),
    "KB414": (
        [*UPSTREAM, story(f"{PACKAGE}/micro-stories/rope/index.md")],
        story(f"{BASE}/micro-stories/rope/index.md"),
        f"{PACKAGE}/micro-stories/rope/index.md",
    ),
    "KB419": (
        [*UPSTREAM, overlay("annotate: [{resource: paper, note: {zh: 用方格纸。}, by: li-shan, on: 2025-04-01}]\n")],
        replaced(f"{BASE}/micro-stories/paper/index.md", "date: 2025-03-18", "date: 2025-06-18"),
        f"{PACKAGE}/overlay.yml",
    ),
}
#: Of these the golden cases of several files are examples.
IN_CASES = {
    "KB607": "same-lesson-nominated-twice",
    "KB608": "teacher-nominated-twice",
    "KB616": "near-duplicate",
    "KB617": "required-courses-over-programme",
    "KB907": "more-stale-translations-than-allowed",
}


@pytest.mark.parametrize("code", WAYS)
def test_a_far_reaching_fault_is_told_in_another_place(code: str, tmp_path: Path) -> None:
    setting, change, place = WAYS[code]
    root = copied_project(tmp_path)
    for step in setting:
        apply(step, root)
    before = checked(root)
    apply(change, root)
    after = checked(root)
    found = [problem for problem in new_in(after, before) if problem.code == code]
    affected = affected_by([change["file"]], after.named_in)
    assert place in [problem.location.path for problem in found]
    assert not affected.holds(place), "nothing else leads there"
    assert all(affected.concerns(problem) for problem in new_in(after, before))


@pytest.mark.parametrize("code, case", IN_CASES.items())
def test_a_golden_case_has_a_far_reaching_fault(code: str, case: str, tmp_path: Path) -> None:
    needed: set[str] = set()
    path = next(path for path in CASES if path.stem == case)
    for number, file in enumerate(files_of(case_of(path))):
        before, after = before_and_after(path, file, tmp_path / str(number))
        affected = affected_by([file], after.named_in)
        needed |= {p.code for p in new_in(after, before) if not affected.holds(p.location.path)}
    assert code in needed


def test_every_far_reaching_code_is_shown_to_be_one() -> None:
    assert frozenset(WAYS) | frozenset(IN_CASES) == FAR_REACHING


def test_a_picture_beside_the_topics_reaches_all(tmp_path: Path) -> None:
    """It has no folder of its own: the text of any topic may show it."""
    root = copied_project(tmp_path)
    topic, picture = f"{PACKAGE}/topics/hands-on-maths.md", f"{PACKAGE}/topics/board.png"
    text = (root / topic).read_text("utf-8")
    (root / topic).write_text(f"{text}\n![板书](board.png)\n", "utf-8")
    after = checked(root)
    assert "KB404" in [problem.code for problem in after.problems]
    assert all(affected_by([picture], after.named_in).concerns(problem) for problem in after.problems)

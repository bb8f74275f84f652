"""After any sequence of edits, additions, removals and renames the site has the bytes of a cold build."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kebao.assembly.check_cache import checked_project
from kebao.assembly.checking import check_project
from kebao.assembly.site_build import BuildOptions, build_site
from kebao.assembly.tree_comparison import differences

from .projects import write_small_project

pytestmark = pytest.mark.site

DEMO = "content/packages/demo"
TODAY = date(2026, 1, 1)
KINDS = ("micro-cases", "micro-stories")
TITLES = ("分一分", "量一量", "折一折", "分一分的故事", "A & B", "Ü_b*e*r")
BODIES = (
    "把一张纸折成四份，涂上其中的三份，再说一说涂了多少。",
    '| 年级 | 人数 |\n|--|--|\n| 三 | 41 |\n\n!!! note "注意"\n    先猜，再量。',
    "孩子们说：“一半”就是**一样多**。\n\n```text\n[不是链接](kebao:nothing)\n```",
)


@dataclass(frozen=True, slots=True)
class Written:
    """A resource; its text links to the one after it, whichever that is."""

    id: str
    kind: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Edit:
    """``place`` and ``choice`` count round: any numbers will do."""

    what: str
    place: int
    choice: int


EDITS = st.builds(
    Edit,
    st.sampled_from(("body", "title", "add", "remove", "rename", "move", "material", "person")),
    st.integers(0, 5),
    st.integers(0, 5),
)


def edited(resources: tuple[Written, ...], edit: Edit, number: int) -> tuple[Written, ...]:
    at = edit.place % len(resources)
    old = resources[at]
    new = {
        "body": replace(old, body=BODIES[edit.choice % len(BODIES)]),
        "title": replace(old, title=TITLES[edit.choice % len(TITLES)]),
        "rename": replace(old, id=f"renamed-{number}"),
        "move": replace(old, kind=KINDS[edit.choice % len(KINDS)]),
    }
    if edit.what == "add":
        one = Written(f"added-{number}", KINDS[edit.choice % len(KINDS)], TITLES[edit.choice % len(TITLES)], BODIES[0])
        return (*resources[:at], one, *resources[at:])
    if edit.what == "remove":
        return resources[:at] + resources[at + 1 :] if len(resources) > 2 else resources
    return (*resources[:at], new.get(edit.what, old), *resources[at + 1 :])


def write(root: Path, resources: Sequence[Written]) -> None:
    for kind in KINDS:
        shutil.rmtree(root / DEMO / kind, ignore_errors=True)
    for number, each in enumerate(resources):
        target = resources[(number + 1) % len(resources)].id
        folder = root / DEMO / each.kind / each.id
        folder.mkdir(parents=True)
        (folder / "index.md").write_text(
            f"""---
title: {each.title}
summary: {each.title}，一节课上的事。
topics: [hands-on-maths]
subject: mathematics
stages: [primary]
grades: [grade-3]
programme: county-2025
phase: wrap-up
contributors: [{{person: li-shan, role: author}}]
organisation: willow-school
date: 2025-04-{1 + number:02}
licence: CC-BY-4.0
review: {{state: submitted}}
ai_generated: none
---

## [{each.id}](kebao:{target})

{each.body}

另见[**下一个**](kebao:{target} "再看")、[站外](https://example.org/?a=1&b=2)和[上面](#{each.id})。
""",
            encoding="utf-8",
        )


def change_elsewhere(root: Path, edit: Edit) -> None:
    """What is no resource of ours: a material's content, a person's name."""
    if edit.what == "material":
        plan = root / DEMO / "lesson-cases/fractions/board.png"
        plan.write_bytes(plan.read_bytes() + bytes([edit.choice]))
    if edit.what == "person":
        people = root / "content/people.yml"
        people.write_text(people.read_text("utf-8").replace("zh: ", "zh: 小", 1), encoding="utf-8")


def build(root: Path, out: Path, *, use_cache: bool) -> Path:
    # As `kebao build` does it.
    project = checked_project(root, today=TODAY) if use_cache else check_project(root, use_cache=False)
    assert not project.has_errors, project.problems
    build_site(project, BuildOptions(out=out, jobs=2, use_cache=use_cache, splice=use_cache, locale="zh"))
    return out


@contextmanager
def own_project() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        root = write_small_project(Path(folder))
        shutil.rmtree(root / DEMO / "micro-lessons")
        yield root


@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(EDITS, min_size=3, max_size=4))
def test_after_any_sequence_of_edits_the_site_has_the_bytes_of_a_cold_build(edits: list[Edit]) -> None:
    resources = tuple(Written(f"first-{n}", KINDS[n % 2], TITLES[n], BODIES[n % len(BODIES)]) for n in range(3))
    with own_project() as root:
        write(root, resources)
        build(root, root.parent / "kept", use_cache=True)
        for number, edit in enumerate(edits):
            resources = edited(resources, edit, number)
            write(root, resources)
            change_elsewhere(root, edit)
            kept = build(root, root.parent / "kept", use_cache=True)
            cold = build(root, root.parent / "cold", use_cache=False)
            assert next(differences(kept, cold), None) is None, edits[: number + 1]

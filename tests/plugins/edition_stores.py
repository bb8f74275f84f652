"""A small package through three editions: what changes, moves and leaves between them, and how they are released."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kebao.editions.release import ReleaseOptions, release
from kebao.editions.store import EditionStore

from .projects import environment, write_small_project

PACKAGE = "content/packages/demo"
FRACTIONS = f"{PACKAGE}/lesson-cases/fractions"
#: Leaves after the first edition.
LEAVING = "first-day"
#: A micro-case that becomes a micro-story in the second edition.
MOVING = "one-sheet-of-paper"
EDITIONS = ("2025.1", "2025.2", "2026.1")

_STORY = """\
---
title: {title}
summary: 一位教师记下的一件小事，说的是第一次走进教室的那天。
topics: [hands-on-maths]
stages: [primary]
programme: county-2025
phase: wrap-up
contributors: [{{person: li-shan, role: author}}]
organisation: willow-school
date: 2025-02-01
licence: CC-BY-4.0
review: {{state: submitted}}
ai_generated: none
---

## 经过

{body}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A project whose package has been released, in a store of its own; only to be read."""

    project: Path
    store: EditionStore

    def copy(self, folder: Path) -> Released:
        """The same to change."""
        project = Path(shutil.copytree(self.project, folder / "project"))
        store = shutil.copytree(self.store.root, folder / "editions")
        return Released(project=project, store=EditionStore(Path(store)))


def git(root: Path, *arguments: str) -> str:
    """What git says, apart from whatever set-up this computer has."""
    env = environment(
        GIT_CONFIG_GLOBAL="/dev/null",
        GIT_CONFIG_SYSTEM="/dev/null",
        GIT_AUTHOR_NAME="t",
        GIT_AUTHOR_EMAIL="t@example.org",
        GIT_COMMITTER_NAME="t",
        GIT_COMMITTER_EMAIL="t@example.org",
        GIT_AUTHOR_DATE="2026-01-01T00:00:00Z",
        GIT_COMMITTER_DATE="2026-01-01T00:00:00Z",
    )
    done = subprocess.run(["git", *arguments], cwd=root, env=env, capture_output=True, text=True, check=True)
    return done.stdout


def write_first(folder: Path) -> Path:
    """The project as it is in the first edition."""
    root = write_small_project(folder)
    stories = {f"micro-stories/{LEAVING}": "第一天", f"micro-cases/{MOVING}": "一张纸"}
    for number, (place, title) in enumerate(stories.items()):
        home = root / PACKAGE / place
        home.mkdir(parents=True)
        body = ("铃声响了，他把准备好的开场白忘得干干净净。", "她发下去的白纸，被折成了三十种样子。")[number]
        (home / "index.md").write_text(_STORY.format(title=title, body=body), encoding="utf-8")
    return root


def make_second(root: Path) -> None:
    """One resource leaves, one moves, one has other words."""
    shutil.rmtree(root / PACKAGE / "micro-stories" / LEAVING)
    (root / PACKAGE / "micro-cases" / MOVING).rename(root / PACKAGE / "micro-stories" / MOVING)
    _replace(root / FRACTIONS / "index.md", "先对折，再对折。", "先对折，再对折，然后说出自己的发现。")


def make_third(root: Path) -> None:
    _replace(root / FRACTIONS / "index.md", "title: 分数的初步认识\n", "title: 认识几分之一\n")


def release_in_turn(root: Path, store: EditionStore, editions: Sequence[str] = EDITIONS) -> Released:
    """Releases the editions, with the changes in between."""
    for edition, change in zip(editions, (None, make_second, make_third), strict=False):
        if change:
            change(root)
        release(root, store, ReleaseOptions(package="demo", edition=edition, jobs=2))
    return Released(project=root, store=store)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")

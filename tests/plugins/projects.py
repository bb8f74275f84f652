"""Projects to build, and the command that builds them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kebao.assembly.checking import CheckedProject
from kebao.model.package import Package
from kebao.model.shard import Shard

from .page_reading import ReadPage

ROOT = Path(__file__).parents[2]
MINIMAL_PROJECT = ROOT / "tests" / "golden" / "minimal_project"
PROBLEMS = ROOT / "tests" / "golden" / "problems"
#: The sample's materials that the small project borrows: the first of each type, and captions for the video.
TYPES = (".docx", ".jpg", ".mp4", ".pdf", ".png", ".pptx", ".vtt", ".xlsx")

_EVERY_TYPE = """\
---
title: 各种材料都有
summary: 一节微课，带着每一种类型的材料各一份。
topics: [hands-on-maths]
stages: [primary]
programme: county-2025
phase: wrap-up
contributors: [{person: li-shan, role: teacher}]
organisation: willow-school
date: 2025-04-01
licence: CC-BY-4.0
materials:
  - {file: plan.docx, role: lesson-plan, title: 教学设计}
  - {file: photo.jpg, role: picture, title: 照片}
  - {file: lesson.mp4, role: picture, title: 实录, captions: lesson.vtt}
  - {file: paper.pdf, role: lesson-plan, title: 练习}
  - {file: drawing.png, role: picture, title: 画}
  - {file: slides.pptx, role: slides, title: 课件}
  - {file: table.xlsx, role: lesson-plan, title: 记录表}
review: {state: submitted}
ai_generated: none
minutes: 9
---

## 看一看

这些材料都能在页面上看。
"""
_STEERING = ("SOURCE_DATE_EPOCH", "NO_COLOR", "FORCE_COLOR", "PYTHONUTF8", "LC_ALL", "LC_MESSAGES", "LANG")
_STEMS = ("plan", "photo", "lesson", "paper", "drawing", "slides", "lesson", "table")


# Its repr would be the whole content, in every failure.
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BuiltSample:
    """The sample's whole site."""

    project: CheckedProject
    site: Path
    shards: tuple[Shard, ...]
    pages: Mapping[str, ReadPage]

    def package(self, shard: Shard) -> Package:
        return self.project.content.packages[shard.package]

    @property
    def shard_pages(self) -> Mapping[str, ReadPage]:
        """The pages of the shards: without the start pages and the 404 pages."""
        return {uri: page for uri, page in self.pages.items() if uri.count("/") >= 3 and not uri.endswith("/404.html")}


def write_small_project(folder: Path) -> Path:
    """The minimal project with the sample's texts and look, and a resource with materials of all types."""
    root = Path(shutil.copytree(MINIMAL_PROJECT, folder / "project"))
    shutil.copyfile(ROOT / "mkdocs.yml", root / "mkdocs.yml")
    shutil.copytree(ROOT / "site_config" / "theme", root / "site_config" / "theme")
    for name in ("zh.yml", "en.yml"):
        shutil.copyfile(ROOT / "site_config" / "locales" / name, root / "site_config" / "locales" / name)
    resource = root / "content" / "packages" / "demo" / "micro-lessons" / "every-type"
    resource.mkdir(parents=True)
    (resource / "index.md").write_text(_EVERY_TYPE, encoding="utf-8")
    samples = sorted((ROOT / "content" / "packages").rglob("*"))
    for suffix, stem in zip(TYPES, _STEMS, strict=True):
        source = next(path for path in samples if path.suffix == suffix)
        shutil.copyfile(source, resource / f"{stem}{suffix}")
    with (root / "site_config" / "policy.yml").open("a", encoding="utf-8") as policy:
        policy.write("\ndocument_authors: [Kebao sample]\n")
    return root


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without what would steer a build, and with ``changes``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KEBAO_")}
    for name in _STEERING:
        kept.pop(name, None)
    return kept | {"NO_MKDOCS_2_WARNING": "1"} | changes


def kebao_command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "kebao", *map(str, arguments)]


def run(command: Sequence[str], *, cwd: Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=cwd,
        env=env or environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )

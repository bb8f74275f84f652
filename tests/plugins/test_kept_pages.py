"""Whatever was built before: a build with kept pages has the bytes of a cold one."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kebao.assembly.checking import check_project
from kebao.assembly.page_cache import pages_folder
from kebao.assembly.site_build import BuildOptions, build_site
from kebao.assembly.tree_comparison import differences

from .projects import environment, kebao_command, run

pytestmark = pytest.mark.site

DEMO = "content/packages/demo"
RESOURCE = f"{DEMO}/micro-lessons/*/index.md"


def build(root: Path, name: str, *, use_cache: bool = True, locale: str | None = None) -> Path:
    project = check_project(root, use_cache=use_cache)
    assert not project.has_errors, project.problems
    options = BuildOptions(out=root.parent / name, jobs=2, use_cache=use_cache, splice=use_cache, locale=locale)
    build_site(project, options)
    return root.parent / name


def assert_like_a_cold_build(root: Path, *, locale: str | None = None) -> None:
    kept, cold = build(root, "kept", locale=locale), build(root, "cold", use_cache=False, locale=locale)
    assert next(differences(kept, cold), None) is None


def replaced(path: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(root: Path) -> None:
        [found] = root.glob(path)
        text = found.read_text(encoding="utf-8")
        assert old in text
        found.write_text(text.replace(old, new), encoding="utf-8")

    return edit


def renamed(root: Path) -> None:
    (root / DEMO / "micro-lessons/every-type").rename(root / DEMO / "micro-lessons/of-every-type")


def added(root: Path) -> None:
    shutil.copytree(root / DEMO / "lesson-cases/fractions", root / DEMO / "lesson-cases/more-fractions")


#: What each changes of other pages: nothing, lists and neighbours, all pages of the shard.
EDITS: dict[str, Callable[[Path], None]] = {
    "a body": replaced(RESOURCE, "都能在页面上看", "都可以在页面上看"),
    "a title": replaced(RESOURCE, "各种材料都有", "什么材料都有"),
    "a person's name": replaced("content/people.yml", "zh: ", "zh: 小"),
    "the site's title": replaced("site_config/site.yml", "示例县资源站", "示范县资源站"),
    "the site's address": replaced("site_config/site.yml", "kebao.example", "elsewhere.example"),
    "an interface text": replaced("site_config/locales/zh.yml", "item.facts: ", "item.facts: 关于"),
    "a new resource": added,
    "a renamed resource": renamed,
    "a feature of the theme": replaced("mkdocs.yml", "    - toc.follow\n", ""),
}


def test_after_any_edits_the_site_is_that_of_a_cold_build(small_project: Path) -> None:
    build(small_project, "kept", locale="zh")
    names = list(EDITS)
    random.Random(6).shuffle(names)
    for name in names:
        EDITS[name](small_project)
        assert_like_a_cold_build(small_project, locale="zh")


def test_damaged_and_moved_pages_are_made_again(small_project: Path) -> None:
    build(small_project, "kept", locale="zh")
    entries = sorted(pages_folder(small_project / ".kebao/cache").rglob("*.html"))
    assert len(entries) > 10
    for number, entry in enumerate(entries):
        # Not in place: the page of the site is the same file.
        entry.unlink()
        if number % 3:
            entry.write_bytes(b"" if number % 3 == 1 else b"<p>another page")
    assert_like_a_cold_build(small_project, locale="zh")
    moved = small_project.rename(small_project.parent / "moved")
    assert_like_a_cold_build(moved, locale="zh")


def test_a_spare_site_in_which_nothing_is_right_changes_nothing(small_project: Path) -> None:
    for _ in range(2):
        site = build(small_project, "kept", locale="zh")
    spare = small_project / ".kebao/cache/spare/site"
    paths = sorted(path for path in spare.rglob("*") if path.is_file() and path.name != "site.json")
    assert len(paths) > 50
    for number, path in enumerate(paths):
        # Not in place: most are the same files as those of the site.
        path.unlink()
        if number % 4 == 0:
            path.write_bytes(b"another file")
        elif number % 4 == 1:
            path.symlink_to(site / "index.html")
        elif number % 4 == 2:
            (path / "folder").mkdir(parents=True)
    assert_like_a_cold_build(small_project, locale="zh")


def test_nothing_is_written_into_a_published_file(small_project: Path) -> None:
    build(small_project, "kept", locale="zh")
    build(small_project, "kept", locale="zh")
    site, copy = small_project.parent / "kept", small_project.parent / "copy"
    # The same files, which are seen when somebody writes into one of them.
    shutil.copytree(site, copy, copy_function=os.link)
    before = small_project.parent / "before"
    shutil.copytree(site, before)
    for name in ("a body", "a person's name", "an interface text", "a renamed resource"):
        EDITS[name](small_project)
        build(small_project, "kept", locale="zh")
        assert next(differences(copy, before), None) is None, name


def test_after_a_changed_title_only_pages_that_say_it_are_made(small_project: Path) -> None:
    def pages() -> dict[str, tuple[int, bytes]]:
        folder = small_project.parent / "kept/demo/zh/next"
        found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.html")}
        return {uri: (path.stat().st_ino, path.read_bytes()) for uri, path in found.items()}

    build(small_project, "kept", locale="zh")
    before = pages()
    EDITS["a title"](small_project)
    build(small_project, "kept", locale="zh")
    after = pages()
    made = {uri for uri in after if before[uri][0] != after[uri][0]}
    # MkDocs itself writes the page for what is not there.
    assert made - {"404.html"} == {uri for uri in after if before[uri][1] != after[uri][1]}
    assert {"index.html", "micro-lessons/every-type.html"} <= made
    assert {"schools/index.html", "topics/index.html", "about.html"} & made == set()


def test_the_cache_can_be_asked_and_emptied(small_project: Path) -> None:
    def cache(*arguments: str) -> str:
        done = run(kebao_command("--lang", "en", "cache", *arguments), cwd=small_project, env=environment())
        assert done.returncode == 0, done.stderr
        return done.stdout

    build(small_project, "kept", locale="zh")
    assert "pages" in cache("info")
    cache("clear")
    assert not (small_project / ".kebao/cache").exists()
    assert "0" in cache("info")

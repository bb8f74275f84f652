"""A whole site with splicing has the bytes of one that MkDocs renders page by page."""

from __future__ import annotations

from pathlib import Path

import pytest

from kebao.assembly.checking import check_project
from kebao.assembly.site_build import BuildOptions, build_site
from kebao.assembly.tree_comparison import differences

from .projects import environment, kebao_command, run

pytestmark = pytest.mark.site

_ODD = """\
---
title: "{title}"
summary: "甲 & 乙 <b> {{{{ kb.title }}}} 'x'"
topics: [hands-on-maths]
stages: [primary]
programme: county-2025
phase: wrap-up
contributors: [{{person: li-shan, role: teacher}}]
organisation: willow-school
date: 2025-04-01
licence: CC-BY-4.0
review: {{state: submitted}}
ai_generated: none
---

{body}
"""
#: Titles and bodies that a careless replacement would trip over.
ODD = {
    "no-heading": ("没有标题的正文", "一段话。"),
    "raw-html": ("<i>斜</i> & \\u0022引\\u0022", "## 一 &amp; 二\n\n<div id='x'>原样</div>\n\n&lt;b&gt; `<code>`"),
    "deep-headings": ("层层标题", "### 三\n\n## 二\n\n#### 四\n\n## 二\n"),
    "footnotes": ("脚注与引用", "## 注\n\n话[^1]，又[引][r]。\n\n[^1]: 注文\n\n[r]: https://kebao.example/ '题'\n"),
    "no-reference": ("引用在别的页上", "## 注\n\n话[^1]，又[引][r]。\n"),
    "code": ("代码块", "## 码\n\n```jinja\n{{ kb.title }}\n\n   缩进\n```\n\n!!! note\n    里面\n"),
    "first-heading-one": ("一级标题在前", "# 一级\n\n## 二级\n"),
}


def write_odd(root: Path) -> None:
    for name, (title, body) in ODD.items():
        folder = root / "content/packages/demo/micro-cases" / name
        folder.mkdir(parents=True)
        (folder / "index.md").write_text(_ODD.format(title=title, body=body), encoding="utf-8")


def build(root: Path, name: str, *, splice: bool) -> Path:
    build_site(check_project(root), BuildOptions(out=root / name, jobs=2, splice=splice, use_cache=False))
    return root / name


def test_odd_pages_are_the_same_bytes(small_project: Path) -> None:
    write_odd(small_project)
    plain, spliced = (build(small_project, name, splice=name == "spliced") for name in ("plain", "spliced"))
    assert (plain / "demo/zh/next/micro-cases/raw-html.html").exists()
    assert next(differences(plain, spliced), None) is None


def test_a_projects_own_templates_are_obeyed(small_project: Path) -> None:
    (small_project / "site_config/theme/main.html").write_text(
        '{% extends "kebao-main.html" %}{% block hero %}{{ kb.title ~ "!" }}{% endblock %}', encoding="utf-8"
    )
    own = (Path(__file__).parents[2] / "plugins/mkdocs_kebao/templates/main.html").read_text(encoding="utf-8")
    (small_project / "site_config/theme/kebao-main.html").write_text(own, encoding="utf-8")
    plain, spliced = (build(small_project, name, splice=name == "spliced") for name in ("plain", "spliced"))
    assert "!" in (plain / "demo/zh/next/micro-lessons/every-type.html").read_text(encoding="utf-8")
    assert next(differences(plain, spliced), None) is None


def test_verify_builds_twice_and_says_so(small_project: Path) -> None:
    done = run(
        kebao_command("--lang", "en", "build", "--locale", "en", "--verify"), cwd=small_project, env=environment()
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every byte is the same" in done.stdout


def test_the_comparison_names_the_first_byte_that_differs(tmp_path: Path) -> None:
    for folder, text in (("one", "abc"), ("other", "abd")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "page.html").write_text(text, encoding="utf-8")
    (tmp_path / "one" / "more.html").touch()
    found = list(differences(tmp_path / "one", tmp_path / "other"))
    assert [(each.path, each.offset) for each in found] == [("more.html", -1), ("page.html", 2)]
    assert (found[0].one, found[0].other, found[1].one, found[1].other) == (b"there", b"missing", b"abc", b"abd")


def test_kept_pages_lead_to_the_theme_files_of_today(small_project: Path) -> None:
    """The theme's files lie under their digest: a new colour moves them, and every page must follow."""
    sites = []
    for name, colour in (("first", "#0b6e4f"), ("second", "#7a1f5c")):
        style = small_project / "site_config/theme/assets/kebao/accent.css"
        style.parent.mkdir(parents=True, exist_ok=True)
        style.write_text(f":root {{ --kb-accent: {colour}; }}\n", encoding="utf-8")
        build_site(check_project(small_project), BuildOptions(out=small_project / name, jobs=2))
        sites.append(small_project / name)
    folders = [next((site / "_assets").iterdir()).name for site in sites]
    assert folders[0] != folders[1]
    pages = [path.read_text("utf-8") for path in (sites[1] / "demo").rglob("*.html") if path.name != "404.html"]
    shown = [page for page in pages if "_assets/" in page]
    assert len(shown) > 10
    assert not [page for page in shown if folders[0] in page]
    assert list(differences(sites[1], build(small_project, "fresh", splice=False))) == []

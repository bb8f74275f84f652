"""Bad input, killed builds, wrong folders and hostile words: what is said, and what is left untouched."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from kebao.assembly.checking import check_project
from kebao.cli.main import main

from ..golden.test_problems import apply  # noqa: TID252 - tests are no package
from .page_reading import different, read_tags, tree_bytes
from .projects import MINIMAL_PROJECT, PROBLEMS, environment, kebao_command, run, write_small_project

pytestmark = pytest.mark.site

#: The faults that the product promises to stop at, as golden cases (see tests/golden/test_problems.py).
FAULTS = (
    "unclosed-bracket",
    "unknown-subject",
    "missing-material",
    "path-to-parent",
    "dead-resource-link",
    "dead-file-link",
    "yaml-bomb",
    "gbk",
    "empty-package",
)


def faulty_project(name: str, folder: Path) -> tuple[Path, list[str]]:
    """A project with one golden fault, and what must be said of it: place, code, message, hint."""
    case: dict[str, Any] = yaml.safe_load((PROBLEMS / f"{name}.yml").read_text("utf-8"))
    root = Path(shutil.copytree(MINIMAL_PROJECT, folder / "project"))
    apply(case, root)
    said = []
    for problem in case["expected"]:
        numbers = [problem["line"], problem["column"]]
        place = ":".join([problem.get("file", case["file"]), *(str(n) for n in numbers if n)])
        said += [f"{place}: error {problem['code']} {problem['en']}", problem["hint"]]
    return root, said


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_stops_the_build_and_leaves_the_old_site_as_it_was(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, said = faulty_project(name, tmp_path)
    site = root / "site"
    site.mkdir()
    (site / "site.json").write_text("{}\n", "utf-8")
    (site / "index.html").write_text("the old site", "utf-8")
    before = tree_bytes(site)
    assert main(["-C", str(root), "--lang", "en", "build", "--out", "site"]) == 1
    printed = capsys.readouterr().out
    assert [each for each in said if each not in printed] == []
    assert different(before, tree_bytes(site)) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_stops_the_build_before_a_folder_is_made(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, _ = faulty_project(name, tmp_path)
    out = tmp_path / "out" / "site"
    assert main(["-C", str(root), "build", "--out", str(out)]) == 1
    assert capsys.readouterr().out
    assert not out.parent.exists()


def test_all_faults_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, said = faulty_project("unknown-subject", tmp_path)
    (root / "content" / "people.yml").write_text("- {id: a}\n", "utf-8")
    assert main(["-C", str(root), "--lang", "en", "build"]) == 1
    printed = capsys.readouterr().out
    assert said[0] in printed
    assert "content/people.yml:1:3: error" in printed


# Killed builds

MOMENTS: Mapping[str, Callable[[Path], bool]] = {
    "when it has begun": lambda staged: staged.is_dir(),
    "while files are stored": lambda staged: any((staged / "_files").glob("*/*/*.zip")),
    "while shards are built": lambda staged: (staged / "demo" / "zh" / "next" / "index.html").is_file(),
}


def killed_build(root: Path, out: Path, is_time: Callable[[Path], bool]) -> None:
    """Starts a build and kills it, and all that it started, as a power cut would."""
    command = kebao_command("build", "--no-cache", "--jobs", "1", "--out", out)
    env = environment(TMPDIR=str(root))
    build = subprocess.Popen(
        command, cwd=root, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    staged = out.with_name(f".{out.name}.new-{build.pid}")
    deadline = time.monotonic() + 60
    while not is_time(staged) and build.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    os.killpg(build.pid, signal.SIGKILL)
    assert build.wait() == -signal.SIGKILL, "the build was killed while it ran"


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is POSIX")
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_build_leaves_the_previous_site_whole(moment: str, tmp_path: Path, small_site: Path) -> None:
    root = write_small_project(tmp_path)
    out = Path(shutil.copytree(small_site, tmp_path / "public" / "site"))
    before = tree_bytes(out)
    killed_build(root, out, MOMENTS[moment])
    assert different(before, tree_bytes(out)) == []
    assert len(list(out.parent.iterdir())) == 2, "the killed build left its folder behind"

    done = run(kebao_command("build", "--locale", "zh", "--out", out), cwd=root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path.name for path in out.parent.iterdir()] == ["site"]
    assert not (out / "demo" / "en").exists(), "it is the new site"


def test_killed_between_its_two_renames_the_previous_site_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The moment is too short to hit from outside: the folders are laid out as it leaves them."""
    root = write_small_project(tmp_path)
    (root / ".site.previous").mkdir()
    (root / ".site.previous" / "site.json").write_text("{}\n", "utf-8")
    (root / ".site.previous" / "old.html").write_text("", "utf-8")
    # The build itself fails, after the old site was put back.
    (root / "mkdocs.yml").unlink()
    assert main(["-C", str(root), "--lang", "en", "build"]) == 2
    assert "The build failed" in capsys.readouterr().err
    assert sorted(path.name for path in (root / "site").iterdir()) == ["old.html", "site.json"]
    assert list(root.glob(".site*")) == []


# Wrong folders and commands


def test_a_folder_with_files_of_others_is_refused(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = small_project / "homework"
    out.mkdir()
    (out / "thesis.txt").write_text("three years of work", "utf-8")
    assert main(["-C", str(small_project), "--lang", "en", "build", "--out", "homework"]) == 2
    assert "holds files that kebao did not write" in capsys.readouterr().err
    assert tree_bytes(out) == {"thesis.txt": b"three years of work"}
    assert list(small_project.glob(".homework*")) == []


def test_a_file_where_the_folder_should_be_is_refused(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small_project / "site").write_text("not a folder", "utf-8")
    assert main(["-C", str(small_project), "--lang", "en", "build"]) == 2
    assert "site" in capsys.readouterr().err
    assert (small_project / "site").read_text("utf-8") == "not a folder"


def test_the_project_itself_is_never_replaced(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tree_bytes(small_project / "content")
    assert main(["-C", str(small_project), "build", "--out", "."]) == 2
    assert main(["-C", str(small_project), "build", "--out", "content"]) == 2
    assert capsys.readouterr().err.count("\n") == 2
    assert different(before, tree_bytes(small_project / "content")) == []


@pytest.mark.parametrize("command", ["check", "build", "bundle", "serve"])
def test_a_missing_project_cannot_be_worked_on(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["-C", str(tmp_path / "nowhere"), "--lang", "en", command]) == 2
    assert "is not a Kebao project" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["bild"], ["build", "--fast"], ["build", "--jobs", "many"], ["audit"]])
def test_a_command_line_that_cannot_be_understood_says_how_it_is_written(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--lang", "en", *arguments]) == 2
    assert "usage: kebao" in capsys.readouterr().err


def test_a_package_that_is_not_there_cannot_be_built(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(small_project), "--lang", "en", "build", "--package", "none"]) == 2
    assert "There is no such package" in capsys.readouterr().err
    assert not (small_project / "site").exists()


# Hostile words

ATTACKS = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "{{ 7*7 }}",
    "{% raw %}{{ 7*7 }}",
    '"><svg onload=alert(3)>',
    "' onmouseover='alert(4)",
    "</title></head><body onload=alert(5)>",
    "<!-- ",
)
HOSTILE_BODY = """

## 标题 {: onclick=alert(6) style=position:fixed }

<img src=x onerror=alert(1)> <svg onload=alert(2)></svg> <iframe srcdoc="<script>alert(3)</script>"></iframe>

<a href="javascript:alert(4)">点这里</a> <a href="&#106;avascript:alert(5)">这里</a>

[属性](kebao:fractions){: onmouseover=alert(7) } 和 {{ 7*7 }}、{% set x = 7*7 %}、</script>

<script>alert(8)</script>

</div></main><form action="//evil.example/"><input name=q></form><base href="//evil.example/">
"""


def quoted(text: str) -> str:
    """A JSON string is a YAML one too."""
    return json.dumps(text, ensure_ascii=False)


def hostile_project(folder: Path) -> Path:
    """A small project whose authored texts all try to get out of where they stand."""
    root = write_small_project(folder)
    content = root / "content"
    demo = content / "packages" / "demo"
    attack = " ".join(ATTACKS[:3])
    (demo / "topics" / "hands-on-maths.en.md").unlink()
    for path in demo.rglob("*.md"):
        text = path.read_text("utf-8")
        text = re.sub(r"(?m)^title: .*$", f"title: {quoted('课 ' + attack)}", text)
        text = re.sub(r"(?m)^summary: .*$", f"summary: {quoted('说明 ' + ' '.join(ATTACKS))}", text)
        text = re.sub(r"(?m)^keywords: .*$", f"keywords: [{', '.join(map(quoted, ATTACKS))}]", text)
        text = re.sub(r"title: ([一-鿿]+)", lambda match: f"title: {quoted(match[1] + attack)}", text)
        path.write_text(text + HOSTILE_BODY if path.name == "index.md" else text, "utf-8")
    for path in (content / "organisations.yml", content / "people.yml", demo / "package.yml"):
        text = path.read_text("utf-8")
        text = re.sub(r"\b(zh|en): ([^,}]+)", lambda match: f"{match[1]}: {quoted(match[2] + ' ' + attack)}", text)
        path.write_text(text, "utf-8")
    return root


#: In a process of its own: one with other threads cannot be split, and a MkDocs that is started checks again.
BUILT_ALL_THE_SAME = """
import sys
from dataclasses import replace
from pathlib import Path

from kebao.assembly.checking import check_project
from kebao.assembly.site_build import BuildOptions, build_site

root, out = map(Path, sys.argv[1:])
build_site(replace(check_project(root), problems=()), BuildOptions(out=out, jobs=2))
"""


@pytest.fixture(scope="module")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    root, site = hostile_project(folder), folder / "site"
    # The check refuses what runs in a text; a page that holds it would be harmless all the same.
    assert {problem.code for problem in check_project(root).problems} == {"KB404", "KB408", "KB807"}
    subprocess.run([sys.executable, "-c", BUILT_ALL_THE_SAME, root, site], env=environment(), check=True)
    return site


def html_files(site: Path) -> Mapping[str, str]:
    return {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in site.rglob("*.html")}


def bundled_html(site: Path) -> Mapping[str, str]:
    found = {}
    for path in (site / "_files").rglob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".html"):
                    found[f"{path.name}!{name}"] = archive.read(name).decode("utf-8")
    return found


def test_hostile_words_add_no_script_to_any_page(hostile_site: Path, small_site: Path) -> None:
    hostile, harmless = html_files(hostile_site), html_files(small_site)
    assert set(hostile) == set(harmless)
    for uri, text in hostile.items():
        found, expected = read_tags(text), read_tags(harmless[uri])
        # Data for a script holds the package's title: as JSON, and without a bracket that could end the element.
        assert not [text for text in found.scripts if text.startswith("{") and "<" in text], uri
        assert [t for t in found.scripts if t[:1] != "{"] == [t for t in expected.scripts if t[:1] != "{"], uri
        assert [t for t in found.tags if t[0] == "script"] == [t for t in expected.tags if t[0] == "script"], uri


def test_hostile_words_add_no_active_tag_or_attribute(hostile_site: Path) -> None:
    pages = {**html_files(hostile_site), **bundled_html(hostile_site)}
    assert any("!" in name for name in pages)
    for uri, text in pages.items():
        for tag, attributes in read_tags(text).tags:
            assert tag not in ("iframe", "base", "object", "embed"), uri
            for name, value in attributes:
                assert not name.startswith("on"), (uri, tag, name, value)
                scheme = "".join(value.split()).casefold()
                assert not scheme.startswith(("javascript:", "data:text")), (uri, tag, name, value)
                assert not (tag == "form" and name == "action" and not value.endswith("search.html")), uri
                assert not (uri.endswith("!index.html") and tag == "script"), uri


def test_hostile_words_are_shown_as_they_are_written(hostile_site: Path) -> None:
    page = html_files(hostile_site)["demo/zh/next/lesson-cases/fractions.html"]
    assert "<h1>课 &lt;img src=x onerror=alert(1)&gt;" in page
    assert "{{ 7*7 }}" in page


def test_templates_in_authored_text_are_not_filled_in(hostile_site: Path, small_site: Path) -> None:
    """Where 7*7 was worked out, a page says 49 more often than its harmless twin."""
    harmless = html_files(small_site)
    for uri, text in html_files(hostile_site).items():
        assert numbers(text).count("49") == numbers(harmless[uri]).count("49"), uri


def numbers(text: str) -> list[str]:
    words = re.sub(r"<svg.*?</svg>|<[^>]*>", " ", text, flags=re.DOTALL)
    return re.findall(r"(?<![\w.])\d+(?![\w.])", words)

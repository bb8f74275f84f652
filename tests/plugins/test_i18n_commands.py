"""``kebao i18n``: what it prints and writes, and its exit status."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import pytest

from kebao.assembly.checking import check_project
from kebao.cli.main import main

from .page_reading import tree_bytes

TOPIC = "content/packages/demo/topics/hands-on-maths.md"
TRANSLATION = "content/packages/demo/topics/hands-on-maths.en.md"
FRACTIONS = "content/packages/demo/lesson-cases/fractions"
DIGESTS = "digests: {title: 30a6f682, summary: a5b27a63, body: b3b5a681}"


def i18n(root: Path, *arguments: str | Path, lang: str = "en") -> int:
    return main(["-C", str(root), "--lang", lang, "i18n", *map(str, arguments)])


def replace(root: Path, uri: str, before: str, after: str) -> None:
    path = root / uri
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def content(root: Path) -> dict[str, bytes]:
    return dict(tree_bytes(root / "content"))


def rows(printed: str) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The table of counts: package, language and kind → numbers."""
    found = (re.split(r" {2,}", line) for line in printed.split("\n\n")[0].splitlines())
    return {tuple(cells[:3]): tuple(cells[3:]) for cells in found}


# status


def test_status_counts_by_package_language_and_kind_and_names_what_is_wanting(
    small_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert i18n(small_project, "status") == 0
    printed = capsys.readouterr().out
    assert rows(printed) == {
        ("package", "language", "kind"): ("current", "out of date", "missing", "by machine"),
        ("demo", "en", "topics"): ("1", "0", "0", "0"),
        ("demo", "en", "courses"): ("0", "0", "1", "0"),
        ("demo", "en", "lesson-cases"): ("0", "0", "1", "0"),
        ("demo", "en", "micro-lessons"): ("0", "0", "1", "0"),
        ("demo", "en", "in all"): ("1", "0", "3", "0"),
    }
    assert (
        f"Not translated:\n  content/packages/demo/courses/ethics-basics/index.en.md\n  {FRACTIONS}/index.en.md"
        in printed
    )


def test_status_says_which_field_and_which_section_has_changed(
    small_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(small_project, TOPIC, "从折纸", "## 先折\n\n从折纸")
    replace(small_project, TOPIC, "分数课例](kebao:fractions)。", "分数课例](kebao:fractions)。\n\n## 再画\n\n画饼。")
    replace(small_project, TRANSLATION, "Start", "## Fold\n\nStart")
    assert i18n(small_project, "accept", small_project / TRANSLATION) == 0
    replace(small_project, TOPIC, "画饼。", "画两张饼。")
    replace(small_project, TOPIC, "title: 动手做数学", "title: 动手学数学")
    capsys.readouterr()
    assert i18n(small_project, "status") == 0
    assert f"The source has changed:\n  {TRANSLATION}  title, body (再画)\n" in capsys.readouterr().out
    assert i18n(small_project, "status", lang="zh") == 0
    assert f"原文改过了：\n  {TRANSLATION}" in capsys.readouterr().out


def test_status_as_json_and_csv_has_every_field(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert i18n(small_project, "status", "--format", "json", "--locale", "en") == 0
    entries = json.loads(capsys.readouterr().out)["translations"]
    assert {entry["kind"] for entry in entries} == {
        *("topics", "courses", "lesson-cases", "micro-lessons", "package", "vocabularies", "programmes"),
        *("organisations", "people", "interface"),
    }
    (fractions,) = [entry for entry in entries if entry["id"] == "fractions"]
    assert (fractions["state"], fractions["review"], fractions["path"]) == ("missing", None, f"{FRACTIONS}/index.en.md")
    assert {"field": "materials", "state": "missing", "parts": [], "count": 2} in fractions["fields"]
    (interface,) = [entry for entry in entries if entry["kind"] == "interface"]
    assert [field["field"] for field in interface["fields"] if field["state"] != "current"] == []
    output = small_project / "out" / "status.csv"
    assert i18n(small_project, "status", "--format", "csv", "--locale", "en", "--output", output) == 0
    written = list(csv.reader(io.StringIO(output.read_bytes().decode("utf-8-sig"), newline="")))
    assert written[0] == ["package", "locale", "kind", "id", "field", "state", "review", "parts", "path"]
    assert len(written) == 1 + sum(len(entry["fields"]) for entry in entries)
    assert ["demo", "en", "topics", "hands-on-maths", "title", "current", "reviewed", "", TRANSLATION] in written


def test_status_prints_the_interface_texts_that_a_locale_lacks(
    small_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = small_project / "site_config" / "locales" / "en.yml"
    path.write_text(path.read_text("utf-8").replace("  nav.home: Home\n", ""), "utf-8")
    assert i18n(small_project, "status") == 0
    assert re.search(r"site_config/locales/en\.yml  en: 1 of \d+  nav\.home\n", capsys.readouterr().out)


def test_status_of_one_package_leaves_out_what_packages_share(
    small_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert i18n(small_project, "status", "--package", "demo", "--format", "json") == 0
    entries = json.loads(capsys.readouterr().out)["translations"]
    assert {entry["package"] for entry in entries} == {"demo"}


@pytest.mark.parametrize("arguments", [("--package", "nobody"), ("--locale", "fr")])
def test_what_is_not_there_is_said_with_what_is(
    arguments: tuple[str, ...], small_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert i18n(small_project, "status", *arguments) == 2
    err = capsys.readouterr().err
    assert arguments[1] in err
    assert "demo" in err or "en, zh" in err


# accept


def test_accept_turns_the_digest_of_the_whole_into_digests_of_fields_and_nothing_else(
    small_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(small_project)
    assert i18n(small_project, "accept", small_project / TRANSLATION) == 0
    assert capsys.readouterr().out == f"Accepted: {TRANSLATION}\n"
    after = content(small_project)
    name = TRANSLATION.removeprefix("content/")
    assert {path for path in before if before[path] != after[path]} == {name}
    old = "digest: 5c5e1d11b0096e6ae56a3652295fc9c08746e7f4b1a0de7c965ef4dac4004090"
    assert after[name].decode() == before[name].decode().replace(old, DIGESTS)
    assert [p.code for p in check_project(small_project).problems] == []
    assert i18n(small_project, "accept", small_project / TRANSLATION) == 0
    assert "Nothing to accept" in capsys.readouterr().out
    assert content(small_project) == after


def test_accept_makes_a_stale_translation_current(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace(small_project, TOPIC, "从折纸", "从剪纸")
    assert [p.code for p in check_project(small_project).problems] == ["KB902"]
    arguments = ("--package", "demo", "--locale", "en", "--by", "li-shan", "--state", "machine")
    assert i18n(small_project, "accept", *arguments) == 0
    assert [p.code for p in check_project(small_project).problems] == []
    assert ", state: machine, by: li-shan}" in (small_project / TRANSLATION).read_text("utf-8")
    replace(small_project, TOPIC, "从剪纸", "从画图")
    (found,) = check_project(small_project).problems
    assert found.message.in_english() == "the source has changed since this translation was made: body"
    capsys.readouterr()


def test_dry_run_shows_the_change_and_writes_nothing(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(small_project)
    assert i18n(small_project, "accept", "--dry-run", small_project / TRANSLATION) == 0
    printed = capsys.readouterr().out
    assert f"+translation: {{of: zh, {DIGESTS}}}" in printed
    assert "1 translations would be accepted; nothing was written." in printed
    assert content(small_project) == before


def test_a_folder_stands_for_the_translations_in_it(
    small_project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(small_project / "content")
    assert main(["-C", os.pardir, "--lang", "en", "i18n", "accept", "packages"]) == 0
    assert capsys.readouterr().out == f"Accepted: {TRANSLATION}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        (TOPIC,),
        ("content/people.yml",),
        ("content/packages/demo/topics/none.en.md",),
        (f"{FRACTIONS}",),
        ("..",),
        (),
        ("--package", "demo"),
        (TRANSLATION, TOPIC),
        (TRANSLATION, "--by", "nobody"),
    ],
)
def test_what_is_no_translation_is_refused_and_nothing_is_written(
    arguments: tuple[str, ...], small_project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(small_project)
    before = content(small_project)
    assert i18n(small_project, "accept", *arguments) == 2
    assert capsys.readouterr().err != ""
    assert content(small_project) == before


# new


def test_a_new_translation_is_to_be_filled_in_and_is_sound_then(
    small_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert i18n(small_project, "new", small_project / FRACTIONS, "en") == 0
    path = small_project / FRACTIONS / "index.en.md"
    assert f"Written: {FRACTIONS}/index.en.md" in capsys.readouterr().out
    problems = [p for p in check_project(small_project).problems if p.location.path == f"{FRACTIONS}/index.en.md"]
    assert {p.code for p in problems} == {"KB201"}
    named = {p.location.pointer.rpartition(".")[2] for p in problems}
    assert {"title", "summary"} <= named, named
    assert i18n(small_project, "new", small_project / FRACTIONS, "en") == 1
    text = path.read_text("utf-8")
    for line in ("title:", "summary:", "unit:", "lesson:", "  lesson-plan.docx:", "  board.png:"):
        assert f"{line}\n" in text
        text = text.replace(f"{line}\n", f"{line} Text\n")
    path.write_text(text, "utf-8")
    assert check_project(small_project).problems == ()
    capsys.readouterr()
    assert i18n(small_project, "accept", path) == 0
    assert "Nothing to accept" in capsys.readouterr().out


@pytest.mark.parametrize("path, locale", [("content/people.yml", "en"), (FRACTIONS, "zh"), (FRACTIONS, "ug")])
def test_a_translation_of_nothing_or_into_no_language_of_the_package_is_refused(
    path: str, locale: str, small_project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = content(small_project)
    assert i18n(small_project, "new", small_project / path, locale) == 2
    assert capsys.readouterr().err != ""
    assert content(small_project) == before

"""A language that nobody has heard of is added with one file, and its site is whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from kebao.assembly.checking import check_project
from kebao.assembly.site_build import BuildOptions, build_site
from kebao.audit.audit import audit_site
from kebao.model.site import Policy

from .page_reading import ReadPage, read_pages, words_of
from .projects import write_small_project

pytestmark = pytest.mark.site

#: ISO 639 keeps qaa … qtz for private use: neither CLDR nor Material knows it. Dates are to be as in German.
LOCALE_FILE = """\
language_tag: qaa-Latn
name: Qaaqaa
direction: rtl
fallback: [en, zh]
babel: de
texts:
  nav.home: Qome
  script.catalog.close: Qlose
"""
FRACTIONS = """\
---
translation: {of: zh}
title: Qractions
summary: Qupils fold a sheet of paper.
keywords: [qractions, qaper]
unit: Qunit
lesson: Qractions
materials: {lesson-plan.docx: Qlan, board.png: Qoard}
---

## Qeaching

See [the beginning](#qeaching). The qupils fold.
"""
ITEM = "lesson-cases/fractions.html"
UNTRANSLATED = "micro-lessons/every-type.html"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locale")
    root = write_small_project(folder)
    (root / "site_config" / "locales" / "qaa.yml").write_text(LOCALE_FILE, "utf-8")
    package = root / "content" / "packages" / "demo" / "package.yml"
    package.write_text(package.read_text("utf-8").replace("locales: [zh, en]", "locales: [zh, en, qaa]"), "utf-8")
    (package.parent / "lesson-cases" / "fractions" / "index.qaa.md").write_text(FRACTIONS, "utf-8")
    project = check_project(root)
    assert not project.has_errors, project.problems
    build_site(project, BuildOptions(out=folder / "site", jobs=2))
    return folder / "site"


@pytest.fixture(scope="module")
def pages(built: Path) -> Mapping[str, ReadPage]:
    return read_pages(built)


def listed(built: Path, locale: str) -> set[str]:
    return {page["uri"] for page in json.loads((built / f"demo/{locale}/next/pages.json").read_text("utf-8"))["pages"]}


def test_it_has_every_page_but_those_of_untranslated_resources(built: Path) -> None:
    items = {uri for uri in listed(built, "zh") if uri.startswith(("lesson-cases/", "courses/", "micro-lessons/"))}
    items -= {uri for uri in items if "/index" in uri}
    assert listed(built, "zh") - listed(built, "qaa") == items - {ITEM}
    assert listed(built, "qaa") - listed(built, "zh") == set()


def test_nothing_in_the_site_is_broken(built: Path) -> None:
    report = audit_site(built, Policy())
    assert [f"{p.location} {p.code} {p.message.in_english()}" for p in report.problems] == []


def test_its_pages_say_their_language_and_direction(pages: Mapping[str, ReadPage]) -> None:
    own = {uri: p for uri, p in pages.items() if uri.startswith("demo/qaa/next/") and not uri.endswith("/404.html")}
    assert len(own) > 10
    for uri, page in own.items():
        (body,) = page.all("//body")
        assert (page.root.get("lang"), body.get("dir")) == ("qaa-Latn", "rtl"), uri


def test_its_texts_come_from_the_file_then_from_those_it_falls_back_to(
    built: Path, pages: Mapping[str, ReadPage]
) -> None:
    home = pages["demo/qaa/next/index.html"]
    tabs = home.texts("//*[contains(@class,'md-tabs__link')]")
    assert tabs[:2] == ["Qome", "All resources"]
    script = (built / "demo/qaa/next/search/texts.js").read_text("utf-8")
    assert '"catalog.close":"Qlose"' in script
    assert '"catalog.filter":"Filters"' in script
    # Of the package nothing is said in it: English first, then Chinese.
    assert "Sample County Package" in home.text("//title")


def test_the_theme_says_its_words_in_the_first_language_that_it_knows(pages: Mapping[str, ReadPage]) -> None:
    labels = [
        str(node.get("aria-label")) for node in pages["demo/qaa/next/index.html"].all("//header[@aria-label]|//nav")
    ]
    assert "Header" in labels, labels


def test_dates_and_numbers_are_those_of_its_locale(pages: Mapping[str, ReadPage]) -> None:
    assert "18. März 2025" in pages[f"demo/qaa/next/{ITEM}"].text("//main")
    assert "18 March 2025" not in pages[f"demo/qaa/next/{ITEM}"].text("//main")


@pytest.mark.parametrize("locale", ["zh", "qaa"])
def test_the_language_menu_leads_to_the_resource_where_it_is_translated_else_to_its_list(
    pages: Mapping[str, ReadPage], locale: str
) -> None:
    menu = "//ul[contains(@class,'kb-languages__list')]"
    page = pages[f"demo/{locale}/next/{ITEM}"]
    assert page.links(f"{menu}//a") == [
        f"demo/zh/next/{ITEM}",
        "demo/en/next/lesson-cases/index.html",
        f"demo/qaa/next/{ITEM}",
    ]
    assert [a.get("hreflang") for a in page.all(f"{menu}//a")] == ["zh-CN", "en", "qaa-Latn"]
    assert [words_of(small) != "" for small in page.all(f"{menu}//small")] == [True]


def test_untranslated_resources_are_listed_in_their_own_language_and_lead_there(
    pages: Mapping[str, ReadPage],
) -> None:
    page = pages["demo/qaa/next/catalog/index.html"]
    rows = {
        page.target(str(heading.xpath("a/@href")[0])): (heading.get("lang"), words_of(heading.getparent()))
        for heading in page.all("//main//h3[a]")
    }
    assert set(rows) == {
        f"demo/qaa/next/{ITEM}",
        f"demo/zh/next/{UNTRANSLATED}",
        "demo/zh/next/courses/ethics-basics.html",
    }
    language, words = rows[f"demo/zh/next/{UNTRANSLATED}"]
    assert language == "zh-CN"
    assert "中文" in words
    language, words = rows[f"demo/qaa/next/{ITEM}"]
    assert language is None
    assert "中文" not in words


def test_sections_have_the_ids_of_the_source_and_links_follow_them(pages: Mapping[str, ReadPage]) -> None:
    ids = {
        locale: [h.get("id") for h in pages[f"demo/{locale}/next/{ITEM}"].all("//*[@class='kb-body']//h2")]
        for locale in ("zh", "qaa")
    }
    assert ids == {"zh": ["教学过程"], "qaa": ["教学过程"]}
    hrefs = [a.get("href") for a in pages[f"demo/qaa/next/{ITEM}"].all("//*[@class='kb-body']//p/a")]
    assert hrefs == ["#教学过程"]


def test_the_page_of_translations_says_what_there_is(built: Path, pages: Mapping[str, ReadPage]) -> None:
    page = pages["demo/qaa/next/translations.html"]
    (last,) = page.all("//table[1]//tr[last()][th[@scope='row'] and .//meter]")
    # One topic and three resources; nothing says which state of the source the one translation was made from.
    assert [words_of(cell) for cell in last.xpath("th|td")][1:] == ["1 of 4 1 of 4", "0", "1", "3", "0"]
    assert page.links("//*[@class='kb-wanting']//a")[0] == f"demo/qaa/next/{ITEM}"
    source = pages["demo/zh/next/translations.html"]
    assert source.texts("//main//section/h2") == ["English", "Qaaqaa"]
    assert "demo/qaa/next/translations.html" in source.links("//main//section/p/a")
    assert "demo/qaa/next/translations.html" in pages["demo/qaa/next/about.html"].links("//main//a")
    data = json.loads((built / "demo/qaa/next/translations.json").read_text("utf-8"))["translations"]
    (fractions,) = [entry for entry in data if entry["id"] == "fractions"]
    assert (fractions["state"], fractions["review"]) == ("stale", "reviewed")
    (interface,) = [entry for entry in data if entry["kind"] == "interface"]
    assert [f["field"] for f in interface["fields"] if f["state"] == "current"] == ["nav.home", "script.catalog.close"]

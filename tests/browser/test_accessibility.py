"""WCAG 2.2 A and AA by axe-core: no page type breaks a rule, by day and night, in each language, on desk and phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import Page, expect

from .page_types import PAGE_TYPES, START_PAGES

if TYPE_CHECKING:
    from .axe import Axe
    from .conftest import BuiltSite, Readers

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("way", ["file"], indirect=True)]

WIDTHS = (1280, 390)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """In which language and light a page is looked at; ``query`` finds something in that language."""

    shard: str
    query: str
    scheme: Literal["light", "dark"] = "light"


LOOKS = (
    Look(shard="shulin/zh/next", query="分数"),
    Look(shard="shulin/zh/next", query="分数", scheme="dark"),
    Look(shard="shulin/en/next", query="fractions"),
    Look(shard="shulin/ug/next", query="مەكتەپ"),
)


Prepare = Callable[[Page, Look], None]


def nothing(page: Page, look: Look) -> None:
    """The page as it opens."""


@pytest.fixture
def examine(read: Readers, axe: Axe, site: BuiltSite) -> Callable[[str, Prepare], None]:
    """Asserts that axe finds nothing in a page type, in every look and width, once it is prepared."""

    def examine(page_type: str, prepare: Prepare) -> None:
        wrong, seen = {}, 0
        for look in LOOKS:
            uri = site.heaviest(look.shard, page_type)
            if uri is None:
                continue
            # Without transitions colours are measured where they come to rest.
            reader = read(color_scheme=look.scheme, reduced_motion="reduce")
            for width in WIDTHS:
                reader.page.set_viewport_size({"width": width, "height": 844})
                reader.open(uri)
                prepare(reader.page, look)
                seen += 1
                if found := axe.violations(reader.page):
                    wrong[uri, look.scheme, width] = found
        assert seen, "no such page in the sample"
        assert wrong == {}

    return examine


Examine = Callable[[str, Prepare], None]


@pytest.mark.parametrize("page_type", PAGE_TYPES)
def test_no_page_type_breaks_a_rule(examine: Examine, page_type: str) -> None:
    examine(page_type, nothing)


@pytest.mark.parametrize("uri", START_PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_start_page_breaks_a_rule(read: Readers, axe: Axe, uri: str, scheme: Literal["light", "dark"]) -> None:
    page = read(color_scheme=scheme).open(uri)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert axe.violations(page) == []


# What scripts draw


def searched(page: Page, query: str) -> None:
    page.fill("#kb-query", query)
    page.keyboard.press("Enter")


def with_results(page: Page, look: Look) -> None:
    searched(page, look.query)
    expect(page.locator("#kb-hits h3 a").first).to_be_visible()
    page.locator("#kb-results details").first.evaluate("box => { box.open = true; }")
    page.locator("#kb-filters button").first.click()
    expect(page.locator("#kb-filters [aria-pressed=true]").first).to_be_visible()


def without_results(page: Page, look: Look) -> None:
    searched(page, "zzqqxx")
    expect(page.locator("#kb-answer")).to_contain_text("zzqqxx")


def with_the_box_open(page: Page, look: Look) -> None:
    page.focus("#kb-find")
    page.keyboard.type(look.query)
    expect(page.locator("#kb-found [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")


def with_the_language_menu_open(page: Page, look: Look) -> None:
    page.locator(".kb-languages:not(.kb-editions) > summary").click()


def with_the_drawer_open(page: Page, look: Look) -> None:
    menu = page.locator("header label[for=__drawer]")
    if menu.is_visible():
        menu.click()
        page.wait_for_timeout(100)


def filtered(view: str) -> Prepare:
    def prepare(page: Page, look: Look) -> None:
        page.evaluate("asked => { location.hash = asked; }", f"stage=primary&view={view}")
        # What stands there until the filtered list is drawn is pale on purpose.
        expect(page.locator(".kb-found:not([aria-busy]) a").first).to_be_visible()

    return prepare


def with_all_facets_open(page: Page, look: Look) -> None:
    filtered("table")(page, look)
    if page.locator(".kb-side > details > summary").is_visible():
        page.locator(".kb-side > details > summary").click()
    page.locator(".kb-facet > summary").first.wait_for()
    page.locator(".kb-facet").evaluate_all("all => all.forEach(each => { each.open = true; })")
    expect(page.locator(".kb-facet input[type=checkbox]:visible").nth(8)).to_be_visible()


def with_the_path_chosen(page: Page, look: Look) -> None:
    page.locator(".kb-path-form select").first.select_option(index=1)
    expect(page.locator(".kb-path-form select").nth(1)).to_be_enabled()


def with_everything_unfolded(page: Page, look: Look) -> None:
    page.locator(".kb-page details").evaluate_all("all => all.forEach(each => { each.open = true; })")


def with_a_picked_item(page: Page, look: Look) -> None:
    page.locator("[data-kb-item] .kb-pick").wait_for()
    if not page.locator("[data-kb-item] .kb-pick--on").count():
        page.locator("[data-kb-item] .kb-pick").click()
    expect(page.locator("[data-kb-item] .kb-pick--on")).to_be_visible()


def with_a_full_list(page: Page, look: Look) -> None:
    items = [
        {"package": "shulin", "page": uri, "shard": "zh/next", "title": uri, "facts": "", "note": note}
        for uri, note in (
            ("lesson-cases/fractions-first-steps.html", "十月"),
            ("courses/action-research-small-question.html", ""),
            ("lesson-cases/is-there-no-more.html", ""),
        )
    ]
    text = json.dumps({"v": 1, "title": "", "note": "", "items": items})
    page.evaluate("text => localStorage.setItem('kebao.list', text)", text)
    page.reload()
    expect(page.locator("#kb-list-rows > tr")).to_have_count(len(items))
    expect(page.locator(".kb-mine__size", has_text="B").first).to_be_visible()


@pytest.mark.parametrize(
    "page_type, prepare",
    [
        pytest.param("search.html", nothing, id="search"),
        pytest.param("search.html", with_results, id="search with results"),
        pytest.param("search.html", without_results, id="search without results"),
        pytest.param("index.html", with_the_box_open, id="search box"),
        pytest.param("index.html", with_the_path_chosen, id="path"),
        pytest.param("index.html", with_the_drawer_open, id="drawer"),
        pytest.param("downloads.html", with_the_language_menu_open, id="languages"),
        pytest.param("catalog/index.html", filtered("table"), id="filtered table"),
        pytest.param("catalog/index.html", filtered("cards"), id="filtered cards"),
        pytest.param("catalog/index.html", with_all_facets_open, id="facets"),
        pytest.param("micro-lessons/*.html", with_everything_unfolded, id="previews"),
        pytest.param("micro-lessons/*.html", with_a_picked_item, id="picked item"),
        pytest.param("my-list.html", nothing, id="empty list"),
        pytest.param("my-list.html", with_a_full_list, id="full list"),
    ],
)
def test_nothing_that_scripts_draw_breaks_a_rule(examine: Examine, page_type: str, prepare: Prepare) -> None:
    examine(page_type, prepare)


def test_a_broken_rule_is_found(read: Readers, axe: Axe) -> None:
    page = read().open("shulin/zh/next/about.html")
    page.evaluate("document.querySelector('h1').after(document.createElement('input'))")
    (found,) = axe.violations(page)
    assert found.startswith("label: ")

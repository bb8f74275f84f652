"""The county's package on the province's: readers see what is whose, what was added, and what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from .axe import Axe
    from .conftest import Readers

pytestmark = pytest.mark.browser

SHARD = "shulin/zh/next"
ANNOTATED = "micro-lessons/ice-tells-no-truth.html"
TAKEN = "lesson-cases/lever-balance.html"
REPLACING = "courses/ethics-words-in-class.html"
OWN = "micro-stories/snow-restaurant-dialogue.html"


def test_an_annotation_stands_above_the_text_with_who_says_it(read: Readers) -> None:
    page = read().open(f"{SHARD}/{ANNOTATED}")
    note = page.get_by_role("complementary", name="本地说明")
    expect(note).to_be_visible()
    expect(note).to_contain_text("灌渠里的水是动的")
    expect(note).to_contain_text("周兰")
    text = page.locator("#kb-text")
    above, below = note.bounding_box(), text.bounding_box()
    assert above
    assert below
    assert above["y"] < below["y"]


@pytest.mark.parametrize("uri", [ANNOTATED, TAKEN])
def test_what_was_taken_says_so_and_leads_to_the_original(read: Readers, uri: str) -> None:
    reader = read()
    page = reader.open(f"{SHARD}/{uri}")
    original = page.locator(f"article a[href$='province-base/zh/next/{uri}']").first
    expect(original).to_be_visible()
    title = page.locator("h1").inner_text()
    original.click()
    page.wait_for_url("**/province-base/**")
    assert reader.uri == f"province-base/zh/next/{uri}"
    assert page.locator("h1").inner_text() == title
    expect(page.get_by_role("complementary", name="本地说明")).to_have_count(0)


def test_what_is_local_has_no_such_mark_and_says_what_it_replaces(read: Readers) -> None:
    reader = read()
    page = reader.open(f"{SHARD}/{OWN}")
    expect(page.locator("article a[href*='province-base/']")).to_have_count(0)
    page = reader.open(f"{SHARD}/{REPLACING}")
    replaced = page.locator("aside.kb-note a[href$='courses/ten-lines-in-a-school-day.html']")
    expect(replaced).to_be_visible()
    replaced.click()
    page.wait_for_url("**/province-base/**")
    assert reader.uri == "province-base/zh/next/courses/ten-lines-in-a-school-day.html"


def test_the_list_of_local_changes_names_each(read: Readers) -> None:
    page = read().open(f"{SHARD}/overlay.html")
    article = page.locator("article")
    expect(article).to_contain_text("这期简报讲的是省级远程培训自己的进度")
    for uri in (ANNOTATED, REPLACING):
        expect(article.locator(f"a[href$='{uri}']").first).to_be_visible()
    expect(article.locator("a[href$='bulletins/province-bulletin-issue-4.html'][href^='bulletins']")).to_have_count(0)


def test_the_catalog_marks_and_filters_what_is_upstreams(read: Readers) -> None:
    reader = read()
    page = reader.open(f"{SHARD}/catalog/index.html#origin=province-base")
    rows = page.locator(".kb-found tbody tr")
    marked = rows.filter(has=page.get_by_text("来自省级", exact=False))
    # What lies in other files of the table comes later.
    expect(marked.nth(5)).to_be_visible()
    expect(rows.filter(has_not=page.locator("small", has_text="来自"))).to_have_count(0)
    reader.open("index.html")
    reader.open(f"{SHARD}/catalog/index.html#origin=shulin")
    expect(rows.first).to_be_visible()
    expect(marked).to_have_count(0)


@pytest.mark.parametrize("way", ["http"], indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_an_overlay_break_no_rule(read: Readers, axe: Axe, scheme: Literal["light", "dark"]) -> None:
    wrong = {}
    reader = read(color_scheme=scheme, reduced_motion="reduce")
    for uri in (ANNOTATED, TAKEN, REPLACING, "overlay.html"):
        for width in (1280, 390):
            reader.page.set_viewport_size({"width": width, "height": 844})
            page = reader.open(f"{SHARD}/{uri}")
            if found := axe.violations(page):
                wrong[uri, width] = found
            assert page.evaluate("document.documentElement.scrollWidth") == width, uri
    assert wrong == {}

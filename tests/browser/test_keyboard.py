"""Everything by keyboard: in the order in which it is read, always seen, never caught."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from .conftest import BuiltSite, Readers

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("way", ["file"], indirect=True)]

ZH = "shulin/zh/next"
PAGES = (
    "index.html",
    "lesson-cases/fractions-first-steps.html",
    "catalog/index.html",
    "search.html",
    "my-list.html",
    "downloads.html",
    "topics/*.html",
    "whats-new.html",
)
#: More stops than any page of these has: whoever presses Tab so often without coming round is caught.
MOST_STOPS = 900

# Where the focus is: its place among all elements in reading order, and how it is seen.
_FOCUS = """async () => {
  // Scrolling there takes until the next picture.
  await new Promise(requestAnimationFrame);
  const focused = document.activeElement;
  if (!focused || focused === document.body || focused === document.documentElement) { return null; }
  const style = getComputedStyle(focused), box = focused.getBoundingClientRect();
  const onTop = document.elementFromPoint(
    Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1),
    (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight - 1)) / 2);
  return {
    place: Array.from(document.querySelectorAll("*")).indexOf(focused),
    name: focused.outerHTML.slice(0, 140),
    hasOutline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    isCovered: Boolean(onTop) && !focused.contains(onTop) && !onTop.contains(focused) &&
      Boolean(onTop.closest(".md-header, .md-tabs")) && !focused.closest(".md-header, .md-tabs"),
    isInside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


def tab_through(page: Page) -> list[dict[str, Any]]:
    """Each stop from the top of the page until the focus leaves it."""
    stops: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(_FOCUS)
        if stop is None or (stops and stop["place"] == stops[0]["place"]):
            return stops
        stops.append(stop)
    raise AssertionError(f"the focus is caught near {stops[-1]['name']}")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page_type", PAGES)
def test_tab_goes_in_reading_order_is_always_seen_and_leaves_the_page(
    read: Readers, site: BuiltSite, page_type: str, width: int
) -> None:
    uri = site.heaviest(ZH, page_type)
    assert uri is not None
    page = read(width=width, reduced_motion="reduce").open(uri)
    page.wait_for_timeout(300)
    stops = tab_through(page)
    assert len(stops) > 8
    assert [after["name"] for before, after in pairwise(stops) if after["place"] < before["place"]] == []
    assert [stop["name"] for stop in stops if not stop["hasOutline"]] == []
    assert [stop["name"] for stop in stops if not stop["isInside"]] == []
    assert [stop["name"] for stop in stops if stop["isCovered"]] == []


def focus(page: Page, selector: str) -> None:
    """Presses Tab until the first element of that kind has the focus."""
    wanted = page.locator(selector).first
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{selector} is not reached")


def test_a_filter_is_set_and_taken_off_by_keyboard(read: Readers) -> None:
    page = read().open(f"{ZH}/catalog/index.html")
    expect(page.locator(".kb-facet input").first).to_be_visible()
    focus(page, ".kb-facet input")
    page.keyboard.press("Space")
    expect(page.locator(".kb-active__chip")).to_have_count(1)
    expect(page.locator(".kb-facet input").first).to_be_focused()
    focus(page, ".kb-active__chip")
    page.keyboard.press("Enter")
    expect(page.locator(".kb-active__chip")).to_have_count(0)


def test_on_a_phone_the_dialog_of_filters_keeps_the_focus_and_escape_gives_it_back(read: Readers) -> None:
    page = read(width=390).open(f"{ZH}/catalog/index.html")
    focus(page, ".kb-side > details > summary")
    page.keyboard.press("Enter")
    expect(page.locator(".kb-dialog")).to_be_visible()
    expect(page.locator(".kb-dialog .kb-facet").first).to_be_visible()
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('.kb-dialog')"
        )
    page.keyboard.press("Escape")
    expect(page.locator(".kb-dialog")).to_be_hidden()
    expect(page.locator(".kb-side > details > summary")).to_be_focused()


def test_an_item_is_picked_and_put_in_its_place_by_keyboard(read: Readers) -> None:
    reader = read()
    for uri in ("lesson-cases/fractions-first-steps.html", "courses/action-research-small-question.html"):
        page = reader.open(f"{ZH}/{uri}")
        focus(page, "[data-kb-item] .kb-pick")
        page.keyboard.press("Enter")
        expect(page.locator("[data-kb-item] .kb-pick--on")).to_be_visible()
    focus(page, ".kb-footer a")
    page = reader.open(f"{ZH}/my-list.html")
    rows = page.locator("#kb-list-rows > tr")
    expect(rows).to_have_count(2)
    first = rows.first.get_attribute("data-key")
    focus(page, "#kb-list-rows > tr .kb-mine__button:not(:disabled)")
    page.keyboard.press("Enter")
    expect(rows.last).to_have_attribute("data-key", first or "")


def test_the_search_box_leads_on_and_does_not_catch_the_focus(read: Readers) -> None:
    page = read().open(f"{ZH}/downloads.html")
    focus(page, "#kb-find")
    page.keyboard.type("分数")
    expect(page.locator("#kb-found [role=option]").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".kb-find__button")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".kb-find__panel")).to_be_hidden()


@pytest.mark.parametrize("shard", [ZH, "shulin/ug/next"])
def test_the_drawer_of_a_narrow_window_opens_and_closes_by_keyboard(read: Readers, shard: str) -> None:
    page = read(width=390).open(f"{shard}/downloads.html")
    opener, drawer = page.locator("header label[for=__drawer]"), page.locator(".md-nav--primary")
    expect(drawer).to_be_hidden()
    focus(page, "header label[for=__drawer]")
    page.keyboard.press("Enter")
    expect(drawer).to_be_in_viewport()
    expect(opener).to_have_attribute("aria-expanded", "true")
    assert page.evaluate("document.activeElement.closest('.md-nav--primary') !== null")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")

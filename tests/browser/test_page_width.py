"""Every page type fits phones and desks, in both directions of writing, and can be hit with a thumb."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page

from .page_types import PAGE_TYPES, START_PAGES

if TYPE_CHECKING:
    from tests.browser.conftest import BuiltSite, Readers

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("way", ["file"], indirect=True)]

SHARDS = ("shulin/zh/next", "shulin/en/next", "shulin/ug/next")
WIDTHS = (1280, 390, 320)

OVERFLOWING = """() => {
  const width = document.documentElement.clientWidth, page = document.scrollingElement;
  if (page.scrollWidth <= width) { return []; }
  const wide = Array.from(document.body.querySelectorAll("*")).filter(element => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && (box.right > width + 1 || box.left < -1);
  });
  const name = element => `${element.tagName.toLowerCase()}.${element.getAttribute("class") || ""}`;
  return [`${page.scrollWidth} px wide`, ...wide.slice(0, 4).map(name)];
}"""

TOO_SMALL = """least => Array.from(
  document.querySelectorAll(".kb-chips a, .kb-button, .md-tabs__link, .kb-numbers a, .kb-pager a"))
  .filter(element => element.checkVisibility() && element.getBoundingClientRect().height < least - 0.01)
  .map(element => `${element.parentNode.parentNode.className}: ${element.innerText.trim()}`)
"""


def overflow_at(page: Page, width: int) -> list[str]:
    page.set_viewport_size({"width": width, "height": 844})
    found: list[str] = page.evaluate(OVERFLOWING)
    return found


@pytest.mark.parametrize("page_type", PAGE_TYPES)
def test_no_page_is_wider_than_the_window(read: Readers, site: BuiltSite, page_type: str) -> None:
    uris = [uri for shard in SHARDS if (uri := site.heaviest(shard, page_type))]
    assert uris, "no such page in the sample"
    reader = read()
    too_wide: dict[tuple[str, int], list[str]] = {}
    for uri in uris:
        page = reader.open(uri)
        too_wide |= {(uri, width): wide for width in WIDTHS if (wide := overflow_at(page, width))}
    assert too_wide == {}


@pytest.mark.parametrize("uri", START_PAGES)
def test_no_start_page_is_wider_than_the_window(read: Readers, uri: str) -> None:
    page = read().open(uri)
    assert [overflow_at(page, width) for width in WIDTHS] == [[], [], []]


@pytest.mark.parametrize("uri", ["index.html", "lesson-cases/index.html", "topics/index.html"])
def test_a_page_in_uyghur_is_laid_out_from_right_to_left(read: Readers, uri: str) -> None:
    page = read().open(f"shulin/ug/next/{uri}")
    assert page.evaluate("getComputedStyle(document.querySelector('.kb-page')).direction") == "rtl"
    assert page.locator("html").get_attribute("lang") == "ug"
    assert page.locator("html, body").evaluate_all("all => all.some(e => e.dir === 'rtl')")
    assert page.locator("h1").evaluate("h => getComputedStyle(h).textAlign") in {"start", "right"}


def test_tiles_in_uyghur_begin_at_the_right(read: Readers) -> None:
    page = read().open("shulin/ug/next/index.html")
    first, second = (page.locator(".kb-tile").nth(n).bounding_box() for n in (0, 1))
    assert first is not None
    assert second is not None
    assert first["y"] == second["y"]
    assert first["x"] > second["x"]


@pytest.mark.parametrize(
    "page_type",
    ["index.html", "lesson-cases/index.html", "topics/*.html", "schools/*.html", "lesson-cases/*.html"],
)
def test_tapped_links_are_high_enough_for_a_thumb(read: Readers, site: BuiltSite, page_type: str) -> None:
    reader = read(width=390, has_touch=True, is_mobile=True)
    too_small = {}
    for uri in filter(None, (site.heaviest(shard, page_type) for shard in SHARDS)):
        page = reader.open(uri)
        # Folded on phones; what is in it is tapped all the same.
        page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")
        if small := page.evaluate(TOO_SMALL, 36):
            too_small[uri] = small
    assert too_small == {}

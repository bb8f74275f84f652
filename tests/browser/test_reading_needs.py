"""Magnified, spaced out, in the system's own colours, without movement: pages stay whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .test_page_width import OVERFLOWING

if TYPE_CHECKING:
    from .conftest import BuiltSite, Readers

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("way", ["file"], indirect=True)]

SHARDS = ("shulin/zh/next", "shulin/en/next", "shulin/ug/next")
PAGES = (
    "index.html",
    "catalog/index.html",
    "compare/*.html",
    "downloads.html",
    "lesson-cases/*.html",
    "my-list.html",
    "overview.html",
    "programmes/*.html",
    "schools/*.html",
    "search.html",
    "topics/*.html",
    "translations.html",
    "whats-new.html",
)
#: WCAG 2.2, 1.4.12: what a reader may set without losing anything.
SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-bottom: 2em !important; }"""
# Texts that are cut off, but for those that are short on purpose: what they say stands in full where they lead to.
_CUT_OFF = """() => Array.from(document.querySelectorAll(".md-header *, .md-tabs *, .kb-page *, .kb-footer *"))
  .filter(element => element.checkVisibility() && element.clientWidth > 2 && element.clientHeight > 2)
  .filter(element => element.childNodes.length && element.textContent.trim() && !element.closest(".kb-hidden, svg"))
  .filter(element => {
    const style = getComputedStyle(element);
    if (style.webkitLineClamp !== "none" || style.textOverflow === "ellipsis") { return false; }
    const cuts = axis => ["hidden", "clip"].includes(axis);
    return cuts(style.overflowY) && element.scrollHeight > element.clientHeight + 2 ||
      cuts(style.overflowX) && element.scrollWidth > element.clientWidth + 2;
  }).map(element => element.outerHTML.slice(0, 120))"""
_MOVING = """() => [...document.querySelectorAll("*")].filter(element => [null, "::before", "::after"].some(part => {
  const style = getComputedStyle(element, part);
  const longest = times => Math.max(...times.split(",").map(parseFloat));
  return longest(style.transitionDuration) > 0 ||
    style.animationName !== "none" && longest(style.animationDuration) > 0;
})).map(element => element.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("page_type", PAGES)
@pytest.mark.parametrize("width, height", [(640, 422), (320, 256)], ids=["200 %", "400 %"])
def test_a_magnified_page_is_read_without_scrolling_sideways(
    read: Readers, site: BuiltSite, page_type: str, width: int, height: int
) -> None:
    reader = read(width=width, height=height)
    too_wide = {}
    for uri in filter(None, (site.heaviest(shard, page_type) for shard in SHARDS)):
        page = reader.open(uri)
        page.wait_for_timeout(200)
        if wide := page.evaluate(OVERFLOWING):
            too_wide[uri] = wide
    assert too_wide == {}


@pytest.mark.parametrize("page_type", PAGES)
def test_more_space_between_letters_and_lines_cuts_nothing_off(read: Readers, site: BuiltSite, page_type: str) -> None:
    reader = read()
    wrong = {}
    for width in (1280, 390):
        reader.page.set_viewport_size({"width": width, "height": 844})
        for uri in filter(None, (site.heaviest(shard, page_type) for shard in SHARDS)):
            page = reader.open(uri)
            page.add_style_tag(content=SPACING)
            if found := page.evaluate(OVERFLOWING) + page.evaluate(_CUT_OFF):
                wrong[uri, width] = found
    assert wrong == {}


@pytest.mark.parametrize("page_type", PAGES)
def test_nothing_moves_for_readers_who_want_it_still(read: Readers, site: BuiltSite, page_type: str) -> None:
    uri = site.heaviest(SHARDS[0], page_type)
    assert uri is not None
    assert read(reduced_motion="reduce").open(uri).evaluate(_MOVING) == []


def test_something_moves_for_others(read: Readers) -> None:
    assert read().open(f"{SHARDS[0]}/index.html").evaluate(_MOVING) != []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_the_systems_own_colours_what_is_chosen_and_focused_stands_out(read: Readers, scheme: str) -> None:
    page = read(color_scheme=scheme, forced_colors="active").open(
        f"{SHARDS[0]}/catalog/index.html#stage=primary&view=table"
    )
    expect(page.locator(".kb-found tbody tr").first).to_be_visible()
    pressed, other = (page.locator(f".kb-tools__views [aria-pressed={state}]").first for state in ("true", "false"))
    background = "element => getComputedStyle(element).backgroundColor"
    assert pressed.evaluate(background) != other.evaluate(background)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"

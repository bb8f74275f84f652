"""A browser that cannot read our scripts (from before ES2018, or one was cut off): plain pages, nothing half."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Route, expect

if TYPE_CHECKING:
    from .conftest import Readers

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("way", ["http"], indirect=True)]

ZH = "shulin/zh/next"
ITEM = "lesson-cases/fractions-first-steps.html"
# What an engine of 2015 says of `async` or `...` is what this one says of a line that is none.
UNREADABLE = "(() => { this is no script"
PAGES = ("index.html", "catalog/index.html", ITEM, "search.html", "my-list.html", "whats-new.html")


def unread(route: Route) -> None:
    route.fulfill(body=UNREADABLE, content_type="text/javascript")


@pytest.mark.parametrize("broken", ["start.js", "*.js"])
@pytest.mark.parametrize("uri", PAGES)
def test_pages_stay_whole_when_scripts_cannot_be_read(read: Readers, uri: str, broken: str) -> None:
    reader = read()
    reader.page.route(f"**/assets/kebao/{broken}", unread)
    page = reader.open(f"{ZH}/{uri}")
    page.wait_for_load_state("load")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".md-tabs a").first).to_be_visible()
    # Controls that need what did not come are not drawn, and what stands for them is still there.
    expect(page.locator(".kb-pick, .kb-facet, .kb-path-form, #kb-found")).to_have_count(0)
    expect(page.locator("#kb-list-app:visible")).to_have_count(0)
    assert page.locator(".kb-page a:visible").count() >= 2
    reader.errors.clear()


def test_the_catalog_leads_on_by_its_own_links(read: Readers) -> None:
    reader = read()
    reader.page.route("**/assets/kebao/*.js", unread)
    page = reader.open(f"{ZH}/catalog/index.html")
    page.locator(".kb-side .kb-chips a").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.locator(".kb-rows h3 a, .kb-rows h4 a, .kb-card h3 a").first.click()
    expect(page.locator(".kb-box").first).to_be_visible()
    reader.errors.clear()

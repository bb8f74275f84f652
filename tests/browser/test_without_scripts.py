"""Every page reads with scripts switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.conftest import BuiltSite, Readers

pytestmark = pytest.mark.browser

ITEM = "shulin/zh/next/lesson-cases/fractions-first-steps.html"
PAGES = (
    "index.html",
    "catalog/index.html",
    "topics/*.html",
    "programmes/*.html",
    "schools/*.html",
    "downloads.html",
    "lesson-cases/*.html",
    "about.html",
)


@pytest.mark.parametrize("shard", ["shulin/zh/next", "shulin/en/next", "shulin/ug/next"])
def test_text_and_navigation_are_there_without_scripts(read: Readers, site: BuiltSite, shard: str) -> None:
    reader = read(java_script_enabled=False)
    for uri in filter(None, (site.heaviest(shard, page) for page in PAGES)):
        page = reader.open(uri)
        expect(page.locator("h1")).to_be_visible()
        assert len(page.locator(".kb-page").inner_text()) > 200, uri
        expect(page.locator(".md-tabs a").first).to_be_visible()
        expect(page.locator(".kb-footer a").first).to_be_visible()


def test_on_a_phone_without_scripts_the_drawer_opens_and_leads_on(read: Readers) -> None:
    reader = read(width=390, java_script_enabled=False)
    page = reader.open("shulin/zh/next/index.html")
    drawer = page.locator(".md-nav--primary")
    expect(drawer).not_to_be_in_viewport()
    page.locator("header label[for=__drawer]").click()
    expect(drawer).to_be_in_viewport()
    drawer.get_by_role("link", name="下载", exact=True).click()
    assert reader.uri == "shulin/zh/next/downloads.html"


def test_materials_are_listed_looked_at_and_linked_without_scripts(read: Readers) -> None:
    page = read(java_script_enabled=False).open(ITEM)
    materials = page.locator(".kb-material")
    expect(materials).to_have_count(5)
    for material in materials.all():
        link = material.locator("a[download]")
        expect(link).to_be_visible()
        assert "/_files/" in (link.get_attribute("href") or "")
        material.locator(".kb-preview > summary").click()
        expect(material.locator("video, img, .kb-text, .kb-pdf").first).to_be_visible()
    expect(page.locator(".kb-box__head .kb-button")).to_be_visible()


def test_the_language_menu_works_without_scripts(read: Readers) -> None:
    reader = read(java_script_enabled=False)
    page = reader.open(ITEM)
    page.locator(".kb-languages > summary").click()
    page.locator(".kb-languages a[hreflang=en]").click()
    assert reader.uri == "shulin/en/next/lesson-cases/fractions-first-steps.html"


def test_lists_can_be_narrowed_on_a_phone_without_scripts(read: Readers) -> None:
    page = read(width=390, java_script_enabled=False).open("shulin/zh/next/catalog/index.html")
    expect(page.locator(".kb-side .kb-chips a").first).to_be_visible()

"""A wrong address leads home, however deep it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.conftest import Readers

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("way", ["http"], indirect=True)]


@pytest.mark.parametrize("shard", ["shulin/zh/next", "shulin/en/next", "province-base/ug/next"])
@pytest.mark.parametrize("wrong", ["nothing.html", "lesson-cases/nothing.html", "a/b/c/d/nothing.html"])
def test_a_wrong_address_in_a_package_leads_to_its_home_page(read: Readers, shard: str, wrong: str) -> None:
    reader = read()
    page = reader.open_missing(f"{shard}/{wrong}")
    links = page.locator("main a")
    expect(links).to_have_count(4)
    links.first.click()
    expect(page.locator(".kb-hero h1")).to_be_visible()
    assert reader.uri == f"{shard}/index.html"


@pytest.mark.parametrize("wrong", ["nothing.html", "nothing/at/all.html", "shulin/fr/next/index.html"])
def test_a_wrong_address_outside_the_packages_leads_to_one(read: Readers, wrong: str) -> None:
    reader = read()
    page = reader.open_missing(wrong)
    page.locator("main a[lang=en]").first.click()
    expect(page.locator(".kb-hero h1")).to_be_visible()
    assert reader.uri == "shulin/en/next/index.html"

"""A teacher walks through the site, by mouse and by keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import BuiltSite, Readers

pytestmark = pytest.mark.browser

ITEM = "lesson-cases/fractions-first-steps.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the pages of the walk are called in one language."""

    shard: str
    package: str
    topic: str
    item: str
    downloads: str


CHINESE = Words(
    shard="shulin/zh/next",
    package="舒林县教师培训资源包",
    topic="在操作中学数学",
    item="分数的初步认识：从分月饼到画阴影",
    downloads="下载",
)
ENGLISH = Words(
    shard="shulin/en/next",
    package="Shulin County Teacher Training Resource Package",
    topic="Hands-on mathematics",
    item="A first look at fractions: from sharing mooncakes to shading parts",
    downloads="Downloads",
)


def assert_is(page: Page, heading: str, *, title: str) -> None:
    expect(page).to_have_title(title)
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("h1")).to_contain_text(heading)


@pytest.mark.parametrize("words", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_one_gets_from_the_start_page_to_a_lesson_case_and_its_downloads(read: Readers, words: Words) -> None:
    reader = read()
    page = reader.open("index.html")
    page.locator(f"a[href='{words.shard}/index.html']").click()
    assert_is(page, words.package, title=words.package)

    page.locator(".kb-tile a", has_text=words.topic).click()
    assert_is(page, words.topic, title=f"{words.topic} - {words.package}")
    assert reader.uri == f"{words.shard}/topics/hands-on-maths.html"

    page.locator(".kb-main").get_by_role("link", name=words.item, exact=True).first.click()
    assert_is(page, words.item, title=f"{words.item} - {words.package}")
    assert reader.uri == f"{words.shard}/{ITEM}"
    expect(page.locator(".kb-material")).not_to_have_count(0)

    page.locator(".md-tabs").get_by_role("link", name=words.downloads, exact=True).click()
    assert_is(page, words.downloads, title=f"{words.downloads} - {words.package}")
    expect(page.locator(".kb-downloads tbody tr")).not_to_have_count(0)


def test_breadcrumbs_lead_by_stage_and_grade_to_the_list_and_home(read: Readers) -> None:
    reader = read()
    page = reader.open(f"{CHINESE.shard}/{ITEM}")
    crumbs = page.locator(".kb-crumbs a")
    expect(crumbs).to_have_text(["首页", "课例", "小学", "三年级", "数学"])
    crumbs.nth(1).click()
    expect(page.locator("h1")).to_contain_text("课例")
    assert reader.uri == f"{CHINESE.shard}/lesson-cases/index.html"
    page.locator(".kb-crumbs a").first.click()
    assert reader.uri == f"{CHINESE.shard}/index.html"


def test_the_language_menu_leads_to_the_same_item_where_it_is_translated(read: Readers) -> None:
    reader = read()
    page = reader.open(f"{CHINESE.shard}/{ITEM}")
    page.locator(".kb-languages > summary").click()
    page.locator(".kb-languages a[hreflang=en]").click()
    assert_is(page, ENGLISH.item, title=f"{ENGLISH.item} - {ENGLISH.package}")
    assert reader.uri == f"{ENGLISH.shard}/{ITEM}"


def test_the_language_menu_leads_to_the_list_of_an_untranslated_item(read: Readers, site: BuiltSite) -> None:
    untranslated = "courses/action-research-small-question.html"
    assert site.has(f"{CHINESE.shard}/{untranslated}")
    assert not site.has(f"{ENGLISH.shard}/{untranslated}")
    reader = read()
    page = reader.open(f"{CHINESE.shard}/{untranslated}")
    page.locator(".kb-languages > summary").click()
    entry = page.locator(".kb-languages li", has=page.locator("a[hreflang=en]"))
    expect(entry.locator("small")).to_be_visible()
    entry.locator("a").click()
    assert reader.uri == f"{ENGLISH.shard}/courses/index.html"
    expect(page.locator("h1")).to_contain_text("Courses")


@pytest.mark.parametrize("uri", ["index.html", "lesson-cases/index.html", ITEM, "downloads.html"])
def test_tab_reaches_the_skip_link_first_and_it_leads_to_the_content(read: Readers, uri: str) -> None:
    page = read().open(f"{CHINESE.shard}/{uri}")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("跳到正文")
    expect(focused).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.kb-page') !== null")


def test_the_language_menu_opens_by_enter_and_closes_by_escape_with_the_focus_kept(read: Readers) -> None:
    page = read().open(f"{CHINESE.shard}/{ITEM}")
    summary, links = page.locator(".kb-languages > summary"), page.locator(".kb-languages__list")
    for _ in range(12):
        page.keyboard.press("Tab")
        if summary.evaluate("element => element === document.activeElement"):
            break
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(links).to_be_visible()
    page.keyboard.press("Tab")
    expect(links.locator("a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(links).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_language_menu_closes_when_one_clicks_elsewhere(read: Readers) -> None:
    page = read().open(f"{CHINESE.shard}/index.html")
    page.locator(".kb-languages > summary").click()
    expect(page.locator(".kb-languages__list")).to_be_visible()
    page.locator("h1").click()
    expect(page.locator(".kb-languages__list")).to_be_hidden()

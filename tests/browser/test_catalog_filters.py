"""Filters, order and view of the lists, by mouse, keyboard and address; on a server and from the disk."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import BuiltSite, Readers

pytestmark = pytest.mark.browser

SHARD = "shulin/zh/next"
CATALOG = f"{SHARD}/catalog/index.html"
MATHEMATICS = f"{SHARD}/subjects/mathematics.html"
STATUS = ".kb-tools__status"
ROWS = ".kb-found tbody tr"
WORDS = {
    "zh": ("小学", "共 {} 条资源"),
    "en": ("Primary", "{} resources"),
    "ug": ("باشلانغۇچ مەكتەپ", "جەمئىي {} بايلىق"),
}


_VALUES = (
    "labels => labels.map(label => [label.querySelector('span').innerText, label.querySelector('small').innerText])"
)


def payload(site: BuiltSite, shard: str, name: str) -> Any:
    """What a data file of the index says."""
    script = (site.root / shard / "search" / f"{name}.js").read_text("utf-8")
    return json.loads(re.sub(r'^Kebao\.put\("[^"]+","[0-9a-f]{8}",|\);\n$', "", script))


def documents(site: BuiltSite, shard: str) -> list[dict[str, set[str]]]:
    """Each listed resource's values by facet, out of ``facets.js``."""
    digits = "".join(chr(code) for code in range(0x26, 0x7F) if chr(code) not in "'<\\`")
    said = payload(site, shard, "facets")
    found: list[dict[str, set[str]]] = [{} for _ in range(said["n"])]
    for facet in said["facets"]:
        # In the sample every facet has at most 85 values and sets.
        sets = [{facet["values"][digits.index(digit)][0] for digit in part} for part in facet["sets"].split(" ")]
        if "runs" in facet:
            numbers = [
                n for n, times in zip(facet["runs"][::2], facet["runs"][1::2], strict=True) for _ in range(times)
            ]
        else:
            numbers = [0] * facet["first"] + [digits.index(digit) for digit in facet["digits"]]
            numbers += [0] * (said["n"] - len(numbers))
        for document, number in zip(found, numbers, strict=True):
            document[facet["id"]] = sets[number]
    return found


def fitting(documents: Collection[Mapping[str, set[str]]], filters: Mapping[str, Collection[str]]) -> int:
    return sum(all(document[facet] & set(wanted) for facet, wanted in filters.items()) for document in documents)


def box(page: Page, facet: str, value: str) -> Any:
    """The box of a value, by its label."""
    group = page.locator(f'.kb-facet[data-facet="{facet}"]')
    if group.get_attribute("open") is None:
        group.locator("summary").click()
    return group.locator("li", has=page.get_by_text(value, exact=True)).locator("input")


def fragment(page: Page) -> str:
    return page.url.partition("#")[2]


@pytest.mark.parametrize("locale", ["zh", "en", "ug"])
def test_a_filter_leaves_what_has_the_value_and_says_how_many(read: Readers, site: BuiltSite, locale: str) -> None:
    primary, said = WORDS[locale]
    shard = f"shulin/{locale}/next"
    count = fitting(documents(site, shard), {"stage": ["primary"]})
    page = read().open(f"{shard}/catalog/index.html")
    expect(page.locator(".kb-main .kb-rows").first).to_be_visible()
    box(page, "stage", primary).check()
    expect(page.locator(STATUS)).to_have_text(said.format(count))
    expect(page.locator(ROWS)).to_have_count(min(30, count))
    expect(page.locator(".kb-main .kb-rows").first).to_be_hidden()
    assert fragment(page) == "stage=primary"
    page.locator(ROWS).first.locator("a").click()
    expect(page.locator("h1")).to_be_visible()


def test_counts_are_those_of_the_other_filters(read: Readers, site: BuiltSite) -> None:
    all_documents = documents(site, SHARD)
    filters = {"stage": ["primary", "kindergarten"], "kind": ["lesson-cases"], "subject": ["mathematics"]}
    values = {facet["id"]: facet["values"] for facet in payload(site, SHARD, "facets")["facets"]}
    chosen = "&".join(f"{facet}={','.join(ids)}" for facet, ids in filters.items())
    page = read().open(f"{CATALOG}#{chosen}")
    expect(page.locator(STATUS)).to_have_text(f"共 {fitting(all_documents, filters)} 条资源")
    for facet in ("stage", "grade", "subject", "kind", "has", "minutes"):
        group = page.locator(f'.kb-facet[data-facet="{facet}"]')
        if group.get_attribute("open") is None:
            group.locator("summary").click()
        expect(group.locator("li input").first).to_be_attached()
        lines = group.locator("li:not([hidden]) label").evaluate_all(_VALUES)
        shown = {label: int(number) for label, number in lines}
        others = {other: ids for other, ids in filters.items() if other != facet}
        expected = {label: fitting(all_documents, {**others, facet: [id]}) for id, label in values[facet]}
        chosen_labels = {label for id, label in values[facet] if id in filters.get(facet, ())}
        assert shown.items() <= expected.items()
        assert {label for label, n in expected.items() if n} <= shown.keys() | chosen_labels or len(shown) >= 8


def test_several_values_of_a_facet_widen_and_chips_take_them_away(read: Readers, site: BuiltSite) -> None:
    page = read().open(f"{CATALOG}#subject=mathematics")
    box(page, "subject", "语文").check()
    assert fragment(page) == "subject=mathematics,chinese"
    both = fitting(documents(site, SHARD), {"subject": ["mathematics", "chinese"]})
    expect(page.locator(STATUS)).to_have_text(f"共 {both} 条资源")
    page.get_by_role("button", name="去掉“数学”").click()
    assert fragment(page) == "subject=chinese"
    expect(page.locator(".kb-active__chip")).to_have_count(1)
    page.locator(".kb-active .kb-link").click()
    assert fragment(page) == ""
    expect(page.locator(".kb-main .kb-rows").first).to_be_visible()


def test_the_way_back_leads_through_the_filters(read: Readers) -> None:
    page = read().open(CATALOG)
    box(page, "stage", "小学").check()
    box(page, "kind", "课例").check()
    expect(page.locator(".kb-active__chip")).to_have_count(2)
    page.go_back()
    expect(page.locator(".kb-active__chip")).to_have_count(1)
    expect(box(page, "kind", "课例")).not_to_be_checked()
    page.go_back()
    expect(page.locator(".kb-main .kb-rows").first).to_be_visible()
    expect(page.locator(".kb-found")).to_be_hidden()
    page.go_forward()
    expect(box(page, "stage", "小学")).to_be_checked()


def test_order_and_view_stand_in_the_address_and_the_view_is_remembered(read: Readers) -> None:
    reader = read()
    page = reader.open(CATALOG)
    page.locator("#kb-sort").select_option("title")
    expect(page.locator(f"{ROWS} th a").first).to_be_visible()
    page.get_by_role("button", name="卡片").click()
    assert fragment(page) == "sort=title&view=cards"
    expect(page.locator(".kb-found .kb-card")).to_have_count(30)
    page.locator(".kb-found__more button").click()
    expect(page.locator(".kb-found .kb-card")).to_have_count(90)
    expect(page.locator(".kb-found .kb-card").nth(30).locator(".kb-card__title a")).to_be_focused()
    page = reader.open("index.html")
    page = reader.open(f"{CATALOG}#kind=lesson-cases")
    expect(page.locator(".kb-found .kb-card").first).to_be_visible()


def test_a_list_keeps_its_own_filter_and_leads_to_the_catalog_without_it(read: Readers, site: BuiltSite) -> None:
    reader = read()
    page = reader.open(MATHEMATICS)
    box(page, "kind", "课例").check()
    both = fitting(documents(site, SHARD), {"subject": ["mathematics"], "kind": ["lesson-cases"]})
    expect(page.locator(STATUS)).to_have_text(f"共 {both} 条资源")
    expect(page.locator('.kb-facet[data-facet="subject"]')).to_have_count(0)
    page.get_by_role("link", name="去掉“数学”").click()
    assert reader.uri == CATALOG
    assert fragment(page) == "kind=lesson-cases"
    expect(page.locator(STATUS)).to_be_visible()


@pytest.mark.parametrize(
    "hostile",
    [
        "stage=%3Cimg%20src=x%20onerror=alert(1)%3E",
        "stage=%E0%A4%A",
        "__proto__=polluted&constructor=x",
        "toString=1&sort=constructor&view=__proto__",
        "stage=primary&stage[]=x&=&&&",
        f"topic={'深' * 5000}",
        "stage=constructor,primary",
        '"]=x',
    ],
)
def test_a_hostile_address_is_left_out_with_a_word(read: Readers, hostile: str) -> None:
    page = read().open(f"{CATALOG}#{hostile}")
    expect(page.locator(".kb-note")).to_contain_text("已略过")
    assert page.evaluate("({}).polluted") is None
    assert page.locator(".kb-page img[src=x]").count() == 0
    box(page, "kind", "课例").check()
    expect(page.locator(ROWS).first).to_be_visible()


def test_nothing_found_says_what_to_take_away(read: Readers) -> None:
    page = read().open(f"{CATALOG}#stage=kindergarten&grade=grade-9")
    expect(page.locator(".kb-nothing")).to_be_visible()
    page.locator(".kb-nothing li button").first.click()
    expect(page.locator(ROWS).first).to_be_visible()


def test_without_its_data_the_list_stays_and_says_so(read: Readers) -> None:
    reader = read()
    reader.page.route("**/search/facets.js*", lambda route: route.abort("blockedbyclient"))
    page = reader.open(f"{CATALOG}#stage=primary")
    expect(page.locator(".kb-note")).to_contain_text("没有载入")
    expect(page.locator(".kb-main .kb-rows").first).to_be_visible()
    reader.page.unroute("**/search/facets.js*")
    page.locator(".kb-note button").click()
    expect(page.locator(ROWS).first).to_be_visible()
    reader.errors.clear()


@pytest.mark.parametrize("locale", ["zh", "ug"])
def test_on_a_phone_the_filters_open_in_a_dialog_by_keyboard_and_give_the_focus_back(
    read: Readers, locale: str
) -> None:
    page = read(width=390, has_touch=True).open(f"shulin/{locale}/next/catalog/index.html")
    opener = page.locator(".kb-side summary").first
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog")
    expect(dialog.locator("li input").first).to_be_visible()
    label = dialog.locator(".kb-facet__values label").first
    assert (label.bounding_box() or {"height": 0})["height"] >= 44
    dialog.locator("li input").nth(1).focus()
    page.keyboard.press("Space")
    expect(dialog.locator(".kb-dialog__foot .kb-button")).to_contain_text(re.compile(r"\d"))
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    expect(page.locator(ROWS).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_by_keyboard_alone_one_filters_and_takes_away(read: Readers) -> None:
    page = read().open(CATALOG)
    first = page.locator(".kb-facet input").first
    first.focus()
    page.keyboard.press("Space")
    expect(page.locator(".kb-active__chip")).to_have_count(1)
    expect(first).to_be_focused()
    page.locator(".kb-active__chip").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".kb-active")).to_be_hidden()
    assert page.evaluate("document.activeElement !== document.body")


def test_a_long_facet_can_be_searched(read: Readers) -> None:
    page = read().open(CATALOG)
    group = page.locator('.kb-facet[data-facet="organisation"]')
    group.locator("summary").click()
    expect(group.locator("li:visible")).to_have_count(8)
    group.locator("input[type=search]").fill("幼儿园")
    for label in group.locator("li:visible label span").all_inner_texts():
        assert "幼儿园" in label
    group.locator("input[type=search]").fill("没有这所学校")
    expect(group.locator("li:visible")).to_have_count(0)
    expect(group.locator("p")).to_have_text("没有这样的选项。")


def test_the_path_on_the_home_page_leads_to_the_filtered_catalog(read: Readers, site: BuiltSite) -> None:
    reader = read()
    page = reader.open(f"{SHARD}/index.html")
    selects = page.locator(".kb-path-form select")
    selects.nth(0).select_option("primary")
    expect(selects.nth(1)).to_be_enabled()
    selects.nth(1).select_option("grade-3")
    count = fitting(documents(site, SHARD), {"stage": ["primary"], "grade": ["grade-3"]})
    go = page.locator(".kb-path-form a")
    expect(go).to_have_text(f"去看 {count} 条")
    go.click()
    assert reader.uri == CATALOG
    assert fragment(page) == "stage=primary&grade=grade-3"
    expect(page.locator(STATUS)).to_have_text(f"共 {count} 条资源")


def test_without_scripts_lists_and_ways_to_narrow_are_there(read: Readers) -> None:
    page = read(java_script_enabled=False).open(f"{CATALOG}#stage=primary")
    expect(page.locator(".kb-rows").first).to_be_visible()
    expect(page.locator(".kb-side .kb-chips a").first).to_be_visible()
    expect(page.locator(".kb-tools")).to_have_count(0)

"""Searching, from the box of every page and on the search page: by mouse, keyboard and screen reader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

if TYPE_CHECKING:
    from tests.browser.conftest import Readers

pytestmark = pytest.mark.browser

CHINESE, ENGLISH, UYGHUR = "shulin/zh/next", "shulin/en/next", "shulin/ug/next"
FRACTIONS = "lesson-cases/fractions-first-steps.html"
#: What each language calls a search that found something, and the query for it.
FOUND = [(CHINESE, "分数", r"找到 \d+ 项"), (ENGLISH, "fractions", r"\d+ results?"), (UYGHUR, "مەكتەپ", r"\d+ نەتىجە")]
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "\"'`\\${alert(1)}",
    "分" * 10_000,
    "a" * 10_000,
    "\u202e\u2066数学\u2069\u202c",
    "__proto__",
    "constructor",
    "%ff%fe",
]


def type_query(page: Page, query: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(query)


def watch_dialogs(page: Page) -> list[str]:
    """What a script that should not run would say."""
    said: list[str] = []

    def note(dialog: object) -> None:
        said.append(str(dialog))

    page.on("dialog", note)
    return said


@pytest.mark.parametrize("shard, query, found", FOUND, ids=["zh", "en", "ug"])
def test_the_box_answers_while_one_types_and_says_how_many(read: Readers, shard: str, query: str, found: str) -> None:
    page = read().open(f"{shard}/index.html")
    type_query(page, query)
    options = page.locator("#kb-found [role=option]")
    expect(options.nth(1)).to_be_visible()
    expect(options.locator("mark").first).to_have_text(query, ignore_case=True)
    expect(page.locator(".kb-find [role=status]")).to_contain_text(re.compile(r"\d+"))
    expect(page.locator("#kb-find")).to_have_attribute("aria-expanded", "true")
    assert page.locator(".kb-find [role=group]").count() >= 1


def test_arrow_keys_choose_enter_opens_and_escape_closes(read: Readers) -> None:
    reader = read()
    page = reader.open(f"{CHINESE}/downloads.html")
    box = page.locator("#kb-find")
    type_query(page, "分数的初步认识")
    expect(page.locator("#kb-found [role=option]")).not_to_have_count(0)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(box).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(page.locator(".kb-find__panel")).to_be_hidden()
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    href = chosen.get_attribute("href") or ""
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("分数的初步认识")
    assert href.endswith(reader.uri.removeprefix(f"{CHINESE}/"))


def test_enter_without_a_choice_leads_to_the_search_page(read: Readers) -> None:
    reader = read()
    page = reader.open(f"{CHINESE}/{FRACTIONS}")
    type_query(page, "水塔")
    page.keyboard.press("Enter")
    expect(page.locator("#kb-query")).to_have_value("水塔")
    assert reader.uri == f"{CHINESE}/search.html"
    expect(page.locator(".kb-hits a").first).to_contain_text("水塔")


def test_an_input_method_may_compose_without_being_answered(read: Readers) -> None:
    page = read().open(f"{CHINESE}/index.html")
    box = page.locator("#kb-find")
    box.focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "fen shu", "selectionStart": 7, "selectionEnd": 7})
    page.wait_for_timeout(400)
    expect(page.locator(".kb-find__panel")).to_be_hidden()
    session.send("Input.insertText", {"text": "分数"})
    expect(page.locator("#kb-found [role=option]").first).to_contain_text("分数")


@pytest.mark.parametrize("shard, query, found", FOUND, ids=["zh", "en", "ug"])
def test_a_link_to_a_query_shows_its_results(read: Readers, shard: str, query: str, found: str) -> None:
    page = read().open(f"{shard}/search.html#q={quote(query)}")
    answer = page.locator("#kb-answer")
    expect(answer).to_have_attribute("role", "status")
    expect(answer).to_have_text(re.compile(found))
    expect(page.locator(".kb-hits mark").first).to_be_visible()
    expect(page.locator("#kb-query")).to_have_value(query)
    expect(page.locator("#kb-elsewhere")).to_be_hidden()


@pytest.mark.parametrize("shard", [CHINESE, UYGHUR], ids=["zh", "ug"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_button_of_a_result_covers_no_word_of_it(read: Readers, shard: str, width: int) -> None:
    page = read(width=width).open(f"{shard}/search.html#q=分数")
    expect(page.locator(".kb-hits .kb-pick").first).to_be_visible()
    covered = page.evaluate(
        """() => [...document.querySelectorAll(".kb-hits > li")].filter((item) => {
          const button = item.querySelector(".kb-pick"), words = document.createRange();
          if (!button) { return false; }
          const box = button.getBoundingClientRect();
          return [...item.querySelectorAll("h3, p")].some((each) => {
            words.selectNodeContents(each);
            return [...words.getClientRects()].some((rect) =>
              rect.left < box.right && rect.right > box.left && rect.top < box.bottom && rect.bottom > box.top);
          });
        }).map((item) => item.textContent)"""
    )
    assert covered == []


def test_results_stand_under_their_kinds_and_lead_to_the_pages(read: Readers) -> None:
    reader = read()
    page = reader.open(f"{CHINESE}/search.html#q=分数的初步认识")
    expect(page.locator("#kb-hits h2").first).to_contain_text("课例")
    page.locator(".kb-hits h3 a").first.click()
    expect(page.locator("h1")).to_contain_text("分数的初步认识")


def test_words_of_an_attachment_are_shown_under_its_resource_with_the_file(read: Readers) -> None:
    reader = read()
    page = reader.open(f"{CHINESE}/search.html#q=不翻围栏")
    hit = page.locator(".kb-hits > li").first
    expect(hit.locator("h3")).to_contain_text("水塔")
    expect(hit.locator("mark")).to_have_text("不翻围栏")
    hit.locator(".kb-hit__file a").click()
    page.wait_for_url(re.compile(r"measuring-the-water-tower\.html#file-\d+$"))
    assert page.evaluate("document.querySelector(location.hash) !== null")


def test_filters_narrow_stand_in_the_address_and_the_way_back_works(read: Readers) -> None:
    page = read().open(f"{CHINESE}/search.html#q=数学")
    answer = page.locator("#kb-answer")
    expect(answer).to_have_text(re.compile(r"\d"))
    before = answer.inner_text()
    chip = page.locator("#kb-filters button", has_text="课例").first
    count = (chip.locator("small").inner_text()).strip()
    chip.click()
    expect(answer).to_have_text(f"找到 {count} 项")
    assert "kind=lesson-cases" in page.url
    expect(page.locator("#kb-filters [aria-pressed=true]")).to_have_count(1)
    assert set(page.locator("#kb-hits h2").all_inner_texts()) == {f"课例 {count}"}
    page.go_back()
    expect(answer).to_have_text(before)
    page.go_forward()
    page.get_by_role("button", name="取消筛选").click()
    expect(answer).to_have_text(before)


def test_further_filters_are_loaded_when_they_are_opened_or_asked_for(read: Readers) -> None:
    reader = read()
    page = reader.open(f"{CHINESE}/search.html#q=数学")
    expect(page.locator("#kb-filters fieldset").first).to_be_visible()
    assert not [url for url in reader.requests if "/search/facets.js" in url]
    summary = page.locator("#kb-filters details summary")
    summary.focus()
    page.keyboard.press("Enter")
    grades = page.locator("#kb-filters details fieldset", has_text="年级")
    chip = grades.locator("button").first
    expect(chip).to_be_visible()
    expect(summary).to_be_focused()
    assert len([url for url in reader.requests if re.search(r"/search/facets\.js\?[0-9a-f]{8}$", url)]) == 1
    count = chip.locator("small").inner_text()
    chip.click()
    expect(page.locator("#kb-answer")).to_have_text(f"找到 {count} 项")
    assert re.search("grade=", page.url)
    page.reload()
    expect(page.locator("#kb-answer")).to_have_text(f"找到 {count} 项")
    page.get_by_role("button", name="取消筛选").click()
    expect(page.locator("#kb-answer")).not_to_have_text(f"找到 {count} 项")


def test_groups_are_named_in_the_plural(read: Readers) -> None:
    page = read().open(f"{ENGLISH}/search.html#q=fractions")
    expect(page.locator("#kb-hits h2").first).to_contain_text("Lesson cases")


def test_more_results_come_on_demand_and_the_focus_goes_to_the_first_of_them(read: Readers) -> None:
    page = read().open(f"{CHINESE}/search.html#q=学生")
    links = page.locator(".kb-hits h3 a")
    expect(links).to_have_count(10)
    shown = {link.get_attribute("href") for link in links.all()}
    page.get_by_role("button", name="再看 10 项").click()
    expect(links).to_have_count(20)
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    assert focused
    assert focused not in shown


def test_a_query_that_finds_nothing_is_helped(read: Readers) -> None:
    page = read().open(f"{CHINESE}/search.html#q=qqqqzzzz")
    expect(page.locator("#kb-answer")).to_contain_text("没有找到“qqqqzzzz”")
    expect(page.locator("#kb-elsewhere a", has_text="全部资源")).to_be_visible()
    page.locator("#kb-query").fill("分数的初步人识")
    expect(page.locator("#kb-answer")).to_contain_text("以下是“分数的初步认识”的结果")
    expect(page.locator(".kb-hits mark").first).to_have_text("分数的初步认识")
    page.locator("#kb-query").fill("fenshu")
    expect(page.locator("#kb-hits h2")).to_have_text(["按拼音找到的"])
    page.locator("#kb-query").fill("水塔 不存在")
    expect(page.locator("#kb-hits h2")).to_have_text(["以下只含其中一部分"])


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: query[:12])
def test_hostile_queries_break_nothing(read: Readers, query: str) -> None:
    page = read().open(f"{CHINESE}/search.html")
    dialogs = watch_dialogs(page)
    page.locator("#kb-query").evaluate("(input, text) => { input.value = text; }", query)
    page.locator("#kb-query").dispatch_event("input")
    page.locator("#kb-query").dispatch_event("change")
    expect(page.locator("#kb-answer")).to_have_text(re.compile("找到|没有"))
    page.reload()
    expect(page.locator("#kb-answer")).to_have_text(re.compile("找到|没有"))
    assert page.locator("#kb-results img, #kb-answer img, #kb-answer script, #kb-hits script").count() == 0
    assert dialogs == []


@pytest.mark.parametrize(
    "fragment", ["q=%ff%fe", "%", "q=%E0%A4%A", "q=数学&kind=nothing", "q=数学&subject=__proto__", "=&=&&"]
)
def test_hostile_addresses_break_nothing(read: Readers, fragment: str) -> None:
    page = read().open(f"{CHINESE}/search.html#{fragment}")
    expect(page.locator("#kb-answer")).to_have_text(re.compile("找到|没有|边输入"))
    page.locator("#kb-query").fill("分数")
    page.locator("#kb-query").press("Enter")
    expect(page.locator("#kb-query")).to_have_value("分数")


def test_a_missing_index_is_said_with_what_to_do_and_can_be_tried_again(read: Readers) -> None:
    reader = read()
    page = reader.page
    away = [True]
    page.route("**/search/root.js*", lambda route: route.abort() if away[0] else route.continue_())
    reader.open(f"{CHINESE}/search.html#q=数学")
    expect(page.locator("#kb-answer")).to_contain_text("读不到搜索索引")
    expect(page.locator("#kb-elsewhere")).to_be_visible()
    away[0] = False
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator(".kb-hits a").first).to_be_visible()
    reader.errors = [(url, what) for url, what in reader.errors if "root.js" not in url]


def test_an_error_of_ours_is_not_called_a_missing_file(read: Readers) -> None:
    page = read().open(f"{CHINESE}/search.html")
    page.locator("#kb-query").focus()
    page.wait_for_function("() => Kebao.search")
    page.evaluate("() => { Kebao.search = async () => none.such(); }")
    page.keyboard.type("分数")
    expect(page.locator("#kb-answer")).to_contain_text("搜索时出了错")


@pytest.mark.parametrize("way", ["http"], indirect=True)
def test_offline_the_network_is_named_as_what_is_missing(read: Readers) -> None:
    reader = read()
    page = reader.open(f"{CHINESE}/search.html")
    page.context.set_offline(True)
    page.locator("#kb-query").focus()
    page.keyboard.type("分数")
    expect(page.locator("#kb-answer")).to_contain_text("现在没有网络")
    page.context.set_offline(False)
    page.get_by_role("button", name="再试一次").click()
    expect(page.locator(".kb-hits a").first).to_be_visible()
    reader.errors = [(url, what) for url, what in reader.errors if "ERR_INTERNET_DISCONNECTED" not in what]


def test_searching_needs_no_storage(read: Readers) -> None:
    reader = read()
    denied = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied'); } });"
    full = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    reader.page.add_init_script(denied if reader.base_url.startswith("http") else full)
    page = reader.open(f"{CHINESE}/search.html#q=数学")
    expect(page.locator(".kb-hits a").first).to_be_visible()
    kept = page.evaluate("(() => { const s = Kebao.store('test'); return [s.set(7), s.get()]; })()")
    assert kept == [False, 7]
    # Material's own script reads the storage too.
    reader.errors = [(url, what) for url, what in reader.errors if "denied" not in what]


def test_on_a_phone_the_box_opens_over_the_header_and_nothing_overflows(read: Readers) -> None:
    page = read(width=390).open(f"{CHINESE}/index.html")
    box = page.locator("#kb-find")
    size = box.bounding_box()
    assert size
    assert min(size["width"], size["height"]) >= 44
    box.click()
    page.keyboard.type("分数")
    expect(page.locator("#kb-found [role=option]").first).to_be_visible()
    for option in page.locator("#kb-found [role=option]").all():
        place = option.bounding_box()
        assert place
        assert place["height"] >= 44
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_scripts_the_box_leads_to_a_page_that_says_what_to_do(read: Readers) -> None:
    reader = read(java_script_enabled=False)
    page = reader.open(f"{CHINESE}/index.html")
    page.locator("#kb-find").fill("分数")
    page.locator("#kb-find").press("Enter")
    expect(page.locator("#kb-answer")).to_contain_text("脚本")
    page.locator("#kb-elsewhere a", has_text="课例").first.click()
    expect(page.locator("h1")).to_contain_text("课例")


def test_engine_and_index_are_loaded_on_focus_and_not_before(read: Readers) -> None:
    reader = read()
    page = reader.open(f"{CHINESE}/about.html")
    page.wait_for_timeout(200)
    wanted = re.compile(r"/(search/root|kebao/search)\.js")
    assert not [url for url in reader.requests if wanted.search(url)]
    page.locator("#kb-find").focus()
    page.wait_for_function("() => Kebao.open && Kebao.open().then(() => true)")
    assert len([url for url in reader.requests if wanted.search(url)]) == 2


HOSTILE_TITLE = "<img src=x onerror=alert(1)></script>\"'\\ \u202e" + "分" * 10_000


def test_hostile_titles_and_texts_are_shown_as_text(read: Readers) -> None:
    reader = read()
    page = reader.page
    dialogs = watch_dialogs(page)

    def poison(route: Route) -> None:
        path = Path(unquote(urlsplit(route.request.url).path))
        name = f"{path.parent.name}/{path.stem}"
        rows = [[HOSTILE_TITLE, "index.html", HOSTILE_TITLE, HOSTILE_TITLE, -1, "id", "", 0, ""] for _ in range(32)]
        payload = json.dumps(rows).replace("</", "<\\/")
        route.fulfill(body=f'Kebao.put("{name}","00000000",{payload});\n', content_type="text/javascript")

    page.route(re.compile(r"/search/m/\d+\.js"), poison)
    reader.open(f"{CHINESE}/search.html#q=分数")
    expect(page.locator(".kb-hits h3").first).to_contain_text("<img src=x onerror=alert(1)></script>")
    assert page.locator("#kb-hits img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert dialogs == []


def test_a_file_of_another_build_is_asked_for_again_and_then_refused_with_words(read: Readers) -> None:
    reader = read()
    page = reader.page
    asked: list[str] = []

    def stale(route: Route) -> None:
        asked.append(route.request.url)
        name = Path(urlsplit(route.request.url).path).stem
        route.fulfill(body=f'Kebao.put("s/{name}","00000000",[]);\n', content_type="text/javascript")

    page.route(re.compile(r"/search/s/\d+\.js"), stale)
    reader.open(f"{CHINESE}/search.html#q=分数")
    expect(page.locator("#kb-answer")).to_contain_text("刚刚更新过")
    assert any(url.endswith("&again") for url in asked)

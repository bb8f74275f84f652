"""My list (选单): picking on every page, the list's own page, its files, and a browser that keeps nothing."""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Dialog, Page, Route, expect

from kebao.assembly.checking import CheckedProject, check_project
from kebao.model.resource import CourseDetails, LessonCaseDetails, MicroLessonDetails, Resource

if TYPE_CHECKING:
    from tests.browser.conftest import BuiltSite, Reader, Readers, Way

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
ZH, EN, UG = "shulin/zh/next", "shulin/en/next", "shulin/ug/next"
BASE_URL = "https://kebao.example/"
FRACTIONS = "lesson-cases/fractions-first-steps.html"
SANDBAG = "lesson-cases/sandbag-over-the-rope.html"
RESEARCH = "courses/action-research-small-question.html"
LEVER = "lesson-cases/lever-balance.html"
#: With materials and without, with hours and without.
PICKED = (FRACTIONS, SANDBAG, RESEARCH)
NO_PICKER = "delete window.showSaveFilePicker; delete Window.prototype.showSaveFilePicker"
HOSTILE = '"><img src=x onerror="document.title=1"><script>document.title=2</script>\u202e\\'


@pytest.fixture(scope="module")
def project() -> CheckedProject:
    return check_project(ROOT)


def item(page: str, package: str = "shulin", **more: object) -> dict[str, object]:
    return {"package": package, "page": page, "shard": "zh/next", "title": page, "facts": "", "note": "", **more}


def store(reader: Reader, value: object) -> None:
    """Puts a value where the list is kept, before the list's page is opened."""
    text = value if isinstance(value, str) else json.dumps(value)
    reader.open(f"{ZH}/about.html").evaluate("text => localStorage.setItem('kebao.list', text)", text)


def stored(page: Page) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(page.evaluate("localStorage.getItem('kebao.list')"))
    return value


def open_list(reader: Reader, *pages: str, shard: str = ZH, **more: object) -> Page:
    """The list's page with these resources on it, once it knows all about them."""
    store(reader, {"v": 1, "title": "", "note": "", "items": [item(page) for page in pages], **more})
    page = reader.open(f"{shard}/my-list.html")
    expect(rows(page)).to_have_count(len(pages))
    expect(page.locator(".kb-mine__size", has_text="B").first).to_be_visible()
    return page


def rows(page: Page) -> Any:
    return page.locator("#kb-list-rows > tr")


def titles(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#kb-list-rows th > a").all_inner_texts()]


def order(page: Page) -> list[str]:
    return [str(row.get_attribute("data-key")).partition("/")[2] for row in rows(page).all()]


def key(page: str) -> str:
    return page.rpartition("/")[2].removesuffix(".html")


def resource(project: CheckedProject, page: str) -> Resource:
    return project.content.packages["shulin"].resources[key(page)]


def counted(page: Page) -> str:
    return page.locator(".kb-list-count").inner_text()


# Picking


def test_resources_are_picked_from_their_page_lists_and_cards(read: Readers) -> None:
    reader = read()
    page = reader.open(f"{ZH}/{FRACTIONS}")
    button = page.locator("[data-kb-item] .kb-pick")
    expect(button).to_have_accessible_name("加入选单：分数的初步认识：从分月饼到画阴影")
    button.click()
    expect(button).to_have_accessible_name("移出选单：分数的初步认识：从分月饼到画阴影")
    expect(page.locator(".kb-say")).to_have_text("已加入，选单现有 1 项")
    assert counted(page) == "1"

    page = reader.open(f"{ZH}/courses/index.html")
    row = page.locator(".kb-rows > li, .kb-card", has=page.locator(f"a[href$='{key(RESEARCH)}.html']")).first
    row.locator(".kb-pick").click()
    page = reader.open(f"{ZH}/index.html")
    card = page.locator(".kb-card", has_not=page.locator(".kb-pick--on")).first
    title = card.locator(".kb-card__title").inner_text()
    card.locator(".kb-pick").click()
    expect(page.locator(".kb-list-link")).to_have_accessible_name("我的选单，3 项")

    page.locator(".kb-list-link").click()
    assert reader.uri == f"{ZH}/my-list.html"
    expect(rows(page)).to_have_count(3)
    assert titles(page) == ["分数的初步认识：从分月饼到画阴影", "从一个小问题做起：教师行动研究", title]
    page.locator("#kb-list-rows th > a").first.click()
    assert reader.uri == f"{ZH}/{FRACTIONS}"


def test_what_is_picked_is_marked_everywhere_and_a_second_click_takes_it_out(read: Readers) -> None:
    reader = read()
    store(reader, {"items": [item(FRACTIONS)]})
    page = reader.open(f"{ZH}/lesson-cases/index.html")
    button = page.locator(f".kb-pick[data-kb-pick='shulin/{key(FRACTIONS)}']")
    expect(button).to_contain_class("kb-pick--on")
    button.focus()
    page.keyboard.press("Space")
    expect(button).not_to_contain_class("kb-pick--on")
    expect(button).to_be_focused()
    assert counted(page) == ""
    assert stored(page)["items"] == []


def test_a_retired_resource_cannot_be_picked_from_its_page(read: Readers, project: CheckedProject) -> None:
    retired = [r for r in project.content.packages["shulin"].resources.values() if r.lifecycle.value == "retired"]
    assert retired
    page = read().open(f"{ZH}/{retired[0].kind.value}/{retired[0].id}.html")
    expect(page.locator("h1")).to_be_visible()
    assert page.locator(".kb-item-head .kb-pick").count() == 0


def test_catalog_rows_that_scripts_draw_can_be_picked(read: Readers) -> None:
    page = read().open(f"{ZH}/catalog/index.html")
    page.locator(".kb-side input[type=checkbox]:visible").first.check()
    found = page.locator(".kb-found__table tbody tr")
    expect(found.first.locator(".kb-pick")).to_be_visible()
    found.first.locator(".kb-pick").click()
    expect(found.first.locator(".kb-pick")).to_contain_class("kb-pick--on")
    assert counted(page) == "1"


def test_search_hits_can_be_picked(read: Readers) -> None:
    page = read().open(f"{ZH}/search.html?q=%E5%88%86%E6%95%B0%E7%9A%84%E5%88%9D%E6%AD%A5")
    hit = page.locator("#kb-hits li", has=page.locator(f"a[href$='{FRACTIONS}']")).first
    hit.locator(".kb-pick").click()
    assert [each["page"] for each in stored(page)["items"]] == [FRACTIONS]


def test_buttons_can_be_touched(read: Readers) -> None:
    reader = read(width=390)
    page = open_list(reader, *PICKED)
    for shown in (page, reader.open(f"{ZH}/lesson-cases/index.html"), reader.open(f"{ZH}/{FRACTIONS}")):
        buttons = shown.locator(".kb-pick:visible, .kb-list-link:visible, .kb-mine button:visible")
        sizes = [(box["width"], box["height"]) for button in buttons.all() if (box := button.bounding_box())]
        assert sizes
        assert min(min(size) for size in sizes) >= 44


# The list


def test_a_list_shows_its_resources_in_the_language_of_the_page(read: Readers) -> None:
    reader = read()
    page = open_list(reader, FRACTIONS, RESEARCH, shard=EN)
    assert titles(page) == [
        "A first look at fractions: from sharing mooncakes to shading parts",
        "从一个小问题做起：教师行动研究",
    ]
    untranslated = page.locator("#kb-list-rows th > a").nth(1)
    assert untranslated.get_attribute("lang") == "zh"
    untranslated.click()
    assert reader.uri == f"{ZH}/{RESEARCH}"

    page = reader.open(f"{UG}/my-list.html")
    expect(rows(page)).to_have_count(2)
    expect(page.locator("body")).to_have_attribute("dir", "rtl")
    # The first column stands at the right.
    number, title = (rows(page).first.locator(part).bounding_box() for part in (".kb-mine__number", "th"))
    assert number
    assert title
    assert number["x"] > title["x"]


def test_resources_of_another_package_are_read_from_that_package(read: Readers) -> None:
    reader = read()
    page = reader.open("province-base/zh/next/lesson-cases/index.html")
    first = page.locator(".kb-pick").first
    picked, link = first.get_attribute("data-kb-pick"), page.locator(".kb-rows h3 a, .kb-card__title a").first
    target = link.evaluate("link => link.href")
    first.click()
    page = reader.open(f"{ZH}/my-list.html")
    row = rows(page).first
    expect(row.locator(".kb-badge")).to_have_text("省级基础包")
    assert row.get_attribute("data-key") == picked
    expect(row.locator(".kb-mine__amounts")).to_contain_text("分钟")
    assert row.locator("th > a").evaluate("link => link.href") == target


def test_rows_are_moved_by_keyboard_and_keep_the_focus(read: Readers) -> None:
    reader = read()
    page = open_list(reader, *PICKED)
    page.locator("#kb-list-rows [data-part=up]").nth(2).focus()
    page.keyboard.press("Enter")
    assert order(page) == [key(FRACTIONS), key(RESEARCH), key(SANDBAG)]
    expect(page.locator(".kb-say")).to_have_text("已移到第 2 项")
    page.keyboard.press("Enter")
    assert order(page) == [key(RESEARCH), key(FRACTIONS), key(SANDBAG)]
    # At the top only the way down is left.
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("data-part", "down")
    expect(focused).to_have_accessible_name("下移：从一个小问题做起：教师行动研究")
    page.reload()
    assert order(page) == [key(RESEARCH), key(FRACTIONS), key(SANDBAG)]


def test_name_description_and_notes_are_kept(read: Readers) -> None:
    reader = read()
    page = open_list(reader, *PICKED)
    page.fill("#kb-list-title", "三年级数学组")
    page.fill("#kb-list-note", "四月用")
    page.get_by_label("“沙包飞过晾衣绳：侧向投掷”的备注").fill("第二周\n先借绳子")
    # Left at once: what was just typed is kept too.
    reader.open(f"{ZH}/about.html")
    page = reader.open(f"{ZH}/my-list.html")
    expect(page.locator("#kb-list-title")).to_have_value("三年级数学组")
    expect(page.locator("#kb-list-note")).to_have_value("四月用")
    expect(page.locator(".kb-mine__note").nth(1)).to_have_value("第二周\n先借绳子")
    assert [each["note"] for each in stored(page)["items"]] == ["", "第二周\n先借绳子", ""]


def test_totals_are_those_of_the_content(read: Readers, project: CheckedProject, site: BuiltSite) -> None:
    reader = read()
    pages = [*PICKED, *picked_of_every_kind(project)]
    page = open_list(reader, *pages)
    details = [resource(project, each).details for each in pages]
    courses = [each for each in details if isinstance(each, CourseDetails)]
    lessons = [each for each in details if isinstance(each, LessonCaseDetails | MicroLessonDetails)]
    expected = {
        "项数": len(pages),
        "学时": sum(course.hours for course in courses),
        "学分": sum(course.credits for course in courses),
        "分钟": sum(lesson.minutes or 0 for lesson in lessons),
    }
    # The page may not know all of them yet when the first row is filled.
    expect(page.locator("#kb-list-totals dd")).to_have_count(5)
    figures = zip(
        page.locator("#kb-list-totals dt").all_inner_texts(),
        page.locator("#kb-list-totals dd").all_inner_texts(),
        strict=True,
    )
    shown = dict(figures)
    kilobytes = sum(path.stat().st_size for path in bundles_of(site, pages).values()) / 1024
    assert {name: float(shown[name].replace(",", "")) for name in expected} == pytest.approx(expected)
    assert shown["材料大小"] == (f"{kilobytes:.0f} KB" if kilobytes < 1024 else f"{kilobytes / 1024:.1f} MB")


def picked_of_every_kind(project: CheckedProject) -> list[str]:
    """The last current resource of each kind, without those picked anyhow."""
    current = [r for r in project.content.packages["shulin"].resources.values() if r.lifecycle.value == "current"]
    last = {r.kind: f"{r.kind.value}/{r.id}.html" for r in sorted(current, key=lambda r: r.id)}
    return [page for page in last.values() if page not in PICKED]


def bundles_of(site: BuiltSite, pages: Sequence[str]) -> dict[str, Path]:
    """Page → the ZIP that its "download all" leads to, where there is one."""
    found = {}
    for page in pages:
        html = (site.root / ZH / page).read_text("utf-8")
        marked = html.partition('class="kb-box__head"')[2].partition("</div>")[0]
        if "_files/" in marked:
            digest = marked.partition("_files/")[2].split("/")[1]
            (found[page],) = (site.root / "_files" / digest[:2] / digest).iterdir()
    return found


def test_a_removed_row_can_be_put_back_where_it_was(read: Readers) -> None:
    page = open_list(read(), *PICKED)
    page.locator("#kb-list-rows [data-part=remove]").nth(1).click()
    assert order(page) == [key(FRACTIONS), key(RESEARCH)]
    expect(page.locator(":focus")).to_have_accessible_name("移出：从一个小问题做起：教师行动研究")
    expect(page.locator(".kb-say")).to_contain_text("已移出“沙包飞过晾衣绳：侧向投掷”")
    page.locator(".kb-say button").click()
    assert order(page) == [key(each) for each in PICKED]

    page.locator("#kb-list-clear").click()
    expect(page.locator("#kb-list-empty")).to_be_visible()
    assert counted(page) == ""
    page.locator(".kb-say button").click()
    assert order(page) == [key(each) for each in PICKED]


def test_other_tabs_follow_and_what_is_being_typed_there_stays(read: Readers) -> None:
    reader = read()
    page = open_list(reader, *PICKED)
    note = page.locator(".kb-mine__note").first
    note.press_sequentially("先看")
    other = page.context.new_page()
    other.goto(page.url.replace("my-list.html", FRACTIONS))
    other.locator(f".kb-pick[data-kb-pick='shulin/{key(FRACTIONS)}']").first.wait_for()
    other.goto(page.url.replace("my-list.html", "lesson-cases/index.html"))
    other.locator(f".kb-pick[data-kb-pick='shulin/{key(SANDBAG)}']").click()
    expect(rows(page)).to_have_count(2)
    expect(note).to_be_focused()
    note.press_sequentially("录像")
    expect(note).to_have_value("先看录像")
    page.wait_for_function("JSON.parse(localStorage.getItem('kebao.list')).items[0].note === '先看录像'")
    expect(other.locator(".kb-list-count")).to_have_text("2")
    other.close()


def test_what_the_edition_no_longer_has_is_kept_and_said(read: Readers) -> None:
    reader = read()
    gone = item("lesson-cases/once-upon-a-time.html", title="从前的一课", facts="课例 · 三年级", note="留着")
    elsewhere = item(LEVER, package="no-such-package", shard="zh/2020.1", title="别处的")
    store(reader, {"items": [gone, item(FRACTIONS), elsewhere]})
    reader.missing.add(f"{reader.base_url}no-such-package/zh/2020.1/search/root.js")
    page = reader.open(f"{ZH}/my-list.html")
    expect(rows(page).nth(0).locator(".kb-badge--warning")).to_have_text("本版已没有这一项")
    expect(rows(page).nth(0).locator("th")).to_contain_text("从前的一课")
    assert rows(page).nth(0).locator("th > a").count() == 0
    expect(rows(page).nth(0).locator("textarea")).to_have_value("留着")
    expect(rows(page).nth(1).locator(".kb-badge")).to_have_count(0)
    expect(rows(page).nth(2).locator(".kb-badge--warning")).to_have_text("现在读不到")
    assert len(stored(page)["items"]) == 3


# Trouble with the browser's storage


def test_without_storage_the_list_lasts_for_the_page_and_says_so(read: Readers) -> None:
    reader = read()
    # Material's own script does not expect it and goes on.
    stacks: list[str] = []
    reader.page.on("pageerror", lambda error: stacks.append(error.stack or ""))
    reader.page.on("pageerror", lambda error: reader.missing.add(reader.page.url))
    refuse = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
    reader.page.add_init_script(refuse)
    page = reader.open(f"{ZH}/lesson-cases/index.html")
    page.locator(".kb-pick").first.click()
    expect(page.locator(".kb-say")).to_contain_text("选单只在这一页有效")
    expect(page.locator(".kb-pick").first).to_contain_class("kb-pick--on")
    assert counted(page) == "1"
    page = reader.open(f"{ZH}/my-list.html")
    expect(page.locator("#kb-list-trouble")).to_contain_text("选单只在这一页有效")
    expect(page.locator("#kb-list-empty")).to_be_visible()
    assert [stack for stack in stacks if "assets/kebao/" in stack] == []


def test_full_storage_keeps_the_list_for_the_page_and_says_so(read: Readers) -> None:
    reader = read()
    reader.page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
    )
    page = reader.open(f"{ZH}/lesson-cases/index.html")
    page.locator(".kb-pick").nth(0).click()
    page.locator(".kb-pick").nth(1).click()
    expect(page.locator(".kb-say")).to_contain_text("选单只在这一页有效")
    assert counted(page) == "2"


@pytest.mark.parametrize(
    "value, kept",
    [
        ("{", 0),
        ("null", 0),
        ('"text"', 0),
        ("[1, 2]", 0),
        ({"items": {"length": 3}}, 0),
        ({"items": [None, 3, "x", [], {}, {"package": 1, "page": FRACTIONS}]}, 0),
        ({"items": [item("../../../../etc/passwd"), item("javascript:alert(1)"), item("lesson-cases/../x.html")]}, 0),
        ({"items": [item(FRACTIONS, package="../evil"), item(FRACTIONS, package="<b>")]}, 0),
        ({"title": HOSTILE, "note": [HOSTILE], "items": [item(FRACTIONS, note=HOSTILE), item(FRACTIONS)]}, 1),
        ({"items": [item("courses/gone.html", title=HOSTILE, facts=HOSTILE, shard="../../x"), 7]}, 1),
        ({"items": [item("courses/gone.html", title="长" * 10_000, note="注" * 100_000)]}, 1),
        ({"__proto__": {"items": [1]}, "items": [item(FRACTIONS, __proto__={"page": "x"})]}, 1),
    ],
)
def test_rubbish_in_storage_breaks_nothing_and_runs_nothing(read: Readers, value: object, kept: int) -> None:
    reader = read()
    dialogs: list[Dialog] = []
    reader.page.on("dialog", lambda dialog: dialogs.append(dialog))
    store(reader, value)
    page = reader.open(f"{ZH}/my-list.html")
    title = page.title()
    expect(rows(page)).to_have_count(kept)
    page.wait_for_load_state("networkidle")
    offered = value.get("items") if isinstance(value, dict) else None
    if not isinstance(offered, list) or len(offered) > kept:
        expect(page.locator("#kb-list-trouble")).to_contain_text("有一部分读不出来")
    assert page.locator("#kb-list-app img, #kb-list-app script").count() == 0
    assert (page.title(), dialogs) == (title, [])
    page = reader.open(f"{ZH}/{RESEARCH}")
    page.locator("[data-kb-item] .kb-pick").click()
    assert counted(page) == str(kept + 1)
    assert stored(page)["items"][-1]["page"] == RESEARCH


def test_a_list_holds_five_hundred(read: Readers) -> None:
    reader = read()
    store(reader, {"items": [item(f"courses/course-{number}.html") for number in range(505)]})
    page = reader.open(f"{ZH}/{FRACTIONS}")
    page.locator("[data-kb-item] .kb-pick").click()
    expect(page.locator(".kb-say")).to_have_text("选单最多 500 项，请先移出一些。")
    assert counted(page) == "500"
    page = reader.open(f"{ZH}/my-list.html")
    expect(rows(page)).to_have_count(500)


# Files


def download(page: Page, button: str) -> tuple[str, bytes]:
    with page.expect_download() as started:
        page.locator(f"#kb-list-{button}").click()
    return started.value.suggested_filename, Path(started.value.path()).read_bytes()


COLUMNS = {
    ZH: ["序号", "标题", "基本信息", "学时", "学分", "分钟", "材料（MB）", "备注", "资源包", "编号", "网址"],
    EN: ["No.", "Title", "Facts", "Hours", "Credits", "Minutes", "Materials (MB)", "Note", "Package", "ID", "Address"],
}


@pytest.mark.parametrize("shard", [ZH, EN, UG])
def test_csv_and_xlsx_hold_the_list_and_compute_nothing(read: Readers, shard: str) -> None:
    notes = ["=1+1", '甲,"乙"\n丙', "@SUM(A1)"]
    items = [item(page, note=note) for page, note in zip(PICKED, notes, strict=True)]
    page = open_list(read(), *PICKED, shard=shard, items=items, title="三年级/数学组")
    shown = titles(page)
    name, data = download(page, "csv")
    assert name == "三年级_数学组.csv"
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 5
    head, *body, foot = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert head == COLUMNS.get(shard, head)
    assert len(head) == 11
    assert [row[1] for row in body] == shown
    assert [row[7] for row in body] == ["'=1+1", '甲,"乙"\n丙', "'@SUM(A1)"]
    assert [row[9] for row in body] == [key(each) for each in PICKED]
    assert body[0][10] in (f"{BASE_URL}{each}/{FRACTIONS}" for each in (shard, ZH))
    assert (foot[3], foot[5]) == ("3", "80")

    name, data = download(page, "xlsx")
    assert name == "三年级_数学组.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(data))
    (sheet,) = book.worksheets
    assert sheet.title == "三年级 数学组"
    assert sheet.freeze_panes == "A2"
    assert bool(sheet.sheet_view.rightToLeft) is (shard == UG)
    cells = [[cell.value for cell in row] for row in sheet.rows]
    assert cells[0] == head
    assert [row[1] for row in cells[1:-1]] == shown
    assert [row[7] for row in cells[1:-1]] == notes
    assert all(cell.data_type != "f" for row in sheet.rows for cell in row)
    assert (cells[-1][3], cells[-1][5]) == (3, 80)
    assert sheet["A1"].font.b
    assert sheet.column_dimensions["B"].width == 40


def test_a_list_file_carries_the_list_to_a_colleague(read: Readers, tmp_path: Path) -> None:
    reader = read()
    items = [item(page, note=f"备注 {number}") for number, page in enumerate(PICKED)]
    page = open_list(reader, *PICKED, items=items, title="三年级数学组", note="四月用")
    name, data = download(page, "json")
    assert name == "三年级数学组.json"
    file = tmp_path / name
    file.write_bytes(data)

    colleague = open_list(read(), SANDBAG)
    colleague.locator("#kb-list-import").set_input_files(file)
    expect(colleague.locator(".kb-say")).to_have_text("读入 2 项；原来就有的 1 项，读不了或放不下的 0 项。")
    assert order(colleague) == [key(SANDBAG), key(FRACTIONS), key(RESEARCH)]

    newcomer = read().open(f"{ZH}/my-list.html")
    newcomer.locator("#kb-list-import").set_input_files(file)
    expect(rows(newcomer)).to_have_count(3)
    expect(newcomer.locator("#kb-list-title")).to_have_value("三年级数学组")
    kept = stored(newcomer)
    assert [each["note"] for each in kept["items"]] == ["备注 0", "备注 1", "备注 2"]
    assert kept["note"] == "四月用"


@pytest.mark.parametrize("content", ["{", "[]", '{"items": []}', '{"kebao-list": 2, "items": []}', "\x00" * 10])
def test_another_file_is_refused(read: Readers, tmp_path: Path, content: str) -> None:
    page = open_list(read(), FRACTIONS)
    file = tmp_path / "别的.json"
    file.write_text(content, encoding="utf-8")
    page.locator("#kb-list-import").set_input_files(file)
    expect(page.locator(".kb-say")).to_contain_text("“别的.json”不是选单文件")
    assert order(page) == [key(FRACTIONS)]


# One ZIP, over http


def assert_is_whole(data: bytes, site: BuiltSite, pages: Sequence[str]) -> None:
    bundles = bundles_of(site, pages)
    assert bundles
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        *names, listed = archive.namelist()
        assert listed.endswith(".csv")
        assert names == [path.name for path in bundles.values()]
        for name, path in zip(names, bundles.values(), strict=True):
            assert archive.read(name) == path.read_bytes(), name


@pytest.mark.parametrize("way", ["http"], indirect=True)
def test_all_materials_come_as_one_zip(read: Readers, site: BuiltSite) -> None:
    reader = read()
    reader.page.add_init_script(NO_PICKER)
    page = open_list(reader, *PICKED)
    name, data = download(page, "zip")
    assert name == "我的选单.zip"
    assert_is_whole(data, site, PICKED)
    expect(page.locator("#kb-list-saving")).to_contain_text("已存好“我的选单.zip”")


#: A place that the browser can really write to as it loads, in its own storage.
OWN_DISK = """
window.showSaveFilePicker = async (options) => {
  const folder = await navigator.storage.getDirectory();
  return folder.getFileHandle("saved.zip", { create: true });
};
window.savedFile = async () => {
  const folder = await navigator.storage.getDirectory();
  const file = await (await folder.getFileHandle("saved.zip")).getFile();
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) { text += String.fromCharCode(...bytes.subarray(i, i + 8192)); }
  return btoa(text);
};
"""


@pytest.mark.parametrize("way", ["http"], indirect=True)
def test_the_zip_goes_straight_to_the_disk_where_the_browser_can(read: Readers, site: BuiltSite) -> None:
    reader = read()
    reader.page.add_init_script(OWN_DISK)
    page = open_list(reader, *PICKED)
    page.locator("#kb-list-zip").click()
    expect(page.locator("#kb-list-saving")).to_contain_text("已存好")
    assert_is_whole(base64.b64decode(page.evaluate("savedFile()")), site, PICKED)


def break_bundle(reader: Reader, site: BuiltSite, page: str, answer: list[str]) -> None:
    """Answers requests for a resource's bundle as told, one word a request; then as the server does."""
    path = bundles_of(site, [page])[page]
    url = f"{reader.base_url}_files/{path.parent.parent.name}/{path.parent.name}/**"

    def handle(route: Route) -> None:
        word = answer.pop(0) if answer else ""
        reader.missing.add(route.request.url)
        if word == "break":
            route.abort("connectionreset")
        elif word == "gone":
            route.fulfill(status=404, body="no")
        elif word == "damaged":
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            route.fulfill(status=200, body=bytes(data))
        elif word == "other":
            route.fulfill(status=200, body="<html>请先登录</html>")
        else:
            route.continue_()

    reader.page.route(url, handle)


@pytest.mark.parametrize("picker", [NO_PICKER, OWN_DISK], ids=["blob", "disk"])
@pytest.mark.parametrize("way", ["http"], indirect=True)
def test_a_part_that_fails_is_tried_again_and_the_zip_is_whole(read: Readers, site: BuiltSite, picker: str) -> None:
    reader = read()
    reader.page.add_init_script(picker)
    page = open_list(reader, *PICKED)
    answers = ["break", "damaged"]
    break_bundle(reader, site, SANDBAG, answers)
    if picker == NO_PICKER:
        data = download(page, "zip")[1]
    else:
        page.locator("#kb-list-zip").click()
        expect(page.locator("#kb-list-saving")).to_contain_text("已存好")
        data = base64.b64decode(page.evaluate("savedFile()"))
    assert answers == []
    assert_is_whole(data, site, PICKED)


@pytest.mark.parametrize(
    "answers, words",
    [
        (["break"] * 3, "下载“沙包飞过晾衣绳：侧向投掷”时连接断了"),
        (["gone"], "服务器上没有“沙包飞过晾衣绳：侧向投掷”的压缩包"),
        (["damaged"] * 3, "“沙包飞过晾衣绳：侧向投掷”收到的内容与登记的大小或校验值不符"),
        (["other"] * 3, "“沙包飞过晾衣绳：侧向投掷”收到的内容与登记的大小或校验值不符"),
    ],
    ids=["break", "gone", "damaged", "other"],
)
@pytest.mark.parametrize("way", ["http"], indirect=True)
def test_a_part_that_keeps_failing_is_named_and_can_be_tried_again(
    read: Readers, site: BuiltSite, answers: list[str], words: str
) -> None:
    reader = read()
    reader.page.add_init_script(NO_PICKER)
    page = open_list(reader, *PICKED)
    break_bundle(reader, site, SANDBAG, list(answers))
    with page.expect_download() as started:
        page.locator("#kb-list-zip").click()
        expect(page.get_by_role("alert")).to_contain_text(words)
        page.locator("#kb-list-saving").get_by_role("button", name="再试一次").click()
    assert_is_whole(Path(started.value.path()).read_bytes(), site, PICKED)


@pytest.mark.parametrize("way", ["http"], indirect=True)
def test_a_download_can_be_cancelled_and_leaves_nothing(read: Readers, site: BuiltSite) -> None:
    reader = read()
    reader.page.add_init_script(OWN_DISK)
    page = open_list(reader, *PICKED)
    break_bundle(reader, site, SANDBAG, ["gone"])
    page.locator("#kb-list-zip").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("#kb-list-saving").get_by_role("button", name="取消").click()
    expect(page.locator("#kb-list-saving")).to_have_text("已取消，没有留下不完整的文件。")
    assert page.evaluate("savedFile()") == ""
    expect(page.locator("#kb-list-zip")).to_be_enabled()


# A list of files, on file://


@pytest.mark.parametrize("way", ["file"], indirect=True)
def test_from_the_disk_the_files_to_copy_are_listed(read: Readers, site: BuiltSite) -> None:
    page = open_list(read(), *PICKED)
    expect(page.locator("#kb-list-zip")).to_be_hidden()
    expected = [path.relative_to(site.root).as_posix() for path in bundles_of(site, PICKED).values()]
    assert page.locator("#kb-list-files code").all_inner_texts() == expected
    assert all((site.root / path).is_file() for path in expected)
    page.locator("#kb-list-copy-paths").click()
    expect(page.locator(".kb-say")).to_have_text(f"已复制 {len(expected)} 个路径")
    name, data = download(page, "save-paths")
    assert name == "我的选单.txt"
    lines = data.decode("utf-8-sig").split("\r\n")
    assert [line for line in lines if line.startswith("_files/")] == expected
    assert "1. 分数的初步认识：从分月饼到画阴影" in lines


# Paper


@pytest.mark.parametrize(
    "shard, footer",
    [
        (ZH, ("编辑中的版本", f"{ZH}/my-list.html")),
        (EN, ("Edition in preparation", f"{EN}/my-list.html")),
        # What is read out of a PDF stands in another order from right to left.
        (UG, ()),
    ],
)
def test_a_list_prints_with_codes_that_lead_to_its_pages(read: Readers, shard: str, footer: tuple[str, ...]) -> None:
    items = [item(page, note=f"note {number}") for number, page in enumerate(PICKED)]
    page = open_list(read(), *PICKED, shard=shard, items=items, title="Grade 3 mathematics")
    page.evaluate("window.print = () => { window.printed = true }")
    page.locator("#kb-list-print").click()
    page.wait_for_function("window.printed")
    links = [link.evaluate("link => link.href") for link in page.locator("#kb-list-rows th > a").all()]
    addresses = [BASE_URL + "/".join(link.split("/")[-5:]) for link in links]
    document = pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True))
    try:
        text = " ".join(" ".join(sheet.get_textpage().get_text_range().split()) for sheet in document)
        pictures = [sheet.render(scale=3).to_pil() for sheet in document]
    finally:
        document.close()
    codes = {code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)}
    assert codes >= set(addresses)
    assert len(set(addresses)) == 3
    for words in ("Grade 3 mathematics", "note 0", "note 2", *footer):
        assert words in text
    assert page.locator("#kb-list-totals dd").first.inner_text() in text


def test_without_scripts_the_page_says_so_and_leads_to_the_downloads(read: Readers) -> None:
    reader = read(java_script_enabled=False)
    page = reader.open(f"{ZH}/my-list.html")
    expect(page.locator("#kb-list-no-scripts")).to_contain_text("选单要用浏览器的脚本")
    expect(page.locator("#kb-list-app")).to_be_hidden()
    page.locator("#kb-list-no-scripts a").click()
    assert reader.uri == f"{ZH}/downloads.html"


def test_where_the_data_cannot_be_read_the_list_still_shows_what_was_noted(read: Readers, way: Way) -> None:
    reader = read()
    reader.page.route("**/search/docs.js*", lambda route: route.abort())
    reader.page.on("requestfailed", lambda request: reader.missing.add(request.url))
    reader.page.on("console", lambda message: reader.missing.add(message.location["url"]))
    store(reader, {"items": [item(FRACTIONS, title="分数", facts="课例", note="要")]})
    page = reader.open(f"{ZH}/my-list.html")
    expect(page.locator("#kb-list-status")).to_contain_text("读不到资源数据")
    expect(rows(page)).to_contain_text("分数")
    page.unroute("**/search/docs.js*")
    page.locator("#kb-list-status button").click()
    expect(page.locator("#kb-list-status")).to_be_hidden()
    # The message goes before the data is there.
    expect(rows(page)).to_contain_text("从分月饼到画阴影")
    assert titles(page) == ["分数的初步认识：从分月饼到画阴影"]

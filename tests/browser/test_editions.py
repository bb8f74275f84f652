"""Three editions of the sample in three languages, released from tags and published: readers find their way in time."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from kebao.editions.publish import publish
from kebao.editions.release import ReleaseOptions, release
from kebao.editions.store import EditionStore

from .conftest import ROOT, Readers, Way, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from .axe import Axe

pytestmark = pytest.mark.browser

PACKAGE = "shulin"
EDITIONS = ("2025.1", "2025.2", "2026.1")
CURRENT = EDITIONS[-1]
LOCALES = ("zh", "en", "ug")
#: In all editions and languages.
STEADY = "micro-stories/snow-restaurant-dialogue.html"
#: Changed, moved and taken out between the editions.
CHANGED = "lesson-cases/cone-volume-sand.html"
MOVED = {
    "2025.1": "micro-cases/rice-number-three.html",
    "2025.2": "micro-cases/rice-number-three.html",
    "2026.1": "micro-stories/rice-number-three.html",
}
GONE = "micro-stories/a-note-to-grandma.html"
#: A topic that goes with it.
OLD_TOPIC = "letters-home"


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Editor", "-c", "user.email=editor@kebao.example")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    text = path.read_text("utf-8")
    changed = change(text)
    assert changed != text, f"{path} is not as this test expects it"
    path.write_text(changed, encoding="utf-8", newline="\n")


def write_history(project: Path) -> None:
    """A repository with a tag an edition; the last one holds the sample as it is but for one story."""
    for name in ("content", "site_config"):
        shutil.copytree(ROOT / name, project / name)
    shutil.copyfile(ROOT / "mkdocs.yml", project / "mkdocs.yml")
    package = project / "content" / "packages" / PACKAGE
    cone = package / "lesson-cases" / "cone-volume-sand" / "index.md"
    now = cone.read_text("utf-8")
    (package / "micro-stories" / "rice-number-three").rename(package / "micro-cases" / "rice-number-three")
    rewrite(cone, lambda text: text.replace("六组不配套的沙子实验", "沙子实验").replace("12 分钟", "15 分钟"))
    note = package / "micro-stories" / "a-note-to-grandma" / "index.md"
    rewrite(note, lambda text: text.replace("topics: [", f"topics: [{OLD_TOPIC}, ", 1))
    topic = package / "topics" / f"{OLD_TOPIC}.md"
    ground = (package / "topics" / "ict-in-class.md").read_text("utf-8").replace("order: 6", "order: 60")
    # What it suggests is of its own topic.
    topic.write_text("".join(row for row in ground.splitlines(True) if not row.startswith("suggested:")), "utf-8")
    git(project, "init", "--quiet", "--initial-branch=main")
    tag(project, "2025.1")
    cone.write_text(now, encoding="utf-8", newline="\n")
    tag(project, "2025.2")
    (package / "micro-cases" / "rice-number-three").rename(package / "micro-stories" / "rice-number-three")
    shutil.rmtree(package / "micro-stories" / "a-note-to-grandma")
    topic.unlink()
    tag(project, "2026.1")


def tag(project: Path, edition: str) -> None:
    git(project, "add", "--all")
    git(project, "commit", "--quiet", f"--message={edition}")
    git(project, "tag", f"{PACKAGE}-{edition}")


@pytest.fixture(scope="module")
def public(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published tree; made only where there is a browser to look at it."""
    folder = tmp_path_factory.mktemp("editions")
    project = folder / "project"
    write_history(project)
    store = EditionStore(folder / "editions")
    for edition in EDITIONS:
        release(
            project,
            store,
            ReleaseOptions(package=PACKAGE, edition=edition, source=f"{PACKAGE}-{edition}", jobs=2),
        )
    publish(project, store, folder / "public")
    return folder / "public"


@pytest.fixture(scope="module")
def public_url(public: Path) -> Iterator[str]:
    with served(public) as url:
        yield url


@pytest.fixture
def read(way: Way, browser: Browser, public: Path, public_url: str) -> Iterator[Readers]:
    """Opens windows on the published tree; what went wrong in them fails the test."""
    readers = Readers(browser, public_url if way == "http" else f"{public.as_uri()}/")
    yield readers
    readers.close()


def at(locale: str, edition: str, page: str) -> str:
    return f"{PACKAGE}/{locale}/{edition}/{page}"


def choices(page: Page) -> Locator:
    """The editions that the selector offers, once it is open."""
    menu = page.locator(".kb-editions")
    expect(menu).to_have_count(1)
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    return menu.locator("a")


def choose(page: Page, edition: str) -> None:
    choices(page)
    page.locator(f".kb-editions a[data-edition='{edition}']").click()


@pytest.mark.parametrize("locale", LOCALES)
def test_the_selector_stays_on_the_resource_through_all_editions(read: Readers, locale: str) -> None:
    reader = read()
    page = reader.open(at(locale, "2025.1", STEADY))
    title = page.locator("h1").inner_text()
    for edition in ("2026.1", "2025.2", "2025.1"):
        choose(page, edition)
        expect(page.locator(".kb-editions__now")).to_have_text(edition)
        assert reader.uri == at(locale, edition, STEADY)
        assert page.locator("h1").inner_text() == title
        expect(choices(page)).to_have_count(3)
        expect(page.locator(".kb-editions a[aria-current]")).to_have_attribute("data-edition", edition)


def test_the_selector_finds_a_resource_that_moved(read: Readers) -> None:
    reader = read()
    page = reader.open(at("zh", "2025.1", MOVED["2025.1"]))
    choose(page, CURRENT)
    page.wait_for_url("**/2026.1/**")
    assert reader.uri == at("zh", CURRENT, MOVED[CURRENT])
    choose(page, "2025.2")
    page.wait_for_url("**/2025.2/**")
    assert reader.uri == at("zh", "2025.2", MOVED["2025.2"])


def test_where_a_resource_is_not_in_an_edition_the_selector_says_so_and_leads_home(read: Readers) -> None:
    reader = read()
    page = reader.open(at("zh", "2025.1", GONE))
    choices(page)
    row = page.locator(".kb-editions li", has=page.locator("a[data-edition='2026.1']"))
    expect(row).to_contain_text("没有这一页，打开首页")
    row.locator("a").click()
    page.wait_for_url("**/2026.1/**")
    assert reader.uri == at("zh", CURRENT, "index.html")


@pytest.mark.parametrize(
    "place, like",
    [
        ("index.html", "index.html"),
        ("catalog/index.html", "catalog/index.html"),
        ("downloads.html", "downloads.html"),
        ("topics/hands-on-maths.html", "topics/hands-on-maths.html"),
        ("schools/daoxiang-primary.html", "schools/daoxiang-primary.html"),
        (f"topics/{OLD_TOPIC}.html", "topics/index.html"),
    ],
)
def test_from_any_page_one_gets_to_its_like_or_its_section(read: Readers, place: str, like: str) -> None:
    reader = read()
    page = reader.open(at("zh", "2025.1", place))
    choose(page, CURRENT)
    page.wait_for_url("**/2026.1/**")
    assert reader.uri == at("zh", CURRENT, like)
    expect(page.locator(".kb-editions__now")).to_have_text(CURRENT)
    page.go_back()
    banner = page.locator("[data-edition-note] a").first
    assert str(banner.evaluate("link => link.href")).endswith(f"/{at('zh', CURRENT, like)}")


@pytest.mark.parametrize("locale", LOCALES)
def test_old_editions_say_so_and_lead_on(read: Readers, locale: str) -> None:
    reader = read()
    page = reader.open(at(locale, "2025.1", STEADY))
    note = page.locator("[data-edition-note]")
    expect(note).to_have_attribute("data-edition-note", "old")
    expect(note).to_contain_text("2025.1")
    expect(note).to_contain_text(CURRENT)
    note.locator("a").first.click()
    page.wait_for_url("**/2026.1/**")
    assert reader.uri == at(locale, CURRENT, STEADY)
    # Not gone again before its files are there: the browser would say that they were not loaded.
    expect(page.locator(".kb-editions__now")).to_have_text(CURRENT)
    page.go_back()
    expect(note.locator("a")).to_have_count(2)
    note.locator("a").last.click()
    page.wait_for_url("**/whats-new.html")
    assert reader.uri == at(locale, CURRENT, "whats-new.html")
    expect(page.locator(".kb-editions__now")).to_have_text(CURRENT)


@pytest.mark.parametrize("edition", [CURRENT, "latest"])
def test_the_current_edition_has_a_selector_and_no_banner(read: Readers, edition: str) -> None:
    page = read().open(at("zh", edition, STEADY))
    expect(page.locator(".kb-editions__now")).to_have_text(CURRENT)
    expect(page.locator("[data-edition-note]")).to_have_count(0)


def test_the_banner_leads_to_where_a_resource_moved(read: Readers) -> None:
    page = read().open(at("zh", "2025.1", MOVED["2025.1"]))
    expect(page.locator("[data-edition-note] a").first).to_have_attribute("href", f"../../{CURRENT}/{MOVED[CURRENT]}")


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_language_menu_leads_to_the_same_page_in_the_same_edition(read: Readers, edition: str) -> None:
    reader = read()
    page = reader.open(at("zh", edition, STEADY))
    for locale in ("en", "ug", "zh"):
        page.locator(".kb-languages:not(.kb-editions) summary").click()
        page.locator(f".kb-languages:not(.kb-editions) a[href*='/{locale}/']").click()
        page.wait_for_url(f"**/{locale}/**")
        assert reader.uri == at(locale, edition, STEADY)
        expect(page.locator(".kb-editions__now")).to_have_text(edition)


def test_what_left_the_package_has_a_tombstone_in_latest(read: Readers) -> None:
    reader = read()
    page = reader.open(at("zh", "latest", GONE))
    page.locator(f"a[href*='2025.2/{GONE}']").first.click()
    page.wait_for_url("**/2025.2/**")
    assert reader.uri == at("zh", "2025.2", GONE)


def test_an_item_tells_its_history(read: Readers) -> None:
    page = read().open(at("zh", CURRENT, CHANGED))
    lines = page.locator("#kb-history li")
    expect(lines).to_have_count(3)
    expect(lines.nth(0)).to_contain_text("正在看")
    expect(lines.nth(1)).to_contain_text("有修改")
    expect(lines.nth(2)).to_contain_text("当时题为“圆锥的体积：沙子实验”")
    lines.nth(2).locator("a").click()
    page.wait_for_url("**/2025.1/**")
    expect(page.locator("h1")).to_have_text("圆锥的体积：沙子实验")


def test_what_is_new_tells_the_changes_and_filters_them(read: Readers) -> None:
    reader = read()
    page = reader.open(at("zh", "2026.1", "whats-new.html"))
    groups = page.locator("[data-change-group]")
    expect(groups.locator("h2")).to_have_text(["移动 1", "停用 1"])
    rows = page.locator("[data-change]:visible")
    expect(rows).to_have_count(2)
    schools = page.locator("#kb-news-filter label", has_text="单位").locator("select")
    schools.select_option(label="稻香小学")
    expect(rows).to_have_count(1)
    expect(page.locator("[data-change-group]:visible h2")).to_have_text(["移动 1"])
    page.reload()
    expect(schools).to_have_value("daoxiang-primary")
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="取消筛选").click()
    expect(rows).to_have_count(2)
    assert "#" not in page.url
    reader.open(at("zh", "2025.2", "whats-new.html"))
    change = page.locator("[data-change='cone-volume-sand']")
    expect(change.locator("del").first).to_contain_text("圆锥的体积：沙子实验")
    change.locator("details summary").click()
    expect(change.locator("details ins").first).to_contain_text("12")


def test_without_scripts_what_is_new_is_a_list_in_groups(read: Readers) -> None:
    page = read(java_script_enabled=False).open(at("zh", "2026.1", "whats-new.html"))
    expect(page.locator("[data-change-group] h2")).to_have_count(2)
    expect(page.locator("[data-change]")).to_have_count(2)


def test_by_keyboard_one_opens_the_selector_chooses_and_closes(read: Readers) -> None:
    reader = read()
    page = reader.open(at("zh", "2025.1", STEADY))
    summary = page.locator(".kb-editions summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".kb-editions")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(page.locator(".kb-editions[open]")).to_have_count(0)
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/2026.1/**")
    assert reader.uri == at("zh", CURRENT, STEADY)


def test_no_page_of_the_tree_is_wider_than_a_phone_because_of_the_selector(read: Readers) -> None:
    page = read(width=390).open(at("ug", "2025.1", STEADY))
    choices(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("way", ["http"], indirect=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_an_old_edition_break_no_rule_with_banner_and_selector(
    read: Readers, axe: Axe, scheme: Literal["light", "dark"]
) -> None:
    wrong = {}
    reader = read(color_scheme=scheme, reduced_motion="reduce")
    for place in (STEADY, CHANGED, "index.html", "whats-new.html", f"topics/{OLD_TOPIC}.html"):
        for width in (1280, 390):
            reader.page.set_viewport_size({"width": width, "height": 844})
            page = reader.open(at("zh", "2025.1", place))
            expect(page.locator("[data-edition-note]")).to_be_visible()
            for is_open in (False, True):
                if is_open:
                    choices(page)
                if found := axe.violations(page):
                    wrong[place, width, is_open] = found
            assert page.evaluate("document.documentElement.scrollWidth") == width
    assert wrong == {}


@pytest.fixture(scope="module")
def stock_tree(public: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published tree with an edition that mkdocs-material has built, as it comes."""
    folder = tmp_path_factory.mktemp("stock")
    tree = Path(shutil.copytree(public, folder / "tree"))
    site = tree / PACKAGE / "zh" / "2025.2"
    shutil.rmtree(site)
    docs = folder / "source" / "docs"
    for page in ("index.html", STEADY, GONE):
        path = docs / page.replace(".html", ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# Stock\n", encoding="utf-8")
    settings = {
        "site_name": "Stock",
        "site_url": f"https://kebao.example/{PACKAGE}/zh/2025.2/",
        "use_directory_urls": False,
        "theme": {"name": "material", "font": False},
        "extra": {"version": {"provider": "mike"}},
    }
    (docs.parent / "mkdocs.yml").write_text(json.dumps(settings), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "--quiet", "-d", str(site)], cwd=docs.parent, check=True)
    return tree


def test_materials_own_selector_lists_our_editions(browser: Browser, stock_tree: Path) -> None:
    """Any site of mkdocs-material that lies in the tree finds our versions.json (mike's contract)."""
    with served(stock_tree) as url:
        page = browser.new_page()
        page.goto(f"{url}{PACKAGE}/zh/2025.2/index.html")
        expect(page.locator(".md-version__current")).to_contain_text("2025.2")
        links = page.locator(".md-version__link")
        expect(links).to_have_text([*reversed(EDITIONS)])
        assert [link.get_attribute("href") for link in links.all()] == [
            f"{url}{PACKAGE}/zh/{edition}/" for edition in reversed(EDITIONS)
        ]
        page.close()


@pytest.mark.parametrize("place, like", [(STEADY, STEADY), (GONE, "")])
def test_materials_own_selector_stays_on_the_page(browser: Browser, stock_tree: Path, place: str, like: str) -> None:
    """It asks for the sitemap of the edition that was chosen; where the page is not in it, it goes to the start."""
    with served(stock_tree) as url:
        page = browser.new_page()
        page.goto(f"{url}{PACKAGE}/zh/2025.2/{place}#here")
        # Its list lies over the button as soon as the pointer is there.
        page.locator(".md-version__link", has_text=CURRENT).dispatch_event("click")
        page.wait_for_url(f"{url}{PACKAGE}/zh/{CURRENT}/{like}{'#here' if like else ''}")
        page.close()

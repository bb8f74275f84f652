"""A mirrored site, read at a school: from the school's own server, and from a stick by double click."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import BuiltSite, Readers, Way
from tests.mirror.servers import serving

from kebao.mirror.commands import main

pytestmark = pytest.mark.browser

CHINESE = "shulin/zh/next"


@dataclass(frozen=True)
class Mirrored:
    """Where the county's release arrived."""

    school: Path
    stick: Path


def run(*arguments: object) -> None:
    assert main([str(argument) for argument in arguments], language="zh") == 0


@pytest.fixture(scope="module")
def mirrored(site: BuiltSite, tmp_path_factory: pytest.TempPathFactory) -> Mirrored:
    """The sample: released, signed, exported to a stick, and pulled from that stick by a school."""
    folder = tmp_path_factory.mktemp("mirror")
    out, school, stick = folder / "out", folder / "school", folder / "U 盘"
    keys = {role: folder / f"{role}.pem" for role in ("root", "targets", "timestamp")}
    for path in keys.values():
        run("keygen", "--out", path, "--no-password")
    public = [part for role, path in keys.items() for part in (f"--{role}-key", f"{path}.pub")]
    run("init", "--out", out, *public)
    run("sign", "--out", out, "--key", keys["root"])
    run("release", site.root, "--out", out, "--version", "2026.1")
    run("sign", "--out", out, "--key", keys["targets"], "--key", keys["timestamp"])
    run("export", stick, "--out", out)
    fingerprint = hashlib.sha256((out / ".mirror/metadata/1.root.json").read_bytes()).hexdigest()
    school.mkdir()
    run("join", "--mirror", school, stick, "--root-sha256", fingerprint)
    run("pull", "--mirror", school)
    return Mirrored(school, stick)


@pytest.fixture
def read(way: Way, browser: Browser, mirrored: Mirrored) -> Iterator[Readers]:
    """Windows on the school's server, or on the stick's folder."""
    if way == "file":
        readers = Readers(browser, f"{mirrored.stick.as_uri()}/")
        yield readers
        readers.close()
        return
    with serving(mirrored.school) as url:
        readers = Readers(browser, url)
        yield readers
        readers.close()


def test_the_first_page_opens_and_leads_to_a_package(read: Readers, way: Way) -> None:
    reader = read()
    page = reader.open("index.html" if way == "file" else "")
    page.get_by_role("link", name="中文").first.click()
    expect(page).to_have_title("舒林县教师培训资源包", timeout=10_000)
    assert reader.uri.endswith(f"{CHINESE}/index.html")
    # From a stick the first page leads on into the release; readers on a server see no number.
    assert reader.uri.startswith("r/00001/") == (way == "file")


def test_searching_finds_and_opens_a_lesson(read: Readers, way: Way) -> None:
    reader = read()
    page = reader.open(f"{'r/00001/' if way == 'file' else ''}{CHINESE}/index.html")
    page.keyboard.press("/")
    page.keyboard.type("分数的初步认识")
    page.locator("#kb-found [role=option]").first.click()
    expect(page.locator("h1")).to_contain_text("分数的初步认识")
    # The key is the scripts': they run after the text is there.
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.locator("#kb-find")).to_be_focused()
    page.keyboard.type("水塔")
    page.keyboard.press("Enter")
    expect(page.locator(".kb-hits a").first).to_contain_text("水塔")
    title = page.locator(".kb-hits a").first.inner_text()
    page.locator(".kb-hits a").first.click()
    expect(page.locator("h1")).to_contain_text(title.strip())

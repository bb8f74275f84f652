"""The walk of a teacher once more in Firefox ESR, from a server and from the disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .conftest import no_browser
from .firefox import Firefox, FirefoxError, started

if TYPE_CHECKING:
    from .conftest import BuiltSite, Way

pytestmark = pytest.mark.browser

ITEM = "lesson-cases/fractions-first-steps.html"
SHARDS = ("shulin/zh/next", "shulin/ug/next")
ZH = SHARDS[0]
TEXT = "const found = document.querySelector(arguments[0]); return found && found.innerText.trim();"
COUNT = "return document.querySelectorAll(arguments[0]).length;"


def firefox_path() -> str | None:
    """Where the browser is: ``KEBAO_FIREFOX``, or on the search path."""
    found = (shutil.which(name) for name in ("firefox-esr", "firefox"))
    return os.environ.get("KEBAO_FIREFOX") or next((path for path in found if path), None)


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    path = firefox_path()
    if path is None:
        no_browser("no Firefox found: install it or set KEBAO_FIREFOX")
    with started(path, Path(tmp_path_factory.mktemp("firefox"))) as window:
        yield window


@pytest.fixture
def base_url(way: Way, site: BuiltSite, server_url: str) -> str:
    return server_url if way == "http" else f"{site.root.as_uri()}/"


@pytest.fixture
def firefox(window: Firefox, base_url: str) -> Iterator[Firefox]:
    """The window on the site; errors of scripts fail the test."""
    window.open("about:blank")
    yield window
    assert window.errors(base_url) == []


@pytest.mark.parametrize("shard", SHARDS)
def test_home_offers_the_way_to_a_lesson(firefox: Firefox, base_url: str, shard: str) -> None:
    firefox.open(f"{base_url}{shard}/index.html")
    assert firefox.run(TEXT, "h1")
    assert firefox.wait(COUNT, ".kb-path-form select") == 4
    firefox.click(".kb-tile a")
    assert f"{shard}/topics/" in firefox.wait("return location.href.includes('/topics/') && location.href;")


def test_a_filter_narrows_the_catalog(firefox: Firefox, base_url: str) -> None:
    firefox.open(f"{base_url}{ZH}/catalog/index.html")
    firefox.wait(COUNT, ".kb-facet[data-facet=stage] input")
    firefox.click(".kb-facet[data-facet=stage] label")
    firefox.wait(COUNT, ".kb-found:not([hidden]) a")
    assert firefox.run(COUNT, ".kb-active__chip") == 1
    assert "#stage=" in firefox.url()
    assert any(sign.isdigit() for sign in firefox.run(TEXT, ".kb-tools__status"))


def test_the_search_page_finds_fractions(firefox: Firefox, base_url: str) -> None:
    firefox.open(f"{base_url}{ZH}/search.html")
    firefox.type("#kb-query", "分数\ue007")
    firefox.wait(COUNT, "#kb-hits h3 a")
    assert "分数" in firefox.run(TEXT, "#kb-hits mark")


def test_the_search_box_answers_while_one_types(firefox: Firefox, base_url: str) -> None:
    firefox.open(f"{base_url}{ZH}/downloads.html")
    firefox.type("#kb-find", "分数")
    firefox.wait(COUNT, "#kb-found [role=option]")
    firefox.type("#kb-find", "\ue015\ue007")
    # Between two pages a browser may stand on an empty one.
    firefox.wait("return location.href.startsWith(arguments[0]) && !location.href.includes('downloads');", base_url)
    assert firefox.url().startswith(f"{base_url}{ZH}/")


def test_an_item_goes_to_the_list_and_stays_there(firefox: Firefox, base_url: str) -> None:
    firefox.open(f"{base_url}{ZH}/{ITEM}")
    assert firefox.run(COUNT, ".kb-material") == 5
    firefox.click("[data-kb-item] .kb-pick")
    firefox.wait(COUNT, "[data-kb-item] .kb-pick--on")
    firefox.open(f"{base_url}{ZH}/my-list.html")
    firefox.wait(COUNT, "#kb-list-rows > tr")
    assert "分数的初步认识" in firefox.run(TEXT, "#kb-list-rows th")


def test_an_error_of_a_script_is_noticed(window: Firefox, base_url: str) -> None:
    window.open(f"{base_url}{ZH}/about.html")
    window.run(
        "const script = document.createElement('script');"
        "script.textContent = 'none.such()'; document.body.append(script);"
    )
    assert any("none is not defined" in error for error in window.errors(base_url))
    window.open("about:blank")


def test_what_the_browser_refuses_is_said(window: Firefox) -> None:
    window.open("about:blank")
    with pytest.raises(FirefoxError, match="Unable to locate element"):
        window.click("#none-such")

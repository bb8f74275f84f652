"""Light by day, dark by night, as the reader's system says; readable in both."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import Page

if TYPE_CHECKING:
    from tests.browser.conftest import Readers

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("way", ["file"], indirect=True)]

PAGES = (
    "index.html",
    "shulin/zh/next/404.html",
    "shulin/zh/next/index.html",
    "shulin/zh/next/lesson-cases/fractions-first-steps.html",
    "shulin/ug/next/downloads.html",
)

COLOURS = """() => {
  const text = document.querySelector("main p, main h1");
  return [getComputedStyle(document.body).backgroundColor, getComputedStyle(text).color];
}"""


def luminance(colour: str) -> float:
    """Relative luminance of a CSS ``rgb()`` (WCAG 2.2), 0 black to 1 white."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ground_and_text(page: Page) -> tuple[float, float]:
    ground, text = page.evaluate(COLOURS)
    return luminance(ground), luminance(text)


def contrast(ground: float, text: float) -> float:
    return (max(ground, text) + 0.05) / (min(ground, text) + 0.05)


@pytest.mark.parametrize("uri", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_follows_the_colour_scheme_of_the_system(
    read: Readers, uri: str, scheme: Literal["light", "dark"]
) -> None:
    ground, text = ground_and_text(read(color_scheme=scheme).open(uri))
    assert (ground < text) == (scheme == "dark")
    assert contrast(ground, text) >= 4.5


def test_a_reader_can_choose_the_other_scheme_and_it_stays(read: Readers) -> None:
    page = read(color_scheme="light").open("shulin/zh/next/index.html")
    page.locator(".md-header label[for^=__palette]:visible").click()
    ground, text = ground_and_text(page)
    assert ground < text
    page.reload()
    ground, text = ground_and_text(page)
    assert ground < text

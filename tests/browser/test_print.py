"""On paper: facts, text, files and where it comes from; no navigation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import Readers

pytestmark = pytest.mark.browser

ITEM = "shulin/zh/next/lesson-cases/fractions-first-steps.html"


def printed_pages(page: Page) -> list[str]:
    """The text of each page that comes out of the printer, lines joined by a blank."""
    document = pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True))
    try:
        return [" ".join(sheet.get_textpage().get_text_range().split()) for sheet in document]
    finally:
        document.close()


def test_an_item_prints_its_facts_and_its_code_and_no_navigation(read: Readers) -> None:
    page = read().open(ITEM)
    page.emulate_media(media="print")
    for hidden in (".md-header", ".md-tabs", ".md-sidebar", ".kb-crumbs", ".kb-preview", ".kb-footer__links"):
        for element in page.locator(hidden).all():
            expect(element).to_be_hidden()
    for shown in ("h1", ".kb-facts", ".kb-materials", ".kb-body", ".kb-citation", ".kb-footer__print"):
        expect(page.locator(shown).first).to_be_visible()
    expect(page.locator("figure.kb-qr svg")).to_be_visible()
    expect(page.locator(".kb-footer__print")).to_contain_text(ITEM)


@pytest.mark.parametrize("way", ["file"], indirect=True)
@pytest.mark.parametrize(
    "uri, words",
    [
        (ITEM, "分数的初步认识"),
        ("shulin/zh/next/lesson-cases/index.html", "课例"),
        ("shulin/en/next/index.html", "Hands-on mathematics"),
        ("shulin/zh/next/downloads.html", "下载"),
    ],
)
def test_a_page_prints(read: Readers, uri: str, words: str) -> None:
    sheets = printed_pages(read().open(uri))
    assert len(sheets) >= 1
    assert any(words in sheet for sheet in sheets)
    assert uri in sheets[-1]
    assert all(sheet.strip() for sheet in sheets), "an empty sheet"


@pytest.mark.parametrize("way", ["file"], indirect=True)
def test_a_list_prints_every_row(read: Readers) -> None:
    page = read().open("shulin/zh/next/lesson-cases/index.html")
    titles = page.locator(".kb-main .kb-card__title, .kb-main .kb-rows h3").all_inner_texts()
    printed = "".join(printed_pages(page)).replace(" ", "")
    assert len(titles) > 30
    assert [title for title in titles if title.replace(" ", "") not in printed] == []

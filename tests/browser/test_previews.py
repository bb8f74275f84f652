"""Materials are looked at in the page, without downloading them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from tests.browser.conftest import Readers

pytestmark = pytest.mark.browser

#: A lesson case with a docx, a pptx, an mp4 with captions, a pdf and a png.
ITEM = "shulin/zh/next/lesson-cases/fractions-first-steps.html"

CUES = "video => Array.from((video.textTracks[0] || {}).cues || [], cue => cue.text)"


def opened(page: Page, type_name: str) -> Locator:
    """The preview of the item's first material of a type, opened."""
    material = page.locator(".kb-material", has=page.locator("small", has_text=type_name)).first
    material.locator(".kb-preview > summary").click()
    return material.locator(".kb-preview")


@pytest.mark.parametrize("way", ["file"], indirect=True)
def test_a_video_from_the_disk_has_its_captions_added_by_the_script(read: Readers) -> None:
    video = opened(read().open(ITEM), "MP4").locator("video")
    expect(video).to_be_visible()
    cues: list[str] = video.evaluate(CUES)
    assert len(cues) >= 3
    assert "".join(cues).isascii() is False
    assert video.evaluate("video => video.textTracks.length") == 1
    assert video.evaluate("video => video.textTracks[0].mode") == "showing"
    assert video.evaluate("video => Array.from(video.textTracks[0].cues).every(c => c.endTime > c.startTime)")


@pytest.mark.parametrize("way", ["http"], indirect=True)
def test_a_video_from_a_server_loads_its_captions_once_they_are_shown(read: Readers) -> None:
    page = read().open(ITEM)
    video = opened(page, "MP4").locator("video")
    expect(video).to_be_visible()
    expect(video.locator("track[kind=captions]")).to_have_count(1)
    video.evaluate("video => { video.textTracks[0].mode = 'showing'; }")
    page.wait_for_function("document.querySelector('track').readyState === HTMLTrackElement.LOADED")
    assert len(video.evaluate(CUES)) >= 3


def test_a_video_plays(read: Readers) -> None:
    page = read().open(ITEM)
    opened(page, "MP4").locator("video").evaluate("video => { video.muted = true; return video.play(); }")
    page.wait_for_function("document.querySelector('video').currentTime > 0")
    # Stopped and let go, so that nothing is still being loaded when the window closes.
    page.locator("video").evaluate("video => video.pause()")


def test_a_picture_is_shown(read: Readers) -> None:
    picture = opened(read().open(ITEM), "PNG").locator("img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0
    assert picture.get_attribute("alt")


def test_the_text_of_a_word_document_is_shown(read: Readers) -> None:
    text = opened(read().open(ITEM), "DOCX").locator(".kb-text")
    expect(text).to_be_visible()
    expect(text).to_contain_text("分数")
    assert len(text.inner_text()) > 200


def test_the_text_of_the_slides_is_shown(read: Readers) -> None:
    text = opened(read().open(ITEM), "PPTX").locator(".kb-text")
    expect(text).to_be_visible()
    expect(text.locator(".kb-text__head").first).to_be_visible()


def test_a_pdf_opens_in_the_page_where_the_browser_can_show_it(read: Readers) -> None:
    page = read().open(ITEM)
    preview = opened(page, "PDF")
    if page.evaluate("navigator.pdfViewerEnabled === true"):
        expect(preview.locator("iframe")).to_be_visible()
        expect(preview.locator("iframe")).to_have_attribute("title", "五道出门题与评分说明")
        assert preview.locator("iframe").evaluate("frame => frame.src").endswith(".pdf")
    else:
        expect(preview.locator("img")).to_be_visible()
    expect(preview.locator("a.kb-pdf")).to_be_visible()

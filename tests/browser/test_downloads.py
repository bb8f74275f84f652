"""What is downloaded is what the page says."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import Readers

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("shard", ["shulin/zh/next", "shulin/en/next", "province-base/zh/next"])
def test_a_bundle_has_the_checksum_that_stands_beside_it(read: Readers, shard: str) -> None:
    page = read(accept_downloads=True).open(f"{shard}/downloads.html")
    # The last one is a small one; that the big ones are right is tested without a browser.
    row = page.locator(".kb-downloads tbody tr").last
    with page.expect_download() as waiting:
        row.locator("a[download]").click()
    download = waiting.value
    path = Path(download.path())
    assert hashlib.sha256(path.read_bytes()).hexdigest() == row.locator(".kb-sum").inner_text()
    assert download.suggested_filename.endswith(".zip")
    with zipfile.ZipFile(path) as bundle:
        assert bundle.testzip() is None


def test_an_item_gives_all_its_materials_as_one_zip(read: Readers) -> None:
    page = read(accept_downloads=True).open("shulin/zh/next/lesson-cases/fractions-first-steps.html")
    with page.expect_download() as waiting:
        page.locator(".kb-box__head .kb-button").click()
    with zipfile.ZipFile(waiting.value.path()) as bundle:
        names = bundle.namelist()
    assert any(name.endswith("index.html") for name in names)
    assert {Path(name).suffix for name in names} >= {".docx", ".pptx", ".mp4", ".pdf", ".png"}

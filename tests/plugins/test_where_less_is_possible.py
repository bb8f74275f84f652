"""Without a cache that can be written, and without processes that can be split, the site has the same bytes."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kebao.assembly.checking import check_project
from kebao.assembly.page_cache import PageCache, can_keep
from kebao.assembly.processes import can_split
from kebao.assembly.site_build import BuildOptions, build_site
from kebao.assembly.tree_comparison import differences

pytestmark = pytest.mark.site


def build(root: Path, name: str) -> Path:
    build_site(check_project(root), BuildOptions(out=root.parent / name, jobs=2, locale="en"))
    return root.parent / name


@pytest.fixture
def another_thread() -> Iterator[None]:
    done = threading.Event()
    waiting = threading.Thread(target=done.wait)
    waiting.start()
    yield
    done.set()
    waiting.join()


@pytest.fixture
def usual(small_project: Path) -> Path:
    """The site as it is built where all is possible."""
    return build(small_project, "usual")


def test_a_cache_that_cannot_be_written_costs_only_time(small_project: Path, usual: Path) -> None:
    shutil.rmtree(small_project / ".kebao")
    # For everybody, also for the superuser: a file where the folder should be.
    (small_project / ".kebao").write_bytes(b"")
    assert not can_keep(small_project / ".kebao/cache")
    assert next(differences(usual, build(small_project, "unkept")), None) is None


@pytest.mark.usefixtures("another_thread")
def test_where_no_process_can_be_split_mkdocs_is_started_to_the_same_result(small_project: Path, usual: Path) -> None:
    assert not can_split()
    assert next(differences(usual, build(small_project, "started")), None) is None


def test_a_full_disk_keeps_no_page_and_fails_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    page = tmp_path / "page.html"
    page.write_bytes(b"<p>")
    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(shutil, "copyfile", full)
    pages = PageCache.of_shard(tmp_path / "cache", "demo/zh/next")
    pages.keep("key", str(page), b"<p>")
    assert page.read_bytes() == b"<p>"
    assert not PageCache.of_shard(tmp_path / "cache", "demo/zh/next").take("key", str(tmp_path / "other.html"))
    assert not (tmp_path / "other.html").exists()

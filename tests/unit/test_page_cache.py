"""Pages of earlier builds: taken when they are as they were, made again when they are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kebao.assembly.page_cache import PageCache, cache_digest

KEY, OTHER = cache_digest(b"key"), cache_digest(b"other")


def opened(tmp_path: Path) -> PageCache:
    return PageCache.of_shard(tmp_path / "cache", "demo/zh/next")


def written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def keep(tmp_path: Path, key: str, content: bytes) -> Path:
    page = written(tmp_path / "site" / f"{key[:4]}.html", content)
    opened(tmp_path).keep(key, str(page), content)
    return page


def entries(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").rglob("*.html"))


def test_a_page_is_taken_and_written_nowhere_twice(tmp_path: Path) -> None:
    page = keep(tmp_path, KEY, b"page")
    target = tmp_path / "new" / "folder" / "page.html"
    assert opened(tmp_path).take(KEY, str(target))
    assert target.read_bytes() == b"page"
    assert os.path.samefile(page, target)
    assert not opened(tmp_path).take(OTHER, str(tmp_path / "no.html"))


@pytest.mark.parametrize("damage", [b"", b"pagE", b"page and more"])
def test_a_damaged_entry_is_no_page(tmp_path: Path, damage: bytes) -> None:
    keep(tmp_path, KEY, b"page")
    [entry] = entries(tmp_path)
    entry.write_bytes(damage)
    assert not opened(tmp_path).take(KEY, str(tmp_path / "target.html"))
    assert not (tmp_path / "target.html").exists()
    keep(tmp_path, KEY, b"page")
    assert opened(tmp_path).take(KEY, str(tmp_path / "target.html"))


def test_an_entry_that_another_build_removed_is_no_page(tmp_path: Path) -> None:
    keep(tmp_path, KEY, b"page")
    cache = opened(tmp_path)
    entries(tmp_path)[0].unlink()
    assert not cache.take(KEY, str(tmp_path / "target.html"))


def test_where_files_cannot_be_linked_they_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(source: object, target: object) -> None:
        raise OSError("another disk")

    monkeypatch.setattr(os, "link", refused)
    page = keep(tmp_path, KEY, b"page")
    target = tmp_path / "target.html"
    assert opened(tmp_path).take(KEY, str(target))
    assert target.read_bytes() == b"page"
    assert not os.path.samefile(page, target)


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    written(tmp_path / "cache", b"a file where the folder should be")
    keep(tmp_path, KEY, b"page")
    cache = opened(tmp_path)
    assert not cache.take(KEY, str(tmp_path / "target.html"))
    cache.drop_oldest(cache.used())


def test_what_is_not_used_goes_the_oldest_first(tmp_path: Path) -> None:
    keys = [cache_digest(bytes([number])) for number in range(5)]
    for number, key in enumerate(keys):
        page = keep(tmp_path, key, b"%d" % number * 100)
        os.utime(page, ns=(number, number))
    cache = opened(tmp_path)
    for key in keys[:2]:
        assert cache.take(key, str(tmp_path / f"{key}.html"))
    cache.drop_oldest(cache.used())
    left = {path.name.partition("-")[0] for path in entries(tmp_path)}
    assert left == {keys[0], keys[1], keys[3], keys[4]}


def test_keeping_the_same_page_twice_leaves_one_entry(tmp_path: Path) -> None:
    keep(tmp_path, KEY, b"page")
    keep(tmp_path, KEY, b"page")
    assert len(entries(tmp_path)) == 1


def test_where_another_page_stood_is_told(tmp_path: Path) -> None:
    keep(tmp_path, KEY, b"page")
    cache, target = opened(tmp_path), written(tmp_path / "target.html", b"another")
    assert cache.take(KEY, str(target))
    assert cache.replaced == {str(target): cache_digest(b"page")}
    cache.replaced.clear()
    assert cache.take(KEY, str(target))
    assert not cache.replaced

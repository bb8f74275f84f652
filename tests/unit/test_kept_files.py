"""Files that were read or stored before: known again, and not when they were changed."""

from __future__ import annotations

import errno
import hashlib
import os
import time
import zlib
from pathlib import Path

import pytest

from kebao.assembly.file_copies import copy_content
from kebao.assembly.file_store import FileStore
from kebao.assembly.kept_files import KeptFiles
from kebao.loading import kept_digests
from kebao.loading.kept_digests import KeptDigests, forget_digests, kept_sums
from kebao.model.shard import StoredFile

DATA = bytes(range(256)) * 5000


def stored_of(data: bytes) -> StoredFile:
    return StoredFile(sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data), name="课.mp4")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.mp4"
    path.write_bytes(DATA)
    return path


def put(tmp_path: Path, site: str, source: Path) -> Path:
    store = FileStore(tmp_path / site, kept=KeptFiles(tmp_path / "kept"))
    return store.path_of(store.put_material(source, stored_of(source.read_bytes())))


# Copies


def test_a_copy_has_the_bytes_and_a_life_of_its_own(tmp_path: Path, source: Path) -> None:
    with (tmp_path / "copy").open("wb") as stream:
        copy_content(source, stream)
    assert (tmp_path / "copy").read_bytes() == DATA
    with (tmp_path / "copy").open("r+b") as stream:
        stream.write(b"other")
    assert source.read_bytes() == DATA


@pytest.mark.skipif(not hasattr(os, "copy_file_range"), reason="the kernel has no such call")
@pytest.mark.parametrize("copied_before", [0, 1000])
def test_a_copy_that_the_kernel_gives_up_is_finished(
    copied_before: int, tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = os.copy_file_range, [copied_before]

    def stops(one: int, other: int, count: int) -> int:
        if not left[0]:
            raise OSError(errno.EXDEV, "no")
        done = real(one, other, left[0])
        left[0] = 0
        return done

    monkeypatch.setattr(os, "copy_file_range", stops)
    with (tmp_path / "copy").open("wb") as stream:
        copy_content(source, stream)
    assert (tmp_path / "copy").read_bytes() == DATA


# Materials of earlier builds


def test_the_next_site_has_the_same_file_on_the_disk(tmp_path: Path, source: Path) -> None:
    one, two = put(tmp_path, "one", source), put(tmp_path, "two", source)
    assert two.read_bytes() == DATA
    assert one.samefile(two)
    assert not one.samefile(source), "what an author edits must not change a site"


def test_in_a_folder_that_does_not_last_a_material_is_kept_when_it_is_settled(tmp_path: Path, source: Path) -> None:
    stored = stored_of(DATA)
    store = FileStore(tmp_path / "site", kept=KeptFiles(tmp_path / "kept"), lasts=False)
    place = store.path_of(store.put_material(source, stored))
    assert place.read_bytes() == DATA
    assert list((tmp_path / "kept").glob("*/*")) == [], "after a power cut nobody would know what is in it"
    store.settle()
    assert put(tmp_path, "next", source).samefile(place)


def test_a_material_that_is_gone_before_it_is_settled_is_not_kept(tmp_path: Path, source: Path) -> None:
    store = FileStore(tmp_path / "site", kept=KeptFiles(tmp_path / "kept"), lasts=False)
    store.path_of(store.put_material(source, stored_of(DATA))).unlink()
    store.settle()
    assert list((tmp_path / "kept").glob("*/*")) == []


def test_a_file_that_cannot_be_copied_leaves_nothing_in_a_folder_that_does_not_last(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "site", lasts=False)
    with pytest.raises(FileNotFoundError):
        store.put_file(tmp_path / "absent", stored_of(DATA))
    assert [path for path in (tmp_path / "site").rglob("*") if path.is_file()] == []


def test_a_file_that_was_cut_off_is_replaced_and_not_written_to(tmp_path: Path, source: Path) -> None:
    # The same file may have another name elsewhere.
    store, stored = FileStore(tmp_path / "site", lasts=False), stored_of(DATA)
    place = store.path_of(stored)
    place.parent.mkdir(parents=True)
    place.write_bytes(b"cut off")
    os.link(place, tmp_path / "other")
    store.put_file(source, stored)
    assert (place.read_bytes(), (tmp_path / "other").read_bytes()) == (DATA, b"cut off")


def test_a_stored_file_that_somebody_edited_is_not_used_again(tmp_path: Path, source: Path) -> None:
    one = put(tmp_path, "one", source)
    with one.open("r+b") as stream:
        stream.write(b"edited")
    assert put(tmp_path, "two", source).read_bytes() == DATA
    assert put(tmp_path, "three", source).samefile(put(tmp_path, "two", source))


def test_what_no_site_has_any_more_is_removed(tmp_path: Path, source: Path) -> None:
    one = put(tmp_path, "one", source)
    kept = KeptFiles(tmp_path / "kept")
    kept.tidy()
    assert len(list((tmp_path / "kept").glob("*/*"))) == 1
    one.unlink()
    kept.tidy()
    assert list((tmp_path / "kept").glob("*/*")) == []


def test_a_file_system_without_hard_links_only_costs_a_copy(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    one, two = put(tmp_path, "one", source), put(tmp_path, "two", source)
    assert one.read_bytes() == two.read_bytes() == DATA
    assert not one.samefile(two)
    assert list((tmp_path / "kept").glob("*/*")) == []


# Digests


def old(path: Path) -> Path:
    """As if it had been written long ago, but for the time of its entry, which nobody can set."""
    os.utime(path, ns=(0, 1_000_000_000))
    return path


def test_an_unchanged_file_is_not_read_again(tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_digests, "_UNSETTLED_NS", -(10**18))
    expected = hashlib.sha256(DATA).hexdigest()
    digests = KeptDigests(tmp_path / "cache")
    assert digests.sha256_of(source) == expected
    digests.save()
    assert [(sums.sha256, sums.crc32) for sums in kept_sums(tmp_path / "cache")] == [(expected, zlib.crc32(DATA))]

    def fail(path: Path) -> tuple[str, int]:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(kept_digests, "sums_of", fail)
    assert KeptDigests(tmp_path / "cache").sha256_of(source) == expected
    forget_digests(tmp_path / "cache")
    with pytest.raises(AssertionError, match="was read"):
        KeptDigests(tmp_path / "cache").sha256_of(source)


def test_a_file_of_the_same_size_and_time_but_other_bytes_is_seen(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_digests, "_UNSETTLED_NS", -(10**18))
    digests = KeptDigests(tmp_path / "cache")
    digests.sha256_of(old(source))
    digests.save()
    before = source.stat().st_ctime_ns
    while source.stat().st_ctime_ns == before:
        source.write_bytes(DATA[::-1])
        old(source)
    assert KeptDigests(tmp_path / "cache").sha256_of(source) == hashlib.sha256(DATA[::-1]).hexdigest()


def test_a_file_that_was_just_written_is_read_again(tmp_path: Path, source: Path) -> None:
    source.write_bytes(DATA)
    digests = KeptDigests(tmp_path / "cache")
    digests.sha256_of(source)
    digests.save()
    assert time.time_ns() - source.stat().st_ctime_ns < 2_000_000_000, "this machine is too slow to tell"
    assert list(kept_sums(tmp_path / "cache")) == []


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": [1]}', '{"a": ["x", "y", 1, 2, 3, 4]}'])
def test_a_damaged_list_of_digests_is_as_good_as_none(text: str, tmp_path: Path, source: Path) -> None:
    (tmp_path / "cache" / "digests").mkdir(parents=True)
    (tmp_path / "cache" / "digests" / "files.json").write_text(text)
    assert KeptDigests(tmp_path / "cache").sha256_of(source) == hashlib.sha256(DATA).hexdigest()
    assert list(kept_sums(tmp_path / "cache")) == []


def test_digests_of_other_files_stay_until_those_are_gone(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_digests, "_UNSETTLED_NS", -(10**18))
    other = tmp_path / "other.mp4"
    other.write_bytes(b"other")
    for path in (source, other):
        digests = KeptDigests(tmp_path / "cache")
        digests.sha256_of(path)
        digests.save()
    assert len(list(kept_sums(tmp_path / "cache"))) == 2
    source.unlink()
    digests = KeptDigests(tmp_path / "cache")
    digests.sha256_of(other)
    digests.save()
    assert len(list(kept_sums(tmp_path / "cache"))) == 1

"""Bundles are made again only where their content has changed, and always have the bytes of a first build."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from kebao.assembly.checking import cache_folder, check_project
from kebao.assembly.file_store import FileStore
from kebao.assembly.processes import can_split
from kebao.assembly.stored_files import FileStorer
from kebao.bundles.archive import BundleError
from kebao.bundles.bundle_plan import BundlePlan, Part
from kebao.bundles.parts import PartMaker
from kebao.bundles.plan import BundlePlanner, BundleScope
from kebao.catalog.entries import Entry
from kebao.model.files_index import FilesIndex

pytestmark = pytest.mark.site

RESOURCE = "content/packages/demo/micro-lessons/every-type/index.md"


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Scope and subject of each bundle that was planned in this process."""
    names: list[str] = []
    plan = BundlePlanner.plan

    def noting(self: BundlePlanner, scope: BundleScope, kept: Mapping[str, Part]) -> BundlePlan:
        names.append(f"{scope.scope} {scope.subject}")
        return plan(self, scope, kept)

    monkeypatch.setattr(BundlePlanner, "plan", noting)
    return names


def store(root: Path, name: str, *, cache: Path | None = None) -> FilesIndex:
    files = FileStore(root.parent / name, shares=True)
    return FileStorer(check_project(root), files, cache or cache_folder(root), lambda _: None).store_package("demo")


def test_bundles_are_kept_once_they_are_on_the_disk(small_project: Path, planned: list[str]) -> None:
    waiting: list[Callable[[], None]] = []

    def build(name: str) -> FilesIndex:
        files, cache = FileStore(small_project.parent / name, shares=True), cache_folder(small_project)
        project = check_project(small_project)
        return FileStorer(project, files, cache, lambda _: None, later=waiting.append).store_package("demo")

    first = build("first")
    made = [*planned]
    assert build("second").bundles == first.bundles
    assert planned == [*made, *made], "nothing says yet that what lies in the cache is whole"
    for work in waiting:
        work()
    assert build("third").bundles == first.bundles
    assert planned == [*made, *made]


def assert_like_new(root: Path, index: FilesIndex) -> None:
    assert store(root, "new", cache=root.parent / "no-cache").bundles == index.bundles
    for bundle in index.bundles.values():
        paths = [FileStore(root.parent / name).path_of(bundle.file) for name in ("kept", "new")]
        assert paths[0].read_bytes() == paths[1].read_bytes()


def test_only_bundles_with_other_content_are_made_again(small_project: Path, planned: list[str]) -> None:
    first = store(small_project, "kept")
    assert len(planned) == len(first.bundles)
    planned.clear()
    assert store(small_project, "kept").bundles == first.bundles
    assert planned == []

    page = small_project / RESOURCE
    page.write_text(page.read_text("utf-8").replace("都能在页面上看", "都可以在页面上看"), encoding="utf-8")
    second = store(small_project, "kept")
    assert "resource every-type" in planned
    assert "resource fractions" not in planned
    assert second.bundles["resource", "fractions"] == first.bundles["resource", "fractions"]
    assert_like_new(small_project, second)


def test_a_bundle_that_was_changed_or_removed_is_made_again(small_project: Path, planned: list[str]) -> None:
    store(small_project, "kept")
    kept = sorted((cache_folder(small_project) / "bundles/demo").glob("*.zip"))
    kept[0].unlink()
    changed = kept[1].read_bytes()
    kept[1].unlink()
    kept[1].write_bytes(changed[:-1] + b"?")
    shutil.rmtree(small_project.parent / "kept")
    planned.clear()
    index = store(small_project, "kept")
    assert len(planned) == 2
    assert_like_new(small_project, index)


def changed(root: Path, old: str, new: str) -> None:
    page = root / RESOURCE
    text = page.read_text("utf-8")
    assert old in text
    page.write_text(text.replace(old, new), encoding="utf-8")


def test_of_a_large_bundle_only_what_changed_is_made_again(
    small_project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(small_project, "kept")
    made: list[str] = []
    make = PartMaker.make

    def noting(self: PartMaker, entry: Entry, *more: Any) -> Part:
        made.append(entry.id)
        return make(self, entry, *more)

    monkeypatch.setattr(PartMaker, "make", noting)
    changed(small_project, "都能在页面上看", "都可以在页面上看，而且更长")
    index = store(small_project, "kept")
    assert set(made) == {"every-type"}
    assert_like_new(small_project, index)

    # Another title is another folder: whoever leads there is made again too.
    title = next(
        line for line in (small_project / RESOURCE).read_text("utf-8").splitlines() if line.startswith("title:")
    )
    changed(small_project, title, f"{title}甲")
    index = store(small_project, "kept")
    assert_like_new(small_project, index)


@pytest.mark.parametrize("place", [0, 40, 500, -1])
@pytest.mark.parametrize("suffix", [".zip", ".parts"])
def test_what_an_earlier_build_left_is_checked_when_it_is_used(small_project: Path, suffix: str, place: int) -> None:
    store(small_project, "kept")
    for path in (cache_folder(small_project) / "bundles/demo").glob(f"*{suffix}"):
        data, times = bytearray(path.read_bytes()), path.stat()
        data[place if place < 0 else place % len(data)] ^= 1
        path.unlink()
        path.write_bytes(data)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    # All large bundles hold it, and are made again.
    changed(small_project, "都能在页面上看", "都可以在页面上看")
    index = store(small_project, "kept")
    full = index.bundles["package", "full"].file
    new = store(small_project, "new", cache=small_project.parent / "no-cache").bundles["package", "full"].file
    assert full == new


def test_bundles_of_very_many_resources_are_made_in_a_process_of_their_own(
    small_project: Path, planned: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kebao.assembly.stored_bundles._MANY", 1)
    index = store(small_project, "kept")
    # Where a test before has left a thread behind, this process is not split.
    assert (planned == []) is can_split()
    # What that process converted and kept is there for the next build.
    assert store(small_project, "kept").bundles == index.bundles
    assert_like_new(small_project, index)


def test_what_goes_wrong_in_that_process_is_said(small_project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> BundlePlan:
        raise BundleError("plan.docx changed")

    monkeypatch.setattr("kebao.assembly.stored_bundles._MANY", 1)
    monkeypatch.setattr(BundlePlanner, "plan", failing)
    with pytest.raises(BundleError, match=r"^plan\.docx changed$"):
        store(small_project, "kept")

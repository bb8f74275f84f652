"""Previews are kept from build to build: what is damaged is made again, and the site never has anything else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from PIL import Image
from tests.bench.corpus_pages import write_pages

from kebao.assembly.checking import CheckedProject, check_project
from kebao.assembly.file_store import FileStore
from kebao.assembly.stored_files import FileStorer
from kebao.assembly.stored_previews import StoredPreviews
from kebao.model.files_index import Picture
from kebao.previews.preview import PREVIEW_VERSION

#: Twenty of them have a picture: enough for several processes.
COUNT = 60
SIDES = (1080, 480)

Stored = Mapping[tuple[str, int], Picture]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> CheckedProject:
    root = tmp_path_factory.mktemp("pictures") / "project"
    write_pages(root, COUNT)
    return check_project(root)


def stored(project: CheckedProject, folder: Path, cache: Path, *, jobs: int = 1, shares: bool = False) -> Stored:
    """The previews of all pictures, whose bytes are in the store as it says."""
    store = FileStore(folder, shares=shares)
    previews = StoredPreviews(project, store, cache)
    wanted = [(path, side) for path in sorted(project.facts) if path.endswith(".png") for side in SIDES]
    previews.prepare(wanted, jobs)
    found = {each: picture for each in wanted if (picture := previews.picture(*each))}
    previews.save()
    assert len(found) == len(wanted) == 40
    for picture in found.values():
        data = store.path_of(picture.file).read_bytes()
        assert data.startswith(b"\xff\xd8\xff")
        assert len(data) == picture.file.size_bytes
    return found


def test_one_process_and_several_make_the_same(project: CheckedProject, tmp_path: Path) -> None:
    one = stored(project, tmp_path / "one", tmp_path / "a")
    assert stored(project, tmp_path / "two", tmp_path / "b", jobs=2) == one


def test_a_small_drawing_is_its_own_preview_and_a_transparent_one_has_some(tmp_path: Path) -> None:
    root = tmp_path / "project"
    write_pages(root, 6)
    drawn, clear = sorted(root.rglob("board.png"))
    Image.new("RGBA", (640, 480)).save(clear)
    store = FileStore(tmp_path / "files")
    index = FileStorer(check_project(root), store, tmp_path / "cache", lambda _: None).store_package("demo")
    paths = [path.relative_to(root).as_posix() for path in (drawn, clear)]
    for pictures in (index.posters, index.thumbnails):
        assert [pictures[path].file == index.materials[path] for path in paths] == [True, False]
        assert (pictures[paths[0]].width, pictures[paths[0]].height) == (640, 480)
        assert store.path_of(pictures[paths[1]].file).read_bytes().startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("damage", ["", "another picture"])
def test_a_damaged_entry_is_made_again(project: CheckedProject, tmp_path: Path, damage: str) -> None:
    cache = tmp_path / "cache"
    first = stored(project, tmp_path / "one", cache)
    for path in cache.rglob("*.jpg"):
        path.unlink()
        path.write_bytes(damage.encode())
    assert stored(project, tmp_path / "two", cache, shares=True) == first


def test_an_entry_whose_notes_are_cut_off_is_made_again(project: CheckedProject, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = stored(project, tmp_path / "one", cache)
    for path in cache.rglob("*.json"):
        path.write_bytes(path.read_bytes()[:20])
    assert stored(project, tmp_path / "two", cache) == first


def test_without_a_place_for_the_cache_there_are_previews_all_the_same(project: CheckedProject, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    without = stored(project, tmp_path / "one", tmp_path / "cache")
    assert without == stored(project, tmp_path / "two", tmp_path / "other")


def test_what_an_earlier_version_kept_is_removed(project: CheckedProject, tmp_path: Path) -> None:
    old = tmp_path / "cache/previews/v0/aa"
    old.mkdir(parents=True)
    stored(project, tmp_path / "one", tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache/previews").iterdir()] == [f"v{PREVIEW_VERSION}"]


def test_previews_that_were_looked_at_are_not_read_again_unless_somebody_edits_them(
    project: CheckedProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    first = stored(project, tmp_path / "one", cache, shares=True)
    edited = sorted((tmp_path / "one").rglob("*.jpg"))[0]
    looked_at: list[str] = []
    read = StoredPreviews._read

    def noting(previews: StoredPreviews, path: str, side: int) -> Picture | None:
        looked_at.append(path)
        return read(previews, path, side)

    monkeypatch.setattr(StoredPreviews, "_read", noting)
    assert stored(project, tmp_path / "two", cache, shares=True) == first
    assert looked_at == []
    data = edited.read_bytes()
    edited.write_bytes(data[:-1] + b"!")
    assert stored(project, tmp_path / "three", cache, shares=True) == first
    assert 0 < len(looked_at) < len(first)
    copy = tmp_path / "three" / edited.relative_to(tmp_path / "one")
    assert copy.read_bytes() == data


@pytest.mark.parametrize("notes", ["", "[]", "{", '{"a": 1}', '{"a": [1]}', "[[1]]"])
def test_notes_of_what_was_looked_at_that_are_damaged_are_as_good_as_none(
    project: CheckedProject, tmp_path: Path, notes: str
) -> None:
    first = stored(project, tmp_path / "one", tmp_path / "cache")
    [seen] = (tmp_path / "cache").rglob("seen/*.json")
    names = json.loads(seen.read_bytes())
    seen.write_text(notes.replace('"a"', json.dumps(next(iter(names)))), encoding="utf-8")
    assert stored(project, tmp_path / "two", tmp_path / "cache") == first

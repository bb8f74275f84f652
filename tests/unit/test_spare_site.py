"""A site made out of the one before the last: whatever somebody did to that, it holds what a new one would."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kebao.assembly.file_store import FileStore
from kebao.assembly.kept_files import KeptFiles
from kebao.assembly.output_folder import output_folder
from kebao.assembly.spare_site import spare_site
from kebao.model.shard import StoredFile
from kebao.pages.site_page import SitePage
from mkdocs_kebao.files import place_spare_pages
from mkdocs_kebao.later_files import replace_folder

Files = Mapping[str, bytes]

MARKER = "site.json"
#: Names in the site; half of them are put as materials are, half as previews and bundles.
NAMES = ("课.mp4", "課.MP4", "課.mp4", "bundle.zip", "preview.jpg")


def stored_of(name: str, data: bytes) -> StoredFile:
    return StoredFile(sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data), name=name)


def build(root: Path, files: Files, during: Callable[[], object] = lambda: None) -> Path:
    """A site with these files, stored and as the index of its search."""
    cache, out = root / "cache", root / "site"
    with (
        spare_site(cache, keeps=True) as spare,
        output_folder(out, marker=MARKER, put_away=spare.keep) as staged,
    ):
        found = spare.take_files(staged / "_files")
        store = FileStore(staged / "_files", True, KeptFiles(cache / "materials"), found, spare.stored)
        during()
        for name, data in files.items():
            stored = stored_of(name, data)
            is_material = name[0] in "课課"
            # Previews and bundles lie in the cache: whoever puts them has seen that they are right.
            source = root / "materials" / name if is_material else root / "cache" / stored.sha256
            if not (source.exists() and source.read_bytes() == data):
                source.unlink(missing_ok=True)
                source.parent.mkdir(parents=True, exist_ok=True)
                source.write_bytes(data)
            (store.put_material if is_material else store.put_kept)(source, stored)
        found.remove_left()
        store.kept.tidy(path.split("/")[1] for path in store.stored)  # type: ignore[union-attr]  # it has one
        assert sorted(spare.stored.values()) == sorted(map(len, files.values()))
        replace_folder(staged / "search", files, spare.folder / "search" if spare.folder else None)
        (staged / MARKER).write_text("{}")
    return out


def expected(files: Files) -> Files:
    stored = {f"_files/{'/'.join(stored_of(name, data).path_parts)}": data for name, data in files.items()}
    return {MARKER: b"{}", **stored, **{f"search/{name}": data for name, data in files.items()}}


def read(folder: Path) -> Files:
    """Every file; folders without one, and what is neither, count too."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = b"a link"
        elif path.is_file():
            found[name] = path.read_bytes()
        elif not any(path.iterdir()):
            found[f"{name}/"] = b""
    return found


def edit(path: Path) -> None:
    with path.open("r+b") as stream:
        stream.write(b"!")


def link_away(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent)


def beside(path: Path) -> None:
    (path.parent / ".foreign").write_bytes(b"foreign")
    (path.parent.parent / "foreign" / "empty").mkdir(parents=True, exist_ok=True)


def into_folder(path: Path) -> None:
    path.unlink()
    (path / "in").mkdir(parents=True)
    (path / "in" / "file").write_bytes(b"file")


HARM: dict[str, Callable[[Path], None]] = {
    "none": lambda path: None,
    "edit": edit,
    "unlink": Path.unlink,
    "link": link_away,
    "beside": beside,
    "folder": into_folder,
}
SOME_FILES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from((b"", b"one", b"two", b"three" * 99)), max_size=4)


HARMED = st.tuples(SOME_FILES, st.sampled_from(sorted(HARM)), st.integers(0, 9), st.booleans())


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(HARMED, min_size=3, max_size=6))
def test_whatever_stands_in_it_the_site_has_what_is_wanted(builds: list[tuple[Files, str, int, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for files, harm, which, in_site in builds:
            assert read(build(root, files)) == expected(files)
            place = root / ("site" if in_site else "cache/spare/site")
            # The marker says whose the folder is; the others may be anything.
            there = sorted(path for path in place.rglob("*") if path.is_file() and path.name != MARKER)
            if there:
                HARM[harm](there[which % len(there)])


def test_what_is_the_same_is_not_made_again(tmp_path: Path) -> None:
    files = {"课.mp4": b"a lesson", "bundle.zip": b"a bundle"}
    sites = []
    for _ in range(4):
        out = build(tmp_path, files)
        paths = [path for path in out.rglob("*") if path.name != MARKER]
        sites.append({path.relative_to(out).as_posix(): path.stat().st_ino for path in paths})
    assert sites[3] == sites[1]
    assert sites[2] == sites[0]
    same = {path for path in sites[0] if sites[0][path] == sites[1][path]}
    assert {path for path in same if path.startswith("_files/")} == {
        path for path in sites[0] if path.endswith(tuple(files)) and path.startswith("_files/")
    }
    assert not any(path.startswith("search") for path in same), "two indexes"


def test_the_site_is_whole_until_the_new_one_takes_its_place(tmp_path: Path) -> None:
    for number in range(4):
        before = read(tmp_path / "site") if number else {}

        def look(before: Files = before) -> None:
            assert read(tmp_path / "site") == before if before else not (tmp_path / "site").exists()

        build(tmp_path, {"课.mp4": b"lesson %d" % number, "preview.jpg": b"the same"}, look)


def test_a_build_that_fails_leaves_the_site_and_no_folders(tmp_path: Path) -> None:
    def fail() -> None:
        raise KeyboardInterrupt

    for number in range(3):
        build(tmp_path, {"课.mp4": b"lesson %d" % number})
    before = read(tmp_path / "site")
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, {"课.mp4": b"another"}, fail)
    assert read(tmp_path / "site") == before
    assert list((tmp_path / "cache" / "spare").iterdir()) == []
    assert read(build(tmp_path, {"课.mp4": b"another"})) == expected({"课.mp4": b"another"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "materials", "site"]


def test_what_killed_builds_left_is_removed(tmp_path: Path) -> None:
    gone = 2**22 + 1  # more than Linux counts to
    left = [
        tmp_path / "cache/spare" / f"{gone}-x" / "site",
        tmp_path / f".site.new-{gone}",
        tmp_path / f".site.old-{gone}",
    ]
    mine = tmp_path / "cache/spare" / f"{os.getppid()}-x"
    for folder in (*left, mine):
        folder.mkdir(parents=True)
    build(tmp_path, {})
    assert not any(folder.exists() for folder in left)
    assert mine.exists(), "its process runs"


def test_of_two_builds_at_once_one_gets_it(tmp_path: Path) -> None:
    for _ in range(2):
        build(tmp_path, {"课.mp4": b"a lesson"})
    with spare_site(tmp_path / "cache", keeps=True) as one, spare_site(tmp_path / "cache", keeps=True) as other:
        assert one.take_files(tmp_path / "a").left == {"/".join(stored_of("课.mp4", b"a lesson").path_parts)}
        assert other.take_files(tmp_path / "b").left == set()
        assert not (tmp_path / "b").exists()


def test_no_bytes_are_on_the_disk_for_the_spare_alone(tmp_path: Path) -> None:
    for number in range(3):
        build(tmp_path, {"课.mp4": b"lesson %d" % number, "preview.jpg": b"the same"})
    spare = read(tmp_path / "cache/spare/site")
    assert [data for name, data in spare.items() if name.startswith("_files/") and data] == [b"the same"]


def test_after_the_kept_ones_were_made_again_no_bytes_are_there_twice(tmp_path: Path) -> None:
    files = {"课.mp4": b"a lesson", "preview.jpg": b"a preview"}
    build(tmp_path, files)
    shutil.rmtree(tmp_path / "cache")
    for _ in range(3):
        build(tmp_path, files)
    for each in map(stored_of, files, files.values()):
        paths = ["site/_files", "cache/spare/site/_files"]
        one, other = (tmp_path.joinpath(path, *each.path_parts) for path in paths)
        assert one.samefile(other)


@pytest.mark.parametrize("refused", ["link", "rename to the cache"])
def test_where_files_cannot_be_linked_or_moved_all_is_made_anew(
    refused: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.rename

    def elsewhere(source: Path, target: Path) -> None:
        if "spare" in str(source) + str(target):
            raise OSError(errno.EXDEV, "another disk")
        rename(source, target)

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    if refused == "link":
        monkeypatch.setattr(os, "link", refuse)
    else:
        monkeypatch.setattr(os, "rename", elsewhere)
    for number in range(4):
        files = {"课.mp4": b"lesson %d" % (number // 2), "preview.jpg": b"the same"}
        assert read(build(tmp_path, files)) == expected(files)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache", "materials", "site"]
    assert (tmp_path / "cache/spare/site").exists() == (refused == "link")


def test_without_a_cache_there_is_none(tmp_path: Path) -> None:
    with spare_site(tmp_path / "cache", keeps=False) as spare:
        assert spare.folder is None
        (tmp_path / "site").mkdir()
        spare.keep(tmp_path / "site")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_cache_that_is_a_file_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with spare_site(tmp_path / "cache", keeps=True) as spare:
        assert spare.folder is None


# Folders of a shard


def test_a_file_that_changes_is_another_one_on_the_disk(tmp_path: Path) -> None:
    spare, site = tmp_path / "spare", tmp_path / "site/search"
    replace_folder(spare, {"same": b"same", "t/changed": b"before", "gone": b""}, None)
    same = (spare / "same").stat().st_ino
    os.link(spare / "t/changed", tmp_path / "copy")
    files = {"same": b"same", "t/changed": b"after!", "new/new": b"new"}
    replace_folder(site, files, spare)
    assert read(site) == files
    assert (site / "same").stat().st_ino == same
    assert (tmp_path / "copy").read_bytes() == b"before"
    shutil.rmtree(site)
    replace_folder(site, files, spare)
    assert read(site) == files, "without a spare"


def page(uri: str, *, in_navigation: bool = False) -> SitePage:
    return SitePage(uri=uri, title="", template="", view=None, tab="", in_navigation=in_navigation)


def test_only_pages_that_are_made_by_our_own_loop_are_moved(tmp_path: Path) -> None:
    spare, site = tmp_path / "spare", tmp_path / "site"
    names = ("index.html", "cases/index.html", "cases/one.html", "cases/gone.html", "cases/x/y.html", "about/a.html")
    for name in names:
        (spare / name).parent.mkdir(parents=True, exist_ok=True)
        (spare / name).write_bytes(name.encode())
    pages = [page("index.html"), page("cases/index.html", in_navigation=True), page("about/a.html", in_navigation=True)]
    place_spare_pages(spare, site, [*pages, page("cases/one.html"), page("cases/new.html"), page("more/m.html")])
    assert read(site) == {"cases/one.html": b"cases/one.html"}

"""A release that is killed at any of its writes: nothing half is visible, and the next one makes what it would have."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from kebao.editions.packages_in_store import read_packages
from kebao.editions.states import settled_states, write_states
from kebao.editions.store import EditionStore
from kebao.editions.verify import damages

from .edition_stores import Released
from .killing import Killer, killer, moments
from .page_reading import different, tree_bytes

pytestmark = [pytest.mark.site, pytest.mark.skipif(os.name == "nt", reason="needs fork")]

#: How many of the moments are tried beside the first and last of every kind of write; KEBAO_FUZZ=1 tries them all.
MOMENTS = 12
NEW = "2026.1"
READY = f"_ready/demo/{NEW}/"
_NUMBERS = re.compile(r"[0-9a-f]{6,}|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A store to release into, and the store that it is afterwards."""

    project: Path
    store: Path
    like: Path
    expected: Mapping[str, bytes]
    writes: Sequence[tuple[str, str]]


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killer]:
    with killer(tmp_path_factory.mktemp("scratch")) as started:
        yield started


@pytest.fixture(scope="module", params=["first", "third"])
def before(
    request: pytest.FixtureRequest, released: Released, child: Killer, tmp_path_factory: pytest.TempPathFactory
) -> Before:
    """No store yet, or one with two editions."""
    folder = tmp_path_factory.mktemp("before")
    mine = released.copy(folder)
    if request.param == "first":
        shutil.rmtree(mine.store.root)
    else:
        for place in (mine.store.folder("demo", NEW), mine.store.root / "_ready" / "demo" / NEW):
            shutil.rmtree(place)
        (mine.store.root / "demo" / "states.json").unlink()
        write_states(mine.store.root / "demo", settled_states(mine.store, "demo"))
    like = released.store.folder("demo", NEW)
    done = folder / "done"
    _copy(mine.store.root, done)
    # The first run fills the project's cache, as any check before a release does.
    child.finish("release", mine.project, done, like)
    shutil.rmtree(done)
    _copy(mine.store.root, done)
    writes = child.finish("release", mine.project, done, like)
    return Before(project=mine.project, store=mine.store.root, like=like, expected=_tree(done), writes=writes)


def _copy(store: Path, target: Path) -> None:
    if store.exists():
        shutil.copytree(store, target)


def _tree(store: Path) -> dict[str, bytes]:
    return {path: data for path, data in tree_bytes(store).items() if path != ".lock" and not path.endswith("/")}


def kinds(before: Before) -> dict[str, list[int]]:
    """What is done to which kind of place → numbers of the writes."""
    found: dict[str, list[int]] = {}
    for number, (event, path) in enumerate(before.writes, start=1):
        _, mark, place = path.rpartition("/done/")
        kind = _place_of(place) if mark else "elsewhere"
        found.setdefault(f"{event} {kind}", []).append(number)
    return found


def _place_of(path: str) -> str:
    """Folders count by what they are for, files by name at the top and by type below."""
    parts = path.split("/")
    if parts[0].startswith("_"):
        return parts[0]
    place = "/".join(parts[:4]) if len(parts) < 4 else "/".join((*parts[:3], "…"))
    return _NUMBERS.sub("0", place)


def test_every_kind_of_write_is_there_to_be_killed_at(before: Before) -> None:
    places = {path.rpartition("/done/")[2] for _, path in before.writes}
    tops = {path.partition("/")[0] for path in places}
    assert {"_ready", "demo"} <= tops
    names = {path.rpartition("/")[2] for path in places}
    assert {"edition.json", "pages.json", "snapshot.json", "source.tar.gz"} <= names
    assert f"demo/{NEW}" in places
    assert "demo/states.json" in places
    assert any("/site/zh/" in path for path in places)
    if not before.store.exists():
        assert {"_files", "_assets", "_sources", "store.json"} <= tops
    assert {event for event, _ in before.writes} == {
        "open",
        "os.rename",
        "os.link",
        "os.mkdir",
        "os.remove",
        "os.rmdir",
    }


def test_killed_at_any_write_the_store_verifies_and_the_next_release_is_the_same(
    before: Before, child: Killer, tmp_path: Path
) -> None:
    earlier = EditionStore(before.store).editions("demo") if before.store.exists() else ()
    ready = {path for path in before.expected if path.startswith(READY)}
    ends = {number for numbers in kinds(before).values() for number in (numbers[0], numbers[-1])}
    for number in sorted({*ends, *moments(len(before.writes), MOMENTS)}):
        told = f"killed before write {number}: {before.writes[number - 1]}"
        root = tmp_path / "done"
        _copy(before.store, root)
        child.kill(number, "release", before.project, root, before.like)
        store = EditionStore(root)
        seen = store.editions("demo")
        assert seen in (earlier, (*earlier, NEW)), told
        assert list(damages(store, [("demo", edition) for edition in seen])) == [], told
        if seen:
            assert [edition.id for edition in read_packages(store)[0].editions] == list(seen), told
        child.finish("release", before.project, root, before.like)
        after = _tree(root)
        if NEW in seen:
            # The edition is there: what only makes publishing faster is not made again, and stands whole or not at all.
            assert {path for path in after if path.startswith(READY)} in (set(), ready), told
            after |= {path: data for path, data in before.expected.items() if path.startswith("_ready/")}
        assert different(before.expected, after) == [], told
        shutil.rmtree(root)

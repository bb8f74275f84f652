"""A publication that is killed at any of its writes: readers see whole pages, and the next run goes on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kebao.editions.exchange import exchange
from kebao.editions.publication import read_publication
from kebao.editions.publish import publish
from kebao.editions.states import EditionState, State, settled_states, with_state, write_states

from .edition_stores import Released
from .killing import Killer, killer, moments
from .page_reading import different, tree_bytes

pytestmark = [pytest.mark.site, pytest.mark.skipif(os.name == "nt", reason="needs fork")]

#: How many of the moments are tried; KEBAO_FUZZ=1 tries them all.
MOMENTS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A tree with two editions, and a store with a third and the first withdrawn."""

    released: Released
    out: Path
    expected: Path


@pytest.fixture(scope="module")
def before(released: Released, tmp_path_factory: pytest.TempPathFactory) -> Before:
    folder = tmp_path_factory.mktemp("killed")
    mine = released.copy(folder)
    newest = mine.store.folder("demo", "2026.1")
    newest.rename(folder / "later")
    publish(mine.project, mine.store, folder / "public")
    (folder / "later").rename(newest)
    entry = EditionState(state=State.WITHDRAWN, on="2026-05-01", reason={"zh": "照片"})
    write_states(mine.store.root / "demo", with_state(settled_states(mine.store, "demo"), "2025.1", entry))
    publish(mine.project, mine.store, folder / "expected")
    return Before(released=mine, out=folder / "public", expected=folder / "expected")


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killer]:
    with killer(tmp_path_factory.mktemp("scratch")) as started:
        yield started


def finish(child: Killer, before: Before, out: Path) -> int:
    """How many writes there were."""
    return len(child.finish("publish", before.released.project, before.released.store.root, out))


def kill(child: Killer, number: int, before: Before, out: Path) -> None:
    child.kill(number, "publish", before.released.project, before.released.store.root, out)


def without_locks(folder: Path) -> dict[str, bytes]:
    return {path: data for path, data in tree_bytes(folder).items() if not path.endswith(".lock")}


def test_killed_at_any_write_the_tree_is_whole_and_the_next_run_finishes(
    before: Before, child: Killer, tmp_path: Path
) -> None:
    published = read_publication(before.out)
    assert published
    expected = without_locks(before.expected)
    out = tmp_path / "public"
    shutil.copytree(before.out, out)
    count = finish(child, before, out)
    assert different(expected, without_locks(out)) == []
    assert count > 100
    for number in moments(count, MOMENTS):
        shutil.rmtree(out)
        shutil.copytree(before.out, out)
        kill(child, number, before, out)
        broken = [uri for uri in published.pages if not is_whole(out / uri)]
        assert broken == [], f"killed before write {number}"
        finish(child, before, out)
        assert different(expected, without_locks(out)) == [], f"killed before write {number}"


def is_whole(page: Path) -> bool:
    return page.is_file() and page.read_bytes().rstrip().endswith(b"</html>")


def test_killed_at_any_write_of_the_first_publication_nothing_half_stands_there(
    before: Before, child: Killer, tmp_path: Path
) -> None:
    out = tmp_path / "public"
    count = finish(child, before, out)
    expected = without_locks(out)
    for number in moments(count, MOMENTS)[:: 1 if os.environ.get("KEBAO_FUZZ") else 6]:
        shutil.rmtree(out, ignore_errors=True)
        kill(child, number, before, out)
        assert not out.exists() or different(expected, without_locks(out)) == []
        finish(child, before, out)
        assert different(expected, without_locks(out)) == []
        assert sorted(os.listdir(tmp_path)) == [".public.lock", "public"]


def test_a_full_disk_leaves_whole_pages(before: Before, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "public"
    shutil.copytree(before.out, out)
    published = read_publication(before.out)
    assert published
    link, left = os.link, [40]

    def full(*arguments: object, **more: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        link(*arguments, **more)  # type: ignore[arg-type]

    def no_copy(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(shutil, "copyfileobj", no_copy)
    with pytest.raises(OSError, match="No space left"):
        publish(before.released.project, before.released.store, out)
    monkeypatch.undo()
    assert [uri for uri in published.pages if not is_whole(out / uri)] == []
    publish(before.released.project, before.released.store, out)
    assert different(without_locks(before.expected), without_locks(out)) == []


def test_two_folders_change_places(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "name").write_text(name)
    exchange(tmp_path / "one", tmp_path / "other", tmp_path / "aside")
    assert (tmp_path / "one" / "name").read_text() == "other"
    assert (tmp_path / "other" / "name").read_text() == "one"
    assert sorted(os.listdir(tmp_path)) == ["one", "other"]

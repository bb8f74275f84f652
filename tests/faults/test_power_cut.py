"""Fault 2 of research/02_offline.md §6: the power goes, and with it what was not synced."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from tests.faults.power import Loss, PowerDisk, write_image
from tests.faults.processes import read_as_readers_do
from tests.faults.scene import NEW, OLD
from tests.mirror.county import County, content_of, tree_of
from tests.mirror.schools import StillClock, joined_school

from kebao.mirror.errors import ExitCode
from kebao.mirror.school.context import School
from kebao.mirror.school.pull import PullOptions, pull
from kebao.mirror.school.verify import verify

TREES = [content_of(OLD), content_of(NEW)]
KINDS = {
    "synced at once": {"at_once": True, "links": True},
    "synced one by one": {"at_once": False, "links": True},
    "without links": {"at_once": False, "links": False},
    "without links, at once": {"at_once": True, "links": False},
}


@pytest.fixture(autouse=True)
def one_thing_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WORKERS", "_PACK_FETCHERS", "_CHECKERS"):
        monkeypatch.setattr(f"kebao.mirror.school.gathering.{name}", 1)


def images(school: School, folder: Path, **kind: bool) -> Iterator[Path]:
    """Pulls, and gives what the disk holds after a cut before each of its changes, each time with another loss."""
    draw = random.Random(2)
    made: list[Path] = []
    number = count()
    losses = (Loss.ALL, Loss.CONTENT, Loss.ANY, Loss.NAMES, Loss.ANY)

    def cut() -> None:
        target = folder / f"image-{next(number)}"
        write_image(disk.tree, target, losses[len(made) % len(losses)], draw)
        made.append(target)

    disk = PowerDisk(school.root, cut, **kind)
    assert pull(replace(school, disk=disk), PullOptions()) is ExitCode.COMPLETE
    cut()
    yield from made


@pytest.mark.parametrize("kind", KINDS)
def test_fault_2_a_power_cut_at_any_change_leaves_a_whole_release_and_the_next_pull_completes(
    kind: str, tmp_path: Path
) -> None:
    county = County(tmp_path / "county")
    county.release("2026.1", OLD)
    before = joined_school(tmp_path / "school", county).school
    before = replace(before, disk=PowerDisk(before.root, lambda: None, **KINDS[kind]))
    assert pull(before, PullOptions()) is ExitCode.COMPLETE
    assert before.places.current.is_symlink() is KINDS[kind]["links"]
    county.release("2026.2", NEW, deltas=True)
    found = 0
    for image in images(before, tmp_path, **KINDS[kind]):
        found += 1
        read_as_readers_do(image, TREES)
        school = School(image, clock=StillClock())
        assert pull(school, PullOptions()) in (ExitCode.COMPLETE, ExitCode.NOTHING_NEW)
        assert read_as_readers_do(image, TREES) == content_of(NEW)
        assert verify(school) is ExitCode.COMPLETE
    assert found > 80


@pytest.mark.parametrize("kind", KINDS)
def test_fault_2_a_power_cut_during_the_first_pull_shows_nothing_or_all_of_it(kind: str, tmp_path: Path) -> None:
    county = County(tmp_path / "county")
    county.release("2026.1", OLD)
    kit = joined_school(tmp_path / "school", county)
    for image in images(kit.school, tmp_path, **KINDS[kind]):
        school = School(image, clock=StillClock())
        shown = school.places.current
        if shown.is_symlink() or school.places.stub.exists():
            read_as_readers_do(image, TREES)
        assert pull(school, PullOptions()) in (ExitCode.COMPLETE, ExitCode.NOTHING_NEW)
        assert tree_of(shown) == content_of(OLD)
        assert verify(school) is ExitCode.COMPLETE

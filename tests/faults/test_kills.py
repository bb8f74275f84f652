"""Faults 1 and 5 of research/02_offline.md §6: processes that are killed, and two at once."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest
from tests.faults.processes import copy_mirror, ended, forked, read_as_readers_do
from tests.faults.scene import NEW, OLD, Scene, make_scene
from tests.faults.wrapped_file import WrappedFile
from tests.mirror.county import content_of, tree_of
from tests.mirror.schools import Told

from kebao.mirror.commands import main
from kebao.mirror.errors import ExitCode
from kebao.mirror.school.context import School
from kebao.mirror.school.disk import RealDisk
from kebao.mirror.school.points import Point
from kebao.mirror.school.pull import PullOptions, pull
from kebao.mirror.school.verify import verify

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
TREES = [content_of(OLD), content_of(NEW)]
_KILLS = 200
_MOMENTS_BY_WRITE = 120


def kill_me() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return make_scene(tmp_path)


def dies(school: School) -> None:
    """A pull of `school` in a process of its own, which is killed, while readers read."""
    child = forked(lambda: pull(school, PullOptions()))
    while (status := ended(child)) is None:
        read_as_readers_do(school.root, TREES)
    assert os.WIFSIGNALED(status)
    read_as_readers_do(school.root, TREES)


def heals(school: School) -> None:
    assert pull(school, PullOptions()) in (ExitCode.COMPLETE, ExitCode.NOTHING_NEW)
    assert read_as_readers_do(school.root, TREES) == content_of(NEW)
    assert tree_of(school.places.tree("00001")) == content_of(OLD)
    assert verify(school) is ExitCode.COMPLETE


@pytest.mark.parametrize("point", list(Point))
def test_fault_1_a_pull_killed_at_any_point_of_it_leaves_a_whole_release_and_the_next_completes(
    point: Point, scene: Scene
) -> None:
    scene.publish(deltas=point is not Point.OBJECT_STORED)
    school = scene.kit.school
    dies(replace(school, reached=lambda reached: kill_me() if reached is point else None))
    heals(school)


class MortalDisk(RealDisk):
    """Kills its process at the n-th change of the disk, in the middle of it where a change has one."""

    def __init__(self, last: int) -> None:
        self._left = last

    def _change(self) -> bool:
        self._left -= 1
        return self._left == 0

    def append_to(self, path: Path) -> BinaryIO:
        return _MortalFile(super().append_to(path), self._change)  # type: ignore[return-value]

    def make_folder(self, path: Path) -> None:
        super().make_folder(path)
        if self._change():
            kill_me()

    def replace(self, source: Path, target: Path) -> None:
        super().replace(source, target)
        if self._change():
            kill_me()

    def link(self, source: Path, target: Path) -> bool:
        made = super().link(source, target)
        if self._change():
            kill_me()
        return made

    def symlink(self, target: str, link: Path) -> None:
        super().symlink(target, link)
        if self._change():
            kill_me()

    def remove(self, path: Path) -> None:
        super().remove(path)
        if self._change():
            kill_me()


class _MortalFile(WrappedFile):
    def __init__(self, file: BinaryIO, change: Callable[[], bool]) -> None:
        super().__init__(file)
        self._change = change

    def write(self, data: bytes) -> int:
        if self._change():
            self._file.write(data[: len(data) // 2])
            kill_me()
        return self._file.write(data)


class CountingDisk(MortalDisk):
    """Counts changes and never kills."""

    def __init__(self) -> None:
        super().__init__(0)

    @property
    def count(self) -> int:
        return -self._left


def test_fault_1_two_hundred_kills_at_random_moments_never_hurt_readers(scene: Scene, tmp_path: Path) -> None:
    scene.publish(deltas=True)
    begun = scene.kit.school.root
    counted = CountingDisk()
    copy_mirror(begun, tmp_path / "counted")
    start = time.monotonic()
    assert pull(School(tmp_path / "counted", disk=counted, clock=scene.kit.clock), PullOptions()) is ExitCode.COMPLETE
    seconds = time.monotonic() - start
    draw = random.Random(20261121)
    killed = 0
    for number in range(_KILLS):
        folder = tmp_path / f"killed-{number}"
        copy_mirror(begun, folder)
        school = School(folder, clock=scene.kit.clock)
        if number < _MOMENTS_BY_WRITE:
            mortal = replace(school, disk=MortalDisk(draw.randint(1, counted.count)))
            child = forked(lambda mortal=mortal: pull(mortal, PullOptions()))  # type: ignore[misc]
            end = float("inf")
        else:
            child = forked(lambda school=school: pull(school, PullOptions()))  # type: ignore[misc]
            end = time.monotonic() + draw.random() * 1.2 * seconds
        while (status := ended(child)) is None:
            if time.monotonic() > end:
                os.kill(child, signal.SIGKILL)
                end = float("inf")
            read_as_readers_do(folder, TREES)
        killed += os.WIFSIGNALED(status)
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
        read_as_readers_do(folder, TREES)
        heals(school)
    assert killed > _KILLS // 2


def test_fault_5_a_second_pull_exits_politely_and_the_first_is_not_disturbed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.publish()
    school = scene.kit.school
    at_work, may_go_on = os.pipe(), os.pipe()

    def wait(point: Point) -> None:
        if point is Point.PLANNED:
            os.write(at_work[1], b"!")
            os.read(may_go_on[0], 1)

    child = forked(lambda: pull(replace(school, reached=wait, tell=Told()), PullOptions()))
    os.read(at_work[0], 1)
    for language, text in (("en", "Another command is at work"), ("zh", "另一个命令")):
        assert main(["--lang", language, "pull", "--mirror", str(school.root)]) == ExitCode.BUSY
        assert text in capsys.readouterr().err
    scene.is_sound()
    os.write(may_go_on[1], b"!")
    assert os.waitpid(child, 0)[1] == 0
    for each in (*at_work, *may_go_on):
        os.close(each)
    assert scene.shows(NEW)

"""Faults 3, 4, 6 and 7 of research/02_offline.md §6: disks that are full, read-only, failing or simple, and a stick
that goes."""

from __future__ import annotations

import errno
import functools
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest
from tests.faults.processes import read_as_readers_do
from tests.faults.scene import NEW, OLD, Scene, make_scene
from tests.faults.wrapped_file import WrappedFile
from tests.mirror.county import content_of, tree_of
from tests.mirror.schools import joined_school

from kebao.mirror.commands import main
from kebao.mirror.errors import ExitCode
from kebao.mirror.school import gathering
from kebao.mirror.school.context import School
from kebao.mirror.school.disk import RealDisk
from kebao.mirror.school.points import Point
from kebao.mirror.school.pull import PullOptions, pull
from kebao.mirror.school.store import sha256_of
from kebao.mirror.school.verify import verify

LATER = {**OLD, ("maths", "zh"): {"maths/zh/一.html": "<p>冬天</p>".encode() * 400, "maths/zh/new.txt": b"new"}}


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    scene = make_scene(tmp_path)
    scene.publish()
    return scene


class RefusingDisk(RealDisk):
    """Refuses one kind of change with one error number, from a place on.

    Args: kind: write, link, folder, name or sync; below: the part of the path that it is about.
    """

    def __init__(self, number: int, kind: str, below: str = "") -> None:
        self._number = number
        self._kind = kind
        self._below = below

    def check(self, kind: str, path: Path) -> None:
        if self._kind in (kind, "all") and self._below in path.as_posix():
            raise OSError(self._number, os.strerror(self._number), str(path))

    def append_to(self, path: Path) -> BinaryIO:
        self.check("open", path)
        return _RefusingFile(super().append_to(path), path, self)  # type: ignore[return-value]

    def make_folder(self, path: Path) -> None:
        if not path.is_dir():
            self.check("folder", path)
        super().make_folder(path)

    def sync_all(self, folder: Path) -> None:
        self.check("sync", folder)
        super().sync_all(folder)

    def replace(self, source: Path, target: Path) -> None:
        self.check("name", target)
        super().replace(source, target)

    def link(self, source: Path, target: Path) -> bool:
        self.check("link", target)
        return super().link(source, target)

    def symlink(self, target: str, link: Path) -> None:
        self.check("link", link)
        super().symlink(target, link)


class _RefusingFile(WrappedFile):
    def __init__(self, file: BinaryIO, path: Path, disk: RefusingDisk) -> None:
        super().__init__(file)
        self._path = path
        self._disk = disk

    def write(self, data: bytes) -> int:
        try:
            self._disk.check("write", self._path)
        except OSError:
            self._file.write(data[: len(data) // 2])  # a full disk takes what still fits
            raise
        return self._file.write(data)


def run_pull(scene: Scene, disk: RealDisk, monkeypatch: pytest.MonkeyPatch, language: str) -> int:
    """The command itself, on `disk`: its exit code."""
    school = functools.partial(School, disk=disk, clock=scene.kit.clock)
    monkeypatch.setattr("kebao.mirror.school.commands.School", school)
    return main(["--lang", language, "pull", "--mirror", str(scene.kit.school.root)])


FULL = {
    "download": ("write", "/parts/"),
    "part of a new name": ("open", "/parts/"),
    "object's folder": ("folder", "/.mirror/o/"),
    "name in the store": ("name", "/.mirror/o/"),
    "sync": ("sync", ""),
    "folder of the tree": ("folder", "/r/"),
    "link": ("link", "/r/00002.tmp/"),
    "tree's name": ("name", "/r/00002"),
    "metadata": ("write", "/trust/"),
    "state": ("write", "/.state.json"),
    "start page": ("write", "/.index.html"),
    "served metadata": ("write", "/.mirror/metadata/"),
}


@pytest.mark.parametrize("place", FULL)
def test_fault_3_a_full_disk_ends_with_5_and_the_pull_goes_on_when_there_is_room(
    place: str, scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = RefusingDisk(errno.ENOSPC, *FULL[place])
    assert run_pull(scene, disk, monkeypatch, "en") == ExitCode.DISK
    assert "The disk is full" in capsys.readouterr().err
    scene.is_sound()
    assert run_pull(scene, disk, monkeypatch, "zh") == ExitCode.DISK
    assert "磁盘已满" in capsys.readouterr().err
    scene.is_sound()
    assert tree_of(scene.kit.school.places.tree("00001")) == content_of(OLD)
    assert scene.pull() in (ExitCode.COMPLETE, ExitCode.NOTHING_NEW)
    assert scene.shows(NEW)
    assert verify(scene.kit.school) is ExitCode.COMPLETE


def test_fault_3_a_disk_that_is_too_full_is_noticed_before_the_first_byte(scene: Scene) -> None:
    class SmallDisk(RealDisk):
        def free_bytes(self, path: Path) -> int:
            return 1000

    honest = scene.kit.school
    scene.kit.school = replace(honest, disk=SmallDisk())
    scene.refuses(scene.pull(), "school-no-space", ExitCode.DISK)
    scene.kit.school = honest
    scene.heals()


@pytest.mark.parametrize("number", [errno.EROFS, errno.EIO])
def test_fault_4_a_disk_that_takes_nothing_ends_with_5_and_readers_go_on(
    number: int, scene: Scene, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for language, text in (("en", "The computer refused"), ("zh", "电脑拒绝了操作")):
        assert run_pull(scene, RefusingDisk(number, "all"), monkeypatch, language) == ExitCode.DISK
        assert text in capsys.readouterr().err
        assert scene.shows(OLD)
    scene.heals()


def test_fault_4_an_object_that_cannot_be_read_any_more_is_fetched_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = scene.kit.school.places
    failing = (places.tree("00001") / "same.css").stat().st_ino

    def read(path: Path) -> str:
        if path.stat().st_ino == failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
        return sha256_of(path)

    monkeypatch.setattr(gathering, "sha256_of", read)
    scene.heals()
    assert (places.tree("00002") / "same.css").stat().st_ino != failing
    assert "school-object-rotten" in scene.kit.told.ids


def test_fault_4_a_source_that_cannot_be_read_is_left_for_the_next_one(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    shutil.copytree(scene.county.root, stick)
    honest = Path.open

    def open_file(self: Path, *args: object, **options: object) -> object:
        if self.is_relative_to(stick / ".mirror/o"):
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(self))
        return honest(self, *args, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", open_file)
    scene.refuses(scene.pull(str(stick)), "school-stick-gone", ExitCode.NETWORK)
    scene.heals(str(stick), str(scene.county.root))


@pytest.mark.parametrize("after", [0, 1, 2])
def test_fault_6_a_stick_that_is_pulled_out_ends_with_6_and_the_rest_comes_when_it_is_back(
    after: int, scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "WORKERS", 1)
    stick, pocket = tmp_path / "stick", tmp_path / "pocket"
    shutil.copytree(scene.county.root, stick)
    stored = [0]

    def pull_out(point: Point) -> None:
        stored[0] += point is Point.OBJECT_STORED
        if stored[0] == after and point in (Point.PLANNED, Point.OBJECT_STORED):
            stick.rename(pocket)

    scene.at_point = pull_out
    scene.refuses(scene.pull(str(stick)), "school-stick-gone", ExitCode.NETWORK)
    assert stored[0] == after
    scene.at_point = lambda point: None
    pocket.rename(stick)
    before = len(list(scene.kit.school.places.objects.glob("*/*")))
    assert before >= after
    stored[0] = 0
    scene.heals(str(stick))


def test_fault_6_with_a_second_source_a_stick_that_is_pulled_out_does_not_stop_the_pull(
    scene: Scene, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    shutil.copytree(scene.county.root, stick)

    def pull_out(point: Point) -> None:
        if point is Point.PLANNED:
            stick.rename(tmp_path / "pocket")

    scene.at_point = pull_out
    assert scene.pull(str(stick), str(scene.county.root)) is ExitCode.COMPLETE
    assert scene.shows(NEW)


class SimpleDisk(RealDisk):
    """FAT: no links of any kind."""

    def link(self, source: Path, target: Path) -> bool:
        return False

    def symlink(self, target: str, link: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")


def test_fault_7_without_links_every_tree_is_whole_by_itself_and_the_start_page_leads_to_it(
    scene: Scene, tmp_path: Path
) -> None:
    kit = joined_school(tmp_path / "fat", scene.county, disk=SimpleDisk())
    assert pull(kit.school, PullOptions()) is ExitCode.COMPLETE
    scene.publish(OLD, "2026.3", deltas=True)
    assert pull(kit.school, PullOptions()) is ExitCode.COMPLETE
    places = kit.school.places
    assert read_as_readers_do(kit.school.root, [content_of(OLD)]) == content_of(OLD)
    assert tree_of(places.tree("00002")) == content_of(NEW)
    assert not places.current.exists()
    assert not list(places.objects.glob("*/*"))
    assert verify(kit.school) is ExitCode.COMPLETE


def test_fault_7_a_disk_that_has_no_more_links_for_a_file_gets_a_copy(scene: Scene) -> None:
    class FewLinks(RealDisk):
        def link(self, source: Path, target: Path) -> bool:
            return not target.name.endswith((".mp4", ".css")) and super().link(source, target)

    scene.kit.school = replace(scene.kit.school, disk=FewLinks())
    scene.heals()
    assert (scene.kit.shown / "film.mp4").stat().st_nlink == 1


@pytest.mark.parametrize("point", list(Point))
def test_fault_7_a_pull_without_links_that_ends_anywhere_goes_on(point: Point, scene: Scene, tmp_path: Path) -> None:
    class End(BaseException):
        """Nobody catches this."""

    def end(reached: Point) -> None:
        if reached is point:
            raise End

    kit = joined_school(tmp_path / "fat", scene.county, disk=SimpleDisk())
    pull(kit.school, PullOptions())
    scene.publish(LATER, "2026.3", deltas=point is Point.PACK_UNPACKED)
    with pytest.raises(End):
        pull(replace(kit.school, reached=end), PullOptions())
    read_as_readers_do(kit.school.root, [content_of(NEW), content_of(LATER)])
    assert pull(kit.school, PullOptions()) in (ExitCode.COMPLETE, ExitCode.NOTHING_NEW)
    read_as_readers_do(kit.school.root, [content_of(LATER)])
    assert verify(kit.school) is ExitCode.COMPLETE

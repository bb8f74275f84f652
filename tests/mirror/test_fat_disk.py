"""A stick and a school's mirror on a real FAT disk, where this computer can mount one: root, loop devices, a driver."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.mirror.county import County, content_of, site, tree_of
from tests.mirror.schools import joined_school
from tests.mirror.test_publisher import Centre, newest_tree, pull, tree

from kebao.mirror.errors import ExitCode
from kebao.mirror.school.pull import PullOptions
from kebao.mirror.school.pull import pull as pull_release
from kebao.mirror.school.verify import verify

_SIZE = 160 << 20
_KINDS: dict[str, tuple[Sequence[str], Sequence[Sequence[str]]]] = {
    "vfat": (("mkfs.vfat", "-F", "32"), (("mount", "-t", "vfat", "-o", "iocharset=utf8"),)),
    "exfat": (("mkfs.exfat",), (("mount", "-t", "exfat", "-i"), ("mount.exfat-fuse",))),
}


@pytest.fixture(params=sorted(_KINDS))
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """The empty disk."""
    make, mounts = _KINDS[request.param]
    image, folder = tmp_path / "disk.img", tmp_path / "disk"
    folder.mkdir()
    with image.open("wb") as stream:
        stream.truncate(_SIZE)
    with contextlib.ExitStack() as stack:
        device = _device(image, make, stack)
        if device is None or not any(_runs([*mount, device, str(folder)]) for mount in mounts):
            pytest.skip(f"this computer mounts no {request.param} (it takes root, a loop device, a driver and mkfs)")
        stack.callback(_runs, ["umount", str(folder)])
        yield folder


def test_a_school_on_a_fat_disk_pulls_two_releases(disk: Path, tmp_path: Path) -> None:
    county = County(tmp_path / "county")
    county.release("1", site("spring"))
    kit = joined_school(disk / "school", county)
    for number, term in enumerate(("spring", "autumn"), 1):
        if number > 1:
            county.release(str(number), site(term), deltas=True)
        assert pull_release(kit.school, PullOptions()) is ExitCode.COMPLETE
        assert tree_of(kit.school.places.tree(f"{number:05d}")) == content_of(site(term))
        assert f"r/{number:05d}/index.html" in kit.school.places.stub.read_text("utf-8")
        assert verify(kit.school) is ExitCode.COMPLETE


def test_a_fat_stick_is_written_twice_and_pulled_from(disk: Path, tmp_path: Path) -> None:
    centre = Centre(tmp_path / "centre")
    centre.sign("a", "b")
    for version in ("1", "2"):
        (centre.site / "index.html").write_text(version, "utf-8")
        centre.release(version)
        centre.sign("targets", "timestamp")
        centre.run("export", disk / "stick", "--out", centre.out)
        pull(centre, disk / "stick", tmp_path / "school")
        assert newest_tree(tmp_path / "school") == tree(centre.site)


def _device(image: Path, make: Sequence[str], stack: contextlib.ExitStack) -> str | None:
    if os.name == "nt" or os.getuid() != 0 or not shutil.which("losetup") or not _runs([*make, str(image)]):
        return None
    asked = subprocess.run(["losetup", "--find", "--show", image], capture_output=True, text=True, check=False)
    device = asked.stdout.strip()
    if asked.returncode or not device:
        return None
    stack.callback(_runs, ["losetup", "--detach", device])
    return device


def _runs(command: Sequence[str]) -> bool:
    program = shutil.which(command[0], path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin{os.pathsep}/sbin")
    if program is None:
        return False
    return subprocess.run([program, *command[1:]], capture_output=True, check=False).returncode == 0

"""Faults 31 to 36 of research/02_offline.md §6: names that lead elsewhere, that a disk cannot hold, or that moved."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from tests.faults.scene import FILM, NEW, OLD, Scene, make_scene
from tests.mirror.county import Files, content_of, tree_of
from tuf.api.metadata import TargetFile

from kebao.mirror.errors import DiskError, ExitCode
from kebao.mirror.layout import object_uri, target_uri
from kebao.mirror.names import NameFault, is_safe, name_problems, portability_fault
from kebao.mirror.publisher.site_check import check_site
from kebao.mirror.school.names_here import NamesHere
from kebao.mirror.sources.folder import FolderSource
from kebao.mirror.sources.source import SourceMissing


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return make_scene(tmp_path)


def sign_paths(scene: Scene, *paths: str) -> None:
    """A release whose manifest, rightly signed, names these paths: what a careless or a captured publisher does."""
    sha256 = hashlib.sha256(FILM).hexdigest()
    scene.county.write(object_uri(sha256), FILM)
    manifest: dict[str, Any] = {
        "format": "kebao-manifest/1",
        "package": "site",
        "locale": "und",
        "version": "2026.2",
        "released": "2026-11-21T12:00:00Z",
        "files": [[path, len(FILM), sha256] for path in sorted(paths)],
        "packs": [],
    }
    data = json.dumps(manifest).encode()
    scene.county.release("2026.2", NEW)
    scene.county.targets["site.und.json"] = TargetFile.from_data("site.und.json", data, ["sha256"])
    scene.county.write(target_uri(hashlib.sha256(data).hexdigest(), "site.und.json"), data)
    scene.county.sign_all()


ESCAPES = [
    "../evil",
    "a/../../evil",
    "a/..",
    ".. /evil",
    "/etc/evil",
    "//server/share/evil",
    "\\\\server\\share\\evil",
    "a\\..\\evil",
    "C:/evil",
    "C:evil",
    "a\0b",
    "a\nb",
    "a//b",
    "./a",
    "",
    "index.html:stream",
    "\ud800",
]


@pytest.mark.parametrize("path", ESCAPES, ids=ascii)
def test_fault_31_a_signed_path_that_leads_out_is_refused(scene: Scene, tmp_path: Path, path: str) -> None:
    assert not is_safe(path)
    sign_paths(scene, path)
    outside = set(tmp_path.iterdir())
    scene.refuses(scene.pull(), "manifest-unreadable", ExitCode.NOT_VERIFIED)
    assert set(tmp_path.iterdir()) == outside
    scene.publish()
    scene.heals()


@pytest.mark.parametrize("path", [*ESCAPES, "CON", "."], ids=ascii)
def test_fault_31_a_folder_gives_nothing_from_outside(tmp_path: Path, path: str) -> None:
    (tmp_path / "evil").write_bytes(b"secret")
    (tmp_path / "stick/a").mkdir(parents=True)
    with pytest.raises(SourceMissing):
        FolderSource(tmp_path / "stick").open(path)


def test_fault_31_a_pipe_on_a_stick_is_no_file(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("pipes in folders are a thing of POSIX")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceMissing):
        FolderSource(tmp_path).open("pipe")


RESERVED = ["CON", "nul.txt", "a/AUX", "com1.html", "LPT².txt", "CON .txt", "NUL ", "prn.", "conin$"]


@pytest.mark.parametrize("path", RESERVED)
def test_fault_32_a_name_that_windows_takes_for_a_device_is_refused_everywhere(scene: Scene, path: str) -> None:
    sign_paths(scene, path)
    scene.refuses(scene.pull(), "manifest-unreadable", ExitCode.NOT_VERIFIED)
    scene.publish()
    scene.heals()


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("a.", NameFault.TRAILING),
        ("a /b", NameFault.TRAILING),
        ("ab:c", NameFault.CHARACTER),
        ('say "hi".html', NameFault.CHARACTER),
        ("why?.html", NameFault.CHARACTER),
        ("CONSOLE.txt", None),
        ("com10.txt", None),
        ("a.b c", None),
    ],
)
def test_fault_32_a_publisher_signs_only_what_windows_can_hold(path: str, fault: NameFault | None) -> None:
    assert portability_fault(path) is fault


TWINS = [("A.html", "a.html"), ("Straße.html", "STRASSE.html"), ("\u00e9.html", "e\u0301.html"), ("A/x", "a/y")]


@pytest.mark.parametrize("twins", TWINS, ids=ascii)
def test_fault_33_twins_are_not_published(tmp_path: Path, twins: tuple[str, str]) -> None:
    assert NameFault.TWINS in {problem.fault for problem in name_problems(twins)}
    for name in twins:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    assert NameFault.TWINS.value in {problem.message for problem in check_site(tmp_path, twins)}


@pytest.mark.parametrize("twins", TWINS, ids=ascii)
def test_fault_33_twins_that_were_signed_all_the_same_stop_before_the_first_byte(
    scene: Scene, twins: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a disk that takes them for one; here they are two files, and both arrive."""
    files: Files = {("site", "und"): {name: name.encode() * 9 for name in twins}, ("maths", "zh"): {"m.html": b"m"}}
    scene.publish(files)
    with monkeypatch.context() as patch:
        patch.setattr(NamesHere, "__init__", _takes_twins_for_one)
        error = scene.refuses(scene.pull(), "school-names-collide", ExitCode.DISK)
        assert isinstance(error, DiskError)
    assert not list(scene.kit.school.places.parts.iterdir())
    scene.heals(shown=files)


def _takes_twins_for_one(self: NamesHere, folder: Path, disk: object) -> None:
    self.ignores_case, self.has_links = True, True


def test_fault_34_names_that_are_long_or_odd_arrive_over_the_web(scene: Scene) -> None:
    files: Files = {
        ("site", "und"): {
            "index.html": b"<h1>names</h1>",
            "100% #1? 真的吗+&=;@ ~'().html": b"odd",
            "%2e%2e/%2F.html": b"escapes that are none",
            "课" * 60 + ".html": b"sixty",
            "/".join(["二十个字的文件夹名称在这里用来凑长度啊"] * 9) + "/x.html": b"deep",
        },
        ("maths", "zh"): {"m.html": b"m"},
    }
    scene.county.release("2026.2", files, tree=True)
    scene.allowed.append(content_of(files))
    for path in sorted(scene.county.path(".mirror/o").glob("*/*")):
        path.unlink()  # as on a stick: found by their names alone
    with scene.serving(lambda request, answer: answer) as (url, _):
        scene.heals(url, shown=files)


@pytest.mark.parametrize(
    ("path", "message"),
    [("课" * 86 + ".html", "school-name-too-long"), ("/".join(["x" * 200] * 21), "school-path-too-long")],
    ids=["name", "path"],
)
def test_fault_34_a_name_that_this_disk_cannot_hold_stops_before_the_first_byte(
    scene: Scene, path: str, message: str
) -> None:
    sign_paths(scene, path)
    scene.refuses(scene.pull(), message, ExitCode.DISK)
    assert not list(scene.kit.school.places.parts.iterdir())
    assert portability_fault(path) is not None
    scene.publish()
    scene.heals()


@pytest.mark.parametrize("deltas", [False, True])
def test_fault_35_a_file_becomes_a_folder_and_a_folder_a_file(scene: Scene, deltas: bool) -> None:
    one: Files = {("site", "und"): {"a": b"a" * 500, "b/c": b"c" * 500}, ("maths", "zh"): {"m/n/o": b"o" * 500}}
    two: Files = {("site", "und"): {"a/a": b"a" * 500, "b": b"c" * 501}, ("maths", "zh"): {"m": b"m" * 500}}
    scene.publish(one)
    scene.heals(shown=one)
    scene.publish(two, "2026.3", deltas=deltas)
    scene.heals(shown=two)
    scene.publish(one, "2026.4", deltas=deltas)
    scene.heals(shown=one)


def test_fault_35_two_units_that_disagree_about_a_path(scene: Scene) -> None:
    scene.publish({("site", "und"): {"a": b"a"}, ("maths", "zh"): {"a/b": b"b"}})
    scene.refuses(scene.pull(), "school-two-contents", ExitCode.NOT_VERIFIED)
    scene.publish(NEW, "2026.3")
    scene.heals()


def outside_of(tmp_path: Path) -> Path:
    outside = tmp_path / "outside"
    (outside / "deeper").mkdir(parents=True)
    (outside / "private.txt").write_bytes(b"the head teacher's")
    return outside


PLANTED = [
    "r/00001/link",
    "r/00002",
    "r/00002.tmp",
    ".school/parts/{film}.part",
    ".school/parts/{film}.unpacked",
    ".mirror/o/{two}/{film}",
    ".school/.state.json.new",
]


@pytest.mark.parametrize("place", PLANTED)
@pytest.mark.parametrize("to", ["file", "folder"])
def test_fault_36_a_link_that_somebody_planted_is_not_followed(
    scene: Scene, tmp_path: Path, place: str, to: str
) -> None:
    film = hashlib.sha256(FILM).hexdigest()
    outside = outside_of(tmp_path)
    before = tree_of(outside)
    scene.publish(deltas=True)
    link = scene.kit.school.root / place.format(film=film, two=film[:2])
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.is_dir():
        link.rmdir()
    link.symlink_to(outside / "private.txt" if to == "file" else outside / "deeper")
    if place == "r/00001/link":
        scene.allowed.append(tree_of(scene.kit.shown))
    try:
        scene.pull()
    except OSError:
        assert scene.shows(OLD)
    assert tree_of(outside) == before
    assert sorted(path.name for path in outside.rglob("*")) == ["deeper", "private.txt"]
    if not scene.shows(NEW):
        link.unlink()
        scene.heals()
    assert not any(path.is_symlink() for path in scene.kit.school.places.tree("00002").rglob("*"))
    scene.publish(OLD, "2026.3")
    assert scene.pull() is ExitCode.COMPLETE  # and tidies the first release away, with what was planted in it
    assert not scene.kit.school.places.tree("00001").exists()
    assert tree_of(outside) == before

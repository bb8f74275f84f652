"""The publisher's side by its commands, from keys to sticks; a real school reads what it makes."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import shutil
import string
from collections.abc import Sequence
from pathlib import Path

import fsspec
import pytest

from kebao.mirror import layout
from kebao.mirror.commands import main
from kebao.mirror.manifest import read_manifest
from kebao.mirror.messages import TEXTS
from kebao.mirror.publisher.publication import publish
from kebao.mirror.publisher.releases import SignedRelease, newest_release
from kebao.mirror.publisher.stick import write_stick
from kebao.mirror.publisher.stick_plan import StickChoice, plan_stick
from kebao.mirror.publisher.workspace import Workspace

STORED = f"_files/ab/{'ab' * 32}/课件.pptx"
PAGES = {
    "index.html": "<title>县</title><a href='a/zh/index.html'>a</a>",
    "a/zh/versions.json": "[]",
    "a/zh/index.html": "<title>甲</title><link rel=stylesheet href='../../_assets/d1/x.css'>"
    f"<a href='../../{STORED}'>x</a>",
    "b/en/versions.json": "[]",
    "b/en/index.html": "<title>B</title><link rel=stylesheet href='../../_assets/d1/x.css'><video src='v.mp4'></video>",
    "b/en/v.mp4": "video" * 100_000,
    "_assets/d1/x.css": "body{}",
    STORED: "slides" * 1000,
}


def write_site(root: Path, **changes: str) -> Path:
    for path, text in {**PAGES, **changes}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


class Centre:
    """A training centre's PC, with keys in files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.site = write_site(folder / "site")
        for name in ("a", "b", "c", "targets", "timestamp"):
            self.run("keygen", "--out", self.key(name), "--no-password")
        roots = [part for name in ("a", "b", "c") for part in ("--root-key", self.key(name))]
        keys = ["--targets-key", self.key("targets"), "--timestamp-key", self.key("timestamp")]
        self.run("init", "--out", self.out, *roots, *keys)

    def key(self, name: str) -> Path:
        return self.folder / f"{name}.pem"

    def run(self, *arguments: object, code: int = 0) -> None:
        assert main([str(argument) for argument in arguments], language="en") == code

    def sign(self, *names: str, code: int = 0, out: Path | None = None) -> None:
        keys = [part for name in names for part in ("--key", str(self.key(name)))]
        self.run("sign", "--out", out or self.out, *keys, code=code)

    def release(self, version: str, *options: object, code: int = 0) -> None:
        self.run("release", self.site, "--out", self.out, "--version", version, *options, code=code)

    def publish_all(self, version: str, www: Path) -> None:
        self.release(version)
        self.sign("targets", "timestamp")
        self.run("publish", self.out, www)

    @property
    def newest(self) -> SignedRelease:
        return newest_release(Workspace(self.out))

    def paths_of(self, name: str) -> set[str]:
        target = self.newest.targets.targets[name]
        data = Workspace(self.out).target_bytes(name, target.hashes["sha256"])
        return {file.path for file in read_manifest(data, name).files}


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    made = Centre(tmp_path)
    made.sign("a", "b")
    return made


def pull(centre: Centre, source: Path, mirror: Path, *choices: str, code: int = 0) -> None:
    if not mirror.exists():
        mirror.mkdir()
        root = (centre.out / ".mirror/metadata/1.root.json").read_bytes()
        fingerprint = hashlib.sha256(root).hexdigest()
        centre.run("join", "--mirror", mirror, source, "--root-sha256", fingerprint, *choices)
    centre.run("pull", "--mirror", mirror, code=code)


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def newest_tree(mirror: Path) -> dict[str, bytes]:
    return tree(mirror / os.readlink(mirror / "current"))


def test_a_school_pulls_two_releases_that_the_centre_published(centre: Centre, tmp_path: Path) -> None:
    centre.publish_all("1", tmp_path / "www")
    pull(centre, tmp_path / "www", tmp_path / "school")
    assert newest_tree(tmp_path / "school") == tree(centre.site)
    write_site(centre.site, **{"a/zh/index.html": PAGES["a/zh/index.html"] + "新"})
    centre.publish_all("2", tmp_path / "www")
    pull(centre, tmp_path / "www", tmp_path / "school")
    assert newest_tree(tmp_path / "school") == tree(centre.site)
    pull(centre, tmp_path / "www", tmp_path / "school", code=2)


def test_a_shared_file_stands_in_the_units_that_lead_to_it(centre: Centre) -> None:
    centre.release("1")
    centre.sign("targets")
    assert centre.paths_of("a.zh.json") == {"a/zh/versions.json", "a/zh/index.html", STORED, "_assets/d1/x.css"}
    assert "_assets/d1/x.css" in centre.paths_of("b.en.json")
    assert centre.paths_of("site.und.json") == {"index.html"}


def test_one_root_key_of_two_does_not_make_a_root(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    centre.sign("a")
    centre.sign("a", code=1)
    centre.release("1", code=1)
    centre.sign("c")
    centre.release("1")


def test_the_server_makes_a_release_visible_with_its_own_key(centre: Centre, tmp_path: Path) -> None:
    www = tmp_path / "www"
    centre.release("1")
    centre.sign("targets")
    centre.run("publish", centre.out, www)
    assert not (www / ".mirror/metadata/timestamp.json").exists()
    assert not (www / "index.html").exists()
    centre.run("renew", "--out", www, "--key", centre.key("timestamp"))
    pull(centre, www, tmp_path / "school")
    write_site(centre.site, **{"index.html": "<title>2</title>"})
    centre.release("2")
    centre.sign("targets")
    lost = newest_release(Workspace(centre.out))
    centre.run("publish", centre.out, www)
    next(www / uri for uri in lost.object_uris()).unlink()
    centre.run("renew", "--out", www, "--key", centre.key("timestamp"), code=4)


class Recorder:
    """A destination that remembers the order and keeps nothing."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def read(self, uri: str) -> bytes | None:
        return None

    def send(self, root: Path, uris: Sequence[str]) -> None:
        self.sent.extend(uris)

    def send_tree(self, root: Path, files: Sequence[tuple[str, str]]) -> None:
        self.sent.extend(uri for uri, _ in files)

    def replace(self, root: Path, uri: str) -> None:
        self.sent.append(uri)


def test_the_timestamp_is_published_last_and_nothing_private_at_all(centre: Centre) -> None:
    centre.release("1")
    centre.sign("targets", "timestamp")
    recorder = Recorder()
    publish(Workspace(centre.out), recorder)  # type: ignore[arg-type]  # it takes sequences: the lazy ones are iterated
    assert recorder.sent[-1] == ".mirror/metadata/timestamp.json"
    first_metadata = next(n for n, uri in enumerate(recorder.sent) if uri.startswith(layout.METADATA))
    assert all(not uri.startswith((layout.OBJECTS, layout.PACKS)) for uri in recorder.sent[first_metadata:])
    assert not any(uri.startswith((layout.PENDING, layout.STATE)) for uri in recorder.sent)


def test_a_folder_goes_to_a_computer_without_network_and_comes_back_signed(centre: Centre, tmp_path: Path) -> None:
    centre.release("1")
    carried = tmp_path / "carried"
    centre.run("sign", "--out", centre.out, "--carry-out", carried)
    assert not (carried / layout.OBJECTS).exists()
    centre.sign("targets", out=carried)
    centre.run("sign", "--out", centre.out, "--carry-in", carried)
    centre.sign("timestamp")
    assert centre.newest.timestamp is not None
    centre.run("sign", "--out", centre.out, "--carry-in", carried, code=1)


def test_what_was_signed_elsewhere_must_be_what_waits_here(centre: Centre, tmp_path: Path) -> None:
    centre.release("1")
    centre.run("sign", "--out", centre.out, "--carry-out", tmp_path / "carried")
    centre.sign("targets", out=tmp_path / "carried")
    write_site(centre.site, **{"index.html": "other"})
    centre.release("1")
    centre.run("sign", "--out", centre.out, "--carry-in", tmp_path / "carried", code=1)


def test_the_same_content_is_no_new_release(centre: Centre) -> None:
    centre.release("1")
    centre.sign("targets")
    centre.release("2", code=2)
    centre.release("1", code=1)


def test_a_revoked_release_is_followed_by_one_with_the_content_before_it(centre: Centre, tmp_path: Path) -> None:
    centre.publish_all("1", tmp_path / "www")
    before = tree(centre.site)
    write_site(centre.site, **{"index.html": "wrong"})
    centre.publish_all("2", tmp_path / "www")
    pull(centre, tmp_path / "www", tmp_path / "school")
    centre.run("revoke", "--out", centre.out, "--version", "2", "--reason", "numbers wrong", "--as", "3")
    centre.sign("targets", "timestamp")
    centre.run("publish", centre.out, tmp_path / "www")
    pull(centre, tmp_path / "www", tmp_path / "school")
    assert newest_tree(tmp_path / "school") == before
    assert centre.newest.targets.targets["catalog.json"].custom == {
        "version": "3",
        "release": 3,
        "revoked": {"2": "numbers wrong"},
    }


def test_a_lost_targets_key_is_replaced_and_schools_go_on(centre: Centre, tmp_path: Path) -> None:
    www = tmp_path / "www"
    centre.publish_all("1", www)
    pull(centre, www, tmp_path / "school")
    centre.run("keygen", "--out", centre.key("new"), "--no-password")
    old_and_new = ["--remove", f"{centre.key('targets')}.pub", "--add", centre.key("new")]
    for role in ("targets", "snapshot"):
        centre.run("rotate-key", "--out", centre.out, "--role", role, *old_and_new)
    centre.sign("a", "c")
    centre.sign("targets", code=1)
    centre.sign("new", "timestamp")
    write_site(centre.site, **{"index.html": "after"})
    centre.release("2")
    centre.sign("new", "timestamp")
    centre.run("publish", centre.out, www)
    pull(centre, www, tmp_path / "school")
    assert newest_tree(tmp_path / "school") == tree(centre.site)


def test_who_has_only_the_timestamp_key_can_sign_no_content(centre: Centre, tmp_path: Path) -> None:
    www, thief = tmp_path / "www", copy_of(centre, tmp_path / "thief")
    centre.publish_all("1", www)
    pull(centre, www, tmp_path / "school")
    write_site(thief.site, **{"index.html": "forged"})
    thief.release("1")
    thief.sign("timestamp", code=1)
    centre.run("renew", "--out", www, "--key", centre.key("timestamp"))  # all that is left to do
    pull(centre, www, tmp_path / "school", code=2)


def test_after_a_theft_of_both_keys_new_ones_take_everything_back(centre: Centre, tmp_path: Path) -> None:
    www = tmp_path / "www"
    centre.publish_all("1", www)
    pull(centre, www, tmp_path / "school")
    thief = copy_of(centre, tmp_path / "thief")
    for number in range(2, 6):  # ahead of all numbers that the county will use
        write_site(thief.site, **{"index.html": f"forged {number}"})
        thief.publish_all(f"forged-{number}", www)
    pull(centre, www, tmp_path / "school")
    assert newest_tree(tmp_path / "school") == tree(thief.site)  # nobody can tell: the keys are right
    for role, old in (("targets", "targets"), ("snapshot", "targets"), ("timestamp", "timestamp")):
        if not centre.key(f"{old}-2").exists():
            centre.run("keygen", "--out", centre.key(f"{old}-2"), "--no-password")
        change = ["--remove", f"{centre.key(old)}.pub", "--add", centre.key(f"{old}-2")]
        centre.run("rotate-key", "--out", centre.out, "--role", role, *change)
    centre.sign("a", "b")
    write_site(centre.site, **{"index.html": "honest again"})
    centre.release("2")
    centre.sign("targets-2", "timestamp-2")
    centre.run("publish", centre.out, www)
    pull(centre, www, tmp_path / "school")
    assert newest_tree(tmp_path / "school") == tree(centre.site)
    write_site(thief.site, **{"index.html": "forged 6"})
    thief.publish_all("forged-6", www)
    pull(centre, www, tmp_path / "school", code=4)
    assert newest_tree(tmp_path / "school") == tree(centre.site)


def copy_of(centre: Centre, folder: Path) -> Centre:
    """Somebody who has a copy of everything on the centre's PC, with its keys, but not of the root keys."""
    shutil.copytree(centre.folder, folder, ignore=shutil.ignore_patterns("www", "school", "thief"))
    thief = copy.copy(centre)
    thief.folder, thief.out, thief.site = folder, folder / "out", folder / "site"
    return thief


@pytest.mark.parametrize("kind", ["file://{}/there", "memory://there{}"])
def test_a_store_that_fsspec_knows_holds_what_a_folder_holds(centre: Centre, tmp_path: Path, kind: str) -> None:
    centre.publish_all("1", tmp_path / "www")
    url = kind.format(tmp_path)
    for _ in range(2):
        centre.run("publish", centre.out, url)
    store, root = fsspec.core.url_to_fs(url)
    found = {path[len(root) :].lstrip("/"): store.cat_file(path) for path in store.find(root)}
    assert found == tree(tmp_path / "www")


def test_a_stick_is_a_source_and_holds_readable_names_and_no_links(centre: Centre, tmp_path: Path) -> None:
    centre.publish_all("1", tmp_path / "www")
    stick = tmp_path / "stick"
    centre.run("export", stick, "--out", centre.out, "--packages", "a", "--locales", "zh")
    assert (stick / "r/00001" / STORED).read_text() == PAGES[STORED]
    assert not (stick / "r/00001/b").exists()
    assert all(path.stat().st_nlink == 1 and not path.is_symlink() for path in stick.rglob("*") if path.is_file())
    assert 'href="r/00001/a/zh/index.html">甲<' in (stick / "index.html").read_text("utf-8")
    pull(centre, stick, tmp_path / "school", "--packages", "a", "--locales", "zh")
    assert STORED in newest_tree(tmp_path / "school")


def test_a_file_beyond_the_limit_of_fat32_lies_in_parts(centre: Centre, tmp_path: Path) -> None:
    centre.publish_all("1", tmp_path / "www")
    release = centre.newest
    plan = plan_stick(release.catalog.units, release.manifests(), StickChoice())
    write_stick(release, tmp_path / "stick", plan, max_file_bytes=200_000)
    video = next(file for file in plan.files if file.path.endswith(".mp4"))
    parts = [tmp_path / "stick" / layout.part_uri(video.sha256, number) for number in range(3)]
    assert b"".join(part.read_bytes() for part in parts) == PAGES["b/en/v.mp4"].encode()
    assert max(path.stat().st_size for path in (tmp_path / "stick").rglob("*") if path.is_file()) <= 200_000
    assert write_stick(release, tmp_path / "stick", plan, max_file_bytes=200_000) == 0


def test_a_small_stick_loses_videos_first_and_nothing_else(centre: Centre, tmp_path: Path) -> None:
    centre.publish_all("1", tmp_path / "www")
    centre.run("export", tmp_path / "stick", "--out", centre.out, "--size", "8.7M")
    facts = json.loads((tmp_path / "stick" / layout.STICK).read_bytes())
    assert facts["left_out"] == ["b/en/v.mp4"]
    centre.run("export", tmp_path / "none", "--out", centre.out, "--size", "1M", code=1)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    "path, text, code",
    [
        ("index.html", "<script src='https://example.org/x.js'></script>", 1),
        ("index.html", "<a href='https://example.org/'>out</a>", 0),
        ("index.html", "<a href='missing.html'>x</a>", 1),
        ("index.html", "<a href='a/zh/index.html?x#y'>x</a>", 0),
        ("x.css", "@import url(https://example.org/x.css)", 1),
        ("what?.html", "", 1),
        ("INDEX.html", "", 1),
    ],
)
def test_check_finds_what_breaks_in_a_school(tmp_path: Path, path: str, text: str, code: int) -> None:
    assert main(["check", str(write_site(tmp_path / "site", **{path: text}))]) == code


def test_an_encrypted_key_opens_with_its_password_only(centre: Centre, tmp_path: Path) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("correct horse\n")
    wrong.write_text("wrong\n")
    centre.run("keygen", "--out", centre.key("locked"), "--password-file", right)
    assert b"ENCRYPTED" in centre.key("locked").read_bytes()
    centre.run("rotate-key", "--out", centre.out, "--role", "root", "--add", centre.key("locked"))
    for password, code in ((wrong, 1), (right, 0)):
        given = ["--key", centre.key("locked"), "--password-file", password]
        centre.run("sign", "--out", centre.out, *given, code=code)


def test_old_releases_make_room_and_the_list_stays(centre: Centre) -> None:
    for number in range(1, 5):
        write_site(centre.site, **{"index.html": f"release {number}"})
        centre.release(str(number), "--keep", "2")
        centre.sign("targets")
    assert sorted(path.name for path in (centre.out / "r").iterdir()) == ["00002", "00003", "00004"]
    assert [release.version for release in Workspace(centre.out).read_state().releases] == ["1", "2", "3", "4"]


def test_every_text_is_in_both_languages_with_the_same_parameters() -> None:
    for message, (chinese, english) in TEXTS.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (chinese, english)]
        assert fields[0] == fields[1], message
        assert chinese.strip(), message
        assert english.strip(), message

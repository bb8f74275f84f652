"""Faults 15 to 23 of research/02_offline.md §6: metadata that are old, not the publisher's, or not all there.

The cases of the public tuf-conformance suite that concern a school are here too, written anew: those without a number
in §6 are in `TestWhatAConformingClientDoes`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner
from tests.faults.scene import NEW, OLD, Scene, make_scene
from tests.mirror.county import NOON, County, content_of
from tests.mirror.schools import joined_school
from tuf.api.metadata import Metadata, MetaFile, Root

from kebao.mirror.errors import ExitCode, MirrorError
from kebao.mirror.school.pull import PullOptions, pull
from kebao.mirror.school.state import Release, State, Subset
from kebao.mirror.school.status import status

TIMESTAMP = ".mirror/metadata/timestamp.json"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return make_scene(tmp_path)


def copy_of(scene: Scene, folder: Path) -> Path:
    shutil.copytree(scene.county.root, folder)
    return folder


def key() -> CryptoSigner:
    return CryptoSigner.generate_ed25519()


def metadata_file(county: County, role: str) -> Path:
    return county.path(f".mirror/metadata/{county.versions[role]}.{role}.json")


def test_fault_15_an_old_timestamp_played_again(scene: Scene, tmp_path: Path) -> None:
    before = copy_of(scene, tmp_path / "before")
    scene.publish()
    assert scene.pull() is ExitCode.COMPLETE
    scene.refuses(scene.pull(str(before)), "school-older", ExitCode.STALE, shown=NEW)
    assert scene.pull() is ExitCode.NOTHING_NEW


def test_fault_16_old_metadata_to_a_school_that_has_none_show_their_age(tmp_path: Path) -> None:
    county = County(tmp_path / "county")
    county.release("2026.1", OLD)
    kit = joined_school(tmp_path / "school", county)
    kit.clock.moment = NOON + timedelta(days=90)
    assert pull(kit.school, PullOptions()) is ExitCode.COMPLETE
    status(kit.school)
    said = dict(kit.told.messages)
    assert said["school-status-current"]["days"] == 90
    kit.clock.moment = NOON + timedelta(days=110)
    assert status(kit.school) is ExitCode.STALE
    assert "school-status-stale" in kit.told.ids


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets", "root"])
def test_fault_17_a_frozen_mirror_is_noticed_when_its_metadata_expire(scene: Scene, role: str) -> None:
    county = scene.county
    county.life = dict.fromkeys(county.life, timedelta(days=4000))
    county.life[role] = timedelta(days=30)
    if role == "root":
        county.sign_root()
    scene.publish()
    scene.kit.clock.moment = NOON + timedelta(days=31)
    message = "school-root-expired" if role == "root" else "school-expired-signed"
    error = scene.refuses(scene.pull(), message, ExitCode.STALE)
    assert (error.parameters["expired"], error.parameters["today"]) == ("2026-12-21", "2026-12-22")
    county.now = NOON + timedelta(days=31)
    if role == "root":
        county.sign_root()
    county.sign_all()
    scene.heals()


def test_fault_17_what_expired_is_accepted_on_demand_and_stays_marked(scene: Scene) -> None:
    scene.publish()
    scene.kit.clock.moment = NOON + timedelta(days=101)
    scene.refuses(scene.pull(), "school-expired-signed", ExitCode.STALE)
    assert scene.pull(accept_stale=True) is ExitCode.COMPLETE
    assert scene.shows(NEW)
    assert scene.kit.school.state().stale
    scene.county.now = NOON + timedelta(days=101)
    scene.county.sign_all()
    assert scene.pull() is ExitCode.NOTHING_NEW
    assert not scene.kit.school.state().stale


@pytest.mark.parametrize("role", ["snapshot", "targets"])
def test_fault_18_a_role_that_goes_back(scene: Scene, role: str) -> None:
    scene.publish()
    assert scene.pull() is ExitCode.COMPLETE
    county = scene.county
    county.versions[role] -= 2
    if role == "targets":
        county.versions["snapshot"] += 5
        county.sign_all()
    else:
        county.sign_snapshot({"targets.json": _meta(county, "targets")})
    scene.refuses(scene.pull(), "school-older", ExitCode.STALE, shown=NEW)
    county.versions[role] = 9
    county.sign_all()
    assert scene.pull() is ExitCode.NOTHING_NEW
    assert scene.shows(NEW)


def test_fault_18_a_role_that_vanishes_from_the_snapshot(scene: Scene) -> None:
    scene.county.sign_snapshot({"targets.json": _meta(scene.county, "targets"), "more.json": MetaFile(1)})
    assert scene.pull() is ExitCode.NOTHING_NEW
    scene.county.sign_snapshot({"targets.json": _meta(scene.county, "targets")})
    scene.refuses(scene.pull(), "school-bad-signature", ExitCode.NOT_VERIFIED)
    scene.county.sign_snapshot({"targets.json": _meta(scene.county, "targets"), "more.json": MetaFile(1)})
    scene.publish()
    scene.refuses(scene.pull(), "school-bad-signature", ExitCode.NOT_VERIFIED)


def _meta(county: County, role: str) -> MetaFile:
    data = metadata_file(county, role).read_bytes()
    return MetaFile(json.loads(data)["signed"]["version"], len(data))


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_fault_19_a_wrong_key(scene: Scene, role: str) -> None:
    right = scene.county.signers[role]
    scene.county.signers[role] = [key()]
    scene.publish()
    scene.refuses(scene.pull(), "school-bad-signature", ExitCode.NOT_VERIFIED)
    scene.county.signers[role] = right
    scene.county.sign_all()
    scene.heals()


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets", "root"])
def test_fault_19_one_signature_where_two_are_needed(scene: Scene, role: str) -> None:
    county = scene.county
    before = list(county.signers["root"])
    county.signers[role] = [*county.signers[role], key()]
    county.thresholds[role] = 2
    county.sign_root(before)
    both = county.signers[role]
    county.signers[role] = both[:1]
    if role == "root":
        county.sign_root()
    scene.publish()
    scene.refuses(scene.pull(), "school-bad-signature", ExitCode.NOT_VERIFIED)
    county.signers[role] = both
    if role == "root":
        county.versions["root"] -= 1
        county.sign_root()
    county.sign_all()
    scene.heals()


def test_fault_19_one_signature_that_stands_twice(scene: Scene) -> None:
    scene.county.thresholds["timestamp"] = 2
    scene.county.sign_root()
    scene.publish()
    stamp = json.loads(scene.county.path(TIMESTAMP).read_bytes())
    scene.county.write(TIMESTAMP, json.dumps(stamp | {"signatures": stamp["signatures"] * 2}).encode())
    scene.refuses(scene.pull(), "school-garbled", ExitCode.NOT_VERIFIED)
    scene.county.thresholds["timestamp"] = 1
    scene.county.sign_root()
    scene.county.sign_all()
    scene.heals()


def test_fault_19_a_root_that_names_a_key_twice(scene: Scene) -> None:
    scene.county.sign_root()
    path = metadata_file(scene.county, "root")
    data = json.loads(path.read_bytes())
    data["signed"]["roles"]["timestamp"]["keyids"] *= 2
    data["signed"]["roles"]["timestamp"]["threshold"] = 2
    right = path.read_bytes()
    path.write_bytes(json.dumps(data).encode())
    scene.publish()
    scene.refuses(scene.pull(), "school-garbled", ExitCode.NOT_VERIFIED)
    path.write_bytes(right)
    scene.heals()


def test_fault_20_ten_changes_of_the_root_key_one_after_another(scene: Scene) -> None:
    county = scene.county
    for _ in range(10):
        before = county.signers["root"]
        county.signers["root"] = [key()]
        county.sign_root(before)
    scene.publish()
    scene.heals()


def test_fault_20_a_lost_root_in_between(scene: Scene, tmp_path: Path) -> None:
    county = scene.county
    for _ in range(4):
        before = county.signers["root"]
        for role in county.signers:
            county.signers[role] = [key()]
        county.sign_root(before)
    scene.publish()
    lost = copy_of(scene, tmp_path / "lost")
    (lost / ".mirror/metadata/3.root.json").unlink()
    scene.refuses(scene.pull(str(lost)), "school-bad-signature", ExitCode.NOT_VERIFIED)
    scene.heals()


@pytest.mark.parametrize("signed_by", ["new only", "old only"])
def test_fault_20_a_new_root_that_only_one_side_signed(scene: Scene, signed_by: str) -> None:
    county = scene.county
    before, after = county.signers["root"], [key()]
    county.signers["root"] = after
    county.sign_root()
    if signed_by == "old only":
        path = metadata_file(county, "root")
        root = Metadata[Root].from_bytes(path.read_bytes())
        root.sign(before[0])
        path.write_bytes(root.to_bytes())
    scene.publish()
    scene.refuses(scene.pull(), "school-bad-signature", ExitCode.NOT_VERIFIED)
    county.versions["root"] -= 1
    county.sign_root(before)
    scene.heals()


def test_fault_20_a_root_that_skips_a_version(scene: Scene) -> None:
    scene.county.versions["root"] = 2
    scene.county.sign_root()
    path = metadata_file(scene.county, "root")
    path.rename(path.with_name("2.root.json"))
    scene.publish()
    result = scene.pull()
    scene.refuses(result, "school-older", ExitCode.STALE)
    path.with_name("2.root.json").unlink()
    scene.heals()


def test_fault_21_a_revoked_targets_key(scene: Scene) -> None:
    county = scene.county
    stolen = county.signers["targets"]
    county.signers["targets"] = [key()]
    county.sign_root()
    county.sign_all()
    assert scene.pull() is ExitCode.NOTHING_NEW
    county.signers["targets"], right = stolen, county.signers["targets"]
    scene.publish()
    scene.refuses(scene.pull(), "school-bad-signature", ExitCode.NOT_VERIFIED)
    county.signers["targets"] = right
    county.sign_all()
    scene.heals()


@pytest.mark.parametrize("role", ["timestamp", "snapshot"])
def test_fault_22_a_version_run_far_ahead_is_undone_by_new_keys(scene: Scene, role: str) -> None:
    county = scene.county
    county.versions[role] = 2**40
    county.sign_all()
    assert scene.pull() is ExitCode.NOTHING_NEW
    county.versions[role] = 5
    scene.publish()
    scene.refuses(scene.pull(), "school-older", ExitCode.STALE)
    county.signers["timestamp"], county.signers["snapshot"] = [key()], [key()]
    county.sign_root()
    county.sign_all()
    scene.heals()


SPOILS: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:100]),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "no JSON": lambda path: path.write_bytes(b"\xff\xfe{"),
    "deep": lambda path: path.write_bytes(b"[" * 200_000),
    "another key": lambda path: path.write_bytes(path.read_bytes().replace(b'"sig":"', b'"sig":"00')),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("what", ["timestamp.json", "snapshot.json", "targets.json", "root_history/1.root.json"])
@pytest.mark.parametrize("how", SPOILS)
def test_fault_23_local_metadata_that_were_emptied_or_garbled(scene: Scene, how: str, what: str) -> None:
    SPOILS[how](scene.kit.school.places.trust / what)
    scene.publish()
    scene.heals()


def test_fault_23_a_folder_in_place_of_local_metadata(scene: Scene) -> None:
    path = scene.kit.school.places.trust / "timestamp.json"
    path.unlink()
    path.mkdir()
    scene.publish()
    with pytest.raises(OSError, match=r"timestamp\.json"):  # what the command line makes exit code 5 of
        scene.pull()
    path.rmdir()
    scene.heals()


@pytest.mark.parametrize("lost", ["all", *SPOILS])
def test_fault_23_lost_local_metadata_do_not_let_an_old_release_pass(scene: Scene, tmp_path: Path, lost: str) -> None:
    before = copy_of(scene, tmp_path / "before")
    scene.publish()
    assert scene.pull() is ExitCode.COMPLETE
    trust = scene.kit.school.places.trust
    if lost == "all":
        shutil.rmtree(trust)
    else:
        SPOILS[lost](trust / "timestamp.json")
    scene.refuses(scene.pull(str(before)), "school-older", ExitCode.STALE, shown=NEW)
    assert scene.pull() is ExitCode.NOTHING_NEW


def forget_metadata(scene: Scene) -> None:
    """A school that lost all that was trusted, and the copy that it serves."""
    shutil.rmtree(scene.kit.school.places.trust)
    shutil.rmtree(scene.kit.school.places.metadata)


def test_fault_23_without_any_metadata_left_the_number_of_the_release_refuses_an_older_one(
    scene: Scene, tmp_path: Path
) -> None:
    before = copy_of(scene, tmp_path / "before")
    scene.publish()
    assert scene.pull() is ExitCode.COMPLETE
    forget_metadata(scene)
    scene.refuses(scene.pull(str(before)), "school-older", ExitCode.STALE, shown=NEW)
    scene.refuses(scene.pull(str(before), accept_stale=True), "school-older", ExitCode.STALE, shown=NEW)
    assert scene.pull() is ExitCode.NOTHING_NEW


def test_fault_23_an_older_release_is_left_for_what_the_next_source_has(scene: Scene, tmp_path: Path) -> None:
    before = copy_of(scene, tmp_path / "before")
    scene.publish()
    assert scene.pull() is ExitCode.COMPLETE
    forget_metadata(scene)
    scene.publish(OLD, "2026.3")
    assert scene.pull(str(before), str(scene.county.root)) is ExitCode.COMPLETE
    assert scene.shows(OLD)
    assert "school-older" in scene.kit.told.ids
    assert scene.kit.school.state().newest_version == 3


def test_fault_23_an_older_release_is_refused_before_its_packages_are_looked_for(scene: Scene, tmp_path: Path) -> None:
    before = copy_of(scene, tmp_path / "before")
    files = {**NEW, ("art", "zh"): {"art/zh/一.html": b"art"}}
    scene.publish(files)
    scene.allowed.append(content_of({unit: files[unit] for unit in [("site", "und"), ("art", "zh")]}))
    assert scene.pull(subset=Subset(("art",))) is ExitCode.COMPLETE
    forget_metadata(scene)
    result = scene.pull(str(before))
    assert isinstance(result, MirrorError)
    assert (result.message, result.exit_code) == ("school-older", ExitCode.STALE)


def test_fault_22_numbers_that_a_thief_ran_ahead_bind_nobody_once_the_keys_are_others(scene: Scene) -> None:
    county = scene.county
    honest, county.number = county.number, 9000
    scene.publish()
    assert scene.pull() is ExitCode.COMPLETE
    county.number = honest
    scene.publish(OLD, "2026.3")
    scene.refuses(scene.pull(), "school-older", ExitCode.STALE, shown=NEW)
    county.signers["targets"] = [key()]
    county.sign_root()
    county.sign_all()
    scene.heals(shown=OLD)
    assert scene.kit.school.state().current == "00002"


@given(keys=st.sets(st.sampled_from("abc")), before=st.sets(st.sampled_from("abc")), number=st.integers(1, 9))
def test_fault_23_only_a_smaller_number_of_the_same_signers_goes_back(
    keys: set[str], before: set[str], number: int
) -> None:
    release = Release("00005", 5, "5", "2026-11-21T12:00:00Z", "0" * 64, {}, 0, 0)
    state = State(releases=(release,), newest_keys=tuple(sorted(before)))
    assert state.goes_back(number, tuple(sorted(keys))) == (number < 5 and (not before or bool(before & keys)))
    assert not State().goes_back(number, tuple(sorted(keys)))


@pytest.mark.parametrize("how", [name for name in SPOILS if name != "gone"])
def test_fault_23_the_accepted_root_is_fetched_again_by_its_fingerprint(scene: Scene, how: str) -> None:
    SPOILS[how](scene.kit.school.places.root_metadata)
    scene.publish()
    scene.heals()
    assert "school-root-damaged" in scene.kit.told.ids


class TestWhatAConformingClientDoes:
    """Cases of the public suite that have no number in §6."""

    def test_nothing_is_asked_for_twice_when_nothing_changed(self, scene: Scene) -> None:
        with scene.serving(lambda request, answer: answer) as (url, server):
            assert scene.pull(url) is ExitCode.NOTHING_NEW
        assert [each.uri for each in server.requests] == [".mirror/metadata/2.root.json", TIMESTAMP]

    def test_unsigned_metadata_are_refused(self, scene: Scene) -> None:
        scene.publish()
        for role in ("timestamp", "snapshot", "targets"):
            kept = scene.county.signers[role]
            scene.county.signers[role] = []
            scene.county.sign_all()
            scene.refuses(scene.pull(), "school-bad-signature", ExitCode.NOT_VERIFIED)
            scene.county.signers[role] = kept
        scene.county.sign_all()
        scene.heals()

    def test_fields_that_nobody_knows_are_kept_and_signed_for(self, scene: Scene) -> None:
        path = scene.county.path(TIMESTAMP)
        path.write_bytes(path.read_bytes().replace(b'"signed":{', b'"signed":{"later":1,'))
        scene.refuses(scene.pull(), "school-bad-signature", ExitCode.NOT_VERIFIED)

    @pytest.mark.parametrize("field", ["_type", "spec_version", "version", "expires"])
    def test_a_field_that_is_missing_is_told(self, scene: Scene, field: str) -> None:
        path = scene.county.path(TIMESTAMP)
        data = json.loads(path.read_bytes())
        del data["signed"][field]
        path.write_bytes(json.dumps(data).encode())
        scene.refuses(scene.pull(), "school-garbled", ExitCode.NOT_VERIFIED)

    def test_a_role_in_place_of_another_is_refused(self, scene: Scene) -> None:
        shutil.copyfile(metadata_file(scene.county, "snapshot"), scene.county.path(TIMESTAMP))
        scene.refuses(scene.pull(), "school-bad-signature", ExitCode.NOT_VERIFIED)

    def test_another_snapshot_under_the_right_version_is_refused(self, scene: Scene) -> None:
        scene.publish()
        stamp = scene.county.path(TIMESTAMP).read_bytes()
        scene.county.versions["snapshot"] -= 1
        scene.county.sign_snapshot({"targets.json": MetaFile(7)})
        scene.county.write(TIMESTAMP, stamp)
        scene.refuses(scene.pull(), "school-garbled", ExitCode.NOT_VERIFIED)

    def test_keys_that_change_for_every_role_at_once_are_followed(self, scene: Scene) -> None:
        before = scene.county.signers["root"]
        for role in scene.county.signers:
            scene.county.signers[role] = [key(), key()]
            scene.county.thresholds[role] = 2
        scene.county.sign_root(before)
        scene.publish()
        scene.heals()

    def test_an_expired_root_in_between_is_passed_over(self, scene: Scene) -> None:
        scene.county.life["root"] = timedelta(days=-1)
        scene.county.sign_root()
        scene.county.life["root"] = timedelta(days=100)
        scene.county.sign_root()
        scene.publish()
        scene.heals()

    def test_what_is_too_long_is_refused(self, scene: Scene) -> None:
        path = scene.county.path(TIMESTAMP)
        path.write_bytes(path.read_bytes() + b" " * 20_000)
        scene.refuses(scene.pull(), "school-garbled", ExitCode.NOT_VERIFIED)

"""What a school does between updates: status, verify, repair, rollback, gc, doctor; and clocks that are wrong."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from tests.mirror.county import NOON, County, content_of, site, tree_of
from tests.mirror.schools import SchoolKit

from kebao.mirror.errors import ExitCode, MirrorError, RefusedError, StaleError, VerificationError
from kebao.mirror.school.doctor import doctor
from kebao.mirror.school.gc import gc
from kebao.mirror.school.pull import PullOptions, pull
from kebao.mirror.school.repair import repair
from kebao.mirror.school.rollback import rollback, unpin
from kebao.mirror.school.status import status
from kebao.mirror.school.verify import verify

PAGE = "maths/zh/page-1.html"


@pytest.fixture
def kit(county: County, kit: SchoolKit) -> SchoolKit:
    """The school has a second release too."""
    county.now += timedelta(days=1)
    kit.clock.moment = county.now
    county.release("2026.2", site("autumn"))
    pull(kit.school, PullOptions())
    kit.told.messages.clear()
    return kit


def spoil_file(path: Path, content: bytes) -> None:
    """As a person with rights does, or a failing disk: the object that shares the file is spoilt with it."""
    path.chmod(0o644)
    path.write_bytes(content)


def test_objects_are_read_only(kit: SchoolKit) -> None:
    assert all(path.stat().st_mode & 0o222 == 0 for path in kit.school.places.objects.glob("*/*"))


def test_verify_reads_every_file(kit: SchoolKit) -> None:
    assert verify(kit.school) is ExitCode.COMPLETE
    assert kit.told.messages[-1][1]["files"] == 2 * len(content_of(site("spring")))


@pytest.mark.parametrize("damage", ["same size", "longer", "missing", "link", "folder"])
def test_damage_is_found_and_repaired(damage: str, kit: SchoolKit, tmp_path: Path) -> None:
    path = kit.school.places.tree("00002") / PAGE
    content = path.read_bytes()
    if damage == "same size":
        spoil_file(path, content[:-1] + b"?")
    elif damage == "longer":
        spoil_file(path, content + b"?")
    else:
        path.unlink()
    if damage == "link":
        (tmp_path / "elsewhere").write_bytes(content)
        path.symlink_to(tmp_path / "elsewhere")
    elif damage == "folder":
        path.mkdir()
    with pytest.raises(VerificationError) as caught:
        verify(kit.school)
    assert caught.value.exit_code is ExitCode.NOT_VERIFIED
    assert ("school-bad-file", {"path": f"r/00002/{PAGE}"}) in kit.told.messages
    assert repair(kit.school) is ExitCode.COMPLETE
    assert verify(kit.school) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("autumn"))


def test_a_file_that_two_releases_share_is_mended_in_both(kit: SchoolKit) -> None:
    spoil_file(kit.shown / "_assets/look.css", b"h1 { color: pink }")
    repair(kit.school)
    for tree in ("00001", "00002"):
        assert (kit.school.places.tree(tree) / "_assets/look.css").read_bytes() == b"h1 { color: teal }"


def test_files_that_nobody_signed_for_are_found_and_put_aside_and_links_not_followed(
    kit: SchoolKit, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "private.txt").write_text("private")
    (kit.shown / "advert.html").write_text("buy")
    (kit.school.places.tree("00002") / "leak").symlink_to(outside)
    with pytest.raises(VerificationError) as caught:
        verify(kit.school)
    assert caught.value.parameters == {"bad": 0, "foreign": 2}
    assert repair(kit.school) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("autumn"))
    assert (outside / "private.txt").read_text() == "private"
    assert [path.read_text() for path in kit.school.places.set_aside.rglob("advert.html")] == ["buy"]


def test_a_lost_manifest_is_fetched_again(kit: SchoolKit) -> None:
    for path in kit.school.places.manifests.glob("*.maths.zh.json"):
        path.unlink()
    with pytest.raises(VerificationError):
        verify(kit.school)
    assert repair(kit.school) is ExitCode.COMPLETE
    assert verify(kit.school) is ExitCode.COMPLETE


def test_what_cannot_be_mended_is_said_and_the_rest_is_mended(kit: SchoolKit, county: County) -> None:
    spoil_file(kit.shown / PAGE, b"?")
    spoil_file(kit.shown / "_assets/look.css", b"?")
    for path in county.path(".mirror/o").glob("*/*"):
        if path.read_bytes() == content_of(site("autumn"))[PAGE]:
            path.unlink()
    with pytest.raises(MirrorError) as caught:
        repair(kit.school)
    assert caught.value.parameters["name"] == PAGE
    assert (kit.shown / "_assets/look.css").read_bytes() == b"h1 { color: teal }"


def test_repair_of_a_sound_mirror_changes_nothing(kit: SchoolKit) -> None:
    assert repair(kit.school) is ExitCode.NOTHING_NEW


def test_samples_of_many_days_read_every_file(kit: SchoolKit) -> None:
    spoil_file(kit.shown / PAGE, b"?")
    found = 0
    for _ in range(60):
        kit.clock.moment += timedelta(days=1)
        try:
            verify(kit.school, percent=10)
        except VerificationError:
            found += 1
    assert 0 < found < 60


def test_a_rollback_shows_the_release_before_and_holds_it(kit: SchoolKit, county: County) -> None:
    assert rollback(kit.school) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("spring"))
    county.release("2026.3", site("winter"))
    assert pull(kit.school, PullOptions()) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("spring"))
    assert "school-pinned" in kit.told.ids
    assert pull(kit.school, PullOptions()) is ExitCode.NOTHING_NEW
    assert status(kit.school) is ExitCode.STALE
    assert unpin(kit.school) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("winter"))
    assert unpin(kit.school) is ExitCode.NOTHING_NEW


@pytest.mark.parametrize("name", ["00001", "1", "2026.1"])
def test_a_release_to_go_back_to_may_be_named_in_three_ways(name: str, kit: SchoolKit) -> None:
    rollback(kit.school, name)
    assert kit.school.state().current == "00001"


def test_a_rollback_to_what_is_not_here_names_what_is(kit: SchoolKit) -> None:
    with pytest.raises(RefusedError) as caught:
        rollback(kit.school, "2020.1")
    assert caught.value.parameters["known"] == "00001 (2026.1), 00002 (2026.2)"
    rollback(kit.school)
    with pytest.raises(RefusedError):
        rollback(kit.school)


def test_cleaning_keeps_two_releases_whatever_is_asked(kit: SchoolKit) -> None:
    assert gc(kit.school, 1) is ExitCode.NOTHING_NEW
    assert verify(kit.school) is ExitCode.COMPLETE
    assert len(kit.school.state().releases) == 2


def test_cleaning_removes_what_killed_runs_left(kit: SchoolKit) -> None:
    (kit.school.places.releases / "00009.tmp").mkdir()
    (kit.school.places.releases / "00007").mkdir()
    gc(kit.school, 2)
    assert sorted(os.listdir(kit.school.places.releases)) == ["00001", "00002"]


def test_status_says_how_old_the_release_is_and_until_when_it_counts_as_current(kit: SchoolKit) -> None:
    kit.clock.moment += timedelta(days=30)
    assert status(kit.school) is ExitCode.COMPLETE
    told = dict(kit.told.messages)
    assert told["school-status-current"]["days"] == 30
    assert told["school-status-valid"]["until"] == "2027-03-02"
    kit.clock.moment += timedelta(days=100)
    assert status(kit.school) is ExitCode.STALE


def test_doctor_finds_a_well_mirror_well_and_names_what_is_not(kit: SchoolKit, county: County) -> None:
    assert doctor(kit.school) is ExitCode.COMPLETE
    county.root.rename(county.root.with_name("away"))
    assert doctor(kit.school) is ExitCode.NETWORK
    assert "doctor-source-silent" in kit.told.ids


def test_a_clock_that_fell_back_ten_years_neither_stops_reading_nor_brings_old_metadata_back(
    kit: SchoolKit, county: County
) -> None:
    county.now += timedelta(days=200)
    old = county.path(".mirror/metadata/timestamp.json").read_bytes()
    kit.clock.moment = county.now
    county.sign_all()
    assert pull(kit.school, PullOptions()) is ExitCode.NOTHING_NEW  # and now a signed day in June is known
    kit.clock.moment = NOON - timedelta(days=3650)
    county.sign_timestamp()
    assert pull(kit.school, PullOptions()) is ExitCode.NOTHING_NEW
    assert "school-clock-behind" in kit.told.ids
    county.write(".mirror/metadata/timestamp.json", old)
    with pytest.raises(StaleError):
        pull(kit.school, PullOptions())
    assert tree_of(kit.shown) == content_of(site("autumn"))


def test_a_clock_far_ahead_is_explained_and_a_person_may_confirm_the_day(kit: SchoolKit, county: County) -> None:
    county.release("2026.3", site("winter"))
    kit.clock.moment += timedelta(days=3650)
    with pytest.raises(StaleError) as caught:
        pull(kit.school, PullOptions())
    assert (caught.value.message, caught.value.parameters["today"]) == ("school-root-expired", "2036-11-19")
    kit.clock.moment -= timedelta(days=3285)
    with pytest.raises(StaleError) as caught:
        pull(kit.school, PullOptions())
    assert caught.value.parameters["today"] == "2027-11-22"
    assert caught.value.parameters["signed"] == "2026-11-22"
    assert tree_of(kit.shown) == content_of(site("autumn"))
    today = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)  # noqa: UP017 – the same spelling as in the mirror
    assert pull(kit.school, PullOptions(today=today)) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("winter"))
    assert "today confirmed" in kit.school.places.journal.read_text("utf-8")
    assert kit.school.state().last_good_time == NOON + timedelta(days=1)


def test_a_stale_stick_is_refused_unless_the_person_accepts_it_and_then_marked(kit: SchoolKit, county: County) -> None:
    county.release("2026.3", site("winter"))
    kit.clock.moment += timedelta(days=150)
    with pytest.raises(StaleError):
        pull(kit.school, PullOptions())
    assert pull(kit.school, PullOptions(accept_stale=True)) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("winter"))
    assert status(kit.school) is ExitCode.STALE
    assert "school-status-stale" in kit.told.ids


def test_a_stick_that_is_older_than_the_school_is_refused(kit: SchoolKit, county: County, tmp_path: Path) -> None:
    stick = County(tmp_path / "stick", signers=county.signers)
    stick.release("2026.1", site("spring"))
    with pytest.raises(StaleError) as caught:
        pull(kit.school, PullOptions(sources=(str(stick.root),), only_these_sources=True))
    assert caught.value.message == "school-older"
    assert pull(kit.school, PullOptions(sources=(str(stick.root),))) is ExitCode.NOTHING_NEW


def test_signatures_of_another_publisher_are_refused(kit: SchoolKit, tmp_path: Path) -> None:
    other = County(tmp_path / "other", now=NOON + timedelta(days=5))
    for number in range(5):
        other.release(f"2027.{number}", site("evil"))
    with pytest.raises(VerificationError) as caught:
        pull(kit.school, PullOptions(sources=(str(other.root),), only_these_sources=True))
    assert caught.value.message == "school-bad-signature"
    assert tree_of(kit.shown) == content_of(site("autumn"))

"""Fault 30 of research/02_offline.md §6: the PC's clock is wrong."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from tests.faults.scene import NEW, OLD, Scene, make_scene
from tests.mirror.county import NOON, County, content_of, tree_of
from tests.mirror.schools import joined_school

from kebao.mirror.errors import ExitCode
from kebao.mirror.school.points import Point
from kebao.mirror.school.pull import PullOptions, pull
from kebao.mirror.school.status import status

YEAR = timedelta(days=365)
DEAD = datetime(1970, 1, 1, 0, 0, 7, tzinfo=timezone.utc)  # noqa: UP017 – the mirror's spelling


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return make_scene(tmp_path)


@pytest.mark.parametrize("off", [-10 * YEAR, -timedelta(days=1), timedelta(days=8)])
def test_fault_30_a_clock_that_is_off_and_harmless(scene: Scene, off: timedelta) -> None:
    scene.publish()
    scene.kit.clock.moment = NOON + off
    scene.heals()
    assert ("school-clock-behind" in scene.kit.told.ids) == (off < -YEAR)
    last_good_time = scene.kit.school.state().last_good_time
    assert last_good_time == NOON  # signed times only, never the PC's


def test_fault_30_a_clock_ten_years_ahead_needs_a_person(scene: Scene) -> None:
    scene.publish()
    scene.kit.clock.moment = NOON + 10 * YEAR
    error = scene.refuses(scene.pull(), "school-root-expired", ExitCode.STALE)
    assert error.parameters["today"] == "2036-11-18"
    assert scene.pull(today=NOON) is ExitCode.COMPLETE
    assert scene.shows(NEW)
    assert scene.kit.school.state().last_good_time == NOON
    scene.kit.clock.moment = NOON
    assert scene.pull() is ExitCode.NOTHING_NEW  # one day with a wrong clock has locked nothing


def test_fault_30_a_clock_that_fell_back_does_not_bring_expired_metadata_back(scene: Scene) -> None:
    stale = scene.county.path(".mirror/metadata/timestamp.json").read_bytes()
    scene.county.now = NOON + timedelta(days=200)
    scene.publish()
    scene.kit.clock.moment = NOON + timedelta(days=200)
    assert scene.pull() is ExitCode.COMPLETE
    scene.county.write(".mirror/metadata/timestamp.json", stale)
    scene.kit.clock.moment = DEAD
    scene.refuses(scene.pull(), "school-older", ExitCode.STALE, shown=NEW)


@pytest.mark.parametrize("to", [DEAD, NOON - 10 * YEAR, NOON + 10 * YEAR])
@pytest.mark.parametrize("when", [Point.METADATA_ACCEPTED, Point.OBJECT_STORED, Point.STATE_WRITTEN])
def test_fault_30_a_clock_that_jumps_during_a_pull(scene: Scene, when: Point, to: datetime) -> None:
    def jump(point: Point) -> None:
        if point is when:
            scene.kit.clock.moment = to

    scene.at_point = jump
    scene.publish()
    scene.heals()
    assert status(scene.kit.school) in (ExitCode.COMPLETE, ExitCode.STALE)


def test_fault_30_a_school_whose_clock_never_ran(tmp_path: Path) -> None:
    county = County(tmp_path / "county")
    county.release("2026.1", OLD)
    kit = joined_school(tmp_path / "school", county)
    kit.clock.moment = DEAD
    assert pull(kit.school, PullOptions()) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(OLD)
    kit.told.messages.clear()
    assert pull(kit.school, PullOptions()) is ExitCode.NOTHING_NEW
    assert "school-clock-behind" in kit.told.ids  # now there is a signed time to compare with
    assert status(kit.school) is ExitCode.COMPLETE


def test_fault_30_a_time_signed_beyond_everything_else_does_not_lock_the_school(scene: Scene) -> None:
    """Who stole the timestamp's key alone can write any time into it."""
    county = scene.county
    county.now = NOON + 50 * YEAR
    county.sign_timestamp()
    assert scene.pull() is ExitCode.NOTHING_NEW
    county.now = NOON
    scene.publish()
    scene.heals()

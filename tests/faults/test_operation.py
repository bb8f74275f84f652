"""Faults 37 to 42 of research/02_offline.md §6: what people do to a mirror, and what goes on in it at once."""

from __future__ import annotations

import hashlib
import shutil
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from tests.faults.scene import NEW, OLD, Scene, make_scene
from tests.mirror.county import Files, content_of, noise, tree_of
from tests.mirror.schools import make_school
from tests.mirror.servers import serving

from kebao.mirror.errors import ExitCode, RefusedError, VerificationError
from kebao.mirror.school.gc import gc
from kebao.mirror.school.join import join
from kebao.mirror.school.points import Point
from kebao.mirror.school.repair import repair
from kebao.mirror.school.rollback import rollback, unpin
from kebao.mirror.school.status import status
from kebao.mirror.school.verify import verify

BIG = noise(5_000_000, seed=3)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return make_scene(tmp_path)


def release(number: int) -> Files:
    """The site in its n-th release; every one differs from the others in one page and has one of its own."""
    site = {**OLD[("site", "und")], f"{number}.html": b"%d" % number, "index.html": b"<h1>%d</h1>" % number}
    return {**OLD, ("site", "und"): site}


@pytest.mark.parametrize("how", ["in place", "saved anew"])
def test_fault_37_a_file_that_a_person_edited_is_found_and_mended_and_does_not_travel_on(
    how: str, scene: Scene
) -> None:
    places = scene.kit.school.places
    page = places.tree("00001") / "same.css"
    assert page.stat().st_mode & 0o222 == 0, "an editor is told that the file is read-only"
    scene.kit.told.messages.clear()
    if how == "in place":  # with rights: the object in the store is the same file
        page.chmod(0o644)
    else:
        page.unlink()
    page.write_bytes(b"h1 { color: pink }")
    with pytest.raises(VerificationError) as caught:
        verify(scene.kit.school)
    assert (caught.value.message, caught.value.exit_code) == ("school-damaged", ExitCode.NOT_VERIFIED)
    assert ("school-bad-file", {"path": "r/00001/same.css"}) in scene.kit.told.messages
    scene.allowed.append(tree_of(places.tree("00001")))  # the person's own doing, until it is mended
    scene.publish()
    assert scene.pull() is ExitCode.COMPLETE
    assert scene.shows(NEW)
    # The pull has mended the object; where the tree's file was the same one, it still is the spoilt one.
    assert repair(scene.kit.school) is ExitCode.COMPLETE
    assert tree_of(places.tree("00001")) == content_of(OLD)
    assert verify(scene.kit.school) is ExitCode.COMPLETE


def test_fault_38_a_pull_after_a_rollback_brings_the_release_and_leaves_the_shown_one(scene: Scene) -> None:
    scene.publish()
    assert scene.pull() is ExitCode.COMPLETE
    assert rollback(scene.kit.school) is ExitCode.COMPLETE
    assert scene.shows(OLD)
    assert scene.pull() is ExitCode.NOTHING_NEW
    for number in (3, 4, 5):
        scene.publish(release(number), f"2026.{number}")
        scene.kit.told.messages.clear()
        assert scene.pull() is ExitCode.COMPLETE
        assert "school-pinned" in scene.kit.told.ids
        assert scene.shows(OLD)
    assert verify(scene.kit.school) is ExitCode.COMPLETE
    assert unpin(scene.kit.school) is ExitCode.COMPLETE
    assert scene.shows(release(5))


def test_fault_39_cleaning_takes_nothing_from_somebody_who_is_reading(scene: Scene) -> None:
    with_film = {**OLD, ("site", "und"): {**OLD[("site", "und")], "film.mp4": BIG}}
    scene.publish(with_film)
    assert scene.pull() is ExitCode.COMPLETE
    school = scene.kit.school
    with serving(school.root) as url, urllib.request.urlopen(url + "r/00002/film.mp4") as film:
        seen = film.read(100_000)
        for number in (3, 4):
            scene.publish(release(number), f"2026.{number}")
            assert scene.pull() is ExitCode.COMPLETE
        assert gc(school, 2) is ExitCode.NOTHING_NEW  # the pull has cleaned already
        assert not school.places.tree("00002").exists()
        assert not school.places.object(hashlib.sha256(BIG).hexdigest()).exists()
        assert seen + film.read() == BIG
        with urllib.request.urlopen(url + "r/00002/index.html") as page:  # a bookmark leads to today's page
            assert page.read() == b"<h1>4</h1>"
        with urllib.request.urlopen(url + "index.html") as page:
            assert page.read() == b"<h1>4</h1>"


def test_fault_39_cleaning_leaves_what_an_interrupted_pull_has_brought(scene: Scene) -> None:
    class End(BaseException):
        """Nobody catches this."""

    def end(point: Point) -> None:
        if point is Point.OBJECTS_SYNCED:
            raise End

    scene.publish()
    scene.at_point = end
    with pytest.raises(End):
        scene.pull()
    scene.at_point = lambda point: None
    assert gc(scene.kit.school, 2) is ExitCode.NOTHING_NEW
    assert status(scene.kit.school) is ExitCode.COMPLETE
    assert ("school-status-unfinished", {"version": "2026.2", "size": "0 B"}) in scene.kit.told.messages
    objects = scene.county.path(".mirror/o")
    shutil.rmtree(objects)  # nothing has to come a second time
    scene.heals()


def test_fault_40_a_school_that_missed_five_releases_comes_up_to_date_without_deltas(scene: Scene) -> None:
    for number in range(2, 7):
        scene.publish(release(number), f"2026.{number}", deltas=True)
    scene.kit.told.messages.clear()
    scene.heals(shown=release(6))
    assert [path.name for path in sorted(scene.kit.school.places.releases.iterdir())] == ["00001", "00006"]
    assert not list(scene.kit.school.places.root.glob(".mirror/p/*"))


def test_fault_41_a_stick_that_is_older_than_the_school_is_refused_and_named(scene: Scene, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    shutil.copytree(scene.county.root, stick)
    scene.county.now += timedelta(days=30)
    scene.kit.clock.moment = scene.county.now
    scene.publish()
    assert scene.pull() is ExitCode.COMPLETE
    error = scene.refuses(scene.pull(str(stick)), "school-older", ExitCode.STALE, shown=NEW)
    assert error.parameters == {"source": str(stick)}
    assert scene.pull(str(stick), str(scene.county.root)) is ExitCode.NOTHING_NEW
    scene.publish(release(3), "2026.3")
    scene.heals(shown=release(3))


@pytest.mark.parametrize("place", [0, 31, 63])
def test_fault_42_a_mistyped_fingerprint_joins_nothing_and_the_right_one_does(
    place: int, scene: Scene, tmp_path: Path
) -> None:
    kit = make_school(tmp_path / "new")
    right = scene.county.fingerprint
    wrong = right[:place] + ("1" if right[place] == "0" else "0") + right[place + 1 :]
    with pytest.raises(VerificationError) as caught:
        join(kit.school, [str(scene.county.root)], wrong)
    assert (caught.value.message, caught.value.exit_code) == ("school-wrong-fingerprint", ExitCode.NOT_VERIFIED)
    with pytest.raises(RefusedError) as refused:
        join(kit.school, [str(scene.county.root)], right[:place] + right[place + 1 :])
    assert refused.value.message == "school-bad-fingerprint"
    assert not any(kit.school.root.iterdir())
    assert join(kit.school, [str(scene.county.root)], right.upper()) is ExitCode.COMPLETE

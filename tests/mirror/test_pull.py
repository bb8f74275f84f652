"""Joining and pulling, from a folder: what arrives, what is kept, what is said."""

from __future__ import annotations

import errno
import hashlib
import shutil
from pathlib import Path

import pytest
from tests.mirror.county import County, content_of, noise, site, tree_of
from tests.mirror.schools import joined_school, make_school

from kebao.mirror.errors import BusyError, DiskError, ExitCode, RefusedError, VerificationError
from kebao.mirror.layout import object_uri
from kebao.mirror.packs import NewMember
from kebao.mirror.school.disk import RealDisk
from kebao.mirror.school.join import join
from kebao.mirror.school.points import Point
from kebao.mirror.school.pull import PullOptions, pull
from kebao.mirror.school.state import Subset, read_state
from kebao.mirror.school.verify import verify

ANYTHING = PullOptions()


def test_a_pull_brings_every_file_of_the_release(county: County, tmp_path: Path) -> None:
    kit = joined_school(tmp_path / "school", county)
    assert pull(kit.school, ANYTHING) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("spring"))
    assert "r/00001/index.html" in kit.school.places.stub.read_text("utf-8")
    assert kit.told.ids[-1] == "school-pulled"


def test_a_second_pull_says_that_nothing_is_new(county: County, tmp_path: Path) -> None:
    kit = joined_school(tmp_path / "school", county)
    pull(kit.school, ANYTHING)
    assert pull(kit.school, ANYTHING) is ExitCode.NOTHING_NEW


def test_a_new_release_replaces_the_shown_one_and_shares_unchanged_files(county: County, tmp_path: Path) -> None:
    kit = joined_school(tmp_path / "school", county)
    pull(kit.school, ANYTHING)
    county.release("2026.2", site("autumn"))
    assert pull(kit.school, ANYTHING) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("autumn"))
    places = kit.school.places
    assert tree_of(places.tree("00001")) == content_of(site("spring"))
    assert places.tree("00001").joinpath("_assets/look.css").samefile(places.tree("00002") / "_assets/look.css")


def test_a_school_gets_only_the_packages_and_locales_that_it_chose(tmp_path: Path) -> None:
    county = County(tmp_path / "county")
    files = site("spring", packages=("maths", "art"), locales=("zh", "en"))
    county.release("2026.1", files)
    kit = make_school(tmp_path / "school")
    join(kit.school, [str(county.root)], county.fingerprint, subset=Subset(("art",), ("en",)))
    pull(kit.school, ANYTHING)
    assert tree_of(kit.shown) == content_of({unit: files[unit] for unit in [("site", "und"), ("art", "en")]})


def test_another_choice_is_pulled_at_once_and_remembered(tmp_path: Path) -> None:
    county = County(tmp_path / "county")
    files = site("spring", packages=("maths", "art"))
    county.release("2026.1", files)
    kit = joined_school(tmp_path / "school", county)
    pull(kit.school, PullOptions(subset=Subset(("art",))))
    pull(kit.school, PullOptions(subset=Subset(("maths",))))
    assert kit.school.state().current == "00001-2"
    assert tree_of(kit.shown) == content_of({unit: files[unit] for unit in [("site", "und"), ("maths", "zh")]})
    assert pull(kit.school, ANYTHING) is ExitCode.NOTHING_NEW


def test_a_package_that_does_not_exist_is_refused_with_those_that_do(county: County, tmp_path: Path) -> None:
    kit = joined_school(tmp_path / "school", county)
    with pytest.raises(RefusedError) as caught:
        pull(kit.school, PullOptions(subset=Subset(("physics",))))
    assert caught.value.parameters == {"given": "physics", "known": "maths"}
    assert kit.school.config().subset == Subset()


def test_a_delta_pack_replaces_the_files_it_has(tmp_path: Path) -> None:
    county = County(tmp_path / "county")
    county.release("2026.1", site("spring", pages=30))
    kit = joined_school(tmp_path / "school", county)
    pull(kit.school, ANYTHING)
    county.release("2026.2", site("autumn", pages=30), deltas=True)
    for path in county.path(".mirror/o").glob("*/*"):
        if any(path.read_bytes() == content for content in content_of(site("autumn", pages=30)).values()):
            path.unlink(missing_ok=True)
    county.write(*_index("autumn"))
    assert pull(kit.school, ANYTHING) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("autumn", pages=30))
    assert list(kit.school.places.packs.iterdir())


def test_without_zstd_every_file_comes_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    county = County(tmp_path / "county")
    county.release("2026.1", site("spring", pages=30))
    kit = joined_school(tmp_path / "school", county)
    pull(kit.school, ANYTHING)
    county.release("2026.2", site("autumn", pages=30), deltas=True)
    for module in ("gathering", "small_deltas"):
        monkeypatch.setattr(f"kebao.mirror.school.{module}.zstd_module", lambda: None)
    assert pull(kit.school, ANYTHING) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("autumn", pages=30))


def test_a_stick_that_holds_only_the_browsable_tree_is_a_whole_source(tmp_path: Path) -> None:
    county = County(tmp_path / "county")
    county.release("2026.1", site("spring"), tree=True)
    shutil.rmtree(county.path(".mirror/o"))
    kit = joined_school(tmp_path / "school", county)
    assert pull(kit.school, ANYTHING) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("spring"))


def test_the_next_source_is_asked_for_what_the_first_does_not_have(county: County, tmp_path: Path) -> None:
    half = tmp_path / "half"
    shutil.copytree(county.root, half)
    for path in sorted((half / ".mirror/o").glob("*/*"))[::2]:
        path.unlink()
    kit = joined_school(tmp_path / "school", county, str(half), str(county.root))
    assert pull(kit.school, ANYTHING) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("spring"))


def test_an_object_with_wrong_bytes_is_taken_from_the_next_source_or_not_at_all(county: County, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    shutil.copytree(county.root, bad)
    for path in (bad / ".mirror/o").glob("*/*"):
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    kit = joined_school(tmp_path / "school", county, str(bad), str(county.root))
    assert pull(kit.school, ANYTHING) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("spring"))
    alone = joined_school(tmp_path / "alone", county, str(bad))
    with pytest.raises(VerificationError) as caught:
        pull(alone.school, ANYTHING)
    assert caught.value.exit_code is ExitCode.NOT_VERIFIED
    assert not alone.shown.exists()


def test_two_releases_are_kept_and_the_third_oldest_goes(county: County, tmp_path: Path) -> None:
    kit = joined_school(tmp_path / "school", county)
    for number in (1, 2, 3):
        if number > 1:
            county.release(f"2026.{number}", site(f"term {number}"))
        pull(kit.school, ANYTHING)
    assert sorted(path.name for path in kit.school.places.releases.iterdir()) == ["00002", "00003"]
    kept = {path.name for path in kit.school.places.objects.glob("*/*")}
    assert hashlib.sha256(b"<h1>spring</h1>").hexdigest() not in kept
    assert hashlib.sha256(b"<h1>term 2</h1>").hexdigest() in kept


def test_too_little_space_is_said_before_anything_is_fetched(county: County, tmp_path: Path) -> None:
    class SmallDisk(RealDisk):
        def free_bytes(self, path: Path) -> int:
            return 1000

    kit = joined_school(tmp_path / "school", county, disk=SmallDisk())
    with pytest.raises(DiskError) as caught:
        pull(kit.school, ANYTHING)
    assert (caught.value.message, caught.value.exit_code) == ("school-no-space", ExitCode.DISK)
    assert not list(kit.school.places.objects.glob("*/*"))


def test_a_second_pull_at_the_same_time_goes_away_politely(county: County, tmp_path: Path) -> None:
    kit = joined_school(tmp_path / "school", county)
    with kit.school.lock(), pytest.raises(BusyError):
        pull(kit.school, ANYTHING)
    assert pull(kit.school, ANYTHING) is ExitCode.COMPLETE


class DiskWithoutLinks(RealDisk):
    """FAT."""

    def link(self, source: Path, target: Path) -> bool:
        return False

    def symlink(self, target: str, link: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")


def test_on_a_disk_without_links_the_tree_is_the_store_and_nothing_is_there_twice(
    county: County, tmp_path: Path
) -> None:
    kit = joined_school(tmp_path / "school", county, disk=DiskWithoutLinks())
    pull(kit.school, ANYTHING)
    places = kit.school.places
    assert tree_of(places.tree("00001")) == content_of(site("spring"))
    assert not list(places.objects.glob("*/*"))
    county.release("2026.2", site("autumn"), deltas=True)
    assert pull(kit.school, ANYTHING) is ExitCode.COMPLETE
    assert tree_of(places.tree("00002")) == content_of(site("autumn"))
    assert not places.current.exists()
    assert "r/00002/index.html" in places.stub.read_text("utf-8")
    assert verify(kit.school) is ExitCode.COMPLETE


def test_a_file_that_rotted_on_the_disk_does_not_get_into_the_next_release(county: County, tmp_path: Path) -> None:
    kit = joined_school(tmp_path / "school", county)
    pull(kit.school, ANYTHING)
    style = kit.shown / "_assets/look.css"
    style.chmod(0o644)
    style.write_bytes(b"h1 { color: pink }")
    county.release("2026.2", site("autumn"))
    assert pull(kit.school, ANYTHING) is ExitCode.COMPLETE
    assert (kit.shown / "_assets/look.css").read_bytes() == b"h1 { color: teal }"
    assert "school-object-rotten" in kit.told.ids


def test_a_mistyped_fingerprint_is_refused_and_nothing_is_joined(county: County, tmp_path: Path) -> None:
    kit = make_school(tmp_path / "school")
    good = county.fingerprint
    wrong = ("1" if good[0] == "0" else "0") + good[1:]
    with pytest.raises(VerificationError) as caught:
        join(kit.school, [str(county.root)], wrong)
    assert caught.value.message == "school-wrong-fingerprint"
    with pytest.raises(RefusedError) as refused:
        join(kit.school, [str(county.root)], good[:-1])
    assert refused.value.parameters == {"count": 63}
    assert not kit.school.places.private.exists()


def test_a_fingerprint_may_be_typed_in_groups_and_capitals(county: County, tmp_path: Path) -> None:
    kit = make_school(tmp_path / "school")
    typed = " ".join(county.fingerprint[start : start + 4].upper() for start in range(0, 64, 4))
    assert join(kit.school, [str(county.root)], typed) is ExitCode.COMPLETE


def test_a_damaged_state_is_made_anew_from_what_is_here(county: County, tmp_path: Path) -> None:
    kit = joined_school(tmp_path / "school", county)
    pull(kit.school, ANYTHING)
    kit.school.places.state.write_bytes(b"\0" * 100)
    objects = county.path(".mirror/o")
    objects.rename(tmp_path / "aside")  # nothing has to be fetched again
    assert pull(kit.school, ANYTHING) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(site("spring"))
    assert read_state(kit.school.places.state).current == "00001-2"


class PowerCut(BaseException):
    """Nobody catches this."""


@pytest.mark.parametrize("point", list(Point))
def test_a_pull_that_ends_at_any_point_leaves_the_old_release_readable_and_the_next_one_completes(
    point: Point, county: County, tmp_path: Path
) -> None:
    kit = joined_school(tmp_path / "school", county)
    pull(kit.school, ANYTHING)
    county.release("2026.2", site("autumn"), deltas=True)

    def cut(reached: Point) -> None:
        if reached is point:
            raise PowerCut

    dying = make_school(tmp_path / "school", reached=cut)
    with pytest.raises(PowerCut):
        pull(dying.school, ANYTHING)
    assert tree_of(kit.shown) in (content_of(site("spring")), content_of(site("autumn")))
    assert pull(kit.school, ANYTHING) in (ExitCode.COMPLETE, ExitCode.NOTHING_NEW)
    assert tree_of(kit.shown) == content_of(site("autumn"))
    assert verify(kit.school) is ExitCode.COMPLETE


def _index(text: str) -> tuple[str, bytes]:
    content = f"<h1>{text}</h1>".encode()
    return object_uri(hashlib.sha256(content).hexdigest()), content


def test_a_base_pack_brings_the_small_files_of_a_new_school_in_one_request(tmp_path: Path) -> None:
    files = {("site", "und"): {f"page-{number}.html": b"<p>%d</p>" % number * 50 for number in range(40)}}
    files[("site", "und")]["film.mp4"] = noise(300_000)
    county = County(tmp_path / "county")
    members = [
        NewMember(hashlib.sha256(content).hexdigest(), "whole", content)
        for path, content in files[("site", "und")].items()
        if path.endswith(".html")
    ]
    county.release("2026.1", files, packs={("site", "und"): (county.add_pack("base", "", members),)})
    for member in members:
        county.path(object_uri(member.sha256)).unlink()
    kit = joined_school(tmp_path / "school", county)
    assert pull(kit.school, ANYTHING) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(files)
    assert not list(kit.school.places.root.glob(".mirror/p/*"))


def test_a_file_that_a_pack_gets_wrong_is_fetched_whole(tmp_path: Path) -> None:
    county = County(tmp_path / "county")
    files = site("spring", pages=30)
    wrong = [
        NewMember(hashlib.sha256(content).hexdigest(), "whole", b"?" * len(content))
        for content in files[("maths", "zh")].values()
    ]
    county.release("2026.1", files, packs={("maths", "zh"): (county.add_pack("base", "", wrong),)})
    kit = joined_school(tmp_path / "school", county)
    assert pull(kit.school, ANYTHING) is ExitCode.COMPLETE
    assert tree_of(kit.shown) == content_of(files)

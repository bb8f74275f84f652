"""python-tuf wrapped: the time it judges by, and the guard for when python-tuf changes underneath."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from tests.mirror.county import NOON, County
from tuf.ngclient import Updater

from kebao.mirror.sources.folder import FolderSource
from kebao.mirror.trust import (
    MetadataRefusedError,
    Refusal,
    TrustedRelease,
    refresh,
    root_version,
    set_reference_time,
    trusted_set,
)


def write_plainly(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def refreshed(county: County, folder: Path, at: datetime | None = NOON) -> TrustedRelease:
    folder.mkdir(exist_ok=True)
    bootstrap = county.path(".mirror/metadata/1.root.json").read_bytes()
    return refresh(
        folder,
        bootstrap,
        FolderSource(county.root),
        write=write_plainly,
        reference_time=at,
    )


def refusal(county: County, folder: Path, at: datetime | None = NOON) -> MetadataRefusedError:
    with pytest.raises(MetadataRefusedError) as caught:
        refreshed(county, folder, at)
    return caught.value


def test_the_private_hooks_of_python_tuf_are_still_what_we_think(county: County, tmp_path: Path) -> None:
    """When this fails, python-tuf has changed: read its changelog, then trust.py, before anything else."""
    bootstrap = county.path(".mirror/metadata/1.root.json").read_bytes()
    updater = Updater(str(tmp_path), "https://example.org/", bootstrap=bootstrap)
    inner = trusted_set(updater)
    assert isinstance(inner.reference_time, datetime)
    assert inner.reference_time.tzinfo is not None
    moment = datetime(2001, 1, 1, tzinfo=timezone.utc)  # noqa: UP017
    set_reference_time(updater, moment)
    assert trusted_set(updater).reference_time == moment
    assert inner.root.version == 1
    assert "timestamp" not in inner
    for name in ("_persist_file", "_update_root_symlink"):
        assert callable(getattr(Updater, name))


def test_the_reference_time_decides_and_the_clock_of_the_pc_does_not(county: County, tmp_path: Path) -> None:
    assert refreshed(county, tmp_path / "a", NOON + timedelta(days=99)).version == 1
    error = refusal(county, tmp_path / "b", NOON + timedelta(days=101))
    assert error.reason is Refusal.EXPIRED
    assert error.expired_at == NOON + timedelta(days=100)
    assert error.signed_at == NOON


def test_without_a_reference_time_expired_metadata_are_taken_and_bad_ones_are_not(
    county: County, tmp_path: Path
) -> None:
    county.now = datetime(1999, 1, 1, tzinfo=timezone.utc)  # noqa: UP017
    county.sign_root()
    county.sign_all()
    assert refreshed(county, tmp_path / "a", None).expires < NOON
    path = county.path(".mirror/metadata/timestamp.json")
    path.write_bytes(path.read_bytes().replace(b"1999-01-01", b"1999-01-02"))
    assert refusal(county, tmp_path / "b", None).reason is Refusal.BAD_SIGNATURE


def test_the_files_of_python_tuf_are_written_by_us_and_without_links(county: County, tmp_path: Path) -> None:
    folder = tmp_path / "trust"
    refreshed(county, folder)
    assert {path.name for path in folder.iterdir()} == {
        "root_history",
        "timestamp.json",
        "snapshot.json",
        "targets.json",
    }
    assert not any(path.is_symlink() for path in folder.rglob("*"))


def test_an_older_timestamp_is_refused(county: County, tmp_path: Path) -> None:
    path = county.path(".mirror/metadata/timestamp.json")
    before = path.read_bytes()
    county.sign_timestamp()
    refreshed(county, tmp_path / "a")
    path.write_bytes(before)
    assert refusal(county, tmp_path / "a").reason is Refusal.OLDER


def test_a_root_that_expired_is_named_as_such(county: County, tmp_path: Path) -> None:
    county.life["timestamp"] = county.life["snapshot"] = county.life["targets"] = timedelta(days=5000)
    county.sign_all()
    error = refusal(county, tmp_path / "a", NOON + timedelta(days=1096))
    assert (error.reason, error.expired_at) == (Refusal.ROOT_EXPIRED, NOON + timedelta(days=1095))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<!doctype html><title>Log in</title>", Refusal.WEB_PAGE),
        (b"{not json", Refusal.GARBLED),
        (b"{}", Refusal.GARBLED),
        (b"", Refusal.GARBLED),
        (b"[" * 5000, Refusal.GARBLED),
        (b" " * 20_000, Refusal.GARBLED),
    ],
)
def test_what_is_no_timestamp_is_refused_for_what_it_is(
    county: County, tmp_path: Path, content: bytes, reason: Refusal
) -> None:
    county.write(".mirror/metadata/timestamp.json", content)
    assert refusal(county, tmp_path / "a").reason is reason


def test_a_folder_without_metadata_is_no_mirror(county: County, tmp_path: Path) -> None:
    county.path(".mirror").rename(tmp_path / "aside")
    folder = tmp_path / "a"
    bootstrap = (tmp_path / "aside/metadata/1.root.json").read_bytes()
    with pytest.raises(MetadataRefusedError) as caught:
        refresh(folder, bootstrap, FolderSource(county.root), write=lambda path, data: None, reference_time=NOON)
    assert caught.value.reason is Refusal.NO_MIRROR


def test_targets_are_known_by_name(county: County, tmp_path: Path) -> None:
    release = refreshed(county, tmp_path / "a")
    target = release.target("maths.zh.json")
    assert target is not None
    assert county.path(f".mirror/m/{target.sha256}.maths.zh.json").stat().st_size == target.size
    assert release.target("nothing.zh.json") is None


def test_a_root_is_known_by_its_own_signature(county: County) -> None:
    data = county.path(".mirror/metadata/1.root.json").read_bytes()
    assert root_version(data) == 1
    assert root_version(data.replace(b'"version":1', b'"version":2')) is None
    assert root_version(county.path(".mirror/metadata/timestamp.json").read_bytes()) is None
    assert root_version(b"<html>") is None

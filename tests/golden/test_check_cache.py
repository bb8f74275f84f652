"""A kept result is never an old one."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kebao.assembly import check_cache
from kebao.assembly.check_cache import check_result

from .test_problems import MINIMAL_PROJECT, copied_project
from .test_since import EDITS, edit

TODAY = date(2026, 1, 1)
CASE = "content/packages/demo/lesson-cases/fractions/index.md"


def kept(root: Path) -> Path:
    return root / ".kebao/cache/check/last.json"


def circumstances(root: Path) -> object:
    return json.loads(kept(root).read_bytes().partition(b"\n")[0])["circumstances"]


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(EDITS, min_size=1, max_size=5))
def test_after_every_edit_the_result_is_that_of_a_check_without_cache(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, str, int, str]]
) -> None:
    root = tmp_path_factory.mktemp("cached") / "project"
    shutil.copytree(MINIMAL_PROJECT, root, ignore=shutil.ignore_patterns(".kebao"))
    for change in changes:
        edit(root, change)
        fresh = check_result(root, today=TODAY, use_cache=False)
        assert check_result(root, today=TODAY) == fresh
        assert check_result(root, today=TODAY) == fresh
    shutil.rmtree(root)


def test_edits_of_the_same_size_within_the_same_moment_are_seen(tmp_path: Path) -> None:
    root = copied_project(tmp_path)
    file = root / CASE
    good = file.read_text("utf-8")
    bad = good.replace("subject: mathematics", "subject: mathematicz")
    assert len(good) == len(bad)
    for text, count in ((good, 0), (bad, 1)) * 20:
        file.write_text(text, "utf-8")
        assert len(check_result(root, today=TODAY).problems) == count


def test_an_edit_that_hides_its_time_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_cache, "_UNSETTLED_NS", -1)
    root = copied_project(tmp_path)
    file = root / CASE
    assert check_result(root, today=TODAY).problems == ()
    times = file.stat()
    file.write_text(file.read_text("utf-8").replace("mathematics", "mathematicz"), "utf-8")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert len(check_result(root, today=TODAY).problems) == 1


def test_files_that_have_rested_are_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_cache, "_UNSETTLED_NS", -(10**12))
    root = copied_project(tmp_path)
    first = check_result(root, today=TODAY)
    monkeypatch.setattr(check_cache, "read_tree", None)
    assert check_result(root, today=TODAY) == first


def test_texts_that_are_the_same_are_not_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copied_project(tmp_path)
    first = check_result(root, today=TODAY)
    os.utime(root / CASE)
    monkeypatch.setattr(check_cache, "recheck", None)
    assert check_result(root, today=TODAY) == first


def test_another_day_is_another_check(tmp_path: Path) -> None:
    root = copied_project(tmp_path)
    check_result(root, today=TODAY)
    before = circumstances(root)
    check_result(root, today=date(2026, 1, 2))
    assert circumstances(root) != before


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b'{"circumstances": 1}', b"[" * 100_000])
def test_a_damaged_cache_is_no_cache(damage: bytes, tmp_path: Path) -> None:
    root = copied_project(tmp_path)
    first = check_result(root, today=TODAY)
    kept(root).write_bytes(damage)
    assert check_result(root, today=TODAY) == first


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b'{"problems": [1]}', b"[" * 100_000])
def test_a_damaged_result_is_no_result(damage: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_cache, "_UNSETTLED_NS", -(10**12))
    root = copied_project(tmp_path)
    first = check_result(root, today=TODAY)
    kept(root).write_bytes(kept(root).read_bytes().partition(b"\n")[0] + b"\n" + damage)
    assert check_result(root, today=TODAY) == first


def test_a_kept_problem_that_cannot_be_said_is_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_cache, "_UNSETTLED_NS", -(10**12))
    root = copied_project(tmp_path)
    (root / CASE).unlink()
    first = check_result(root, today=TODAY)
    header, _, written = kept(root).read_bytes().partition(b"\n")
    result = json.loads(written)
    result["problems"][0]["message"] = ["{id.__class__}", {"id": "x"}]
    kept(root).write_bytes(header + b"\n" + json.dumps(result).encode())
    assert check_result(root, today=TODAY) == first

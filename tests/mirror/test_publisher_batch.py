"""Many files at once: whole under their names after the block, and no litter whatever happens."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kebao.mirror.errors import RefusedError
from kebao.mirror.publisher import batch as batch_module
from kebao.mirror.publisher.batch import Batch
from kebao.mirror.publisher.files import sync_folder


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"lesson")
    return path


@pytest.fixture(params=[True, False], ids=["at once", "one by one"])
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Both ways of reaching the disk, on whatever file system the test runs."""
    chosen: bool = request.param
    monkeypatch.setattr(batch_module, "syncs_at_once", lambda folder: chosen)
    monkeypatch.setattr(batch_module, "sync_all", lambda folder: os.sync())
    return chosen


def test_files_are_named_after_the_block_and_not_before(source: Path, tmp_path: Path, at_once: bool) -> None:
    root = tmp_path / "root"
    with Batch(root) as batch:
        for number in range(3):
            # The same first forty characters.
            batch.copy(source, root / "a" / f"{'long' * 12}{number}")
        batch.copy(source, root / "a" / f"{'long' * 12}{0}")
        assert not any(name.startswith("a/long") for name in names(root))
    assert names(root) == {f"a/{'long' * 12}{number}" for number in range(3)}


def test_content_is_synced_before_its_name_is_there(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []

    def told(step: str, real: Callable[..., object]) -> Callable[..., object]:
        def tell(*arguments: object) -> object:
            steps.append(step)
            return real(*arguments)

        return tell

    monkeypatch.setattr(batch_module, "syncs_at_once", lambda folder: False)
    monkeypatch.setattr(batch_module, "_sync_file", told("content", batch_module._sync_file))
    monkeypatch.setattr(batch_module, "sync_folder", told("names", sync_folder))
    monkeypatch.setattr(Path, "replace", told("rename", Path.replace))
    with Batch(tmp_path / "root") as batch:
        batch.copy(source, tmp_path / "root" / "x")
        batch.copy(source, tmp_path / "root" / "y")
    assert steps == ["content", "content", "rename", "rename", "names"]


def test_a_full_batch_is_written_in_between(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "_MOST_FILES", 2)
    root = tmp_path / "root"
    with Batch(root) as batch:
        for name in "abc":
            batch.copy(source, root / name)
        assert {"a", "b"} <= names(root)
        assert "c" not in names(root)
    assert names(root) == {"a", "b", "c"}


def test_a_file_with_another_hash_is_refused_and_leaves_no_litter(source: Path, tmp_path: Path, at_once: bool) -> None:
    root = tmp_path / "root"

    def copy_both() -> None:
        with Batch(root) as batch:
            batch.copy(source, root / "right", hashlib.sha256(b"lesson").hexdigest())
            batch.copy(source, root / "wrong", hashlib.sha256(b"another").hexdigest())

    with pytest.raises(RefusedError, match="file-changed-meanwhile"):
        copy_both()
    assert names(root) == set()


def test_where_there_are_no_links_there_are_copies(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError(1, "no links here")

    root = tmp_path / "root"
    with Batch(root) as batch:
        batch.link(source, root / "linked")
    assert (root / "linked").samefile(source)
    monkeypatch.setattr(os, "link", refuse)
    with Batch(root) as batch:
        batch.link(source, root / "copied")
    assert (root / "copied").read_bytes() == b"lesson"
    assert not (root / "copied").samefile(source)
    assert names(root) == {"linked", "copied"}

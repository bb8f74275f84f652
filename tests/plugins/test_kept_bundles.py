"""Bundles and materials of an earlier build are used again: by the next process too, and not when they were changed."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from .page_reading import different, tree_bytes
from .projects import environment, kebao_command, run

pytestmark = pytest.mark.site


def build(root: Path, out: str, *options: str, seed: str = "0") -> None:
    done = run(
        kebao_command("build", "--locale", "zh", "--out", out, *options), cwd=root, env=environment(PYTHONHASHSEED=seed)
    )
    assert done.returncode == 0, done.stderr


def bundles_of(root: Path) -> dict[Path, int]:
    """Each kept bundle and its place on the disk."""
    return {path: path.stat().st_ino for path in (root / ".kebao/cache/bundles").rglob("*.zip")}


def test_another_process_finds_the_bundles_and_materials_of_the_first(small_project: Path) -> None:
    build(small_project, "one", seed="1")
    kept = bundles_of(small_project)
    assert kept
    # Sets have another order in each process; a key that depends on it is never found again.
    build(small_project, "two", seed="2")
    assert bundles_of(small_project) == kept
    videos = list((small_project / "one" / "_files").rglob("*.mp4"))
    assert videos
    assert all(path.samefile(small_project / "two" / path.relative_to(small_project / "one")) for path in videos)


def test_stored_files_that_were_edited_in_the_site_are_made_again(small_project: Path) -> None:
    build(small_project, "one")
    before = tree_bytes(small_project / "one")
    edited = [*(small_project / "one/_files").rglob("*.zip"), *(small_project / "one/_files").rglob("*.mp4")]
    assert len(edited) > 1
    for path in edited:
        with path.open("r+b") as stream:
            stream.write(b"edited")
    build(small_project, "one")
    assert different(tree_bytes(small_project / "one"), before) == []


def test_a_wrong_note_of_a_materials_crc_does_not_stay(small_project: Path) -> None:
    video = small_project / "content/packages/demo/micro-lessons/every-type/lesson.mp4"
    sha256 = hashlib.sha256(video.read_bytes()).hexdigest()
    # From the future: such a file may still change, and no right note of it is made beside the wrong one.
    os.utime(video, (5_000_000_000, 5_000_000_000))
    note = small_project / ".kebao/cache/digests/files.json"
    note.parent.mkdir(parents=True)
    note.write_text(json.dumps({str(small_project / "mkdocs.yml"): [sha256, 1, 0, 0, 0, 0]}), "utf-8")
    done = run(kebao_command("--lang", "en", "build", "--locale", "zh", "--out", "one"), cwd=small_project)
    assert done.returncode == 2
    assert "lesson.mp4 changed during the build" in done.stderr
    build(small_project, "one")
    build(small_project, "plain", "--no-cache")
    assert different(tree_bytes(small_project / "one"), tree_bytes(small_project / "plain")) == []

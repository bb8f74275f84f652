"""A project checked for a build with what earlier checks kept is the project that is read whole."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from kebao.assembly.check_cache import checked_project
from kebao.assembly.check_index import HeldIndex
from kebao.assembly.checking import CheckedProject, check_project

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 3, 1)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("content", "site_config"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def assert_the_same(one: CheckedProject, other: CheckedProject) -> None:
    for name in ("content", "site", "facts", "problems", "files", "upstreams"):
        # Written out: 40 and 40.0 are equal, and are not the same on a page.
        assert repr(getattr(one, name)) == repr(getattr(other, name)), name
    assert dict(one.digests) == dict(other.digests)


def test_kept_resources_are_what_is_read(project: Path) -> None:
    assert_the_same(checked_project(project, today=TODAY), check_project(project, today=TODAY))
    assert_the_same(checked_project(project, today=TODAY), check_project(project, today=TODAY))
    texts = sorted((project / "content/packages").glob("*/*/*/index.md"))
    for path in texts[::9]:
        path.write_bytes(path.read_bytes() + "\n再说一句。\n".encode())
    shutil.rmtree(texts[1].parent)
    assert_the_same(checked_project(project, today=TODAY), check_project(project, today=TODAY))


def test_what_a_server_holds_in_memory_is_what_is_read(project: Path) -> None:
    held = HeldIndex()
    assert_the_same(checked_project(project, today=TODAY, held=held), check_project(project, today=TODAY))
    texts = sorted((project / "content/packages").glob("*/*/*/index.md"))
    texts[0].write_bytes(texts[0].read_bytes() + "\n再说一句。\n".encode())
    shutil.rmtree(texts[1].parent)
    # Nothing is read from what is on the disk.
    shutil.rmtree(project / ".kebao")
    assert len(held.kept) > 2
    assert_the_same(checked_project(project, today=TODAY, held=held), check_project(project, today=TODAY))
    # On another day rules may say something else.
    later = TODAY.replace(year=TODAY.year + 9)
    assert_the_same(checked_project(project, today=later, held=held), check_project(project, today=later))


def test_a_folder_has_another_digest_after_each_change_in_it(project: Path) -> None:
    first = checked_project(project, today=TODAY).folder_digests
    text = next((project / "content/packages").glob("*/lesson-cases/*/index.md"))
    text.write_bytes(text.read_bytes() + "\n再说一句。\n".encode())
    second = checked_project(project, today=TODAY).folder_digests
    changed = {folder for folder in first if first[folder] != second[folder]}
    assert changed == {text.parent.relative_to(project).as_posix()}

"""`kebao bundle`: nothing is copied that can be shared, nothing made again that is there, and no byte is another."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kebao.assembly import bundle_folder, file_copies, stored_bundles
from kebao.assembly.bundle_folder import write_bundles
from kebao.assembly.checking import CheckedProject, check_project

from .page_reading import different, tree_bytes
from .projects import environment, run

pytestmark = pytest.mark.site

_WHOLE = "示例包_完整.zip"
#: Runs kebao, and says on standard error whether what commands need was imported. Files may be trusted at once.
_TELLING = (
    "import sys; from kebao.assembly import build_stamp; from kebao.cli.main import main;"
    "build_stamp._UNSETTLED_NS = 0; status = main(sys.argv[1:]);"
    "print('kebao.cli.command_line' in sys.modules, file=sys.stderr); sys.exit(status)"
)


@pytest.fixture
def project(small_project: Path) -> CheckedProject:
    return check_project(small_project)


def bundles_in(project: CheckedProject, name: str) -> Path:
    folder = project.root / name
    write_bundles(project, ["demo"], folder)
    return folder


def test_bundles_are_on_the_disk_once_and_edited_ones_are_made_again(project: CheckedProject) -> None:
    one = bundles_in(project, "one")
    before = tree_bytes(one)
    kept = {path.stat().st_ino for path in (project.root / ".kebao/cache/bundles").rglob("*.zip")}
    assert {path.stat().st_ino for path in one.rglob("*.zip")} == kept
    with (one / "demo" / _WHOLE).open("r+b") as stream:
        stream.write(b"edited")
    assert different(tree_bytes(bundles_in(project, "one")), before) == []


def test_where_files_have_one_name_only_bundles_are_copies(
    project: CheckedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree_bytes(bundles_in(project, "one"))
    with monkeypatch.context() as patch:
        patch.setattr(file_copies, "linked", lambda source, target: False)
        patch.setattr(bundle_folder, "linked", lambda source, target: False)
        two = bundles_in(project, "two")
    assert different(tree_bytes(two), before) == []
    assert all(path.stat().st_nlink == 1 for path in two.rglob("*.zip"))


def test_bundles_of_the_folder_before_are_taken_where_those_of_the_cache_cannot_be_shared(
    project: CheckedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on a stick, which is another file system than the project's.
    monkeypatch.setattr(bundle_folder, "shared", lambda source, target: False)
    one = bundles_in(project, "one")
    before, places = tree_bytes(one), {path: path.stat().st_ino for path in one.rglob("*.zip")}
    with (one / "demo" / _WHOLE).open("r+b") as stream:
        stream.write(b"edited")
    one = bundles_in(project, "one")
    assert different(tree_bytes(one), before) == []
    moved = [path.name for path, place in places.items() if path.stat().st_ino != place]
    assert moved == [_WHOLE]


def test_each_bundle_is_told_once_whichever_process_makes_it(
    project: CheckedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_bundles, "_FEW", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    for _ in ("made", "kept"):
        told: list[str] = []
        write_bundles(project, ["demo"], project.root / "one", on_file=told.append)
        assert sorted(told) == sorted(path.name for path in (project.root / "one").rglob("*.zip"))


def test_the_same_command_again_is_told_without_reading_the_project(small_project: Path) -> None:
    def bundle(*arguments: str, language: str = "en") -> tuple[str, bool, int]:
        command = [sys.executable, "-c", _TELLING, "bundle", *arguments]
        done = run(command, cwd=small_project, env=environment(KEBAO_LANG=language))
        assert done.returncode == 0, done.stderr
        folder = small_project / "bundles"
        return done.stdout, done.stderr.strip() == "True", folder.stat().st_ino

    said, was_made, place = bundle()
    assert "bundles in" in said
    assert was_made
    assert bundle() == (said, False, place)

    assert bundle("-q")[:2] == ("", True)
    assert "压缩包" in bundle(language="zh")[0]
    (small_project / "bundles/demo" / _WHOLE).unlink()
    assert bundle()[:2] == (said, True)
    assert (small_project / "bundles/demo" / _WHOLE).is_file()
    assert bundle()[:2] == (said, False)

    page = small_project / "content/packages/demo/micro-lessons/every-type/index.md"
    page.write_text(page.read_text("utf-8") + "\n先想,再做。\n", encoding="utf-8")
    said_with_problems, was_made, _ = bundle()
    assert was_made
    assert said_with_problems.endswith(said)
    assert "index.md:" in said_with_problems
    assert bundle()[:2] == (said_with_problems, False)

    people = small_project / "content/people.yml"
    people.write_bytes(people.read_bytes() + b"\n")
    assert bundle()[:2] == (said_with_problems, True)

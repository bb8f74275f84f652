"""`kebao build` leaves a site alone that is what it would make, and only such a one."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from kebao.assembly.build_stamp import can_tell, inputs_stamp, is_settled

from .projects import environment, kebao_command, run

pytestmark = pytest.mark.site


def build(root: Path, *options: str) -> tuple[str, int]:
    """What was said, and the folder's number, which a folder that is replaced does not keep."""
    done = run(kebao_command("--lang", "en", "build", "--locale", "en", *options), cwd=root, env=environment())
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, (root / "site").stat().st_ino


def wait_until_settled(root: Path) -> None:
    """Files that were written a moment ago may be written again without their times showing it."""
    while not is_settled(inputs_stamp(root, today=date(2026, 1, 1), options="")[1], time.time_ns()):
        time.sleep(0.1)


def test_a_site_is_built_again_only_where_something_has_changed(small_project: Path) -> None:
    wait_until_settled(small_project)
    made = build(small_project)
    assert build(small_project) == made

    page = next((small_project / "site").rglob("about.html"))
    page.unlink()
    mended = build(small_project)
    assert mended[0] == made[0]
    assert mended[1] != made[1]
    assert page.exists()
    assert build(small_project) == mended
    assert build(small_project, "--no-cache")[1] != mended[1]


def test_every_input_counts(small_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stamp(*, day: int = 1, options: str = "", also: tuple[Path, ...] = ()) -> str:
        return inputs_stamp(small_project, today=date(2026, 1, day), options=options, also=also)[0]

    first = stamp()
    assert stamp() == first
    assert len({first, stamp(day=2), stamp(options="demo"), stamp(also=(tmp_path / "none",))}) == 4
    people = small_project / "content/people.yml"
    people.write_bytes(people.read_bytes() + b"\n")
    second = stamp()
    people.rename(people.with_suffix(".yaml"))
    third = stamp()
    monkeypatch.setenv("KEBAO_EDITION", "2026")
    assert len({first, second, third, stamp()}) == 4


def test_settings_that_lead_elsewhere_are_not_trusted(small_project: Path) -> None:
    assert can_tell(small_project)
    with (small_project / "mkdocs.yml").open("a", encoding="utf-8") as settings:
        settings.write("\nhooks: [../own.py]\n")
    assert not can_tell(small_project)
    assert not can_tell(small_project / "nowhere")


def test_files_written_a_moment_ago_are_not_settled() -> None:
    assert is_settled(0, 3_000_000_000)
    assert not is_settled(2_000_000_000, 3_000_000_000)


def test_the_search_index_can_be_left_out(small_project: Path) -> None:
    build(small_project, "--no-search")
    shard = next((small_project / "site").rglob("about.html")).parent
    pages = {path.relative_to(shard): path.read_bytes() for path in shard.rglob("*.html")}
    assert not (shard / "search/root.js").exists()
    build(small_project)
    assert (shard / "search/root.js").is_file()
    assert {path.relative_to(shard): path.read_bytes() for path in shard.rglob("*.html")} == pages

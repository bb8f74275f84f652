"""Where processes cannot be split other programs make their share of the pages, to the same bytes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kebao.assembly.tree_comparison import differences

from .projects import environment, run

pytestmark = pytest.mark.site

SETTINGS = {"KEBAO_NO_FORK": "1", "KEBAO_PAGES_PER_HAND": "1", "KEBAO_PAGE_JOBS": "3"}
_DONE = re.compile(r"(\d+) pages are from other programs, (\d+) are left")


def built(root: Path, name: str, **changes: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "-v", "-d", str(root.parent / name)]
    done = run(command, cwd=root, env=environment(**changes))
    assert done.returncode == 0, done.stderr[-2000:]
    return done


def from_others(done: subprocess.CompletedProcess[str]) -> tuple[int, int]:
    """How many pages were taken over from other programs, and how many of theirs had to be made here."""
    [(taken, left)] = _DONE.findall(done.stderr)
    return int(taken), int(left)


def test_pages_of_other_programs_have_the_bytes_of_a_usual_build(small_project: Path) -> None:
    taken, left = from_others(built(small_project, "by-hands", **SETTINGS))
    assert (taken > 0, left) == (True, 0)
    built(small_project, "usual", KEBAO_NO_CACHE="1")
    assert next(differences(small_project.parent / "by-hands", small_project.parent / "usual"), None) is None
    # What they found out is kept as if it had been found here: only pages that ask for everything are looked at again.
    again, _ = from_others(built(small_project, "again", **SETTINGS))
    assert again < taken


def test_nobody_is_started_for_few_pages(small_project: Path) -> None:
    done = built(small_project, "alone", **{**SETTINGS, "KEBAO_PAGES_PER_HAND": ""})
    assert not _DONE.search(done.stderr)


def test_hands_that_fail_only_cost_time(small_project: Path) -> None:
    # As when the system lets no other program start.
    failing = "import os, sys; os.environ.get('KEBAO_PAGE_SHARE') and sys.exit(1)"
    (small_project.parent / "failing").mkdir()
    (small_project.parent / "failing/sitecustomize.py").write_text(failing, encoding="utf-8")
    taken, left = from_others(
        built(small_project, "site", **SETTINGS, PYTHONPATH=str(small_project.parent / "failing"))
    )
    assert (taken, left > 0) == (0, True)
    built(small_project, "usual", KEBAO_NO_CACHE="1")
    assert next(differences(small_project.parent / "site", small_project.parent / "usual"), None) is None


def test_a_hand_makes_its_share_and_says_of_what(small_project: Path) -> None:
    shares = []
    for number in range(2):
        note = small_project.parent / f"{number}.json"
        share = {"KEBAO_PAGE_SHARE": f"{number}/2 {note}", "KEBAO_NO_FORK": "1"}
        built(small_project, f"hand-{number}", **share)
        shares.append(json.loads(note.read_bytes()))
    one, other = (set(share["told"]) for share in shares)
    assert one
    assert other
    assert not one & other
    assert shares[0]["sources"] == shares[1]["sources"]
    text = next((small_project / "content").rglob("micro-lessons/*/index.md"))
    text.write_text(text.read_text(encoding="utf-8") + "\n又一句。\n", encoding="utf-8")
    built(small_project, "hand-2", KEBAO_PAGE_SHARE=f"0/2 {note}", KEBAO_NO_FORK="1")
    assert json.loads(note.read_bytes())["sources"] != shares[0]["sources"]

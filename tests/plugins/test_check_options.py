"""``kebao check --since`` and ``--fix`` as people type them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from .test_cli import FRACTIONS, break_subject, kebao


def git(root: Path, *arguments: str) -> None:
    names = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *names, *arguments], cwd=root, check=True, capture_output=True)


def test_since_shows_what_the_change_made_wrong(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(small_project, "init", "-q", "-b", "main")
    git(small_project, "add", "content", "site_config")
    git(small_project, "commit", "-q", "-m", "start")
    break_subject(small_project)
    assert kebao(small_project, "check", "--since", "main") == 1
    assert capsys.readouterr().out.startswith(f"{FRACTIONS}:5:10: error KB301")
    git(small_project, "commit", "-q", "-a", "-m", "a fault")
    assert kebao(small_project, "check", "--since", "main") == 0
    assert capsys.readouterr().out == "No problems in 0 files that the changes can have to do with.\n"


def test_since_without_git_or_branch_is_no_success(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(small_project, "init", "-q", "-b", "main")
    assert kebao(small_project, "check", "--since", "nowhere") == 2
    assert "git does not know 'nowhere'" in capsys.readouterr().err


def spoil(root: Path) -> bytes:
    path = root / FRACTIONS
    data = path.read_bytes().replace(b"subject: ", "subject：".encode()).replace(b"\n", b"\r\n")
    path.write_bytes(data)
    return data


def test_a_dry_run_shows_and_writes_nothing(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoilt = spoil(small_project)
    assert kebao(small_project, "check", "--fix", "--dry-run") == 1
    out = capsys.readouterr().out
    assert f"--- a/{FRACTIONS}\n+++ b/{FRACTIONS}\n" in out
    assert "+subject: mathematics\n" in out
    assert "1 files can be mended; nothing was written." in out
    assert (small_project / FRACTIONS).read_bytes() == spoilt


def test_fix_mends_and_checks_again(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (small_project / FRACTIONS).read_bytes()
    spoil(small_project)
    (small_project / FRACTIONS).chmod(0o640)
    assert kebao(small_project, "check", "--fix") == 0
    assert capsys.readouterr().out.endswith("1 files mended.\nNo problems in 3 resources.\n")
    assert (small_project / FRACTIONS).read_bytes() == before
    assert (small_project / FRACTIONS).stat().st_mode & 0o777 == 0o640


def test_fix_mends_only_the_paths_named(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoilt = spoil(small_project)
    assert kebao(small_project, "check", "--fix", small_project / "content/people.yml") == 0
    assert (small_project / FRACTIONS).read_bytes() == spoilt


def test_a_report_for_programs_keeps_the_diff_away(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(small_project)
    assert kebao(small_project, "check", "--fix", "--format", "json") == 0
    captured = capsys.readouterr()
    json.loads(captured.out)
    assert "1 files mended." in captured.err


def test_a_dry_run_of_nothing_is_refused(small_project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kebao(small_project, "check", "--dry-run") == 2
    assert "--dry-run goes with --fix." in capsys.readouterr().err

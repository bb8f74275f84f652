"""The school's one file: small, pure, and enough to join, pull, verify and serve."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.mirror.county import County, content_of, site, tree_of
from tests.mirror.servers import PlainServer
from tests.running import running

from kebao.mirror.errors import ExitCode

MOST_BYTES = 5_000_000
SCRIPT = Path(__file__).parents[2] / "scripts" / "make_school_zipapp.py"


def make_zipapp(path: Path) -> None:
    subprocess.run([sys.executable, str(SCRIPT), str(path)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def zipapp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("zipapp") / "kebao-school.pyz"
    make_zipapp(path)
    return path


def pythons() -> list[str]:
    """This Python, and a 3.10 where the computer has one: the oldest that schools may have."""
    oldest = shutil.which("python3.10")
    works = oldest and subprocess.run([oldest, "-c", ""], capture_output=True, check=False).returncode == 0
    return [sys.executable, oldest] if oldest and works else [sys.executable]


def run(python: str, zipapp: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs it with nothing of this project or its environment in reach."""
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "KEBAO_LANG": "zh", "NO_PROXY": "*"}
    return subprocess.run(
        [python, "-I", "-S", str(zipapp), *map(str, arguments)],
        env=environment,
        cwd=zipapp.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_file_is_small_and_pure(zipapp: Path, tmp_path: Path) -> None:
    assert zipapp.stat().st_size <= MOST_BYTES
    names = [name for name in zipfile.ZipFile(zipapp).namelist() if not name.endswith("/")]
    assert {name.rpartition(".")[2] for name in names if "dist-info" not in name} == {"py"}
    assert {name.partition("/")[0] for name in names if "dist-info" not in name} == {
        "__main__.py",
        "kebao",
        "securesystemslib",
        "tuf",
        "urllib3",
    }
    assert not any(
        name.startswith("kebao/") and not name.startswith(("kebao/mirror/", "kebao/__init__")) for name in names
    )
    assert sum("licenses/" in name for name in names) >= 3


def test_the_file_has_the_same_bytes_each_time(zipapp: Path, tmp_path: Path) -> None:
    make_zipapp(tmp_path / "again.pyz")
    assert (tmp_path / "again.pyz").read_bytes() == zipapp.read_bytes()


@pytest.mark.parametrize("python", pythons(), ids=lambda path: Path(path).name)
def test_it_joins_pulls_verifies_and_updates(python: str, zipapp: Path, tmp_path: Path) -> None:
    county = County(tmp_path / "county")
    county.release("2026.1", site("春"))
    mirror = tmp_path / "镜像"
    mirror.mkdir()
    with running(PlainServer(county.root)) as url:
        joined = run(python, zipapp, "join", url, "--root-sha256", county.fingerprint, "--mirror", mirror)
        assert (joined.returncode, joined.stderr) == (ExitCode.COMPLETE, "")
        pulled = run(python, zipapp, "pull", "--mirror", mirror, "--today", "2026-11-21")
        assert (pulled.returncode, pulled.stderr) == (ExitCode.COMPLETE, "")
        assert "全部校验无误" in pulled.stdout
        county.release("2026.2", site("秋"), deltas=True)
        assert run(python, zipapp, "pull", "--mirror", mirror, "--today", "2026-11-21").returncode == ExitCode.COMPLETE
        again = run(python, zipapp, "pull", "--mirror", mirror, "--today", "2026-11-21")
        assert again.returncode == ExitCode.NOTHING_NEW
    assert tree_of(mirror / "current") == content_of(site("秋"))
    assert run(python, zipapp, "verify", "--mirror", mirror).returncode == ExitCode.COMPLETE
    assert "2026.2" in run(python, zipapp, "status", "--mirror", mirror).stdout


def test_wrong_arguments_end_with_1_because_2_means_nothing_new(zipapp: Path) -> None:
    assert run(sys.executable, zipapp, "pull", "--nonsense").returncode == ExitCode.REFUSED

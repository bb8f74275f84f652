"""The shape of the code: small modules, layers that point one way, source roots that are no packages."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for top in ("builder", "plugins") for path in (ROOT / top).rglob("*.py"))
MAX_LINES = 400
MAX_MEDIAN_LINES = 200


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_longer_than_400_lines() -> None:
    assert [f"{path.relative_to(ROOT)}: {lines_of(path)}" for path in MODULES if lines_of(path) > MAX_LINES] == []


def test_the_median_module_is_shorter_than_200_lines() -> None:
    assert statistics.median(map(lines_of, MODULES)) < MAX_MEDIAN_LINES


@pytest.mark.parametrize("source_root", ["builder", "plugins"])
def test_a_source_root_is_not_a_package(source_root: str) -> None:
    assert not (ROOT / source_root / "__init__.py").exists()


def test_the_layers_point_one_way() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    source_roots = os.pathsep.join(str(ROOT / top) for top in ("builder", "plugins"))
    environment = os.environ | {"PYTHONPATH": source_roots}
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr

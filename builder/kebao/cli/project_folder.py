"""The folder in which a command works."""

from __future__ import annotations

from pathlib import Path

from kebao.cli.console import Console


def is_project(root: Path, console: Console) -> bool:
    """Whether there is a project; says so when there is none."""
    if (root / "site_config").is_dir() or (root / "content").is_dir():
        return True
    console.fault("{path} is not a Kebao project; go to its folder, or name it with -C.", path=root)
    return False

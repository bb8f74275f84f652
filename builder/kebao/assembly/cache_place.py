"""Where a project's cache is."""

from __future__ import annotations

from pathlib import Path


def cache_folder(root: Path) -> Path:
    """Where a project keeps what can be made again."""
    return root / ".kebao" / "cache"

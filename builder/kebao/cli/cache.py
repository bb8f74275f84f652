"""``kebao cache``: how much is kept to build faster, and away with it."""

from __future__ import annotations

import argparse
import shutil

from kebao.assembly.checking import cache_folder
from kebao.assembly.page_cache import cache_size
from kebao.cli.console import Console
from kebao.cli.exit_status import ALL_WELL

_MEGABYTE = 1 << 20


def cache(options: argparse.Namespace, console: Console) -> int:
    """``kebao cache info`` and ``kebao cache clear``. Whatever is in it can be made again."""
    folder = cache_folder(options.root)
    if options.cache_command == "clear":
        files, size = cache_size(folder)
        if folder.exists():
            shutil.rmtree(folder)
        console.result("Removed: {files} files, {size} MB.", files=files, size=f"{size / _MEGABYTE:.1f}")
        return ALL_WELL
    for part in sorted(folder.iterdir()) if folder.is_dir() else ():
        files, size = cache_size(part)
        console.result("{part}: {files} files, {size} MB", part=part.name, files=files, size=f"{size / _MEGABYTE:.1f}")
    files, size = cache_size(folder)
    console.result(
        "In all {files} files, {size} MB: {folder}", files=files, size=f"{size / _MEGABYTE:.1f}", folder=folder
    )
    return ALL_WELL

"""Trees that a release leaves ready, so that publishing it is a rename.

They are other names of the frozen files, and can be made again: a store without them only publishes more slowly.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from kebao.editions.plan import Mount
from kebao.editions.store import READY, SITE, EditionRecord, EditionStore
from kebao.model.shard import LATEST_EDITION


def make_ready(store: EditionStore, record: EditionRecord) -> None:
    """Gives every frozen page two more names: one for the edition's own folder, one for ``latest``."""
    folder = _folder(store, record)
    staged = folder.with_name(f".{folder.name}.new")
    for each in (folder, staged):
        shutil.rmtree(each, ignore_errors=True)
    try:
        for locale in record.locales:
            frozen = store.folder(record.package, record.edition) / SITE / locale
            for name in (record.edition, LATEST_EDITION):
                shutil.copytree(frozen, staged / locale / name, copy_function=os.link)
        staged.rename(folder)
    except OSError:
        # No hard links here, or no room for them.
        shutil.rmtree(staged, ignore_errors=True)


def take_ready(store: EditionStore, mount: Mount, target: Path) -> bool:
    """Moves the mount's ready tree to ``target``; False when there is none that can be trusted.

    It can when every file has its size and was not written to since the release, which had read them all.
    """
    if mount.edition is None or mount.is_copy:
        return False
    record = mount.edition.record
    tree = _folder(store, record) / mount.locale / mount.uri.rpartition("/")[2]
    released_at = _time_of(store.folder(record.package, record.edition) / "edition.json")
    expected = {path: file.size_bytes for path, file in mount.frozen()}
    found: dict[str, int] = {}
    try:
        for path, facts in _files(str(tree), ""):
            if facts.st_mtime_ns > released_at:
                break
            found[path] = facts.st_size
        if found == expected:
            tree.rename(target)
            return True
    except OSError:
        # Another file system, or somebody has removed it.
        pass
    shutil.rmtree(tree, ignore_errors=True)
    return False


def _folder(store: EditionStore, record: EditionRecord) -> Path:
    return store.root / READY / record.package / record.edition


def _time_of(path: Path) -> int:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime_ns
    return 0


def _files(folder: str, start: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path, f"{start}{entry.name}/")
            else:
                yield f"{start}{entry.name}", entry.stat(follow_symlinks=False)

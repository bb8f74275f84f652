"""What the working edition is compared with: the latest edition of each package that readers have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kebao.editions.states import latest_of, settled_states
from kebao.editions.store import MARKER, SNAPSHOT, EditionStore


def latest_snapshots(store: EditionStore) -> Mapping[str, Path]:
    """Package → snapshot of its current edition; nothing where there is no store, EditionError where it is damaged."""
    if not (store.root / MARKER).is_file():
        return {}
    found: dict[str, Path] = {}
    for package in store.packages():
        latest = latest_of(settled_states(store, package), store.editions(package))
        if latest is not None and (store.folder(package, latest) / SNAPSHOT).is_file():
            found[package] = store.folder(package, latest) / SNAPSHOT
    return found

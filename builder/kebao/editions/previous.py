"""What an edition is compared with: the latest one that readers have, and when each resource came."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kebao.editions.edition_id import edition_order, is_pre_release
from kebao.editions.edition_pages import RESOURCES
from kebao.editions.states import State, latest_of, settled_states
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


def appearances(store: EditionStore, package: str, *, before: str) -> Mapping[str, list[str]]:
    """Edition → ids of the resources that it was the first to have; oldest first, of editions before the one named.

    Pre-releases count for nothing, and so does what was withdrawn: readers cannot look there.
    """
    found: dict[str, list[str]] = {}
    known: set[str] = set()
    for edition, entry in settled_states(store, package).items():
        is_earlier = edition_order(edition) < edition_order(before)
        if not is_earlier or is_pre_release(edition) or entry.state is State.WITHDRAWN:
            continue
        ids = set(store.pages(package, edition)[RESOURCES])
        found[edition] = sorted(ids - known)
        known |= ids
    return found

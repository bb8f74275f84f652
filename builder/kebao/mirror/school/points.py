"""The places in a pull where the power may go: tests stop at each of them."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum


class Point(str, Enum):
    """The steps of a pull, in their order; each is reached when what its name says is done."""

    LOCKED = "locked"
    METADATA_ACCEPTED = "metadata accepted"
    MANIFESTS_STORED = "manifests stored"
    PLANNED = "planned"
    OBJECT_STORED = "object stored"
    PACK_UNPACKED = "pack unpacked"
    OBJECTS_SYNCED = "objects synced"
    TREE_LINKED = "tree linked"
    TREE_RENAMED = "tree renamed"
    STATE_WRITTEN = "state written"
    SWITCHED = "switched"
    METADATA_SERVED = "metadata served"
    CLEANED = "cleaned"


Reached = Callable[[Point], None]


def nothing_happens(point: Point) -> None:
    """What a pull outside of tests does at each point."""

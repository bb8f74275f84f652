"""The trees as the store, on a disk without links."""

from __future__ import annotations

from collections.abc import Mapping

from kebao.mirror.school.context import School
from kebao.mirror.school.state import State
from kebao.mirror.school.store import Store
from kebao.mirror.school.tree import UNFINISHED
from kebao.mirror.school.wanted import kept_manifest


def know_trees(school: School, store: Store, state: State, tree_name: str, manifests: Mapping[str, str]) -> None:
    """The store finds the files of all releases, and of the tree that a killed run began.

    Args: manifests: of that tree; target names and the SHA-256 of each.
    """
    for release in state.releases:
        for name, sha256 in release.manifests.items():
            store.know_tree(school.places.tree(release.tree), kept_manifest(school.places, name, sha256).files)
    begun = school.places.tree(tree_name + UNFINISHED)
    for name, sha256 in manifests.items():
        files = kept_manifest(school.places, name, sha256).files
        store.know_tree(begun, (file for file in files if begun.joinpath(*file.path.split("/")).exists()))

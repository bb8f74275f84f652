"""Making room in the publisher's folder: what only old releases need goes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kebao.mirror import layout
from kebao.mirror.errors import RefusedError
from kebao.mirror.manifest import read_manifest
from kebao.mirror.publisher.files import remove_tree
from kebao.mirror.publisher.workspace import ReleaseRecord, Workspace


def tidy(workspace: Workspace, keep: int) -> int:
    """Keeps the last ``keep`` releases and the last that is for long; gives how many files went.

    Nothing goes while a release waits for signatures. The list of releases stays whole.
    """
    state = workspace.read_state()
    if keep < 1 or workspace.path(layout.PENDING).joinpath("targets.json").is_file():
        return 0
    kept = list(state.releases[-keep:])
    kept += [release for release in state.releases if release.long_term][-1:]
    needed = {uri for release in kept for uri in _needed(workspace, release)}
    removed = 0
    for folder in (layout.OBJECTS, layout.PACKS, layout.MANIFESTS):
        for uri in _files(workspace, folder):
            # A target's smaller forms go and stay with it.
            whole = uri.split(".json", 1)[0] + ".json" if folder == layout.MANIFESTS else uri
            if whole not in needed:
                workspace.path(uri).unlink()
                removed += 1
    numbers = {layout.release_folder(release.number) for release in kept}
    for release in state.releases:
        if layout.release_folder(release.number) not in numbers:
            remove_tree(workspace.path(layout.release_folder(release.number)))
    return removed


def _needed(workspace: Workspace, release: ReleaseRecord) -> Iterator[str]:
    for name, sha256 in release.targets.items():
        yield layout.target_uri(sha256, name)
        if name == layout.CATALOG:
            continue
        try:
            manifest = read_manifest(workspace.target_bytes(name, sha256), name)
        except RefusedError:  # gone since an earlier tidying
            continue
        yield from (layout.object_uri(file.sha256) for file in manifest.files)
        yield from (layout.pack_uri(pack.kind, pack.sha256) for pack in manifest.packs)


def _files(workspace: Workspace, folder: str) -> Iterator[str]:
    for path, _, names in os.walk(workspace.path(folder)):
        for name in names:
            yield Path(path, name).relative_to(workspace.root).as_posix()

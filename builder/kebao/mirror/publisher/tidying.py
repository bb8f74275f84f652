"""Making room in the publisher's folder: what only old releases need goes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from kebao.mirror import layout
from kebao.mirror.errors import RefusedError
from kebao.mirror.hash_set import HashSet
from kebao.mirror.layout import SHA256
from kebao.mirror.manifest import read_catalog, read_manifest
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
    needed = HashSet()
    for release in kept:
        for sha256 in _needed(workspace, release):
            needed.add(sha256)
    removed = 0
    for folder in (layout.OBJECTS, layout.PACKS, layout.MANIFESTS):
        for path in _files(workspace.path(folder)):
            # Names begin with the hash; a target's smaller forms go and stay with it. What has no hash is rubbish.
            name = path.name.partition(".")[0]
            if not (SHA256.fullmatch(name) and name in needed):
                path.unlink()
                removed += 1
    numbers = {layout.release_folder(release.number) for release in kept}
    for release in state.releases:
        if layout.release_folder(release.number) not in numbers:
            remove_tree(workspace.path(layout.release_folder(release.number)))
    return removed


def _needed(workspace: Workspace, release: ReleaseRecord) -> Iterator[str]:
    """The hashes of what a release is made of."""
    for name, sha256 in release.targets.items():
        yield sha256
        try:
            data = workspace.target_bytes(name, sha256)
        except RefusedError:  # gone since an earlier tidying
            continue
        if name == layout.CATALOG:
            packs = read_catalog(data).packs
        else:
            manifest = read_manifest(data, name)
            packs = manifest.packs
            yield from (file.sha256 for file in manifest.files)
        yield from (pack.sha256 for pack in packs)


def _files(folder: Path) -> Iterator[Path]:
    for path, _, names in os.walk(folder):
        for name in names:
            yield Path(path, name)

"""Old releases go, never the one that is read, the newest, or the one before."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Container, Iterable
from dataclasses import replace
from pathlib import Path

from kebao.mirror.errors import ExitCode, VerificationError
from kebao.mirror.hash_set import HashSet
from kebao.mirror.layout import CATALOG, SHA256
from kebao.mirror.manifest import Pack, read_catalog
from kebao.mirror.school.context import School
from kebao.mirror.school.state import LEAST_KEPT, Release, State, write_state
from kebao.mirror.school.switch import shown
from kebao.mirror.school.tree import UNFINISHED
from kebao.mirror.school.unfinished import Unfinished, read_unfinished
from kebao.mirror.school.wanted import kept_manifest, target_path


def gc(school: School, keep: int) -> ExitCode:
    """The command: `keep` releases stay, at least two."""
    with school.lock():
        state = school.state()
        after = collect(school, state, keep=keep)
        removed = len(state.releases) - len(after.releases)
        school.tell("school-gc-done", removed=removed, kept=len(after.releases))
    return ExitCode.COMPLETE if removed else ExitCode.NOTHING_NEW


def collect(school: School, state: State, *, keep: int) -> State:
    """Removes what no kept release needs; the state is written first, so that a kill leaves only rubbish for the next
    time."""
    kept = kept_releases(state, max(keep, LEAST_KEPT))
    if not kept:
        return state  # the state was lost: nothing is known to be rubbish
    if kept != state.releases:
        state = replace(state, releases=kept)
        write_state(school.disk, school.places.state, state)
    try:
        needed = HashSet()
        _add_needed(school, kept, needed)
    except VerificationError as error:
        # Without a manifest it is unknown what is needed: remove nothing; `repair` brings the manifest back.
        school.tell(error.message, **error.parameters)
        return state
    trees = {release.tree for release in kept} | shown(school.places)
    manifests = {sha256 for release in kept for sha256 in (release.catalog_sha256, *release.manifests.values())}
    if unfinished := read_unfinished(school):
        with contextlib.suppress(VerificationError):  # then the next pull has to begin anew
            _add_needed(school, (unfinished,), needed)
            trees.add(unfinished.tree + UNFINISHED)  # on a disk without links it is where the objects are
            manifests |= {unfinished.catalog_sha256, *unfinished.manifests.values()}
    _remove_trees(school, trees)
    _remove_rest(school, manifests, needed)
    return state


def kept_releases(state: State, keep: int) -> tuple[Release, ...]:
    """The `keep` newest and the current one, oldest first."""
    newest = state.releases[-keep:]
    return tuple(release for release in state.releases if release in newest or release.tree == state.current)


def _add_needed(school: School, kept: Iterable[Release | Unfinished], needed: HashSet) -> None:
    """The hashes of all objects and packs of the releases. Raises: VerificationError when a manifest is lost."""
    for release in kept:
        for name, sha256 in release.manifests.items():
            manifest = kept_manifest(school.places, name, sha256)
            for file in manifest.files:
                needed.add(file.sha256)
            for pack in manifest.packs:
                needed.add(pack.sha256)
        for pack in _release_packs(school, release):
            needed.add(pack.sha256)


def _release_packs(school: School, release: Release | Unfinished) -> tuple[Pack, ...]:
    """What the catalogue names; a catalogue that is lost or damaged names nothing that could not be fetched again."""
    try:
        return read_catalog(target_path(school.places, release.catalog_sha256, CATALOG).read_bytes()).packs
    except (OSError, VerificationError):
        return ()


def _remove_trees(school: School, names: set[str]) -> None:
    for path in sorted(school.places.releases.iterdir()):
        if path.name in names:
            continue
        try:
            if path.is_symlink() or path.is_file():
                school.disk.remove(path)
            else:
                school.disk.remove_tree(path)
        except PermissionError:
            # Windows: somebody reads a file of it. The next time then.
            school.tell("school-tree-in-use", tree=path.name)


def _remove_rest(school: School, manifests: set[str], needed: HashSet) -> None:
    places = school.places
    for folder in _names(places.objects):
        _keep_only(school, places.objects / folder, needed)
    _keep_only(school, places.packs, needed)
    _keep_only(school, places.manifests, manifests)


def _keep_only(school: School, folder: Path, needed: Container[str]) -> None:
    """Removes the files of the folder whose names begin with a hash that is not needed; other files are not ours."""
    for name in _names(folder):
        sha256 = name.partition(".")[0]
        if SHA256.fullmatch(sha256) and sha256 not in needed:
            school.disk.remove(folder / name)


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return []

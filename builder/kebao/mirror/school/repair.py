"""``repair``: every file as it was signed again, from the sources, without the readers seeing a gap."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kebao.mirror.errors import ExitCode, MirrorError, NetworkError
from kebao.mirror.layout import target_uri
from kebao.mirror.manifest import FileEntry
from kebao.mirror.school.context import School
from kebao.mirror.school.disk import write_whole
from kebao.mirror.school.limits import Pace
from kebao.mirror.school.names_here import NamesHere
from kebao.mirror.school.plan import wanted_object
from kebao.mirror.school.state import State, stamp, write_state
from kebao.mirror.school.store import Store, has_size, sha256_of
from kebao.mirror.school.switch import show
from kebao.mirror.school.transfer import Transfer
from kebao.mirror.school.verify import Damage, bad_objects, damage_of, tell_damage
from kebao.mirror.school.wanted import target_path
from kebao.mirror.sources.source import Source, SourceError, read_small

_LARGEST_MANIFEST = 64 << 20


def repair(school: School, sources: tuple[str, ...] = ()) -> ExitCode:
    """COMPLETE when everything is right again, NOTHING_NEW when it was.

    Raises: NetworkError or VerificationError when a file cannot be had; what could be mended has been.
    """
    config = school.config()
    with school.lock():
        state = school.state()
        places = tuple(dict.fromkeys((*sources, *config.sources)))
        opened = [school.open_source(place) for place in places]
        pace = Pace(school.clock, bytes_per_second=config.limit)
        transfer = Transfer(opened, school.places, school.disk, clock=school.clock, pace=pace)
        first = damage_of(school, state)
        if not first:
            school.tell("school-nothing-to-repair")
            return ExitCode.NOTHING_NEW
        tell_damage(school, first)
        state = _without_lost(school, state, _mend_manifests(school, first, opened))
        # Only with all manifests is it known which files belong here.
        damage = damage_of(school, state) if first.manifests else first
        _set_aside(school, damage)
        fault = _mend_files(school, state, damage, transfer)
        if state.current and school.places.tree(state.current).is_dir():
            show(school.disk, school.places, state.current)
        if fault:
            raise fault
        school.journal.note("repaired", files=len(damage.bad), foreign=len(damage.foreign))
        school.tell("school-repaired", files=len(damage.bad) + len(first.manifests), foreign=len(damage.foreign))
    return ExitCode.COMPLETE


def _mend_manifests(school: School, damage: Damage, sources: Sequence[Source]) -> set[str]:
    """Fetches lost manifests; gives the hashes of those that no source has any more."""
    lost = set()
    for name, digest in dict.fromkeys(damage.manifests):
        data = _by_hash(sources, target_uri(digest, name), digest)
        if data is None:
            lost.add(digest)
            continue
        path = target_path(school.places, digest, name)
        school.disk.make_folder(path.parent)
        write_whole(school.disk, path, data)
    return lost


def _by_hash(sources: Sequence[Source], uri: str, digest: str) -> bytes | None:
    for source in sources:
        try:
            data = read_small(source, uri, _LARGEST_MANIFEST)
        except SourceError:
            continue
        if hashlib.sha256(data).hexdigest() == digest:
            return data
    return None


def _without_lost(school: School, state: State, lost: set[str]) -> State:
    """Releases of which nobody knows any more what belongs to them are given up, unless readers see them.

    Raises: NetworkError when it is the one that readers see.
    """
    if not lost:
        return state
    hopeless = [each for each in state.releases if lost & {each.catalog_sha256, *each.manifests.values()}]
    if any(each.tree == state.current for each in hopeless):
        raise NetworkError("school-current-unknown", tree=state.current)
    for each in hopeless:
        school.tell("school-release-given-up", version=each.version, tree=each.tree)
    state = replace(state, releases=tuple(each for each in state.releases if each not in hopeless))
    write_state(school.disk, school.places.state, state)
    return state


def _mend_files(school: School, state: State, damage: Damage, transfer: Transfer) -> MirrorError | None:
    """The first fault, after everything else was mended."""
    names = NamesHere(school.places.private, school.disk)
    store = Store(school.places, school.disk)
    numbers = {release.tree: release.number for release in state.releases}
    fault: MirrorError | None = None
    objects: dict[str, Path] = {}
    for sha256, file in bad_objects(damage).items():
        found = store.find(sha256, file.size)
        if found is not None and sha256_of(found) == sha256:
            objects[sha256] = found
            continue
        number = next(numbers[tree] for tree, each in damage.bad if each.sha256 == sha256)
        try:
            objects[sha256] = store.add(transfer.fetch(wanted_object(file, number)), sha256)
        except (NetworkError, MirrorError) as error:
            fault = fault or error
    store.sync()
    for tree, file in damage.bad:
        if file.sha256 in objects:
            _place(school, school.places.tree(tree), file, objects[file.sha256], has_links=names.has_links)
    if not names.has_links:
        for path in objects.values():
            if path.is_relative_to(school.places.objects):
                school.disk.remove(path)
    return fault


def _place(school: School, tree: Path, file: FileEntry, source: Path, *, has_links: bool) -> None:
    disk = school.disk
    target = tree.joinpath(*file.path.split("/"))
    _clear_way(school, tree, target)
    disk.make_folder(target.parent)
    fresh = school.places.private / "mended.tmp"
    disk.remove(fresh)
    if not (has_links and disk.link(source, fresh)):
        disk.copy(source, fresh)
        disk.protect(fresh)
    disk.replace(fresh, target)
    disk.remove(fresh)  # renaming a file onto another name of itself does nothing (POSIX rename)
    disk.sync_folder(target.parent)


def _clear_way(school: School, tree: Path, target: Path) -> None:
    """A link or a file where a folder belongs, or a folder where the file belongs, goes aside."""
    for parent in reversed(target.relative_to(tree).parents):
        path = tree / parent
        if parent != Path() and (path.is_symlink() or (path.exists() and not path.is_dir())):
            _move_aside(school, path)
    if target.is_symlink() or target.is_dir():
        _move_aside(school, target)


def _set_aside(school: School, damage: Damage) -> None:
    for path in damage.foreign:
        _move_aside(school, path)
    if damage.foreign:
        school.tell("school-set-aside", path=school.places.set_aside)


def _move_aside(school: School, path: Path) -> None:
    folder = school.places.set_aside / stamp(school.clock.now()).replace(":", "")
    target = folder / path.relative_to(school.places.releases)
    school.disk.make_folder(target.parent)
    if not (path.is_symlink() or has_size(path, path.lstat().st_size) or path.is_dir()):
        return
    school.disk.replace(path, target)

"""Gets everything of a release into the store: first what is missing, then a look at what was here already."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from kebao.mirror.errors import DiskError, NetworkError, VerificationError
from kebao.mirror.hash_set import HashSet
from kebao.mirror.layout import pack_uri
from kebao.mirror.manifest import FileEntry, Manifest, Pack
from kebao.mirror.school.context import School
from kebao.mirror.school.names_here import NamesHere
from kebao.mirror.school.plan import UnitPlan, plan_unit, wanted_object, wanted_pack
from kebao.mirror.school.points import Point
from kebao.mirror.school.readable import readable_bytes
from kebao.mirror.school.state import State
from kebao.mirror.school.store import Store, sha256_of
from kebao.mirror.school.transfer import Transfer
from kebao.mirror.school.unfinished import Unfinished, write_unfinished
from kebao.mirror.school.unpacking import unpack
from kebao.mirror.school.wanted import WantedRelease, kept_manifest
from kebao.mirror.school.workers import for_each
from kebao.mirror.zstd import zstd_module

WORKERS = 8
"""At once over a line with a long way, which needs several to be full."""
_NEAR_WORKERS = 3
"""At once from a stick, or a server in the house: more only wait for one another, for the disk and for a processor."""
_NEAR = 0.01
_CHECKERS = 2
_PACK_FETCHERS = 4
RESERVE = 64 << 20
"""Bytes that stay free whatever is pulled."""


def gather(
    school: School,
    store: Store,
    wanted: WantedRelease,
    state: State,
    transfer: Transfer,
    *,
    names: NamesHere,
    tree_name: str,
    update: Path | None = None,
) -> None:
    """After this every object of the release is in the store, right and synced.

    Args: update: the release's own delta pack, when it was fetched.

    Raises: DiskError before the first byte is fetched when it will not fit; what `Transfer.fetch` raises.
    """
    names.require(
        school.places.tree(tree_name), (file.path for each in _manifests(school, wanted) for file in each.files)
    )
    _require_space(school, store, wanted, state, has_links=names.has_links)
    unfinished = Unfinished(wanted.catalog.version, tree_name, wanted.catalog_sha256, wanted.manifests)
    write_unfinished(school.disk, school.places, unfinished)
    school.reached(Point.PLANNED)
    got = HashSet()
    # Several packs are on the way at once, but only one after another is taken apart: each takes ten megabytes.
    unpacking = threading.Lock()

    def take_pack(plan: UnitPlan) -> None:
        pack = _fetched_pack(school, plan, transfer)
        if pack:
            with unpacking:
                _take_apart(school, store, plan, pack, got)

    def take(file: FileEntry) -> None:
        store.add(transfer.fetch(wanted_object(file, wanted.catalog.release)), file.sha256)
        got.add(file.sha256)
        school.reached(Point.OBJECT_STORED)

    if update:
        missing = {
            file.sha256: file.size for plan in plans(school, store, wanted.manifests, state) for file in plan.missing
        }
        unpack(school, store, missing, update, got)
        school.reached(Point.PACK_UNPACKED)
    for_each(
        (plan for plan in plans(school, store, wanted.manifests, state) if plan.pack), take_pack, workers=_PACK_FETCHERS
    )
    for_each(_missing(school, store, wanted, state), take, workers=workers_for(transfer))
    for_each(_unsound(school, store, wanted, got), take, workers=workers_for(transfer))
    store.sync()
    school.reached(Point.OBJECTS_SYNCED)


def workers_for(transfer: Transfer) -> int:
    """How many files to fetch at once."""
    return min(WORKERS, _NEAR_WORKERS) if transfer.delay < _NEAR else WORKERS


def _manifests(school: School, wanted: WantedRelease) -> Iterator[Manifest]:
    for target in wanted.targets:
        yield kept_manifest(school.places, target.name, target.sha256)


def plans(school: School, store: Store, manifests: Mapping[str, str], state: State) -> Iterator[UnitPlan]:
    """One unit after another, as all of them at once would fill the memory of a small PC.

    Args: manifests: target names and the SHA-256 of each.
    """
    seen = HashSet()
    for name, sha256 in manifests.items():
        manifest = kept_manifest(school.places, name, sha256)
        missing: dict[str, FileEntry] = {}
        for file in manifest.files:
            if store.find(file.sha256, file.size) is None and seen.add(file.sha256):
                missing[file.sha256] = file
        if missing:
            here = versions_here(school, state, name) if manifest.packs else ()
            yield plan_unit(manifest, missing, here, unpacks=zstd_module() is not None)


def _missing(school: School, store: Store, wanted: WantedRelease, state: State) -> Iterator[FileEntry]:
    """What packs did not bring; the biggest of each unit first, so that no thread is left with one long file."""
    for plan in plans(school, store, wanted.manifests, state):
        yield from sorted(plan.missing, key=lambda file: (-file.size, file.sha256))


def versions_here(school: School, state: State, name: str) -> set[str]:
    """The versions of a unit that are here."""
    releases = [release for release in state.releases if name in release.manifests]
    return {kept_manifest(school.places, name, release.manifests[name]).version for release in releases}


def _fetched_pack(school: School, plan: UnitPlan, transfer: Transfer) -> Path | None:
    """The unit's pack, right; None when no source has it so."""
    pack = plan.pack
    assert pack is not None
    try:
        return transfer.fetch(wanted_pack(pack))
    except (NetworkError, VerificationError) as error:
        # Packs only save bytes: a neighbour may not have kept them, or a damaged one; each file may still be had.
        school.journal.note("pack not taken", pack=pack.sha256, detail=str(error)[:300])
        return None


def _take_apart(school: School, store: Store, plan: UnitPlan, part: Path, got: HashSet) -> None:
    assert plan.pack is not None
    unpack(school, store, {file.sha256: file.size for file in plan.missing}, part, got)
    _keep_pack(school, plan.pack, part)
    school.reached(Point.PACK_UNPACKED)


def _keep_pack(school: School, pack: Pack, part: Path) -> None:
    """Deltas are small and the next school wants them too; a base pack would be everything a second time."""
    if pack.kind == "base":
        school.disk.remove(part)
        return
    path = school.root.joinpath(*pack_uri(pack.kind, pack.sha256).split("/"))
    school.disk.make_folder(path.parent)
    school.disk.replace(part, path)
    school.disk.sync_folder(path.parent)


def _unsound(school: School, store: Store, wanted: WantedRelease, got: HashSet) -> Iterator[FileEntry]:
    """Objects that were here before and have rotted since: every file of a release is read once before it is shown."""

    def old_files() -> Iterator[FileEntry]:
        for manifest in _manifests(school, wanted):
            for file in manifest.files:
                if got.add(file.sha256):
                    yield file

    bad: list[FileEntry] = []

    def check(file: FileEntry) -> None:
        path = store.find(file.sha256, file.size)
        if path is None or not _is_sound(path, file):
            bad.append(file)

    for_each(old_files(), check, workers=_CHECKERS)
    for file in bad:
        school.tell("school-object-rotten", path=file.path)
        yield file


def _is_sound(path: Path, file: FileEntry) -> bool:
    """False also for what the disk cannot read any more."""
    try:
        return sha256_of(path) == file.sha256
    except OSError:
        return False


def _require_space(school: School, store: Store, wanted: WantedRelease, state: State, *, has_links: bool) -> None:
    """Says how much there is to get. Raises: DiskError when it would not fit with a twentieth to spare and the
    reserve."""
    files = missing = packs = cost = 0
    for plan in plans(school, store, wanted.manifests, state):
        files += len(plan.missing)
        missing += sum(file.size for file in plan.missing)
        packs += plan.pack.size if plan.pack else 0
        cost += plan.bytes
    here = sum(part.stat().st_size for part in school.places.parts.glob("*.part"))
    need = max(0, missing + packs - here)
    if not has_links:  # every tree is a copy of its own
        need += sum(file.size for manifest in _manifests(school, wanted) for file in manifest.files) - missing
    need = need * 21 // 20 + RESERVE
    free = school.disk.free_bytes(school.places.root)
    if need > free:
        raise DiskError("school-no-space", need=readable_bytes(need), free=readable_bytes(free), path=school.root)
    school.tell("school-plan", files=files, size=readable_bytes(cost))

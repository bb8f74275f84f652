"""A release: objects, manifests, packs and a browsable tree, and the draft of the targets that name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tuf.api.metadata import Metadata, TargetFile, Targets

from kebao.mirror import layout
from kebao.mirror.errors import ExitCode, RefusedError
from kebao.mirror.hash_set import HashSet
from kebao.mirror.manifest import (
    Catalog,
    FileEntry,
    Manifest,
    Pack,
    Unit,
    canonical_bytes,
    catalog_bytes,
    manifest_bytes,
)
from kebao.mirror.publisher.batch import Batch
from kebao.mirror.publisher.files import remove_tree, sync_folder, write_atomically
from kebao.mirror.publisher.metadata import MetadataFolder
from kebao.mirror.publisher.release_packs import PackMaker
from kebao.mirror.publisher.signing import expiry
from kebao.mirror.publisher.site_tree import SiteTree
from kebao.mirror.publisher.target_files import deltas_from, write_target
from kebao.mirror.publisher.units import UnitKey
from kebao.mirror.publisher.update_pack import make_update_pack
from kebao.mirror.publisher.workspace import ReleaseRecord, Workspace, record_data

UnitFiles = Mapping[UnitKey, Sequence[FileEntry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePlan:
    """What a release is called.

    Attributes:
        released: when the content is released; also the signed lower bound of today's date.
        long_term: whether later releases keep a delta from it.
    """

    version: str
    released: datetime
    long_term: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedRelease:
    """A release that waits for signatures."""

    number: int
    version: str
    files: int
    size_bytes: int
    pack_bytes: int


def store_site(workspace: Workspace, site: SiteTree) -> None:
    """Puts every file of the site into the object store, once."""
    with Batch(workspace.root) as batch:
        for file in site.files:
            path = workspace.object_path(file.sha256)
            if not path.is_file() or path.stat().st_size != file.size:
                batch.copy(site.root / file.path, path, file.sha256)


def stage_release(workspace: Workspace, units: UnitFiles, plan: ReleasePlan) -> StagedRelease:
    """Makes a release of files that lie in the object store; nothing counts before it is signed.

    Raises:
        RefusedError: the version exists, or ("nothing-changed", exit code 2) the content is that of the last release.
    """
    folder = MetadataFolder(workspace)
    folder.newest_root()
    state = workspace.read_state()
    if state.release_of(plan.version):
        raise RefusedError("version-exists", version=plan.version)
    last = state.releases[-1] if state.releases else None
    number = last.number + 1 if last else 1
    packs = PackMaker(workspace, state.releases)
    if last and packs.is_same(units, last):
        raise RefusedError("nothing-changed", version=last.version, exit_code=ExitCode.NOTHING_NEW)
    targets: dict[str, TargetFile] = {}
    made: list[Pack] = []
    for key, files in units.items():
        unit_packs = packs.packs_of(key, files, units)
        made += unit_packs
        manifest = _manifest(key, files, plan, unit_packs)
        name = layout.target_name(key.package, key.locale)
        custom = {"version": plan.version, "files": len(files), "bytes": manifest.size_bytes}
        targets[name] = write_target(workspace, name, manifest_bytes(manifest), custom, state.releases)
    updates = [make_update_pack(workspace, old, targets, made) for old in deltas_from(state.releases)]
    catalog = _catalog(number, units, plan, [update for update in updates if update])
    revoked = {old.version: old.revoked for old in state.releases if old.revoked}
    custom = {"version": plan.version, "release": number, "revoked": revoked}
    targets[layout.CATALOG] = write_target(workspace, layout.CATALOG, catalog_bytes(catalog), custom, ())
    build_tree(workspace, number, units)
    record = ReleaseRecord(
        number=number,
        version=plan.version,
        released=plan.released,
        targets={name: target.hashes["sha256"] for name, target in targets.items()},
        long_term=plan.long_term,
    )
    _draft(workspace, folder, targets, record)
    count = size_bytes = 0
    for file in _each_path_once(units):
        count, size_bytes = count + 1, size_bytes + file.size
    return StagedRelease(
        number=number,
        version=plan.version,
        files=count,
        size_bytes=size_bytes,
        pack_bytes=sum(pack.size for pack in (*made, *catalog.packs)),
    )


def build_tree(workspace: Workspace, number: int, units: UnitFiles) -> None:
    """``r/<n>``: every file under its own name, linked to its object."""
    final = workspace.path(layout.release_folder(number))
    temporary = final.with_name(final.name + ".tmp")
    remove_tree(temporary)
    temporary.mkdir(parents=True)
    with Batch(temporary) as batch:
        for file in _each_path_once(units):
            batch.link(workspace.object_path(file.sha256), temporary / file.path)
    remove_tree(final)  # of a release with this number that was never signed
    temporary.rename(final)
    sync_folder(final.parent)


def _each_path_once(units: UnitFiles) -> Iterator[FileEntry]:
    done = HashSet()
    for files in units.values():
        for file in files:
            if done.add_text(file.path):
                yield file


def _draft(
    workspace: Workspace, folder: MetadataFolder, targets: Mapping[str, TargetFile], record: ReleaseRecord
) -> None:
    signed = Targets(
        version=folder.newest_version("targets") + 1,
        expires=expiry(workspace, "targets", record.released),
        targets=dict(targets),
    )
    # The record first: without the draft it says nothing, but a draft without it would lose the release.
    write_atomically(workspace.path(layout.PENDING) / "release.json", canonical_bytes(record_data(record)))
    folder.write_draft("targets", Metadata(signed))


def _manifest(key: UnitKey, files: Sequence[FileEntry], plan: ReleasePlan, packs: Sequence[Pack]) -> Manifest:
    return Manifest(
        package=key.package,
        locale=key.locale,
        version=plan.version,
        released=plan.released,
        files=tuple(files),
        packs=tuple(packs),
    )


def _catalog(number: int, units: UnitFiles, plan: ReleasePlan, packs: Sequence[Pack]) -> Catalog:
    lines = tuple(
        Unit(key.package, key.locale, len(files), sum(file.size for file in files)) for key, files in units.items()
    )
    return Catalog(
        release=number,
        version=plan.version,
        released=plan.released,
        signed_at=plan.released,
        units=lines,
        packs=tuple(packs),
    )

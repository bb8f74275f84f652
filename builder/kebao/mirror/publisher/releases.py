"""Which files a signed release is made of, in the order in which they must reach a server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tuf.api.metadata import Snapshot, TargetFile, Targets, Timestamp

from kebao.mirror import layout
from kebao.mirror.errors import RefusedError
from kebao.mirror.hash_set import HashSet
from kebao.mirror.layout import COMPRESSED, DELTAS
from kebao.mirror.manifest import Catalog, Manifest, read_catalog, read_manifest
from kebao.mirror.publisher.metadata import MetadataFolder
from kebao.mirror.publisher.workspace import Workspace


@dataclass(frozen=True)
class SignedRelease:
    """The newest release whose targets and snapshot are signed.

    Attributes:
        timestamp: that names this snapshot; None when it is not signed yet.
    """

    workspace: Workspace
    targets: Targets
    snapshot: Snapshot
    timestamp: Timestamp | None
    catalog: Catalog

    def manifests(self) -> Iterator[Manifest]:
        """One after another: memory holds only one."""
        for name, target in sorted(self.targets.targets.items()):
            if name != layout.CATALOG:
                yield read_manifest(self.workspace.target_bytes(name, target.hashes["sha256"]), name)

    def object_uris(self) -> Iterator[str]:
        """Each once."""
        seen = HashSet()
        for manifest in self.manifests():
            for file in manifest.files:
                if seen.add(file.sha256):
                    yield layout.object_uri(file.sha256)

    def tree(self) -> Iterator[tuple[str, str]]:
        """The URI of each file of ``r/<n>``, and its hash."""
        folder = layout.release_folder(self.catalog.release)
        seen = HashSet()
        for manifest in self.manifests():
            for file in manifest.files:
                if seen.add_text(file.path):
                    yield f"{folder}/{file.path}", file.sha256

    def pack_uris(self) -> Iterator[str]:
        """The packs of all units, and of the release."""
        yield from (layout.pack_uri(pack.kind, pack.sha256) for pack in self.catalog.packs)
        for manifest in self.manifests():
            for pack in manifest.packs:
                yield layout.pack_uri(pack.kind, pack.sha256)

    def target_uris(self) -> Iterator[str]:
        """Manifests and catalogue in all their forms."""
        for name, target in sorted(self.targets.targets.items()):
            yield from forms_of(name, target)

    def metadata_uris(self) -> Iterator[str]:
        """All roots, these targets, this snapshot; not the timestamp."""
        folder = MetadataFolder(self.workspace)
        for version in range(1, folder.newest_version("root") + 1):
            yield layout.metadata_uri(f"{version}.root.json")
        yield layout.metadata_uri(f"{self.targets.version}.targets.json")
        yield layout.metadata_uri(f"{self.snapshot.version}.snapshot.json")


def forms_of(name: str, target: TargetFile) -> Iterator[str]:
    """A target whole, compressed, and as deltas."""
    sha256 = target.hashes["sha256"]
    custom = target.custom or {}
    yield layout.target_uri(sha256, name)
    if COMPRESSED in custom:
        yield layout.compressed_target_uri(sha256, name)
    for old_sha256 in sorted(custom.get(DELTAS, ())):
        yield layout.target_delta_uri(sha256, name, old_sha256)


def newest_release(workspace: Workspace) -> SignedRelease:
    """The newest signed release; raises RefusedError when none is signed as far as the snapshot."""
    folder = MetadataFolder(workspace)
    folder.newest_root()
    snapshot = folder.newest("snapshot", Snapshot)
    if snapshot is None:
        raise RefusedError("nothing-signed", path=workspace.root)
    version = snapshot.signed.meta["targets.json"].version
    targets = folder.read(folder.signed_path("targets", version), Targets)
    if targets is None:
        raise RefusedError("target-missing", path=folder.signed_path("targets", version))
    timestamp = folder.newest("timestamp", Timestamp)
    is_current = timestamp is not None and timestamp.signed.snapshot_meta.version == snapshot.signed.version
    catalog = targets.signed.targets.get(layout.CATALOG)
    if catalog is None:
        raise RefusedError("target-missing", path=layout.CATALOG)
    return SignedRelease(
        workspace=workspace,
        targets=targets.signed,
        snapshot=snapshot.signed,
        timestamp=timestamp.signed if timestamp and is_current else None,
        catalog=read_catalog(workspace.target_bytes(layout.CATALOG, catalog.hashes["sha256"])),
    )

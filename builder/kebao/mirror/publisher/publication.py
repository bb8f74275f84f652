"""Publishing: data first, the timestamp last, so that whoever reads meanwhile finds the old release whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, Root, Timestamp
from tuf.api.serialization import DeserializationError

from kebao.mirror import layout
from kebao.mirror.publisher.destinations import Destination
from kebao.mirror.publisher.files import write_atomically
from kebao.mirror.publisher.metadata import MetadataFolder
from kebao.mirror.publisher.releases import SignedRelease, newest_release
from kebao.mirror.publisher.workspace import Workspace
from kebao.mirror.stub_page import stub_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a publication did.

    Attributes:
        is_visible: whether schools see it: the timestamp is signed. Else ``renew`` on the server makes it visible.
    """

    number: int
    version: str
    is_visible: bool


def publish(workspace: Workspace, destination: Destination) -> Published:
    """Sends the newest signed release.

    A timestamp there that is newer than the one here stays: a server that renews it makes the release visible itself.
    """
    release = newest_release(workspace)
    theirs, their_snapshot = _timestamp_versions(destination, MetadataFolder(workspace).newest_root().signed)
    write_checksums(release)
    root = workspace.root
    destination.send(root, release.object_uris())
    destination.send_tree(root, ((uri, layout.object_uri(sha256)) for uri, sha256 in release.tree()))
    destination.send(root, release.pack_uris())
    destination.send(root, release.target_uris())
    # Metadata may be signed once more under the same version; schools that have it do not ask for it again.
    for uri in release.metadata_uris():
        destination.replace(root, uri)
    destination.replace(root, layout.CHECKSUMS)
    if release.timestamp and release.timestamp.version > theirs:
        show(workspace, release)
        destination.replace(root, layout.STUB)
        destination.replace(root, layout.metadata_uri(layout.TIMESTAMP))
        their_snapshot = release.snapshot.version
    return Published(
        number=release.catalog.release,
        version=release.catalog.version,
        is_visible=their_snapshot >= release.snapshot.version,
    )


def show(workspace: Workspace, release: SignedRelease) -> None:
    """The root's ``index.html`` leads to the release."""
    start = f"{layout.release_folder(release.catalog.release)}/index.html"
    write_atomically(workspace.path(layout.STUB), stub_page(start))


def write_checksums(release: SignedRelease) -> None:
    """``manifest-sha256.txt``, for people: ``sha256sum -c`` at the root checks the browsable tree."""
    path = release.workspace.path(layout.CHECKSUMS)
    write_atomically(path, (f"{sha256}  {uri}\n".encode() for uri, sha256 in release.tree()))


def missing_files(release: SignedRelease) -> list[Path]:
    """What of a release is not in its folder, in the size that is signed: a server must not announce it."""
    missing = []
    for manifest in release.manifests():
        for file in manifest.files:
            path = release.workspace.object_path(file.sha256)
            if not (path.is_file() and path.stat().st_size == file.size):
                missing.append(path)
    return missing


def _timestamp_versions(destination: Destination, root: Root) -> tuple[int, int]:
    """The version of the timestamp that is there, and of the snapshot that it names; zeros when there is none.

    One that the keys of today did not sign is none: a thief's may have a high number, and schools refuse it.
    """
    data = destination.read(layout.metadata_uri(layout.TIMESTAMP))
    if data is None:
        return 0, 0
    try:
        timestamp = Metadata[Timestamp].from_bytes(data)
        root.verify_delegate(Timestamp.type, timestamp.signed_bytes, timestamp.signatures)
        return timestamp.signed.version, timestamp.signed.snapshot_meta.version
    except (DeserializationError, UnsignedMetadataError, ValueError, AttributeError):
        return 0, 0  # garbage is what publishing mends

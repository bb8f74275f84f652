"""Signing on a computer without a network: a small folder goes there, and comes back with signatures."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from tuf.api.metadata import Snapshot, Timestamp

from kebao.mirror import layout
from kebao.mirror.errors import RefusedError
from kebao.mirror.publisher.files import write_atomically
from kebao.mirror.publisher.metadata import ROLES, MetadataFolder, Role
from kebao.mirror.publisher.signing import advance
from kebao.mirror.publisher.workspace import Workspace


def carry_out(workspace: Workspace, folder: Path) -> None:
    """Copies what is to be signed, the trusted root, and the manifests that the targets name: no objects.

    The copy is a workspace of its own: ``sign`` works in it.
    """
    source = MetadataFolder(workspace)
    if not any(source.draft_path(role).is_file() for role in ROLES):
        raise RefusedError("nothing-to-sign", roles=", ".join(ROLES))
    if folder.exists() and any(folder.iterdir()):
        raise RefusedError("folder-not-empty", path=folder)
    for uri in (layout.PENDING, layout.METADATA):
        if workspace.path(uri).is_dir():
            shutil.copytree(workspace.path(uri), folder / uri)
    if workspace.path(layout.STATE).is_file():
        shutil.copyfile(workspace.path(layout.STATE), folder / layout.STATE)
    draft = source.any_draft("targets")
    for name, target in draft.signed.targets.items() if draft else ():
        sha256 = target.hashes["sha256"]
        write_atomically(folder / layout.target_uri(sha256, name), workspace.target_bytes(name, sha256))


def carry_in(workspace: Workspace, folder: Path, *, now: datetime) -> int:
    """Takes the signatures from a folder that ``carry_out`` made; gives how many were new.

    What was signed must be what waits here, to the byte; anything further that was made there (a snapshot after the
    targets) is taken when its signatures are enough.
    """
    theirs, ours = MetadataFolder(Workspace(folder)), MetadataFolder(workspace)
    taken = sum(_take(workspace, theirs, ours, role, now) for role in ROLES)
    if not taken:
        raise RefusedError("no-new-signatures", path=folder)
    return taken


def _take(workspace: Workspace, theirs: MetadataFolder, ours: MetadataFolder, role: Role, now: datetime) -> int:
    signed, draft = _newer(theirs, ours, role), ours.any_draft(role)
    if signed is None:
        return 0
    if draft and draft.signed_bytes == signed.signed_bytes:
        new = {keyid: s for keyid, s in signed.signatures.items() if keyid not in draft.signatures}
        draft.signatures.update(new)
    elif role in ("root", "targets"):
        raise RefusedError("signed-something-else", role=role, path=folder_of(theirs))
    else:
        # Made there out of what was signed there: as good as ours, if it names exactly the files that we have.
        if not (draft and _names_the_same(draft.signed, signed.signed)):
            return 0
        draft, new = signed, signed.signatures
    if new:
        ours.write_draft(role, draft)
        advance(workspace, now=now)
    return len(new)


def folder_of(folder: MetadataFolder) -> Path:
    """Where a workspace lies."""
    return folder.workspace.root


def _names_the_same(one: Snapshot | Timestamp, other: Snapshot | Timestamp) -> bool:
    if isinstance(one, Snapshot) and isinstance(other, Snapshot):
        return one.version == other.version and one.meta == other.meta
    if isinstance(one, Timestamp) and isinstance(other, Timestamp):
        return one.version == other.version and one.snapshot_meta == other.snapshot_meta
    return False


def _newer(theirs: MetadataFolder, ours: MetadataFolder, role: Role) -> Any:
    """What was signed there and does not count here yet."""
    if draft := theirs.any_draft(role):
        return draft if draft.signatures else None
    version = theirs.newest_version(role)
    if version <= ours.newest_version(role):
        return None
    return theirs.any_signed(role)

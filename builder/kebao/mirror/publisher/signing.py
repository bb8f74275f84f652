"""Signing: each signature is added to a draft; what has enough of them counts, and the next role's draft is made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from securesystemslib.signer import Signer
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, Targets, Timestamp

from kebao.mirror import layout
from kebao.mirror.errors import RefusedError
from kebao.mirror.manifest import time_text
from kebao.mirror.publisher.metadata import (
    ROLES,
    SIGNED_AT,
    MetadataFolder,
    Role,
)
from kebao.mirror.publisher.workspace import Workspace, read_record


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A draft that is not signed enough.

    Attributes:
        missing: how many signatures are needed still.
    """

    role: Role
    version: int
    missing: int


def sign(workspace: Workspace, signers: Sequence[Signer], *, now: datetime, roles: Sequence[Role] = ROLES) -> list[str]:
    """Signs every draft of the roles that the keys may sign, in order; gives ``role version`` of what was signed.

    Raises:
        RefusedError: nothing waits for any of these keys.
    """
    folder = MetadataFolder(workspace)
    done = []
    for role in ROLES:
        advance(workspace, now=now)
        if role not in roles:
            continue
        for signer in signers:
            # One draft at a time: the last signature turns it into signed metadata.
            draft = folder.any_draft(role)
            if draft and _may_sign(folder, role, draft, signer) and signer.public_key.keyid not in draft.signatures:
                draft.sign(signer, append=True)
                folder.write_draft(role, draft)
                done.append(f"{role} {draft.signed.version}")
                advance(workspace, now=now)
    if not done:
        raise RefusedError("nothing-to-sign", roles=", ".join(roles))
    return done


def advance(workspace: Workspace, *, now: datetime) -> None:
    """Makes drafts with enough signatures count, and makes the drafts that follow from them."""
    folder = MetadataFolder(workspace)
    draft_root = folder.draft("root", Root)
    if draft_root and not missing_signatures(folder, "root", draft_root):
        folder.write_signed("root", draft_root)
    targets = folder.draft("targets", Targets)
    if targets and not missing_signatures(folder, "targets", targets):
        folder.write_signed("targets", targets)
        _remember_release(workspace)
        draft_snapshot(workspace, now=now)
    snapshot = folder.draft("snapshot", Snapshot)
    if snapshot and not missing_signatures(folder, "snapshot", snapshot):
        folder.write_signed("snapshot", snapshot)
        draft_timestamp(workspace, now=now)
    timestamp = folder.draft("timestamp", Timestamp)
    if timestamp and not missing_signatures(folder, "timestamp", timestamp):
        folder.write_signed("timestamp", timestamp)


def waiting(workspace: Workspace) -> list[Waiting]:
    """What waits for signatures."""
    folder = MetadataFolder(workspace)
    found = []
    for role in ROLES:
        if draft := folder.any_draft(role):
            missing = missing_signatures(folder, role, draft)
            found.append(Waiting(role=role, version=draft.signed.version, missing=missing))
    return found


def missing_signatures(folder: MetadataFolder, role: Role, metadata: Metadata[Any]) -> int:
    """How many valid signatures are needed still; a new root needs those of the old one too."""
    payload, signatures = metadata.signed_bytes, metadata.signatures
    trusted = folder.newest("root", Root)
    if role == "root":
        if not isinstance(metadata.signed, Root):
            raise RefusedError("metadata-unreadable", path=folder.draft_path(role), reason=metadata.signed.type)
        delegators = [metadata.signed] if trusted is None else [trusted.signed, metadata.signed]
    elif trusted is None:
        return 1
    else:
        delegators = [trusted.signed]
    results = [root.get_verification_result(role, payload, signatures) for root in delegators]
    return max(max(result.threshold - len(result.signed), 0) for result in results)


def draft_snapshot(workspace: Workspace, *, now: datetime) -> None:
    """The snapshot that names the newest signed targets."""
    folder = MetadataFolder(workspace)
    version = folder.newest_version("targets")
    data = folder.signed_path("targets", version).read_bytes()
    snapshot = Snapshot(
        version=folder.newest_version("snapshot") + 1,
        expires=expiry(workspace, "snapshot", now),
        meta={"targets.json": _meta_file(version, data)},
    )
    folder.write_draft("snapshot", Metadata(snapshot))


def draft_timestamp(workspace: Workspace, *, now: datetime, life_days: int | None = None) -> None:
    """The timestamp that names the newest signed snapshot."""
    folder = MetadataFolder(workspace)
    version = folder.newest_version("snapshot")
    data = folder.signed_path("snapshot", version).read_bytes()
    timestamp = Timestamp(
        version=folder.newest_version("timestamp") + 1,
        expires=expiry(workspace, "timestamp", now, life_days),
        snapshot_meta=_meta_file(version, data),
        unrecognized_fields={SIGNED_AT: time_text(now)},
    )
    folder.write_draft("timestamp", Metadata(timestamp))


def expiry(workspace: Workspace, role: Role, now: datetime, life_days: int | None = None) -> datetime:
    """Until when metadata of the role is accepted when it is made now."""
    days = life_days if life_days is not None else workspace.read_state().life_days[role]
    return now.replace(microsecond=0) + timedelta(days=days)


def _meta_file(version: int, data: bytes) -> MetaFile:
    return MetaFile(version=version, length=len(data), hashes={"sha256": hashlib.sha256(data).hexdigest()})


def _may_sign(folder: MetadataFolder, role: Role, draft: Metadata[Any], signer: Signer) -> bool:
    roots = [root.signed for root in (folder.newest("root", Root),) if root]
    if role == "root" and isinstance(draft.signed, Root):
        roots.append(draft.signed)
    return any(signer.public_key.keyid in root.roles[role].keyids for root in roots)


def _remember_release(workspace: Workspace) -> None:
    """The release whose targets were signed is the newest one from now on."""
    path = workspace.path(layout.PENDING) / "release.json"
    if path.is_file():
        record = read_record(json.loads(path.read_bytes()))
        workspace.write_state(workspace.read_state().with_release(record))
        path.unlink()

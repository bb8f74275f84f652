"""The root: which keys may sign what, and how many of them it takes."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import datetime

from securesystemslib.signer import Key
from tuf.api.metadata import Metadata, Root, Snapshot, Targets

from kebao.mirror.errors import RefusedError
from kebao.mirror.publisher.metadata import ROLES, MetadataFolder, Role
from kebao.mirror.publisher.signing import draft_timestamp, expiry
from kebao.mirror.publisher.workspace import DEFAULT_LIFE_DAYS, PublisherState, Workspace


def initialise(
    workspace: Workspace,
    keys: Mapping[Role, Sequence[Key]],
    thresholds: Mapping[Role, int],
    *,
    now: datetime,
    life_days: Mapping[str, int] = DEFAULT_LIFE_DAYS,
) -> None:
    """The draft of the first root; raises RefusedError when there is a root already."""
    folder = MetadataFolder(workspace)
    if folder.newest_version("root"):
        raise RefusedError("already-initialised", path=workspace.root)
    root = Root(consistent_snapshot=True)
    for role in ROLES:
        for key in keys[role]:
            root.add_key(key, role)
        _set_threshold(root, role, thresholds[role])
    workspace.write_state(PublisherState(life_days=dict(life_days)))
    root.expires = expiry(workspace, "root", now)
    folder.write_draft("root", Metadata(root))


def rotate(
    workspace: Workspace,
    role: Role,
    *,
    add: Sequence[Key],
    remove: Sequence[str],
    now: datetime,
    threshold: int | None = None,
) -> None:
    """The draft of the next root, with other keys for a role, and drafts of what the old keys signed.

    Args:
        remove: ids of keys; one that is unknown raises RefusedError.
        threshold: how many keys must sign; None leaves it.
    """
    folder = MetadataFolder(workspace)
    root = _next_root(folder, workspace, now)
    signed: Root = root.signed
    for keyid in remove:
        if keyid not in signed.roles[role].keyids:
            raise RefusedError("key-not-in-role", keyid=keyid, role=role)
        signed.revoke_key(keyid, role)
    for key in add:
        signed.add_key(key, role)
    _set_threshold(signed, role, threshold or signed.roles[role].threshold)
    folder.write_draft("root", root)
    if role != "root":
        renew(workspace, role, now=now)


def renew(workspace: Workspace, role: Role, *, now: datetime, life_days: int | None = None) -> None:
    """The draft of a role's next version: the same content, accepted for longer."""
    folder = MetadataFolder(workspace)
    if role == "root":
        folder.write_draft("root", _next_root(folder, workspace, now, life_days))
    elif role == "timestamp":
        if folder.newest_version("snapshot"):
            draft_timestamp(workspace, now=now, life_days=life_days)
    elif role == "targets":
        _renew_signed(folder, workspace, role, folder.newest(role, Targets), now, life_days)
    else:
        _renew_signed(folder, workspace, role, folder.newest(role, Snapshot), now, life_days)


def _renew_signed(
    folder: MetadataFolder,
    workspace: Workspace,
    role: Role,
    newest: Metadata[Targets] | Metadata[Snapshot] | None,
    now: datetime,
    life_days: int | None,
) -> None:
    draft = folder.any_draft(role)
    if newest and not (draft and draft.signed.version > newest.signed.version):
        newest.signed.version += 1
        newest.signed.expires = expiry(workspace, role, now, life_days)
        newest.signatures.clear()
        if isinstance(newest.signed, Targets):
            folder.write_draft(role, Metadata(newest.signed))
        else:
            folder.write_draft(role, Metadata(newest.signed))


def _next_root(
    folder: MetadataFolder, workspace: Workspace, now: datetime, life_days: int | None = None
) -> Metadata[Root]:
    trusted = folder.newest_root()
    # Several changes may wait for the same signing: a draft is the base of the next change.
    base = folder.draft("root", Root) or trusted
    signed = copy.deepcopy(base.signed)
    signed.version = trusted.signed.version + 1
    signed.expires = expiry(workspace, "root", now, life_days)
    return Metadata(signed)


def _set_threshold(root: Root, role: Role, threshold: int) -> None:
    keys = len(root.roles[role].keyids)
    if not 1 <= threshold <= keys:
        raise RefusedError("threshold-impossible", role=role, threshold=threshold, keys=keys)
    root.roles[role].threshold = threshold

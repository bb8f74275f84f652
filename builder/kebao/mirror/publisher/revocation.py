"""Revoking: a new release with the content of the one before; schools roll forward, never back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kebao.mirror import layout
from kebao.mirror.errors import RefusedError
from kebao.mirror.manifest import FileEntry, read_manifest
from kebao.mirror.publisher.release import ReleasePlan, StagedRelease, stage_release
from kebao.mirror.publisher.units import UnitKey
from kebao.mirror.publisher.workspace import ReleaseRecord, Workspace


def revoke(workspace: Workspace, version: str, reason: str, *, new_version: str, now: datetime) -> StagedRelease:
    """Stages a release with the newest content that stands when ``version`` does not.

    Raises:
        RefusedError: there is no such release, none stands before it, or it is not the newest ("revoke-newest-only"):
            then a newer one has replaced its content already.
    """
    state = workspace.read_state()
    record = state.release_of(version)
    if record is None:
        raise RefusedError("no-such-version", version=version)
    if record != state.releases[-1]:
        raise RefusedError("revoke-newest-only", version=version, newest=state.releases[-1].version)
    standing = [release for release in state.releases if release.number < record.number and not release.revoked]
    if not standing:
        raise RefusedError("nothing-before", version=version)
    units = _units_of(workspace, standing[-1])
    workspace.write_state(state.with_release(replace(record, revoked=reason)))
    plan = ReleasePlan(version=new_version or f"{standing[-1].version}+{record.number + 1}", released=now)
    return stage_release(workspace, units, plan)


def _units_of(workspace: Workspace, record: ReleaseRecord) -> dict[UnitKey, tuple[FileEntry, ...]]:
    units = {}
    for name, sha256 in sorted(record.targets.items()):
        if name != layout.CATALOG:
            manifest = read_manifest(workspace.target_bytes(name, sha256), name)
            units[UnitKey(manifest.package, manifest.locale)] = manifest.files
    return units

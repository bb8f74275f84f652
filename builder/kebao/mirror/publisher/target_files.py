"""Targets on disk: each manifest whole, compressed, and as a delta against those of the releases before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from tuf.api.metadata import TargetFile

from kebao.mirror import dcz, layout, zstd
from kebao.mirror.layout import COMPRESSED, DELTAS
from kebao.mirror.publisher.files import write_atomically
from kebao.mirror.publisher.workspace import ReleaseRecord, Workspace

_WORTH_COMPRESSING_BYTES = 2048


def write_target(
    workspace: Workspace, name: str, data: bytes, custom: Mapping[str, Any], releases: Sequence[ReleaseRecord]
) -> TargetFile:
    """Writes a target and its smaller forms; gives the line of the metadata that names it."""
    sha256 = hashlib.sha256(data).hexdigest()
    write_atomically(workspace.path(layout.target_uri(sha256, name)), data)
    named = dict(custom)
    if zstd.zstd_module() and len(data) >= _WORTH_COMPRESSING_BYTES:
        compressed = zstd.compress(data)
        write_atomically(workspace.path(layout.compressed_target_uri(sha256, name)), compressed)
        named[COMPRESSED] = len(compressed)
        if deltas := _write_deltas(workspace, name, data, sha256, releases):
            named[DELTAS] = deltas
    return TargetFile(len(data), {"sha256": sha256}, name, {"custom": named})


def deltas_from(releases: Sequence[ReleaseRecord]) -> list[ReleaseRecord]:
    """The releases that a new one has deltas from: the last one, and the last that is for long."""
    found = list(releases[-1:])
    long_term = [release for release in releases if release.long_term]
    return found + [release for release in long_term[-1:] if release not in found]


def _write_deltas(
    workspace: Workspace, name: str, data: bytes, sha256: str, releases: Sequence[ReleaseRecord]
) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for release in deltas_from(releases):
        old_sha256 = release.targets.get(name)
        if old_sha256 is None or old_sha256 == sha256 or len(data) > dcz.MAX_DELTA_BYTES:
            continue
        path = workspace.path(layout.target_uri(old_sha256, name))
        if path.is_file() and path.stat().st_size <= dcz.MAX_DELTA_BYTES:
            delta = dcz.make_delta(path.read_bytes(), data)
            write_atomically(workspace.path(layout.target_delta_uri(sha256, name, old_sha256)), delta)
            sizes[old_sha256] = len(delta)
    return sizes

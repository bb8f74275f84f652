"""One pack for a school that has the release before: all changed manifests, and what is small of all units' deltas.

A site of many units would cost two requests for each of them, and on a line with a long way those weigh more than what
they bring.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO, cast

from tuf.api.metadata import TargetFile

from kebao.mirror import dcz, layout
from kebao.mirror.layout import DELTAS
from kebao.mirror.manifest import Pack
from kebao.mirror.packs import NewMember
from kebao.mirror.publisher.pack_files import store_pack
from kebao.mirror.publisher.release_packs import DELTA_LEVEL
from kebao.mirror.publisher.workspace import ReleaseRecord, Workspace
from kebao.mirror.tar_stream import members
from kebao.mirror.zstd import MAX_STREAM_WINDOW_LOG, required_zstd, zstd_module

MAX_UNIT_PACKS_BYTES = 8 << 20
"""Of the units' packs that go in; bigger ones are worth requests of their own, and not everybody wants them."""
_DELTA_ENDING = ".dcz"


def make_update_pack(
    workspace: Workspace, old: ReleaseRecord, targets: Mapping[str, TargetFile], unit_packs: Sequence[Pack]
) -> Pack | None:
    """The pack from an older release; None where there are too few units to gain by it, or there is no zstd.

    Args:
        targets: the manifests of the new release.
        unit_packs: the units' delta packs.
    """
    changed = {name: target for name, target in targets.items() if old.targets.get(name) != target.hashes["sha256"]}
    if zstd_module() is None or len(changed) < 2:
        return None
    packs = _that_fit([pack for pack in unit_packs if pack.kind == "delta" and pack.from_version == old.version])
    content = _once(_content(workspace, old, changed, packs))
    return store_pack(workspace, "delta", old.version, content, level=DELTA_LEVEL)


def _that_fit(packs: Sequence[Pack]) -> list[Pack]:
    chosen, size = [], 0
    for pack in sorted(packs, key=lambda pack: (pack.size, pack.sha256)):
        size += pack.size
        if size > MAX_UNIT_PACKS_BYTES:
            break
        chosen.append(pack)
    return chosen


def _content(
    workspace: Workspace, old: ReleaseRecord, changed: Mapping[str, TargetFile], packs: Sequence[Pack]
) -> Iterator[NewMember]:
    for name, target in sorted(changed.items()):
        sha256, old_sha256 = target.hashes["sha256"], old.targets.get(name, "")
        if old_sha256 in (target.custom or {}).get(DELTAS, {}):
            delta = workspace.path(layout.target_delta_uri(sha256, name, old_sha256)).read_bytes()
            yield NewMember(sha256, "delta", delta)
        elif target.length <= dcz.MAX_DELTA_BYTES:
            yield NewMember(sha256, "whole", workspace.target_bytes(name, sha256))
    for pack in packs:
        yield from _members_of(workspace, pack)


def _members_of(workspace: Workspace, pack: Pack) -> Iterator[NewMember]:
    """As they stand in the unit's pack: only the first digits of their hashes are known there."""
    zstd = required_zstd()
    options = {zstd.DecompressionParameter.window_log_max: MAX_STREAM_WINDOW_LOG}
    path = workspace.path(layout.pack_uri(pack.kind, pack.sha256))
    with zstd.ZstdFile(path, options=options) as stream:
        for member in members(cast(BinaryIO, stream)):
            name = member.name.removesuffix(_DELTA_ENDING)
            yield NewMember(name, "whole" if name == member.name else "delta", member.read())


def _once(content: Iterator[NewMember]) -> Iterator[NewMember]:
    seen: set[tuple[str, str]] = set()
    for member in content:
        key = (member.sha256[:16], member.form)
        if key not in seen:
            seen.add(key)
            yield member

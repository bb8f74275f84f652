"""Packs as files of the publisher's folder, under the name that their content gives them."""

from __future__ import annotations

from collections.abc import Iterable

from kebao.mirror import layout
from kebao.mirror.manifest import Pack, PackKind
from kebao.mirror.packs import NewMember, write_pack
from kebao.mirror.publisher.files import sha256_of
from kebao.mirror.publisher.workspace import Workspace


def store_pack(
    workspace: Workspace, kind: PackKind, from_version: str, content: Iterable[NewMember], *, level: int
) -> Pack:
    """Writes a pack in a stream; ``level`` is zstd's."""
    folder = workspace.path(layout.PACKS)
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".new-{kind}.tmp"
    try:
        write_pack(temporary, content, level=level)
        sha256, size = sha256_of(temporary), temporary.stat().st_size
        temporary.replace(workspace.path(layout.pack_uri(kind, sha256)))
    finally:
        temporary.unlink(missing_ok=True)
    return Pack(kind, from_version, sha256, size)

"""What is missing, and the cheapest way to get it: packs where they cost less than their files one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from kebao.mirror.layout import object_uri, pack_uri, release_folder
from kebao.mirror.manifest import FileEntry, Manifest, Pack
from kebao.mirror.packs import MAX_BASE_FILE_BYTES
from kebao.mirror.school.transfer import Wanted

REQUEST_BYTES = 20_000
"""What one more request costs on a line with 200 ms delay, in bytes that could have come meanwhile."""


@dataclass(frozen=True)
class UnitPlan:
    """What to fetch for one manifest.

    Attributes: pack: to fetch first, if any; missing: its objects that are not here, each hash once.
    """

    missing: tuple[FileEntry, ...]
    pack: Pack | None

    @property
    def bytes(self) -> int:
        """What will come over the line, about."""
        if self.pack is None:
            return sum(file.size for file in self.missing)
        return self.pack.size + sum(file.size for file in self.missing if not _may_hold(self.pack, file))


def plan_unit(
    manifest: Manifest, missing: Mapping[str, FileEntry], versions_here: Collection[str], *, unpacks: bool
) -> UnitPlan:
    """The plan for the objects in `missing`.

    Args: versions_here: of this unit, from which deltas can start; unpacks: whether this PC can read packs.
    """
    files = tuple(missing.values())
    gains: dict[Pack, int] = {}
    for pack in manifest.packs:
        if unpacks and (pack.kind == "base" or pack.from_version in versions_here):
            whole = cost_of(file for file in files if _may_hold(pack, file))
            gains[pack] = whole - pack.size - REQUEST_BYTES
    best = max(gains, key=lambda pack: (gains[pack], pack.sha256), default=None)
    return UnitPlan(files, best if best is not None and gains[best] > 0 else None)


def _may_hold(pack: Pack, file: FileEntry) -> bool:
    """Publishers leave big files out of base packs: they would be fetched twice when a pack is fetched for others."""
    return pack.kind == "delta" or file.size <= MAX_BASE_FILE_BYTES


def cost_of(files: Iterable[FileEntry]) -> int:
    """What fetching the files one by one costs, in bytes."""
    return sum(file.size + REQUEST_BYTES for file in files)


def wanted_object(file: FileEntry, release: int) -> Wanted:
    """An object, by its hash, or by its name in the release tree of a stick."""
    uris = (object_uri(file.sha256), f"{release_folder(release)}/{file.path}")
    return Wanted(file.sha256, file.size, uris, file.path)


def wanted_pack(pack: Pack) -> Wanted:
    uri = pack_uri(pack.kind, pack.sha256)
    return Wanted(pack.sha256, pack.size, (uri,), uri.rpartition("/")[2])

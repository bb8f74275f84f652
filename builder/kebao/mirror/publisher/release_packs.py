"""The packs of a release: one with all small files of a unit, and one with what changed since each older release."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kebao.mirror import dcz, layout
from kebao.mirror.errors import RefusedError
from kebao.mirror.manifest import FileEntry, Manifest, Pack, read_manifest
from kebao.mirror.packs import MAX_BASE_FILE_BYTES, NewMember
from kebao.mirror.publisher.pack_files import store_pack
from kebao.mirror.publisher.target_files import deltas_from
from kebao.mirror.publisher.units import SITE_UNIT, UnitKey
from kebao.mirror.publisher.workspace import ReleaseRecord, Workspace
from kebao.mirror.zstd import zstd_module

MAX_WHOLE_FILE_BYTES = 1 << 20
"""Bigger new files are fetched by themselves: they resume, and nobody has their bytes twice on a server."""
_MIN_BASE_FILES = 8
_BASE_LEVEL = 9
DELTA_LEVEL = 15
_WORTH = 0.9
"""A pack of few files must be this much smaller than they are."""
_FEW = 8

_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{2}/[0-9a-f]{64}(?=/)|(?<![0-9a-f])[0-9a-f]{8,64}(?![0-9a-f])")

UnitFiles = Mapping[UnitKey, Sequence[FileEntry]]


class PackMaker:
    """Makes packs for one release after another's manifests are known."""

    def __init__(self, workspace: Workspace, releases: Sequence[ReleaseRecord]) -> None:
        self._workspace = workspace
        self._releases = releases

    def is_same(self, units: UnitFiles, release: ReleaseRecord) -> bool:
        """Whether a release holds exactly these units and files."""
        names = {layout.target_name(key.package, key.locale): key for key in units}
        if release.targets.keys() - {layout.CATALOG} != names.keys():
            return False
        # One after another: memory holds one old manifest, and mostly the first that differs is the last to be read.
        return all((m := self._manifest(release, name)) and m.files == tuple(units[names[name]]) for name in names)

    def packs_of(self, key: UnitKey, files: Sequence[FileEntry], units: UnitFiles) -> list[Pack]:
        """The packs of a unit; none where this computer has no zstd."""
        if zstd_module() is None:
            return []
        # What the site's unit holds too lies in the site's packs, which every school fetches.
        elsewhere = frozenset() if key == SITE_UNIT else frozenset(file.sha256 for file in units.get(SITE_UNIT, ()))
        own = _once(file for file in files if file.sha256 not in elsewhere)
        packs = [self._base_pack(own)]
        for release in deltas_from(self._releases):
            old = self._manifest(release, layout.target_name(key.package, key.locale))
            if old:
                packs.append(self._delta_pack(old, own))
        return [pack for pack in packs if pack]

    def _base_pack(self, files: Sequence[FileEntry]) -> Pack | None:
        small = [file for file in files if file.size <= MAX_BASE_FILE_BYTES]
        if len(small) < _MIN_BASE_FILES:
            return None

        content = (NewMember(file.sha256, "whole", self._read(file.sha256)) for file in small)
        return store_pack(self._workspace, "base", "", content, level=_BASE_LEVEL)

    def _delta_pack(self, old: Manifest, files: Sequence[FileEntry]) -> Pack | None:
        had = {file.sha256 for file in old.files}
        new = [file for file in files if file.sha256 not in had]
        predecessor = Predecessors(old.files, {file.path for file in files}).of
        pairs = [(file, predecessor(file)) for file in new]
        pairs = [(file, before) for file, before in pairs if before or file.size <= MAX_WHOLE_FILE_BYTES]
        if not pairs:
            return None

        raw_bytes = sum(file.size for file, _ in pairs)
        content = (self._member(file, before) for file, before in pairs)
        pack = store_pack(self._workspace, "delta", old.version, content, level=DELTA_LEVEL)
        if len(pairs) < _FEW and pack.size > _WORTH * raw_bytes:
            self._workspace.path(layout.pack_uri(pack.kind, pack.sha256)).unlink()
            return None
        return pack

    def _member(self, file: FileEntry, before: FileEntry | None) -> NewMember:
        new = self._read(file.sha256)
        if before is None or not self._workspace.object_path(before.sha256).is_file():
            return NewMember(file.sha256, "whole", new)
        delta = dcz.make_delta(self._read(before.sha256), new)
        # An outer frame would not make a compressed file smaller; a delta that is no gain is not worth its old file.
        return NewMember(file.sha256, "delta", delta) if len(delta) < len(new) else NewMember(file.sha256, "whole", new)

    def _manifest(self, release: ReleaseRecord, name: str) -> Manifest | None:
        if name not in release.targets:
            return None
        try:
            return read_manifest(self._workspace.target_bytes(name, release.targets[name]), name)
        except RefusedError:  # removed to make room: then there is no delta from it
            return None

    def _read(self, sha256: str) -> bytes:
        path: Path = self._workspace.object_path(sha256)
        return path.read_bytes()


class Predecessors:
    """Which old file a new one was made of: that of the same path, else one that moved.

    Stored files and assets lie in folders named by a digest, so every change moves them.
    """

    def __init__(self, old_files: Sequence[FileEntry], new_paths: set[str]) -> None:
        self._by_path = {file.path: file for file in old_files}
        self._by_pattern: dict[str, list[FileEntry]] = defaultdict(list)
        self._by_name: dict[str, list[FileEntry]] = defaultdict(list)
        for file in old_files:
            if file.path not in new_paths:
                self._by_pattern[_pattern(file.path)].append(file)
                self._by_name[file.path.rpartition("/")[2]].append(file)

    def of(self, file: FileEntry) -> FileEntry | None:
        """The old file; None when there is none, or one of the two is too big for a delta."""
        if file.size > dcz.MAX_DELTA_BYTES:
            return None
        same_path = self._by_path.get(file.path)
        if same_path:
            candidates = [same_path]
        else:
            name = file.path.rpartition("/")[2]
            candidates = self._by_pattern.get(_pattern(file.path)) or self._by_name.get(name, [])
        fitting = [old for old in candidates if old.size <= dcz.MAX_DELTA_BYTES]
        return min(fitting, key=lambda old: (abs(old.size - file.size), old.path), default=None)


def _pattern(path: str) -> str:
    return _DIGEST.sub("*", path)


def _once(files: Iterator[FileEntry]) -> list[FileEntry]:
    seen: set[str] = set()
    found = []
    for file in files:
        if file.sha256 not in seen:
            seen.add(file.sha256)
            found.append(file)
    return found

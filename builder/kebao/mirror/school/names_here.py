"""Whether this disk can hold a release's names; asked before the first byte is fetched."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from kebao.mirror.errors import DiskError
from kebao.mirror.names import collisions
from kebao.mirror.school.disk import Disk

_LONGEST_NAME_BYTES = 255
_LONGEST_WINDOWS_PATH = 259


class NamesHere:
    """What the file system at `folder` can do, found out by trying."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        probe = folder / "Probe.tmp"
        other = folder / "probe.TMP"
        disk.remove(probe)
        with disk.append_to(probe):
            self.ignores_case = other.exists()
        second = folder / "probe-link.tmp"
        disk.remove(second)
        self.has_links = disk.link(probe, second)
        disk.remove(second)
        disk.remove(probe)

    def require(self, tree: Path, paths: Iterable[str]) -> None:
        """Raises: DiskError with the first path that does not fit here."""
        if not self.ignores_case and os.name != "nt":
            self._require_lengths(tree, paths)
            return
        listed = list(paths)
        self._require_lengths(tree, listed)
        for problem in collisions(sorted(listed)):
            raise DiskError("school-names-collide", path=problem.path, other=problem.other)

    def _require_lengths(self, tree: Path, paths: Iterable[str]) -> None:
        longest = _LONGEST_WINDOWS_PATH - len(str(tree)) if os.name == "nt" else 4000 - len(os.fsencode(tree))
        for path in paths:
            size = len(path) if os.name == "nt" else len(os.fsencode(path))
            if size > longest:
                raise DiskError("school-path-too-long", path=path)
            if any(len(name.encode()) > _LONGEST_NAME_BYTES for name in path.split("/")):
                raise DiskError("school-name-too-long", path=path)

"""What goes onto a stick: chosen packages and locales, with or without video, as much as fits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kebao.mirror.errors import RefusedError
from kebao.mirror.layout import SITE_PACKAGE
from kebao.mirror.manifest import FileEntry, Manifest, Unit

CLUSTER_BYTES = 32 << 10
"""What a file takes up at least, and is rounded up to: the cluster of a FAT32 stick of 32 GB."""
_RESERVE_BYTES = 8 << 20
_VIDEO_ENDINGS = (".mp4", ".m4v", ".webm", ".ogv", ".mov", ".avi", ".mkv", ".wmv", ".flv", ".mpg", ".mpeg")


@dataclass(frozen=True, slots=True, kw_only=True)
class StickChoice:
    """What is wanted on a stick.

    Attributes:
        packages: empty for all.
        locales: empty for all.
        max_bytes: of the stick; None when it is big enough.
    """

    packages: frozenset[str] = frozenset()
    locales: frozenset[str] = frozenset()
    with_video: bool = True
    max_bytes: int | None = None

    def takes(self, package: str, locale: str) -> bool:
        """Whether a unit is wanted; the site's own always is."""
        is_wanted = (not self.packages or package in self.packages) and (not self.locales or locale in self.locales)
        return package == SITE_PACKAGE or is_wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class StickPlan:
    """What is written.

    Attributes:
        files: by path, each once.
        left_out: paths of chosen units that are not written.
    """

    units: tuple[tuple[str, str], ...]
    is_everything: bool
    files: tuple[FileEntry, ...]
    left_out: tuple[str, ...]

    @property
    def size_bytes(self) -> int:
        """On a FAT32 stick."""
        return size_on_stick(self.files)


def plan_stick(catalog_units: Collection[Unit], manifests: Iterable[Manifest], choice: StickChoice) -> StickPlan:
    """Decides; videos go first when it does not fit, the biggest ones first.

    Raises:
        RefusedError: a package or locale that does not exist, or ("stick-too-small") too little room without videos.
    """
    for known, wanted in (
        ({unit.package for unit in catalog_units}, choice.packages),
        ({unit.locale for unit in catalog_units}, choice.locales),
    ):
        if unknown := sorted(wanted - known):
            raise RefusedError("not-in-release", names=", ".join(unknown), known=", ".join(sorted(known)))
    files: dict[str, FileEntry] = {}
    units = []
    for manifest in manifests:
        if choice.takes(manifest.package, manifest.locale):
            units.append((manifest.package, manifest.locale))
            files.update((file.path, file) for file in manifest.files)
    left_out = {path for path in files if not choice.with_video and is_video(path)}
    kept = [file for path, file in sorted(files.items()) if path not in left_out]
    kept, dropped = _fitting(kept, choice.max_bytes)
    return StickPlan(
        units=tuple(sorted(units)),
        is_everything=len(units) == len(catalog_units),
        files=tuple(kept),
        left_out=tuple(sorted(left_out | dropped)),
    )


def is_video(path: str) -> bool:
    """By its ending."""
    return path.lower().endswith(_VIDEO_ENDINGS)


def size_on_stick(files: Iterable[FileEntry]) -> int:
    """In whole clusters, with room for folders and signatures."""
    return _RESERVE_BYTES + sum(_clusters(file) for file in files)


def _clusters(file: FileEntry) -> int:
    return -(-file.size // CLUSTER_BYTES) * CLUSTER_BYTES


def _fitting(files: list[FileEntry], max_bytes: int | None) -> tuple[list[FileEntry], set[str]]:
    excess = size_on_stick(files) - max_bytes if max_bytes is not None else 0
    dropped: set[str] = set()
    for video in sorted((f for f in files if is_video(f.path)), key=lambda f: (-f.size, f.path)):
        if excess <= 0:
            break
        dropped.add(video.path)
        excess -= _clusters(video)
    if excess > 0 and max_bytes is not None:
        raise RefusedError("stick-too-small", needed=max_bytes + excess, size=max_bytes)
    return [file for file in files if file.path not in dropped], dropped

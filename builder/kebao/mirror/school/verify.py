"""``verify``: reads what readers see and compares it with what was signed; ``repair`` brings what is not right."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kebao.mirror.errors import ExitCode, VerificationError
from kebao.mirror.hash_set import HashSet
from kebao.mirror.manifest import FileEntry
from kebao.mirror.school.context import School
from kebao.mirror.school.readable import readable_bytes
from kebao.mirror.school.state import Release, State
from kebao.mirror.school.store import sha256_of
from kebao.mirror.school.wanted import kept_manifest, target_path
from kebao.mirror.school.workers import for_each

_CHECKERS = 2
_MOST_TOLD = 20


@dataclass(frozen=True)
class Damage:
    """What is not as it was signed.

    Attributes:
        bad: files that are missing, of another size, changed, or links.
        foreign: paths in the trees that nobody signed for, relative to the mirror's folder.
        manifests: (name, SHA-256) of manifests that are gone or changed.
        files, bytes: what was read.
    """

    bad: tuple[tuple[str, FileEntry], ...]
    foreign: tuple[Path, ...]
    manifests: tuple[tuple[str, str], ...]
    files: int
    bytes: int

    def __bool__(self) -> bool:
        return bool(self.bad or self.foreign or self.manifests)


def verify(school: School, *, percent: float = 100.0) -> ExitCode:
    """Checks every kept release; with a sample, a part of the files that differs from day to day.

    Raises: VerificationError when something is not right; what it is has been told by then.
    """
    school.config()
    state = school.state()
    if not state.releases:
        school.tell("school-empty")
        return ExitCode.NOTHING_NEW
    damage = damage_of(school, state, percent=percent)
    tell_damage(school, damage)
    if damage:
        school.journal.note("verify", bad=len(damage.bad), foreign=len(damage.foreign), manifests=len(damage.manifests))
        raise VerificationError(
            "school-damaged", bad=len(damage.bad) + len(damage.manifests), foreign=len(damage.foreign)
        )
    school.tell("school-sound", files=damage.files, size=readable_bytes(damage.bytes), releases=len(state.releases))
    return ExitCode.COMPLETE


def damage_of(school: School, state: State, *, percent: float = 100.0) -> Damage:
    """Everything that differs from what was signed, of all kept releases."""
    bad: list[tuple[str, FileEntry]] = []
    foreign: list[Path] = []
    manifests: list[tuple[str, str]] = []
    right_once = HashSet()
    counted = [0, 0]
    day = school.clock.now().toordinal()
    lock = threading.Lock()
    for release in state.releases:
        tree = school.places.tree(release.tree)
        expected = HashSet()

        def check(file: FileEntry, tree: Path = tree, name: str = release.tree) -> None:
            right = _is_right(tree.joinpath(*file.path.split("/")), file, right_once)
            with lock:
                counted[0] += 1
                counted[1] += file.size
                if not right:
                    bad.append((name, file))

        lost = len(manifests)
        for_each(_files(school, release, expected, manifests, percent, day), check, workers=_CHECKERS)
        if len(manifests) == lost:  # else it is unknown what belongs here
            foreign += _foreign(tree, expected)
    manifests += _lost_catalogues(school, state)
    bad.sort(key=lambda each: (each[0], each[1].path))
    return Damage(tuple(bad), tuple(sorted(foreign)), tuple(manifests), counted[0], counted[1])


def tell_damage(school: School, damage: Damage) -> None:
    """The first of each kind by name; the number of the rest is in what follows."""
    for tree, file in damage.bad[:_MOST_TOLD]:
        school.tell("school-bad-file", path=f"r/{tree}/{file.path}")
    for path in damage.foreign[:_MOST_TOLD]:
        school.tell("school-foreign-file", path=path)
    for name, _ in damage.manifests[:_MOST_TOLD]:
        school.tell("school-manifest-lost", name=name)


def _files(
    school: School, release: Release, expected: HashSet, lost: list[tuple[str, str]], percent: float, day: int
) -> Iterator[FileEntry]:
    for name, digest in release.manifests.items():
        try:
            manifest = kept_manifest(school.places, name, digest)
        except VerificationError:
            lost.append((name, digest))
            continue
        for file in manifest.files:
            if not expected.add_text(file.path):
                continue
            if percent >= 100 or _is_drawn(file, day, percent):
                yield file


def _is_drawn(file: FileEntry, day: int, percent: float) -> bool:
    """The same files all day, others tomorrow: after enough days all were read."""
    draw = int.from_bytes(sha256(f"{day}:{file.path}".encode()).digest()[:4], "big")
    return draw < percent / 100 * 2**32


def _is_right(path: Path, file: FileEntry, right_once: HashSet) -> bool:
    try:
        status = path.lstat()
        if (status.st_mode & 0o170000) != 0o100000 or status.st_size != file.size:
            return False
        # Kept releases share most of their files: each is read once.
        key = f"{status.st_dev}:{status.st_ino}:{file.sha256}"
        is_shared = status.st_nlink > 1 and status.st_ino
        if is_shared and right_once.has_text(key):
            return True
        is_right = sha256_of(path) == file.sha256
        if is_shared and is_right:
            right_once.add_text(key)
        return is_right
    except OSError:
        return False


def _foreign(tree: Path, expected: HashSet) -> Iterator[Path]:
    """What is in the tree and was not signed for; links are named, never followed."""
    for folder, folders, files in os.walk(tree):
        base = Path(folder)
        links = [name for name in folders if (base / name).is_symlink()]
        for name in (*files, *links):
            path = base / name
            if not expected.has_text(path.relative_to(tree).as_posix()):
                yield path


def _lost_catalogues(school: School, state: State) -> Iterator[tuple[str, str]]:
    for release in state.releases:
        path = target_path(school.places, release.catalog_sha256, "catalog.json")
        data = path.read_bytes() if path.is_file() else b""
        if sha256(data).hexdigest() != release.catalog_sha256:
            yield "catalog.json", release.catalog_sha256


def bad_objects(damage: Damage) -> Mapping[str, FileEntry]:
    """The damaged files by hash, each once."""
    return {file.sha256: file for _, file in damage.bad}

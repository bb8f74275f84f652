"""The site before the last one, out of whose files the next one is made: most of them are the same.

To make and remove tens of thousands of files and folders takes longer than to look whether they are right. So the site
that a build replaced stays in the project's cache, and the next build moves parts of it into its own folder. No byte in
it is trusted for standing there: each file is compared with what is wanted, or is the same file as one that is kept.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import unicodedata
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from kebao.assembly.output_folder import is_running

_FILES = "_files"
#: Size, time and number of a file on the disk.
Signature = tuple[int, int, int]


def signature_of(found: os.stat_result) -> Signature:
    """What says that a file is the same one, and was not changed: one of the same bytes would have them twice."""
    return found.st_size, found.st_mtime_ns, found.st_ino


@dataclass(frozen=True, slots=True)
class SpareSite:
    """The spare site of a project as long as a build has it; nobody else has it then.

    Attributes:
        folder: Where it is, if it is there; None where no site is kept, and all is made anew.
        kept: Where the next build finds one.
        stored: What the new site has in its folder of stored files: path → size.
    """

    folder: Path | None
    kept: Path
    stored: dict[str, int] = field(default_factory=dict)

    def take_files(self, target: Path) -> SpareFiles:
        """Moves the stored files to ``target``, which must not be there."""
        # Each is in two folders; whatever else somebody put there may stand in the way.
        found = _taken(self.folder / _FILES, target, lambda path: path.count("/") == 2) if self.folder else set()
        return SpareFiles(str(target), found)

    def keep(self, site: Path) -> None:
        """Keeps a site that was replaced for the next build, but for the files that the new one has not.

        Those would have their bytes on the disk for nobody. A site that cannot be moved to the cache stays.
        """
        if self.folder is None:
            return
        digests = {path.split("/")[1] for path in self.stored}
        with contextlib.suppress(OSError):
            with os.scandir(site / _FILES) as entries:
                folders = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
            for folder in folders:
                for name in os.listdir(folder):
                    if name not in digests:
                        shutil.rmtree(f"{folder}/{name}", ignore_errors=True)
            site.rename(self.kept)


@contextlib.contextmanager
def spare_site(cache: Path, *, keeps: bool) -> Iterator[SpareSite]:
    """The spare site in a project's cache; what was not taken of it is gone afterwards."""
    place = cache / "spare"
    # Elsewhere than on Unix, folders are not renamed while one of their files is open, and links are other things.
    if not keeps or os.name != "posix":
        yield SpareSite(None, place / "site")
        return
    _remove_abandoned(place)
    try:
        place.mkdir(parents=True, exist_ok=True)
        own = Path(mkdtemp(prefix=f"{os.getpid()}-", dir=place))
    except OSError:
        # The disk is full, for one.
        yield SpareSite(None, place / "site")
        return
    try:
        # One of two builds gets it.
        with contextlib.suppress(OSError):
            (place / "site").rename(own / "site")
        yield SpareSite(own / "site", place / "site")
    finally:
        shutil.rmtree(own, ignore_errors=True)


@dataclass(slots=True)
class SpareFiles:
    """Stored files that a build has found in its folder.

    Attributes:
        left: Paths below the folder that nobody has asked for.
    """

    folder: str
    left: set[str]

    def take(self, path: str, signature: Signature | None) -> bool:
        """Whether this very file is there; otherwise there is nothing under its name afterwards."""
        if path in self.left:
            self.left.discard(path)
            with contextlib.suppress(FileNotFoundError):
                if signature_of(os.lstat(f"{self.folder}/{path}")) == signature:
                    return True
                os.unlink(f"{self.folder}/{path}")
        elif self.left:
            self._remove_like(path)
        return False

    def _remove_like(self, path: str) -> None:
        """Some file systems take names for the same that differ in case, or in how accents are written."""
        place, _, name = path.rpartition("/")
        with contextlib.suppress(FileNotFoundError):
            for other in os.listdir(f"{self.folder}/{place}"):
                if f"{place}/{other}" in self.left and _folded(other) == _folded(name):
                    self.left.discard(f"{place}/{other}")
                    os.unlink(f"{self.folder}/{place}/{other}")

    def remove_left(self) -> None:
        """Removes what nobody asked for."""
        for path in self.left:
            os.unlink(f"{self.folder}/{path}")
            with contextlib.suppress(OSError):
                while path := path.rpartition("/")[0]:
                    os.rmdir(f"{self.folder}/{path}")
                os.rmdir(self.folder)
        self.left.clear()


def take_spare(spare: Path, target: Path, wanted: Container[str]) -> set[str]:
    """Moves a folder of the spare site to a place where none is, and removes what is not wanted.

    Gives the wanted files that are there now. They may be the same on the disk as those of other sites: whoever changes
    one must put another in its place.
    """
    return _taken(spare, target, wanted.__contains__)


def _taken(source: Path, target: Path, is_wanted: Callable[[str], bool]) -> set[str]:
    # Looked at before it is moved: what cannot be read or changed stays where it is.
    with contextlib.suppress(OSError):
        if stat.S_ISDIR(os.lstat(source).st_mode):
            found = _listed(str(source), is_wanted)
            if found:
                target.parent.mkdir(parents=True, exist_ok=True)
                source.rename(target)
            return found
    return set()


def _listed(top: str, is_wanted: Callable[[str], bool]) -> set[str]:
    """The wanted files below a folder; all else is removed, links and folders without files too."""
    listed: set[str] = set()

    def look(folder: str, below: str) -> bool:
        is_used = False
        with os.scandir(folder) as entries:
            found = list(entries)
        for entry in found:
            path = f"{below}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                if look(entry.path, f"{path}/"):
                    is_used = True
                else:
                    os.rmdir(entry.path)
            elif entry.is_file(follow_symlinks=False) and is_wanted(path):
                listed.add(path)
                is_used = True
            else:
                os.unlink(entry.path)
        return is_used

    look(top, "")
    return listed


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _remove_abandoned(folder: Path) -> None:
    """Removes what killed builds had."""
    with contextlib.suppress(OSError):
        for each in folder.iterdir():
            pid = each.name.partition("-")[0]
            if pid.isdigit() and not is_running(int(pid)):
                shutil.rmtree(each, ignore_errors=True)

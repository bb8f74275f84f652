"""The pages of a shard as they were made before, each under a key of all that it was made of.

An entry is a file whose name says its key and what its bytes must be. Pages and entries are the same file on the disk
where the file system can do that, so that a page that has not changed is neither made nor written.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

#: Another name for another form of entries.
_FORM = "v1"
_SUFFIX = ".html"


def can_keep(cache: Path) -> bool:
    """Whether anything can be written to a project's cache: not on a read-only or full disk, where all is made anew."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=cache) as probe:
            probe.write(b"?")
    except OSError:
        return False
    return True


def pages_folder(cache: Path) -> Path:
    """Where the pages of all shards are kept in a project's cache."""
    return cache / "pages"


def cache_digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=20).hexdigest()


@dataclass(frozen=True, slots=True)
class PageCache:
    """The pages of a shard in ``folder``.

    Two builds may use it at once, and each may be killed: an entry appears whole, and one that is damaged or gone is a
    page that must be made. A read-only or full disk only costs the time of making pages again.
    """

    folder: Path
    _names: dict[str, str]
    _used: set[str]

    @classmethod
    def of_shard(cls, cache: Path, shard_uri: str) -> PageCache:
        folder = pages_folder(cache) / _FORM / shard_uri.replace("/", "-")
        names: dict[str, str] = {}
        with contextlib.suppress(OSError):
            names = {name.partition("-")[0]: name for name in os.listdir(folder) if name.endswith(_SUFFIX)}
        return cls(folder, names, set())

    def take(self, key: str, target: Path) -> bool:
        """Puts the page at ``target``, which must not exist; False when it is not here, or not as it was."""
        name = self._names.get(key)
        if name is None:
            return False
        entry = self.folder / name
        try:
            if cache_digest(entry.read_bytes()) != name.partition("-")[2].removesuffix(_SUFFIX):
                entry.unlink()
                return False
            _link(entry, target)
        except OSError:
            return False
        self._used.add(name)
        return True

    def keep(self, key: str, page: Path, content: bytes) -> None:
        """Keeps a page that was just written."""
        name = f"{key}-{cache_digest(content)}{_SUFFIX}"
        self._used.add(name)
        entry, temporary = self.folder / name, self.folder / f".{os.getpid()}.{key}.tmp"
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            _link(page, temporary)
            temporary.replace(entry)
            # Where both are the same file already, the name that was to be replaced stays.
            temporary.unlink(missing_ok=True)

    def used(self) -> frozenset[str]:
        """The entries that were taken or kept."""
        return frozenset(self._used)

    def drop_oldest(self, used: frozenset[str]) -> None:
        """Removes what was not used, the oldest first, until it is no more than what was."""
        entries = []
        with contextlib.suppress(OSError):
            entries = [
                (entry.stat().st_mtime_ns, entry.stat().st_size, entry.name) for entry in os.scandir(self.folder)
            ]
        room = sum(size for _, size, name in entries if name in used)
        for _, size, name in sorted(entries, reverse=True):
            if name not in used:
                room -= size
                if room < 0:
                    (self.folder / name).unlink(missing_ok=True)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        if not source.exists():
            raise
        target.parent.mkdir(parents=True, exist_ok=True)
        _link(source, target)
    except FileExistsError:
        raise
    except OSError:
        # Another disk, or one without links.
        shutil.copyfile(source, target)


def cache_size(cache: Path) -> tuple[int, int]:
    """Files below a folder of the cache, and their bytes."""
    sizes = [path.stat().st_size for path in cache.rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)

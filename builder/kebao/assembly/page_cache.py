"""The pages of a shard as they were made before, each under a key of all that it was made of.

An entry is a file whose name says its key and what its bytes must be. Pages and entries are the same file on the disk
where the file system can do that, so that a page that has not changed is neither made nor written.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

from kebao.assembly.file_store import atomic_writer

#: Another name for another form of entries.
_FORM = "v1"
_SUFFIX = ".html"
_DIGITS = 40
#: While there are less than one in so many too many, nobody looks for the oldest.
_SPARE = 4
#: While less than one in so many is new, nobody notes that those were seen: their bytes are looked at again.
_NEW = 100


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
    # Processors compute it themselves: a fifth of the work of others, and each page is looked through once.
    return hashlib.sha256(data).hexdigest()[:_DIGITS]


@dataclass(frozen=True, slots=True)
class PageCache:
    """The pages of a shard in ``folder``.

    Two builds may use it at once, and each may be killed: an entry appears whole, and one that is damaged or gone is a
    page that must be made. A read-only or full disk only costs the time of making pages again.

    Attributes:
        replaced: Where a page stood that is another one now → the digest of its bytes.
    """

    folder: Path
    _names: dict[str, str]
    _used: set[str]
    #: Size and time that entries had when their bytes were looked at: who edits one, or the page, changes its time.
    _seen: dict[str, tuple[int, int]]
    #: What the build before noted of it.
    _noted: Mapping[str, tuple[int, int]]
    replaced: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_shard(cls, cache: Path, shard_uri: str) -> PageCache:
        folder = pages_folder(cache) / _FORM / shard_uri.replace("/", "-")
        names: dict[str, str] = {}
        with contextlib.suppress(OSError):
            names = {name.partition("-")[0]: name for name in os.listdir(folder) if name.endswith(_SUFFIX)}
        noted = _read_seen(_seen_path(folder))
        return cls(folder, names, set(), dict(noted), noted)

    def take(self, key: str, target: str) -> bool:
        """Puts the page at ``target``; False when it is not here, or not as it was."""
        name = self._names.get(key)
        if name is None:
            return False
        entry = f"{self.folder}/{name}"
        digest = name.partition("-")[2].removesuffix(_SUFFIX)
        try:
            found = os.stat(entry)
            signature = (found.st_size, found.st_mtime_ns)
            if self._seen.get(name) != signature:
                if cache_digest(Path(entry).read_bytes()) != digest:
                    os.unlink(entry)
                    return False
                self._seen[name] = signature
            if _put(entry, target, found):
                self.replaced[target] = digest
        except OSError:
            return False
        self._used.add(name)
        return True

    def keep(self, key: str, page: str, content: bytes) -> None:
        """Keeps a page that was just written."""
        name = f"{key}-{cache_digest(content)}{_SUFFIX}"
        self._used.add(name)
        self._names[key] = name
        entry = f"{self.folder}/{name}"
        with contextlib.suppress(OSError):
            try:
                os.link(page, entry)
            except OSError:
                # The folder is not there yet; or what stands there may be damaged; or a copy is not whole at once.
                self._replace(entry, page, f"{self.folder}/.{os.getpid()}.{key}.tmp")

    def _replace(self, entry: str, page: str, temporary: str) -> None:
        os.makedirs(self.folder, exist_ok=True)
        _link(page, temporary)
        os.replace(temporary, entry)
        # Where both are the same file already, the name that was to be replaced stays.
        Path(temporary).unlink(missing_ok=True)

    def name_of(self, key: str) -> str:
        """The entry under a key; empty where there is none."""
        return self._names.get(key, "")

    def know(self, name: str) -> str:
        """The key of an entry that another program has kept since this one looked."""
        key = name.partition("-")[0]
        self._names.setdefault(key, name)
        return key

    def use(self, name: str) -> None:
        """Counts an entry as used that another process took or kept."""
        if name:
            self._used.add(name)

    def used(self) -> frozenset[str]:
        """The entries that were taken or kept."""
        return frozenset(self._used)

    def drop_oldest(self, used: frozenset[str]) -> None:
        """Removes what was not used, the oldest first, until it is about as much as what was."""
        if len(self._names) - len(used) < len(used) + len(used) // _SPARE:
            self._note_seen(used)
            return
        entries = []
        with contextlib.suppress(OSError):
            found = ((entry.stat(), entry.name) for entry in os.scandir(self.folder))
            entries = [(about.st_mtime_ns, about.st_size, name) for about, name in found]
        self._seen.update({name: (size, time) for time, size, name in entries})
        self._note_seen(used)
        room = sum(size for _, size, name in entries if name in used)
        for _, size, name in sorted(entries, reverse=True):
            if name not in used:
                room -= size
                if room < 0:
                    (self.folder / name).unlink(missing_ok=True)

    def _note_seen(self, used: frozenset[str]) -> None:
        # Those that this build made were seen to be right as they were written.
        for name in used - self._seen.keys():
            with contextlib.suppress(OSError):
                found = os.stat(f"{self.folder}/{name}")
                self._seen[name] = (found.st_size, found.st_mtime_ns)
        seen = {name: self._seen[name] for name in used if name in self._seen}
        if sum(self._noted.get(name) != found for name, found in seen.items()) * _NEW < len(seen):
            return
        with contextlib.suppress(OSError), atomic_writer(_seen_path(self.folder)) as stream:
            stream.write(json.dumps(seen).encode())


def _seen_path(folder: Path) -> Path:
    return folder.with_suffix(".seen.json")


def _read_seen(path: Path) -> dict[str, tuple[int, int]]:
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
        return {str(name): (int(size), int(time)) for name, (size, time) in json.loads(path.read_bytes()).items()}
    return {}


def _put(entry: str, target: str, about: os.stat_result) -> bool:
    """Links an entry to a place where the page of a build before may stand; whether another page stood there."""
    try:
        stands = os.lstat(target)
    except FileNotFoundError:
        _link(entry, target)
        return False
    if (stands.st_ino, stands.st_dev) == (about.st_ino, about.st_dev):
        return False
    temporary = f"{target}.{os.getpid()}.tmp"
    _link(entry, temporary)
    os.replace(temporary, target)
    return True


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except FileNotFoundError:
        if not os.path.exists(source):
            raise
        os.makedirs(os.path.dirname(target), exist_ok=True)
        _link(source, target)
    except FileExistsError:
        raise
    except OSError:
        # Another disk, or one without links.
        shutil.copyfile(source, target)


def cache_size(cache: Path) -> tuple[int, int]:
    """Files below a folder of the cache, and their bytes; those of a file with several names there once."""
    count, sizes = 0, {}
    for folder, _, names in os.walk(cache):
        count += len(names)
        for name in names:
            # A build may be at it.
            with contextlib.suppress(OSError):
                about = os.lstat(f"{folder}/{name}")
                sizes[about.st_dev, about.st_ino] = about.st_size
    return count, sum(sizes.values())

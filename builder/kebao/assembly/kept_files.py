"""Materials that an earlier build stored: the next site has the same files on the disk, and nothing is copied."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kebao.assembly.file_copies import linked
from kebao.assembly.spare_site import Signature, signature_of
from kebao.model.shard import StoredFile

#: Time of stored files: 1980, the first year that every file system knows. Another one says that the file was changed.
STORED_TIME_NS = 315_532_800 * 1_000_000_000


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """A second name for each stored file in ``folder``, on the same disk as the sites that have them."""

    folder: Path

    def give(self, stored: StoredFile, target: str) -> bool:
        """Puts the file to ``target`` when it is kept and as it was; its folder must be there."""
        kept = self._path_of(stored)
        return is_untouched(kept, stored.size_bytes) and linked(kept, target)

    def signature(self, stored: StoredFile) -> Signature | None:
        """Which file on the disk it is, when it is kept and as it was."""
        with contextlib.suppress(OSError):
            found = signature_of(os.stat(self._path_of(stored)))
            return found if found[:2] == (stored.size_bytes, STORED_TIME_NS) else None
        return None

    def keep(self, stored: StoredFile, target: str) -> None:
        """Keeps a file that was just stored; nothing where the file system cannot do that without a copy."""
        with contextlib.suppress(OSError):
            os.utime(target, ns=(STORED_TIME_NS, STORED_TIME_NS))
            kept = self._path_of(stored)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(kept)
            try:
                linked(target, kept)
            except FileNotFoundError:
                os.makedirs(os.path.dirname(kept), exist_ok=True)
                linked(target, kept)

    def tidy(self, stored: Iterable[str] = ()) -> None:
        """Removes what no site has any more; ``stored`` are digests of files that one has for sure."""
        used = frozenset(stored)
        with contextlib.suppress(OSError):
            for first in os.listdir(self.folder):
                for name in os.listdir(f"{self.folder}/{first}"):
                    if name not in used:
                        _remove_last(f"{self.folder}/{first}/{name}")

    def _path_of(self, stored: StoredFile) -> str:
        return f"{self.folder}/{stored.sha256[:2]}/{stored.sha256}"


def _remove_last(path: str) -> None:
    # Another build may do the same now.
    with contextlib.suppress(OSError):
        if os.stat(path).st_nlink == 1:
            os.unlink(path)


def is_untouched(path: str | Path, size_bytes: int) -> bool:
    """Whether a file has this size and the time that stored files have: who edits it changes the time."""
    with contextlib.suppress(OSError):
        found = os.stat(path)
        # FAT counts in steps of two seconds, and in local time: it has no hard links either.
        return (found.st_size, found.st_mtime_ns) == (size_bytes, STORED_TIME_NS)
    return False

"""The site as it is released: its files with their hashes, and what its pages name of the shared folders."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kebao.mirror.errors import RefusedError
from kebao.mirror.manifest import FileEntry
from kebao.mirror.publisher.files import chunks_of
from kebao.mirror.publisher.units import SharedGroup, UnitKey, assign, owner_of, references_in, units_in

_TEXT_ENDINGS = (".html", ".htm", ".js", ".json", ".css", ".xml", ".svg")
_OVERLAP_BYTES = 200
"""Longer than any reference, which may lie across two pieces of a file."""
OWN_FOLDERS = (".mirror", ".git")


@dataclass(frozen=True)
class SiteTree:
    """A site that was read.

    Attributes:
        units: unit → its files by path.
    """

    root: Path
    files: tuple[FileEntry, ...]
    units: dict[UnitKey, list[FileEntry]]


def site_paths(root: Path) -> list[str]:
    """The paths of all files, in order; raises RefusedError for a symbolic link or a special file."""
    if not root.is_dir():
        raise RefusedError("no-such-folder", path=root)
    return sorted(_walk(root, ""))


def read_site(root: Path) -> SiteTree:
    """Reads every file once."""
    paths = site_paths(root)
    units = units_in(paths)
    references: dict[UnitKey | SharedGroup, set[SharedGroup]] = defaultdict(set)
    files = []
    for path in paths:
        entry, found = _read_file(root, path, with_references=bool(units))
        files.append(entry)
        if found:
            references[owner_of(path, units)] |= found
    return SiteTree(root, tuple(files), assign(files, units, references))


def _read_file(root: Path, path: str, *, with_references: bool) -> tuple[FileEntry, set[SharedGroup]]:
    digest, size, tail = hashlib.sha256(), 0, b""
    found: set[SharedGroup] = set()
    is_text = with_references and path.endswith(_TEXT_ENDINGS)
    for chunk in chunks_of(root / path):
        digest.update(chunk)
        size += len(chunk)
        if is_text:
            found |= references_in(tail + chunk)
            tail = chunk[-_OVERLAP_BYTES:]
    return FileEntry(path, size, digest.hexdigest()), found


def _walk(folder: Path, prefix: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = prefix + entry.name
            if entry.is_symlink() or not (entry.is_dir() or entry.is_file()):
                raise RefusedError("not-a-plain-file", path=path)
            if entry.is_file():
                yield path
            elif not (prefix == "" and entry.name in OWN_FOLDERS):
                yield from _walk(Path(entry.path), path + "/")

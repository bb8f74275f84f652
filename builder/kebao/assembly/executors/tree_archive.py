"""Files in one archive: the same files give the same bytes, whatever the disk says of their times and owners."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from kebao.assembly.site_parts import PartError
from kebao.problems import Message


def pack(entries: Iterable[tuple[str, Path | bytes]], target: Path) -> None:
    """Writes a tar with the files under these names, in the order of the names, in constant memory."""
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in sorted(entries, key=lambda entry: entry[0]):
            entry = tarfile.TarInfo(name)
            entry.mode, entry.mtime = 0o644, 0
            if isinstance(content, bytes):
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
            else:
                with content.open("rb") as stream:
                    entry.size = os.fstat(stream.fileno()).st_size
                    archive.addfile(entry, stream)


def pack_tree(folder: Path, target: Path) -> None:
    """Writes a tar with all files below a folder."""
    pack(((path.relative_to(folder).as_posix(), path) for path in _files(folder)), target)


def _files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        yield from (Path(parent, name) for name in names)


def unpack(archive_path: Path, folder: Path) -> None:
    """Unpacks plain files below a folder; PartError for anything else, or what would lie outside of it."""
    with tarfile.open(archive_path, "r:") as archive:
        for entry in archive:
            try:
                if not entry.isreg():
                    raise tarfile.TarError(entry.name)
                archive.extract(entry, folder, set_attrs=False, filter="data")
            except tarfile.TarError as error:
                message = Message("the archive holds {name}, which is no plain file in it", {"name": entry.name})
                raise PartError(message) from error

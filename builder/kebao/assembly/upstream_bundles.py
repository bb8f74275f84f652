"""Files of an upstream package out of its download bundles: ZIPs that lie beside the archive of its sources."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

_BAG, _MANIFEST = "bagit.txt", "manifest-sha256.txt"
_MOST_MANIFEST_BYTES = 256 << 20
_CHUNK = 1 << 20
_BROKEN = (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError)


def is_bundle(path: Path) -> bool:
    """Whether it is one of the ZIPs of a downloads page: a bag (RFC 8493) in a folder."""
    try:
        with zipfile.ZipFile(path) as packed:
            return _top(packed) is not None
    except _BROKEN:
        return False


def _top(packed: zipfile.ZipFile) -> str | None:
    names = packed.namelist()
    top = names[0].partition("/")[0] if names else ""
    return top if f"{top}/{_BAG}" in names[:8] and f"{top}/{_MANIFEST}" in names[:8] else None


@dataclass(slots=True)
class Bundles:
    """The bundles in a folder; they are looked into when a file is asked for."""

    folder: Path
    _places: dict[str, tuple[Path, str]] | None = field(default=None)

    def copy(self, sha256: str, stream: BinaryIO) -> bool:
        """Writes the file with this digest; False where no bundle has it, or not whole."""
        if self._places is None:
            self._places = {digest: place for path in sorted(self.folder.glob("*.zip")) for digest, place in _in(path)}
        if sha256 not in self._places:
            return False
        path, name = self._places[sha256]
        digest = hashlib.sha256()
        try:
            with zipfile.ZipFile(path) as packed, packed.open(name) as reader:
                while chunk := reader.read(_CHUNK):
                    digest.update(chunk)
                    stream.write(chunk)
        except _BROKEN:
            return False
        return digest.hexdigest() == sha256


def _in(path: Path) -> Iterator[tuple[str, tuple[Path, str]]]:
    """SHA-256 → where the file is, as the bag's manifest says; nothing of what is no bundle of ours."""
    try:
        with zipfile.ZipFile(path) as packed:
            top = _top(packed)
            if top is None or packed.getinfo(f"{top}/{_MANIFEST}").file_size > _MOST_MANIFEST_BYTES:
                return
            # Ours are stored as they are: what is packed could swell to any size.
            stored = {info.filename for info in packed.infolist() if info.compress_type == zipfile.ZIP_STORED}
            lines = packed.read(f"{top}/{_MANIFEST}").decode().splitlines()
    except _BROKEN:
        return
    for line in lines:
        sha256, _, name = line.partition("  ")
        if f"{top}/{name}" in stored:
            yield sha256, (path, f"{top}/{name}")

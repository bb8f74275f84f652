"""Files of an edition with their digests: listed when it is frozen, compared when it is read again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class FrozenFile:
    """A file of an edition.

    Attributes:
        path: Relative to the edition's folder; ``_files/…``, ``_assets/…`` and ``_sources/…`` to the store.
    """

    path: str
    sha256: str
    size_bytes: int

    @property
    def is_shared(self) -> bool:
        return self.path.startswith("_")


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def frozen_files(folder: Path, *, below: Path | None = None) -> Iterator[FrozenFile]:
    """Every file below ``folder`` in the order of paths, which are relative to ``below`` (else to the folder)."""
    for path in files_below(folder):
        uri = path.relative_to(below or folder).as_posix()
        yield FrozenFile(path=uri, sha256=sha256_of(path), size_bytes=path.stat().st_size)


def files_below(folder: Path) -> list[Path]:
    found = [Path(place, name) for place, _, names in os.walk(folder) for name in names]
    return sorted(found, key=lambda path: path.as_posix())


def files_digest(files: Iterable[FrozenFile]) -> str:
    """One SHA-256 (hex) of all files with their paths."""
    lines = (f"{file.sha256} {file.path}\n" for file in sorted(files))
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()

"""Files on the publisher's disk: hashed in a stream, written under a temporary name, linked where the disk can."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

CHUNK_BYTES = 1 << 20


def chunks_of(path: Path) -> Iterator[bytes]:
    """The file in pieces."""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


def sha256_of(path: Path) -> str:
    """Hexadecimal; memory does not grow with the file."""
    digest = hashlib.sha256()
    for chunk in chunks_of(path):
        digest.update(chunk)
    return digest.hexdigest()


def write_atomically(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Old or new is at the path at every moment, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _temporary(path) as temporary:
        with temporary.open("wb") as stream:
            stream.writelines((content,) if isinstance(content, bytes) else content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    sync_folder(path.parent)


def copy_atomically(source: Path, path: Path) -> None:
    """Copies a file: old or new is at the path at every moment, also after a power cut."""
    write_atomically(path, chunks_of(source))


def remove_tree(folder: Path) -> None:
    """Removes the folder when it is there."""
    if folder.is_dir():
        shutil.rmtree(folder)


def sync_folder(folder: Path) -> None:
    """The names in the folder are on the disk; Windows has no such call and needs none."""
    if os.name != "nt":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _temporary(path: Path) -> Iterator[Path]:
    temporary = path.with_name(f".{path.name[:40]}.{os.getpid()}.tmp")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)

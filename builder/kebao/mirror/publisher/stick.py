"""A stick: a full source for schools that opens by double click, with every file under its own name."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from kebao.mirror import layout
from kebao.mirror.errors import DiskError, RefusedError
from kebao.mirror.manifest import FileEntry, canonical_bytes
from kebao.mirror.publisher.batch import Batch
from kebao.mirror.publisher.files import (
    CHUNK_BYTES,
    copy_atomically,
    remove_tree,
    sha256_of,
    write_atomically,
)
from kebao.mirror.publisher.releases import SignedRelease
from kebao.mirror.publisher.site_check import FAT32_MAX_BYTES
from kebao.mirror.publisher.stick_page import read_me, stick_page
from kebao.mirror.publisher.stick_plan import StickPlan, size_on_stick
from kebao.mirror.stub_page import stub_page

STICK_FORMAT = "kebao-stick/1"
READ_ME = "说明-README.txt"


def write_stick(
    release: SignedRelease,
    stick: Path,
    plan: StickPlan,
    *,
    max_file_bytes: int = FAT32_MAX_BYTES,
    on_file: Callable[[str], None] = lambda path: None,
) -> int:
    """Writes the stick, the timestamp last; gives how many files were written and not there already.

    What was on the stick of an older release is removed at the end; other folders are left alone.

    Raises:
        DiskError: it does not fit; nothing was written.
    """
    if release.timestamp is None:
        raise RefusedError("stick-needs-timestamp", path=release.workspace.root)
    tree = stick / layout.release_folder(release.catalog.release)
    missing = [file for file in plan.files if not _is_there(tree, stick, file, max_file_bytes)]
    stick.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(stick).free
    if (needed := size_on_stick(missing)) > free:
        raise DiskError("stick-full", path=stick, needed=needed, free=free)
    with Batch(stick) as batch:
        for file in missing:
            on_file(file.path)
            if file.size <= max_file_bytes:
                batch.copy(release.workspace.object_path(file.sha256), tree / file.path, file.sha256)
            else:
                _write_parts(release, stick, file, max_file_bytes)
        for uri in (*release.target_uris(), *release.metadata_uris()):
            batch.copy(release.workspace.path(uri), stick / uri)
    _write_guides(release, stick, plan, max_file_bytes)
    timestamp = layout.metadata_uri(layout.TIMESTAMP)
    copy_atomically(release.workspace.path(timestamp), stick / timestamp)
    _remove_older(stick, tree, plan)
    return len(missing)


def _is_there(tree: Path, stick: Path, file: FileEntry, max_file_bytes: int) -> bool:
    if file.size > max_file_bytes:
        parts = [stick / uri for uri, _ in _parts(file, max_file_bytes)]
        return all(part.is_file() for part in parts) and sum(part.stat().st_size for part in parts) == file.size
    path = tree / file.path
    return path.is_file() and path.stat().st_size == file.size and sha256_of(path) == file.sha256


def _write_parts(release: SignedRelease, stick: Path, file: FileEntry, max_file_bytes: int) -> None:
    source = release.workspace.object_path(file.sha256)
    if sha256_of(source) != file.sha256:
        raise RefusedError("file-changed-meanwhile", path=source)
    with source.open("rb") as stream:
        for uri, size in _parts(file, max_file_bytes):
            path = stick / uri
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as part:
                left = size
                while left:
                    chunk = stream.read(min(CHUNK_BYTES, left))
                    part.write(chunk)
                    left -= len(chunk)
                part.flush()
                os.fsync(part.fileno())


def _parts(file: FileEntry, max_file_bytes: int) -> list[tuple[str, int]]:
    count = -(-file.size // max_file_bytes)
    sizes = [max_file_bytes] * (count - 1) + [file.size - max_file_bytes * (count - 1)]
    return [(layout.part_uri(file.sha256, number), size) for number, size in enumerate(sizes)]


def _write_guides(release: SignedRelease, stick: Path, plan: StickPlan, max_file_bytes: int) -> None:
    folder = layout.release_folder(release.catalog.release)
    facts = {
        "format": STICK_FORMAT,
        "release": release.catalog.release,
        "version": release.catalog.version,
        "units": [list(unit) for unit in plan.units],
        "left_out": list(plan.left_out),
        "parts": {f.sha256: len(_parts(f, max_file_bytes)) for f in plan.files if f.size > max_file_bytes},
    }
    write_atomically(stick / layout.STICK, canonical_bytes(facts))
    whole = [file for file in plan.files if file.size <= max_file_bytes]
    lines = (f"{file.sha256}  {folder}/{file.path}\n" for file in whole)
    write_atomically(stick / layout.CHECKSUMS, "".join(lines).encode())
    page = stub_page(f"{folder}/index.html") if plan.is_everything else stick_page(release, plan, folder)
    write_atomically(stick / layout.STUB, page)
    write_atomically(stick / READ_ME, read_me(release.catalog.version, plan))


def _remove_older(stick: Path, tree: Path, plan: StickPlan) -> None:
    """Trees of other releases, and of this one what this plan leaves out."""
    for other in tree.parent.iterdir():
        if other != tree and other.name.isdigit():
            remove_tree(other)
    for path in plan.left_out:
        (tree / path).unlink(missing_ok=True)


def read_stick(stick: Path) -> dict[str, object]:
    """The facts of a stick; raises RefusedError when it is none."""
    try:
        data = json.loads((stick / layout.STICK).read_bytes())
    except (OSError, ValueError) as error:
        raise RefusedError("no-stick", path=stick) from error
    if not isinstance(data, dict) or data.get("format") != STICK_FORMAT:
        raise RefusedError("no-stick", path=stick)
    return data

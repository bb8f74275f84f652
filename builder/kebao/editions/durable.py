"""Writing that outlasts a power cut."""

from __future__ import annotations

import json
import os
from pathlib import Path

from kebao.assembly.file_store import atomic_writer, sync_file


def write_json(path: Path, data: object) -> None:
    """Writes the file as a whole, with sorted keys: the same data give the same bytes."""
    with atomic_writer(path) as stream:
        stream.write(json_bytes(data))
    sync_folder(path.parent)


def json_bytes(data: object) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def sync_tree(folder: Path) -> None:
    """Every file and folder below is on the disk when this returns."""
    for path, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync_file(Path(path, name))
        sync_folder(Path(path))


def sync_folder(folder: Path) -> None:
    """The names in the folder are on the disk; Windows has no such call and needs none."""
    if os.name != "nt":
        sync_file(folder)

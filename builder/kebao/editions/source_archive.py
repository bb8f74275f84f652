"""The sources of an edition, kept with it: texts in one archive, files of materials once in the store."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from kebao.assembly.file_store import atomic_writer
from kebao.editions.durable import json_bytes
from kebao.editions.errors import EditionError
from kebao.editions.frozen_file import FrozenFile, sha256_of
from kebao.editions.inputs import Inputs, SourceFile
from kebao.editions.store import FILES, SOURCE_FILES, EditionStore
from kebao.problems import Message

#: In the archive: which package it is of, and where its materials belong.
MANIFEST = "kebao-source.json"


def write_source_archive(root: Path, inputs: Inputs, target: Path, *, originals: Mapping[str, bytes]) -> None:
    """Writes the texts that the inputs name, and a list of the other files; the same inputs give the same bytes.

    ``originals`` are files that were changed for this build, as they were.
    """
    materials = {f.path: {"sha256": f.sha256, "bytes": f.size_bytes} for f in inputs.files if not f.is_text}
    manifest = json_bytes({"kebao_source": 1, "packages": list(inputs.packages), "materials": materials})
    with (
        target.open("wb") as stream,
        # No name and no time in the header: neither is a part of the sources.
        gzip.GzipFile(filename="", mode="wb", fileobj=stream, compresslevel=9, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        _add(archive, MANIFEST, len(manifest), io.BytesIO(manifest))
        for file in inputs.files:
            if file.is_text:
                text = originals.get(file.path)
                data = (root / file.path).read_bytes() if text is None else text
                _add(archive, file.path, len(data), io.BytesIO(data))


def _add(archive: tarfile.TarFile, name: str, size: int, stream: BinaryIO) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o644, 0
    archive.addfile(entry, stream)


def store_materials(root: Path, inputs: Inputs, store: EditionStore) -> Iterator[FrozenFile]:
    """Puts every file that is no text into the store unless it is there, and says where each lies."""
    for file in {f.sha256: f for f in inputs.files if not f.is_text}.values():
        place = _place(file.sha256)
        target = store.root / place
        if not target.exists() or target.stat().st_size != file.size_bytes:
            target.parent.mkdir(parents=True, exist_ok=True)
            _put(root / file.path, target, _published(store, file))
        yield FrozenFile(path=place, sha256=file.sha256, size_bytes=file.size_bytes)


def _put(source: Path, target: Path, published: Path | None) -> None:
    if published is not None:
        try:
            os.link(published, target)
            return
        except OSError:
            # This file system has no hard links: the file is kept twice.
            pass
    with atomic_writer(target) as stream, source.open("rb") as reader:
        shutil.copyfileobj(reader, stream, 1 << 20)


def _published(store: EditionStore, file: SourceFile) -> Path | None:
    """The same file under ``_files``, where readers get it; None when it is not published."""
    folder = store.root / FILES / file.sha256[:2] / file.sha256
    return next((path for path in sorted(folder.glob("*")) if path.stat().st_size == file.size_bytes), None)


def _place(sha256: str) -> str:
    return f"{SOURCE_FILES}/{sha256[:2]}/{sha256}"


def restore_materials(root: Path, store: EditionStore) -> tuple[str, ...] | None:
    """Puts the files that an unpacked source archive names back to their places.

    Gives the packages that it holds; None when this is not such an archive but a whole project.
    """
    manifest = _manifest(root / MANIFEST)
    if manifest is None:
        return None
    for path, facts in sorted(manifest["materials"].items()):
        sha256 = str(facts["sha256"])
        found = store.root / _place(sha256)
        if not found.is_file() or sha256_of(found) != sha256:
            raise EditionError(
                Message("the store has no sound copy of '{path}' ({sha256})", {"path": path, "sha256": sha256}),
                Message("name the store that this source archive was made for with --store"),
            )
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, target)
    (root / MANIFEST).unlink()
    return tuple(map(str, manifest["packages"]))


def _manifest(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    try:
        manifest: dict[str, Any] = json.loads(path.read_bytes())
        relative = all(_stays_inside(name) for name in manifest["materials"])
        if manifest["kebao_source"] == 1 and relative and isinstance(manifest["packages"], list):
            return manifest
    except (ValueError, KeyError, TypeError):
        pass
    raise EditionError(Message("the source archive's list of files cannot be read"), Message("take another copy of it"))


def _stays_inside(name: str) -> bool:
    return name.startswith("content/") and not {"", ".", ".."} & set(name.split("/")) and "\\" not in name

"""A project's sources on their way to other machines: texts in one archive, other files once under their digest."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from kebao.assembly.build_plan import InputFile
from kebao.assembly.executors.exchange import Exchange
from kebao.assembly.executors.tree_archive import pack, unpack
from kebao.assembly.site_parts import PartError
from kebao.assembly.upstream_archive import is_inside
from kebao.loading.facts_cache import sha256_of
from kebao.loading.tree import CONTENT_FOLDER
from kebao.problems import Message

#: In the archive: path of each file that is not in it → its digest.
_ELSEWHERE = "kebao-inputs.json"
_PROJECT, _PREVIOUS = "project", "previous"
_TEXT_SUFFIXES = (".yml", ".yaml", ".md")


def send_sources(root: Path, files: Iterable[InputFile], previous: Mapping[str, Path], exchange: Exchange) -> str:
    """Puts what is not there yet into the exchange; gives the digest of the archive, by which it is fetched.

    ``previous`` maps packages to the snapshots of their editions before.
    """
    entries: dict[str, Path | bytes] = {f"{_PREVIOUS}/{package}.json": path for package, path in previous.items()}
    elsewhere: dict[str, str] = {}
    for file in files:
        if file.path.startswith(f"{CONTENT_FOLDER}/") and not file.path.endswith(_TEXT_SUFFIXES):
            elsewhere[file.path] = file.sha256
            exchange.put(root / file.path, _stored(file.sha256))
        else:
            entries[f"{_PROJECT}/{file.path}"] = root / file.path
    entries[_ELSEWHERE] = json.dumps(elsewhere, ensure_ascii=False, indent=1, sort_keys=True).encode()
    with TemporaryDirectory(prefix="kebao-") as scratch:
        archive = Path(scratch) / "sources.tar"
        pack(entries.items(), archive)
        sha256 = sha256_of(archive)
        exchange.put(archive, _archive(sha256))
    return sha256


def fetch_sources(sha256: str, exchange: Exchange, scratch: Path) -> tuple[Path, Mapping[str, Path]]:
    """The project's folder and the snapshots, below ``scratch``; what was fetched before is used again."""
    folder = scratch / sha256
    if not folder.exists():
        staged = scratch / f".{sha256}.{os.getpid()}.{uuid.uuid4().hex}"
        staged.mkdir(parents=True)
        try:
            _fetch(sha256, exchange, staged)
            # Another thread may have been first: the same files are there then.
            if not folder.exists():
                staged.rename(folder)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    return folder / _PROJECT, {path.stem: path for path in sorted((folder / _PREVIOUS).glob("*.json"))}


def _fetch(sha256: str, exchange: Exchange, folder: Path) -> None:
    archive = folder / "sources.tar"
    exchange.get(_archive(sha256), archive, sha256=sha256)
    unpack(archive, folder)
    archive.unlink()
    (folder / _PROJECT).mkdir(exist_ok=True)
    elsewhere: dict[str, str] = json.loads((folder / _ELSEWHERE).read_bytes())
    for path, digest in elsewhere.items():
        if not is_inside(path):
            raise PartError(Message("the archive holds {name}, which is no plain file in it", {"name": path}))
        target = folder / _PROJECT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        exchange.get(_stored(digest), target, sha256=digest)


def _stored(sha256: str) -> str:
    return f"files/{sha256[:2]}/{sha256}"


def _archive(sha256: str) -> str:
    return f"sources/{sha256}.tar"

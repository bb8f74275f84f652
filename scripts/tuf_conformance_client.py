#!/usr/bin/env python3
"""The school's trust layer behind the commands that the public tuf-conformance suite calls.

    client --metadata-dir M init ROOT
    client --metadata-dir M --metadata-url U refresh
    client --metadata-dir M --metadata-url U --target-name N --target-base-url T --target-dir D download

Metadata go through `kebao.mirror.trust`, artifacts through `kebao.mirror.school.transfer`, both over
`kebao.mirror.sources.web`; only where files lie differs. How to run the suite is in the manual.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from kebao.mirror.errors import MirrorError
from kebao.mirror.school.clock import SystemClock
from kebao.mirror.school.disk import RealDisk, write_whole
from kebao.mirror.school.limits import Pace
from kebao.mirror.school.places import Places
from kebao.mirror.school.store import has_size, sha256_of
from kebao.mirror.school.transfer import Transfer, Wanted
from kebao.mirror.sources.source import Body
from kebao.mirror.sources.web import WebSource
from kebao.mirror.trust import METADATA_URI, MetadataRefusedError, TrustedRelease, refresh

_DISK = RealDisk()


class _FlatSource(WebSource):
    """Metadata that lie directly below the address."""

    def address(self, uri: str) -> str:
        return super().address(uri).replace(METADATA_URI, "", 1)


class _Repository:
    """The suite's two addresses as one source."""

    is_remote = True
    delay = 0.0

    def __init__(self, metadata_url: str, target_url: str) -> None:
        self.name = metadata_url
        self._metadata = _FlatSource(metadata_url)
        self._targets = WebSource(target_url or metadata_url)

    def open(self, uri: str, start: int = 0) -> Body:
        if uri.startswith(METADATA_URI):
            return self._metadata.open(uri, start)
        return self._targets.open(uri, start)


def init(folder: Path, trusted_root: Path) -> None:
    """Nothing is checked and nobody asked."""
    shutil.copyfile(trusted_root, folder / "root.json")
    (folder / "joined").mkdir()
    shutil.copyfile(trusted_root, folder / "joined" / "root.json")


def refreshed(folder: Path, repository: _Repository) -> TrustedRelease:
    """The metadata as they are now; `root.json` is the newest root afterwards, whatever happened."""
    try:
        return refresh(
            folder,
            (folder / "joined" / "root.json").read_bytes(),
            repository,
            write=lambda path, data: write_whole(_DISK, path, data),
            reference_time=datetime.now(UTC),
        )
    finally:
        roots = sorted((folder / "root_history").glob("*.root.json"), key=lambda path: int(path.name.split(".")[0]))
        if roots:
            shutil.copyfile(roots[-1], folder / "root.json")


def download(folder: Path, repository: _Repository, names: list[str], into: Path) -> bool:
    """Whether every file is there, verified; stops at the first that is not."""
    release = refreshed(folder, repository)
    places = Places(folder / "transfer")
    _DISK.make_folder(places.parts)
    clock = SystemClock()
    transfer = Transfer([repository], places, _DISK, clock=clock, pace=Pace(clock))
    for name in names:
        target = release.target(name)
        if target is None:
            return False
        path = into / quote(name, safe="")
        if has_size(path, target.size) and sha256_of(path) == target.sha256:
            continue
        base, slash, last = name.rpartition("/")
        uri = f"{base}{slash}{target.sha256}.{last}" if _is_consistent(folder) else name
        os.replace(transfer.fetch(Wanted(target.sha256, target.size, (uri,), name)), path)
    return True


def _is_consistent(folder: Path) -> bool:
    return bool(json.loads((folder / "root.json").read_bytes())["signed"]["consistent_snapshot"])


def main() -> int:
    """0 when all went well, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--metadata-dir", type=Path, required=True)
    parser.add_argument("--metadata-url", default="")
    parser.add_argument("--target-name", action="append", default=[])
    parser.add_argument("--target-base-url", default="")
    parser.add_argument("--target-dir", type=Path)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init").add_argument("trusted_root", type=Path)
    commands.add_parser("refresh")
    commands.add_parser("download")
    given = parser.parse_args()
    if given.command == "init":
        init(given.metadata_dir, given.trusted_root)
        return 0
    repository = _Repository(given.metadata_url, given.target_base_url)
    try:
        if given.command == "refresh":
            refreshed(given.metadata_dir, repository)
            return 0
        return 0 if download(given.metadata_dir, repository, given.target_name, given.target_dir) else 1
    except (MetadataRefusedError, MirrorError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

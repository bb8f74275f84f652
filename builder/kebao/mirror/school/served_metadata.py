"""The signed metadata as the next school asks for them; the timestamp last, when everything it leads to is here."""

from __future__ import annotations

import json
from pathlib import Path

from kebao.mirror.school.disk import Disk, write_whole
from kebao.mirror.school.places import Places

_TIMESTAMP = "timestamp.json"


def serve_metadata(disk: Disk, places: Places) -> None:
    """Copies what python-tuf trusts to `.mirror/metadata`; what is there already stays."""
    disk.make_folder(places.metadata)
    for root in sorted((places.trust / "root_history").glob("*.root.json")):
        _copy(disk, root, places.metadata / root.name)
    for role in sorted(places.trust.glob("*.json")):
        if role.name not in (_TIMESTAMP, "root.json"):
            _copy(disk, role, places.metadata / f"{_version(role)}.{role.name}")
    _copy(disk, places.trust / _TIMESTAMP, places.metadata / _TIMESTAMP)


def forget_old_metadata(disk: Disk, places: Places) -> None:
    """Removes snapshots and targets of earlier releases; roots stay, schools walk through all of them."""
    wanted = {f"{_version(role)}.{role.name}" for role in places.trust.glob("*.json") if role.name != _TIMESTAMP}
    for path in sorted(places.metadata.glob("*.json")):
        if path.name != _TIMESTAMP and not path.name.endswith(".root.json") and path.name not in wanted:
            disk.remove(path)


def _copy(disk: Disk, source: Path, target: Path) -> None:
    data = source.read_bytes()
    if not (target.is_file() and target.read_bytes() == data):
        write_whole(disk, target, data)


def _version(path: Path) -> int:
    return int(json.loads(path.read_bytes())["signed"]["version"])

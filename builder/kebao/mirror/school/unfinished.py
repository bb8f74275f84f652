"""What a pull set out to bring, kept until it has: so that `status` can say what is left and `gc` spares what came."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from kebao.mirror.school.context import School
from kebao.mirror.school.disk import Disk, write_whole
from kebao.mirror.school.places import Places

_FORMAT = "kebao-mirror-unfinished/1"


@dataclass(frozen=True)
class Unfinished:
    """A release that was being pulled.

    Attributes: tree: the name that its tree will have; manifests: target names and the SHA-256 of each.
    """

    version: str
    tree: str
    catalog_sha256: str
    manifests: Mapping[str, str]


def write_unfinished(disk: Disk, places: Places, unfinished: Unfinished) -> None:
    fields = {
        "format": _FORMAT,
        "version": unfinished.version,
        "tree": unfinished.tree,
        "catalog_sha256": unfinished.catalog_sha256,
        "manifests": dict(unfinished.manifests),
    }
    write_whole(disk, places.unfinished, (json.dumps(fields, ensure_ascii=False, sort_keys=True) + "\n").encode())


def read_unfinished(school: School) -> Unfinished | None:
    """None when the last pull was finished, or nobody can say any more what it wanted."""
    try:
        fields = json.loads(school.places.unfinished.read_bytes())
        if fields["format"] != _FORMAT:
            return None
        found = Unfinished(
            version=str(fields["version"]),
            tree=str(fields["tree"]),
            catalog_sha256=str(fields["catalog_sha256"]),
            manifests={str(name): str(sha256) for name, sha256 in fields["manifests"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return None if any(release.tree == found.tree for release in school.state().releases) else found


def forget_unfinished(disk: Disk, places: Places) -> None:
    disk.remove(places.unfinished)

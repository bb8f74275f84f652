"""What a school's mirror remembers: its choices (config.json) and its releases (state.json)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from kebao.mirror.school.disk import Disk, write_whole

_TREE = re.compile(r"[0-9]{5}(?:-[0-9]+)?")
_CONFIG = "kebao-mirror-school/1"
_STATE = "kebao-mirror-state/1"
LEAST_KEPT = 2
"""The release that is read and the one before it."""


class Unreadable(ValueError):
    """A file of the mirror's own is damaged. Attribute: path."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path


@dataclass(frozen=True)
class Subset:
    """The packages and locales that a school wants; empty means all."""

    packages: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """What the school chose.

    Attributes:
        sources: in the order in which they are asked.
        limit: bytes a second at most; 0 is as fast as the line.
        until: the local time, as `06:00`, after which nothing more is fetched; empty is no end.
    """

    root_sha256: str
    sources: tuple[str, ...]
    subset: Subset = Subset()
    keep: int = LEAST_KEPT
    limit: int = 0
    until: str = ""


@dataclass(frozen=True)
class Release:
    """A release that is complete in this mirror.

    Attributes:
        tree: the folder's name below `r/`.
        manifests: target names and the SHA-256 of each.
        released: when the publisher says it was released (signed).
    """

    tree: str
    number: int
    version: str
    released: str
    catalog_sha256: str
    manifests: Mapping[str, str]
    files: int
    bytes: int


@dataclass(frozen=True)
class State:
    """What is here.

    Attributes:
        releases: oldest first.
        current: the tree that readers see.
        pinned: whether a rollback holds it there.
        last_good_time: the latest time that somebody signed; never the PC's clock.
        valid_until: when the accepted metadata expire.
        stale: whether they had expired when they were accepted.
        newest_version: the timestamp's version that was accepted last.
        newest_keys: ids of the keys that could sign the newest release; empty when nobody wrote them down.
    """

    releases: tuple[Release, ...] = ()
    current: str = ""
    pinned: bool = False
    last_good_time: datetime | None = None
    valid_until: datetime | None = None
    stale: bool = False
    newest_version: int = 0
    newest_keys: tuple[str, ...] = ()

    def release(self, tree: str) -> Release | None:
        return next((release for release in self.releases if release.tree == tree), None)

    @property
    def newest(self) -> Release | None:
        return self.releases[-1] if self.releases else None

    def goes_back(self, number: int, keys: tuple[str, ...]) -> bool:
        """Whether a release of that number is older than the newest one here.

        Metadata that are kept say so too, unless they were lost. Numbers of other keys are not compared: who stole the
        keys of before may have run theirs ahead.
        """
        same_signers = not self.newest_keys or not set(keys).isdisjoint(self.newest_keys)
        return self.newest is not None and same_signers and number < self.newest.number

    def with_release(self, release: Release) -> State:
        """The same with one more release, the newest now."""
        others = tuple(other for other in self.releases if other.tree != release.tree)
        return replace(self, releases=(*others, release))


def stamp(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(text: str) -> datetime:
    """The moment that a stamp means; ValueError for anything else."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def write_config(disk: Disk, path: Path, config: Config) -> None:
    write_whole(
        disk,
        path,
        _json(
            {
                "format": _CONFIG,
                "root_sha256": config.root_sha256,
                "sources": list(config.sources),
                "packages": list(config.subset.packages),
                "locales": list(config.subset.locales),
                "keep": config.keep,
                "limit": config.limit,
                "until": config.until,
            }
        ),
    )


def read_config(path: Path) -> Config:
    """Raises: Unreadable; FileNotFoundError when the folder is no mirror."""
    fields = _read(path, _CONFIG)
    try:
        return Config(
            root_sha256=str(fields["root_sha256"]),
            sources=tuple(map(str, fields["sources"])),
            subset=Subset(tuple(map(str, fields["packages"])), tuple(map(str, fields["locales"]))),
            keep=max(LEAST_KEPT, int(fields["keep"])),
            limit=int(fields["limit"]),
            until=str(fields["until"]),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Unreadable(path, repr(error)) from error


def write_state(disk: Disk, path: Path, state: State) -> None:
    write_whole(
        disk,
        path,
        _json(
            {
                "format": _STATE,
                "current": state.current,
                "pinned": state.pinned,
                "last_good_time": stamp(state.last_good_time) if state.last_good_time else None,
                "valid_until": stamp(state.valid_until) if state.valid_until else None,
                "stale": state.stale,
                "newest_version": state.newest_version,
                "newest_keys": list(state.newest_keys),
                "releases": [
                    {
                        "tree": release.tree,
                        "number": release.number,
                        "version": release.version,
                        "released": release.released,
                        "catalog_sha256": release.catalog_sha256,
                        "manifests": dict(release.manifests),
                        "files": release.files,
                        "bytes": release.bytes,
                    }
                    for release in state.releases
                ],
            }
        ),
    )


def read_state(path: Path) -> State:
    """An empty state when there is none yet. Raises: Unreadable."""
    try:
        fields = _read(path, _STATE)
    except FileNotFoundError:
        return State()
    try:
        return State(
            releases=tuple(_release(each) for each in fields["releases"]),
            current=_tree_name(fields["current"]) if fields["current"] else "",
            pinned=bool(fields["pinned"]),
            last_good_time=moment_of(fields["last_good_time"]) if fields["last_good_time"] else None,
            valid_until=moment_of(fields["valid_until"]) if fields["valid_until"] else None,
            stale=bool(fields["stale"]),
            newest_version=int(fields["newest_version"]),
            newest_keys=tuple(map(str, fields.get("newest_keys", ()))),
        )
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
        raise Unreadable(path, repr(error)) from error


def _release(fields: Mapping[str, Any]) -> Release:
    return Release(
        tree=_tree_name(fields["tree"]),
        number=int(fields["number"]),
        version=str(fields["version"]),
        released=str(fields["released"]),
        catalog_sha256=str(fields["catalog_sha256"]),
        manifests={str(name): str(sha256) for name, sha256 in fields["manifests"].items()},
        files=int(fields["files"]),
        bytes=int(fields["bytes"]),
    )


def _tree_name(value: object) -> str:
    """A tree that is tidied away is removed with all that is in it: no garbled name may lead anywhere else."""
    if not isinstance(value, str) or not _TREE.fullmatch(value):
        raise ValueError(f"{value!r} names no release tree")
    return value


def _json(fields: Mapping[str, object]) -> bytes:
    return (json.dumps(fields, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _read(path: Path, form: str) -> Mapping[str, Any]:
    data = path.read_bytes()
    try:
        fields = json.loads(data)
        json.dumps(fields, ensure_ascii=False).encode()  # else it could be read and never written again
    except (ValueError, RecursionError) as error:
        raise Unreadable(path, str(error)) from error
    if not isinstance(fields, dict) or fields.get("format") != form:
        raise Unreadable(path, f"is not {form}")
    return fields

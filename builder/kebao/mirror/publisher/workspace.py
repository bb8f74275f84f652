"""The publisher's folder: the tree that is published, what waits for signatures, and the list of releases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from kebao.mirror import layout
from kebao.mirror.errors import RefusedError
from kebao.mirror.manifest import canonical_bytes, read_time, time_text
from kebao.mirror.publisher.files import write_atomically

STATE_FORMAT = "kebao-publisher/1"
DEFAULT_LIFE_DAYS: Mapping[str, int] = {"root": 1095, "targets": 400, "snapshot": 100, "timestamp": 100}
"""How long metadata is accepted. Schools sync once a term, so 100 days and not the usual week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRecord:
    """A release that was signed.

    Attributes:
        long_term: whether later releases keep a delta from it.
        targets: name of a target → SHA-256 of its bytes.
        revoked: the reason; empty when it stands.
    """

    number: int
    version: str
    released: datetime
    targets: Mapping[str, str]
    long_term: bool = False
    revoked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublisherState:
    """What the publisher must remember beside the signed metadata.

    Attributes:
        life_days: role → how long its metadata is accepted.
        releases: by number.
    """

    life_days: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_LIFE_DAYS))
    releases: tuple[ReleaseRecord, ...] = ()

    def with_release(self, record: ReleaseRecord) -> PublisherState:
        """Adds the release; one of the same number is replaced."""
        others = [release for release in self.releases if release.number != record.number]
        return replace(self, releases=tuple(sorted([*others, record], key=lambda release: release.number)))

    def release_of(self, version: str) -> ReleaseRecord | None:
        """The last release with this version."""
        return next((release for release in reversed(self.releases) if release.version == version), None)


@dataclass(frozen=True)
class Workspace:
    """The folder; paths are of ``kebao.mirror.layout``."""

    root: Path

    def path(self, uri: str) -> Path:
        """Where something lies."""
        return self.root / uri

    def object_path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie."""
        return self.root / layout.object_uri(sha256)

    def read_state(self) -> PublisherState:
        """What is remembered; a fresh one where there is none, as on the server that only renews."""
        path = self.path(layout.STATE)
        if not path.is_file():
            return PublisherState()
        try:
            return _state(json.loads(path.read_bytes()))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RefusedError("publisher-state-unreadable", path=path, reason=error) from error

    def write_state(self, state: PublisherState) -> None:
        """Remembers it."""
        write_atomically(self.path(layout.STATE), canonical_bytes(_state_data(state)))

    def target_bytes(self, name: str, sha256: str) -> bytes:
        """A manifest or the catalogue; raises RefusedError when it is gone."""
        path = self.path(layout.target_uri(sha256, name))
        try:
            return path.read_bytes()
        except FileNotFoundError as error:
            raise RefusedError("target-missing", path=path) from error


def record_data(record: ReleaseRecord) -> dict[str, Any]:
    """The record as JSON."""
    return {
        "number": record.number,
        "version": record.version,
        "released": time_text(record.released),
        "targets": dict(record.targets),
        "long_term": record.long_term,
        "revoked": record.revoked,
    }


def read_record(data: Mapping[str, Any]) -> ReleaseRecord:
    """The record of its JSON; raises ValueError, KeyError or TypeError."""
    return ReleaseRecord(
        number=int(data["number"]),
        version=str(data["version"]),
        released=read_time(data["released"]),
        targets={str(name): str(sha256) for name, sha256 in data["targets"].items()},
        long_term=bool(data["long_term"]),
        revoked=str(data["revoked"]),
    )


def _state(data: Mapping[str, Any]) -> PublisherState:
    if data["format"] != STATE_FORMAT:
        raise ValueError(data["format"])
    life_days = {role: int(data["life_days"][role]) for role in DEFAULT_LIFE_DAYS}
    return PublisherState(life_days=life_days, releases=tuple(read_record(record) for record in data["releases"]))


def _state_data(state: PublisherState) -> dict[str, Any]:
    return {
        "format": STATE_FORMAT,
        "life_days": dict(state.life_days),
        "releases": [record_data(record) for record in state.releases],
    }

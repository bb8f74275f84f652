"""The metadata of TUF as the publisher holds it: signed files, and drafts that wait for signatures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

from kebao.mirror import layout
from kebao.mirror.errors import RefusedError
from kebao.mirror.publisher.files import write_atomically
from kebao.mirror.publisher.workspace import Workspace

Role = Literal["root", "targets", "snapshot", "timestamp"]
ROLES: tuple[Role, ...] = ("root", "targets", "snapshot", "timestamp")
"""In the order in which they are signed."""
SIGNED_AT = "x-kebao-signed-at"
"""Field of the timestamp: when it was made; schools take it for a lower bound of today's date."""

_T = TypeVar("_T", Root, Targets, Snapshot, Timestamp)
_NUMBERED = re.compile(r"(\d+)\.(root|targets|snapshot)\.json")


@dataclass(frozen=True)
class MetadataFolder:
    """Signed metadata, and drafts, of one workspace."""

    workspace: Workspace

    def newest_root(self) -> Metadata[Root]:
        """The root that is trusted now; raises RefusedError when there is none."""
        if root := self.newest("root", Root):
            return root
        raise RefusedError("not-initialised", path=self.workspace.root)

    def newest(self, role: Role, kind: type[_T]) -> Metadata[_T] | None:
        """The signed metadata of a role with the highest version."""
        if role == "timestamp":
            return self.read(self.signed_path(role, 0), kind)
        return self.read(self.signed_path(role, self.newest_version(role)), kind)

    def newest_version(self, role: Role) -> int:
        """The highest version of signed metadata; 0 when there is none."""
        if role == "timestamp":
            timestamp = self.newest("timestamp", Timestamp)
            return timestamp.signed.version if timestamp else 0
        folder = self.workspace.path(layout.METADATA)
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        matches = [match for name in names if (match := _NUMBERED.fullmatch(name)) and match[2] == role]
        return max((int(match[1]) for match in matches), default=0)

    def signed_path(self, role: Role, version: int) -> Path:
        """Where signed metadata lies."""
        name = layout.TIMESTAMP if role == "timestamp" else f"{version}.{role}.json"
        return self.workspace.path(layout.metadata_uri(name))

    def draft_path(self, role: Role) -> Path:
        """Where metadata lies that waits for signatures."""
        return self.workspace.path(layout.PENDING) / f"{role}.json"

    def read(self, path: Path, kind: type[_T]) -> Metadata[_T] | None:
        """Metadata of a file; None when there is no file."""
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        return parsed(data, kind, path)

    def draft(self, role: Role, kind: type[_T]) -> Metadata[_T] | None:
        """The draft of a role."""
        return self.read(self.draft_path(role), kind)

    def any_draft(self, role: Role) -> Metadata[Any] | None:
        """The draft of a role, whatever it is."""
        kind: Any = _KINDS[role]
        return self.draft(role, kind)

    def any_signed(self, role: Role) -> Metadata[Any] | None:
        """The signed metadata of a role, whatever it is."""
        kind: Any = _KINDS[role]
        return self.newest(role, kind)

    def write_draft(self, role: Role, metadata: Metadata[_T]) -> None:
        """Puts metadata where it waits for signatures."""
        write_atomically(self.draft_path(role), metadata_bytes(metadata))

    def write_signed(self, role: Role, metadata: Metadata[_T]) -> None:
        """Puts metadata where it counts, and removes its draft."""
        write_atomically(self.signed_path(role, metadata.signed.version), metadata_bytes(metadata))
        self.draft_path(role).unlink(missing_ok=True)


_KINDS: dict[Role, Any] = {"root": Root, "targets": Targets, "snapshot": Snapshot, "timestamp": Timestamp}


def metadata_bytes(metadata: Metadata[_T]) -> bytes:
    """As it is written to disk."""
    return metadata.to_bytes(JSONSerializer(compact=True))


def parsed(data: bytes, kind: type[_T], path: Path) -> Metadata[_T]:
    """Metadata of its bytes; raises RefusedError for anything else."""
    try:
        metadata: Metadata[Any] = Metadata.from_bytes(data)
    except RepositoryError as error:
        raise RefusedError("metadata-unreadable", path=path, reason=error) from error
    if not isinstance(metadata.signed, kind):
        raise RefusedError("metadata-unreadable", path=path, reason=metadata.signed.type)
    return metadata

"""A planned bundle: every byte of it is decided, none is read yet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

#: Raise it when :mod:`kebao.bundles.archive` writes the same plan in other bytes.
ARCHIVE_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of a bundle: copied from the project, or made.

    Attributes:
        path: POSIX path inside the top folder.
        source_path: POSIX path relative to the project root; empty for a made file.
        text: Content of a made file.
    """

    path: str
    sha256: str
    size_bytes: int
    source_path: str = ""
    text: bytes = b""


def made_member(path: str, text: bytes) -> Member:
    return Member(path=path, sha256=hashlib.sha256(text).hexdigest(), size_bytes=len(text), text=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePlan:
    """A bundle to write.

    Attributes:
        scope: ``resource``, ``topic``, ``organisation`` or ``package``.
        subject: Id of what it holds; for a package ``full`` or ``light``.
        name: Readable file name with ``.zip``.
        members: In the order in which they are written; the bag's own files first.
        file_count: Materials inside, captions not counted.
    """

    scope: str
    subject: str
    name: str
    title: str
    members: tuple[Member, ...]
    file_count: int

    @property
    def top(self) -> str:
        """The folder that everything stands in."""
        return self.name.removesuffix(".zip")

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over all that decides the bytes: equal plans give equal ZIPs."""
        digest = hashlib.sha256(f"{ARCHIVE_VERSION}\n{self.name}\n".encode())
        for member in self.members:
            digest.update(f"{member.sha256} {member.size_bytes} {member.path}\n".encode())
        return digest.hexdigest()

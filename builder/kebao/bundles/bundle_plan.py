"""A planned bundle: every byte of it is decided, none is read yet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

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


# Tens of thousands of these and of parts are made for one changed text: such tuples are made four times as fast.
class KeptFiles(NamedTuple):
    """A resource's files as an older archive of the same name has them.

    Attributes:
        start, end: Where they stand in it, local headers included.
        crc32_before, crc32_after: Of all its bytes before ``start``, and before ``end``: what is copied is checked.
        directory: What its directory says of them.
    """

    archive: Path
    start: int
    end: int
    crc32_before: int
    crc32_after: int
    directory: bytes


class Part(NamedTuple):
    """What a resource adds to a bundle: its files, and what the bundle's own files say of them.

    Attributes:
        text_path: See :class:`kebao.bundles.layout.PlacedResource`.
        text_key: Of its text, see :class:`kebao.bundles.shared_html.MarkedText`.
        asked: Resources that its text leads to, each with its text in this bundle; empty for one that is not in it.
        article: In ``index.html``.
        rows: In the inventory.
        manifest: Lines for its files, by path.
        member_count, octets: Of all its files.
        file_count, file_bytes: Of the files beside the text, captions counted as bytes only.
        members: Its files by path; none where they are ``kept``.
    """

    id: str
    text_path: str
    text_key: bytes
    asked: tuple[tuple[str, str], ...]
    article: bytes
    rows: bytes
    manifest: bytes
    member_count: int
    octets: int
    file_count: int
    file_bytes: int
    members: tuple[Member, ...] = ()
    kept: KeptFiles | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePlan:
    """A bundle to write.

    Attributes:
        scope: ``resource``, ``topic``, ``organisation`` or ``package``.
        subject: Id of what it holds; for a package ``full`` or ``light``.
        name: Readable file name with ``.zip``.
        own: The bag's own files, which stand first.
        parts: The resources, in the order in which their files are written.
        places: Path of the page, the inventory and the manifest → resource id → where what the part adds begins.
        file_count: Materials inside, captions not counted.
    """

    scope: str
    subject: str
    name: str
    title: str
    own: tuple[Member, ...]
    parts: tuple[Part, ...]
    places: Mapping[str, Mapping[str, int]]
    file_count: int

    @property
    def members(self) -> tuple[Member, ...]:
        """In the order in which they are written, where all are made."""
        return (*self.own, *(member for part in self.parts for member in part.members))

    @property
    def top(self) -> str:
        """The folder that everything stands in."""
        return self.name.removesuffix(".zip")

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over all that decides the bytes: equal plans give equal ZIPs."""
        # The manifest, one of the bag's own files, has the path and the digest of each of the others.
        digest = hashlib.sha256(f"{ARCHIVE_VERSION}\n{self.name}\n".encode())
        for member in self.own:
            digest.update(f"{member.sha256} {member.size_bytes} {member.path}\n".encode())
        return digest.hexdigest()

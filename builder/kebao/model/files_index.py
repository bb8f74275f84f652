"""Where materials, previews and bundles are stored, as pages and bundles need to know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kebao.model.shard import StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A preview picture with its size in pixels."""

    file: StoredFile
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBundle:
    """A download bundle.

    Attributes:
        scope: ``resource``, ``topic``, ``organisation`` or ``package``.
        subject: Id of what it holds; for a package ``full`` or ``light``.
        file_count: Files inside, without the bag's own.
        crc32: Checksum of the ZIP's bytes, by which "my list" knows that it arrived whole.
    """

    scope: str
    subject: str
    file: StoredFile
    file_count: int
    crc32: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesIndex:
    """All stored files of one package.

    Attributes:
        root: Site URI of the folder that holds ``_files``, with a slash at its end; empty for the site's root.
        materials: Project path of a material or caption file → its stored file.
        thumbnails: Project path of a material → small picture of its first page, slide or frame.
        posters: Project path of a material → larger picture of the same.
        captions: Project path of a WebVTT file → its text, for players on ``file://``.
        bundles: ``(scope, subject)`` → bundle.
        sources: The package's sources, for packages that build on it; None where it has no such archive.
    """

    root: str = ""
    materials: Mapping[str, StoredFile] = field(default_factory=dict)
    thumbnails: Mapping[str, Picture] = field(default_factory=dict)
    posters: Mapping[str, Picture] = field(default_factory=dict)
    captions: Mapping[str, str] = field(default_factory=dict)
    bundles: Mapping[tuple[str, str], StoredBundle] = field(default_factory=dict)
    sources: StoredFile | None = None

    def bundle(self, scope: str, subject: str) -> StoredBundle | None:
        return self.bundles.get((scope, subject))

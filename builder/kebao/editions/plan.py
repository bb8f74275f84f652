"""What a published tree must hold: decided before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kebao.editions.frozen_file import FrozenFile
from kebao.editions.packages_in_store import PackageLocale, StoredEdition, StoredPackage
from kebao.editions.publication import Publication
from kebao.editions.store import ASSETS, FILES, SITE


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """A folder of the published tree that shows one edition in one language.

    Attributes:
        uri: ``<package>/<locale>/<edition>`` or ``…/latest``.
        edition: Whose frozen files stand there; None where only written pages do.
        is_copy: The files are its own, not other names of the store's.
        pages: Written pages that stand beside or instead of them, by path in the folder.
    """

    uri: str
    locale: str
    edition: StoredEdition | None
    is_copy: bool = False
    pages: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """What tells whether the folder that is there still is the right one; written pages are compared one by one."""
        made_of = self.edition.record.files_digest if self.edition else ""
        return hashlib.sha256(f"{made_of} {self.is_copy}".encode()).hexdigest()[:16]

    def frozen(self) -> Iterator[tuple[str, FrozenFile]]:
        """Path in the folder → frozen file."""
        if self.edition:
            start = f"{SITE}/{self.locale}/"
            for file in self.edition.record.files:
                if file.path.startswith(start):
                    yield file.path[len(start) :], file


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All of a published tree.

    Attributes:
        files: Other files by site URI: start pages, lists of versions, sitemaps, feeds …
    """

    mounts: tuple[Mount, ...]
    files: Mapping[str, bytes]
    stored: SharedFiles
    tombstones: tuple[str, ...]

    def publication(self) -> Publication:
        written = {f"{mount.uri}/{path}": page for mount in self.mounts for path, page in mount.pages.items()}
        files = {**self.files, **written}
        frozen = (f"{m.uri}/{uri}" for m in self.mounts if m.edition for uri in m.edition.page_uris[m.locale])
        pages = {*frozen, *(uri for uri in files if uri.endswith(".html"))}
        return Publication(
            mounts={mount.uri: mount.digest for mount in self.mounts},
            files={uri: hashlib.sha256(data).hexdigest()[:16] for uri, data in files.items()},
            stored=self.stored.uris,
            editions=tuple(sorted(edition.record.files_digest for edition in self.stored.editions)),
            pages=tuple(sorted(pages)),
            tombstones=tuple(sorted(self.tombstones)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFiles:
    """What the pages of the editions refer to, each file once; what only withdrawn ones have is left out.

    Attributes:
        uris: Sorted.
        added: Site URI → an edition that has it; only of those whose lists had to be read.
    """

    uris: tuple[str, ...]
    added: Mapping[str, tuple[StoredEdition, FrozenFile]]
    editions: tuple[StoredEdition, ...]

    def place(self, uri: str) -> tuple[StoredEdition, FrozenFile]:
        """An edition that has the file."""
        return self.added.get(uri) or _shared_by(self.editions)[uri]


def shared_files(packages: Iterable[StoredPackage], before: Publication) -> SharedFiles:
    """The shared files of all editions that are shown.

    The lists of those that ``before`` shows already are not read again, unless one of its editions was withdrawn.
    """
    editions = tuple(edition for package in packages for edition in package.editions if not edition.is_withdrawn)
    shown = {edition.record.files_digest for edition in editions}
    known = set(before.editions)
    if not known <= shown:
        found = _shared_by(editions)
        return SharedFiles(uris=tuple(sorted(found)), added=found, editions=editions)
    found = _shared_by(edition for edition in editions if edition.record.files_digest not in known)
    return SharedFiles(uris=tuple(sorted({*before.stored, *found})), added=found, editions=editions)


def _shared_by(editions: Iterable[StoredEdition]) -> dict[str, tuple[StoredEdition, FrozenFile]]:
    found: dict[str, tuple[StoredEdition, FrozenFile]] = {}
    for edition in editions:
        for file in edition.record.files:
            if file.path.startswith((f"{FILES}/", f"{ASSETS}/")):
                found.setdefault(file.path, (edition, file))
    return found


def edition_mount(view: PackageLocale, edition: StoredEdition, written: Mapping[str, bytes]) -> Mount:
    """The folder of an edition; of a withdrawn one only what is written, its notices."""
    shown = None if edition.is_withdrawn else edition
    return Mount(uri=f"{view.uri}/{edition.id}", locale=view.locale, edition=shown, pages=written)

"""Makes a package's bundles and stores them: a bundle whose content is what it was is neither planned, made nor read.

A bundle's key is the digest of all that its plan is made from, and of the code that plans. Under it stands where its
file lies and what the sums of that file are, which hold as long as its size and times are those it was made with.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kebao.assembly.bundle_making import BundleMaker, KeptBundle
from kebao.assembly.code_digest import code_digest
from kebao.assembly.entry_keys import EntryKeys, digest_of
from kebao.assembly.file_store import atomic_writer
from kebao.assembly.kept_values import KeptValues, drop_other_versions
from kebao.assembly.processes import WorkError, can_split, dealt, in_processes
from kebao.bundles.archive import BundleError, BundleWriter, read_crc32
from kebao.bundles.bundle_plan import Member
from kebao.bundles.plan import BundlePlanner, BundleScope
from kebao.bundles.shared_html import Converter, MarkedText
from kebao.catalog.catalog import Catalog
from kebao.catalog.entries import Entry
from kebao.loading.kept_digests import KeptSums, forget_digests, kept_sums
from kebao.model.files_index import FilesIndex, StoredBundle
from kebao.model.resource import Resource
from kebao.model.shard import StoredFile
from kebao.pages.texts import Texts

_ABANDONED_SECONDS = 24 * 60 * 60
#: Fewer resources than these are done sooner than a process has started.
_FEW = 100
#: What the text of a resource weighs beside its materials: making it takes as long as copying so much.
_TEXT_BYTES = 1 << 19


class BundlePlace(Protocol):
    """Where bundles are wanted."""

    def put_kept(self, kept: Path, stored: StoredFile) -> StoredFile:
        """Stores a bundle of the cache; FileNotFoundError when it is gone."""


@dataclass(frozen=True, slots=True)
class BundleStorer:
    """Stores the bundles of a package.

    Attributes:
        catalog: The package in its source locale.
        cache: Folder for bundles and converted texts of earlier builds.
        jobs: In how many processes bundles are made.
        folders: See :class:`EntryKeys`.
    """

    root: Path
    catalog: Catalog
    store: BundlePlace
    cache: Path
    jobs: int
    on_progress: Callable[[str], None]
    folders: Mapping[str, str] = field(default_factory=dict)

    def store_bundles(self, files: FilesIndex, words: Texts) -> Iterator[StoredBundle]:
        """The bundles, in the order of :meth:`BundlePlanner.scopes`."""
        folder = self.cache / "bundles" / self.catalog.package.id
        before = _read_kept(folder)
        converted = converted_texts(self.cache, self.catalog.package.id)
        planner = BundlePlanner(self.catalog, files, words, Converter(converted))
        keys = _Keys(files, EntryKeys(self.catalog, words, self.folders))
        scopes = {keys.of(scope): scope for scope in planner.scopes()}
        now = {key: before[key] for key in scopes if key in before and before[key].is_there(folder)}
        kept = frozenset(now)
        missing = [scope for key, scope in scopes.items() if key not in kept]
        _convert(planner.converter, _texts_of(planner, missing), self.jobs)
        made = self._made(planner, missing, folder)
        now |= {keys.of(scope): bundle for scope, bundle in zip(missing, made, strict=True)}
        # Whoever made the bundle of everything asked for every text.
        converted.save(drop_unused=any((scope.scope, scope.subject) == ("package", "full") for scope in missing))
        _write_kept(folder, now, before)
        for key, scope in scopes.items():
            if key in kept:
                self.on_progress(f"{scope.stem}.zip")
            try:
                yield self._stored(scope, now[key], folder)
            except FileNotFoundError:
                # Another build of the same project has just tidied up.
                again = BundleMaker(planner, BundleWriter(self.root), folder, self.on_progress).make(scope)
                yield self._stored(scope, again, folder)

    def _stored(self, scope: BundleScope, kept: KeptBundle, folder: Path) -> StoredBundle:
        stored = StoredFile(sha256=kept.sha256, size_bytes=kept.size_bytes, name=f"{scope.stem}.zip")
        return StoredBundle(
            scope=scope.scope,
            subject=scope.subject,
            file=self.store.put_kept(folder / kept.name, stored),
            file_count=kept.file_count,
            crc32=kept.crc32,
        )

    def _made(self, planner: BundlePlanner, scopes: Sequence[BundleScope], folder: Path) -> list[KeptBundle]:
        folder.mkdir(parents=True, exist_ok=True)
        weights = [self._weight(scope) for scope in scopes]
        jobs = self.jobs if sum(weights) >= _FEW * _TEXT_BYTES else 1
        kept = {sums.path: sums for sums in kept_sums(self.cache)}
        writer = BundleWriter(self.root, self._crc32s(scopes, jobs, kept), kept)
        if jobs > 1 and len(scopes) > 1:
            # Both bundles of a package hold all texts: what is made before the processes part is made once.
            planner.make_texts(scopes[weights.index(max(weights))])
        try:
            return BundleMaker(planner, writer, folder, self.on_progress).make_all(scopes, weights, jobs=jobs)
        except (BundleError, WorkError) as error:
            # Should what is kept be wrong, the next build reads the files again.
            forget_digests(self.cache)
            raise BundleError(str(error)) from error

    def _weight(self, scope: BundleScope) -> int:
        return sum(_TEXT_BYTES + sum(file.size_bytes for file in self._materials(entry)) for entry in scope.entries)

    def _materials(self, entry: Entry) -> Iterator[Member]:
        for path in _files_of(entry.resource):
            facts = self.catalog.facts.get(path)
            if facts:
                yield Member(path=path, source_path=path, sha256=facts.sha256, size_bytes=facts.size_bytes)

    def _crc32s(self, scopes: Sequence[BundleScope], jobs: int, kept: Mapping[str, KeptSums]) -> dict[str, int]:
        """SHA-256 → CRC-32 of all materials; those that are not known from the check are read once for all bundles."""
        entries = {entry.id: entry for scope in scopes for entry in scope.entries}
        files = {file.sha256: file for entry in entries.values() for file in self._materials(entry)}
        known = {sums.sha256: sums.crc32 for sums in kept.values() if sums.sha256 in files}
        unread = [file for file in files.values() if file.sha256 not in known]
        unread.sort(key=lambda file: -file.size_bytes)

        def work(piece: Sequence[Member]) -> list[str]:
            return [f"{file.sha256} {read_crc32(self.root, file)}" for file in piece]

        try:
            found = in_processes(dealt(unread, jobs), work)
        except WorkError as error:
            raise BundleError(str(error)) from error
        known |= {sha256: int(crc32) for sha256, crc32 in (line.split() for line in found)}
        return known


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of bundles."""

    files: FilesIndex
    entries: EntryKeys
    _of_entries: dict[str, str] = field(default_factory=dict)

    def of(self, scope: BundleScope) -> str:
        what = (scope.scope, scope.subject, scope.title, scope.stem, scope.lead, *scope.without)
        return digest_of((self.entries.ground, repr(what), *(self._of_entry(entry) for entry in scope.entries)))

    def _of_entry(self, entry: Entry) -> str:
        if entry.id not in self._of_entries:
            parts = (self.entries.of(entry), *(self._of_file(path) for path in _files_of(entry.resource)))
            self._of_entries[entry.id] = digest_of(parts)
        return self._of_entries[entry.id]

    def _of_file(self, path: str) -> str:
        facts = self.entries.catalog.facts.get(path)
        known = f"{facts.sha256} {facts.size_bytes}" if facts else "unknown"
        return f"{path} {known} {path in self.files.materials}"


def _files_of(resource: Resource) -> Iterator[str]:
    for material in resource.materials:
        yield resource.path_of(material.file)
        if material.captions:
            yield resource.path_of(material.captions)


def converted_texts(cache: Path, package: str) -> KeptValues:
    """The texts of a package that were converted before; another file for other code."""
    path = cache / "texts" / code_digest()[:16] / f"{package}.html"
    drop_other_versions(path)
    return KeptValues(path)


def _texts_of(planner: BundlePlanner, scopes: Sequence[BundleScope]) -> list[MarkedText]:
    entries = {entry.id: entry for scope in scopes for entry in scope.entries}
    return [planner.texts.body(entry) for entry in entries.values()]


def _convert(converter: Converter, texts: Sequence[MarkedText], jobs: int) -> None:
    """Converts the texts that are not known yet in several processes, so that all bundles find them."""
    missing = [text for text in texts if not converter.knows(text)]
    if len(missing) < _FEW or not can_split():
        return

    def work(piece: Sequence[MarkedText]) -> list[str]:
        return [converter.written(text) for text in piece]

    pieces = dealt(missing, jobs)
    for text, written in zip([text for piece in pieces for text in piece], in_processes(pieces, work), strict=True):
        converter.remember(text, written)


def _kept_path(folder: Path) -> Path:
    return folder / "kept.json"


def _read_kept(folder: Path) -> Mapping[str, KeptBundle]:
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
        kept = json.loads(_kept_path(folder).read_text(encoding="utf-8"))
        return {key: KeptBundle(**bundle) for key, bundle in kept.items()}
    return {}


def _write_kept(folder: Path, now: Mapping[str, KeptBundle], before: Mapping[str, KeptBundle]) -> None:
    """Keeps what this build has, and removes the files of others."""
    if now == before:
        return
    with contextlib.suppress(OSError):
        with atomic_writer(_kept_path(folder)) as stream:
            data = {key: bundle.to_json() for key, bundle in sorted(now.items())}
            stream.write(json.dumps(data, sort_keys=True).encode())
        used = {bundle.name for bundle in now.values()}
        for entry in os.scandir(folder):
            is_unused = entry.name.endswith(".zip") and entry.name not in used
            # A build that was killed left it; one that is running may still be writing a newer one.
            is_abandoned = entry.name.endswith(".tmp") and entry.stat().st_mtime < time.time() - _ABANDONED_SECONDS
            if is_unused or is_abandoned:
                os.unlink(entry.path)

"""Makes a package's bundles and stores them: a bundle whose content is what it was is neither planned, made nor read.

A bundle's key is the digest of all that its plan is made from, and of the code that plans. Under it stands where its
file lies and what the sums of that file are, which hold as long as its size and times are those it was made with.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from kebao.assembly.bundle_making import BundleMaker, BundleOrder, KeptBundle
from kebao.assembly.code_digest import code_digest
from kebao.assembly.entry_keys import EntryKeys, digest_of
from kebao.assembly.file_store import atomic_writer, sync_file
from kebao.assembly.kept_parts import SUFFIX as PARTS
from kebao.assembly.kept_parts import read_parts
from kebao.assembly.kept_values import KeptValues, drop_other_versions
from kebao.assembly.processes import Aside, WorkError, can_split, dealt, in_processes
from kebao.bundles.archive import BundleError, BundleWriter, read_crc32
from kebao.bundles.bundle_plan import Member
from kebao.bundles.plan import BundlePlanner, BundleScope
from kebao.bundles.shared_html import Converter, MarkedText
from kebao.catalog.catalog import Catalog
from kebao.catalog.entries import Entry
from kebao.loading.kept_digests import forget_digests, kept_sums
from kebao.model.files_index import FilesIndex, StoredBundle
from kebao.model.resource import Resource
from kebao.model.shard import StoredFile
from kebao.pages.texts import Texts

#: Does some work: now, or when nobody waits for anything else.
Later = Callable[[Callable[[], None]], object]
_ABANDONED_SECONDS = 24 * 60 * 60
#: Fewer resources than these are done sooner than a process has started.
_FEW = 100
#: What is made for so many leaves tens of megabytes behind.
_MANY = 1000
#: What the text of a resource weighs beside its materials: making it takes as long as copying so much.
_TEXT_BYTES = 1 << 19


def at_once(work: Callable[[], None]) -> None:
    work()


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
        later: What to do with work that nobody waits for.
    """

    root: Path
    catalog: Catalog
    store: BundlePlace
    cache: Path
    jobs: int
    on_progress: Callable[[str], None]
    folders: Mapping[str, str] = field(default_factory=dict)
    later: Later = at_once

    def store_bundles(self, files: FilesIndex, words: Texts) -> Iterator[StoredBundle]:
        """The bundles, in the order of :meth:`BundlePlanner.scopes`."""
        with self.begun(files, words) as stored:
            yield from stored()

    @contextlib.contextmanager
    def begun(self, files: FilesIndex, words: Texts) -> Iterator[Callable[[], Iterator[StoredBundle]]]:
        """What gives them is called when there is nothing else to do: thousands are made in other processes."""
        folder = self.cache / "bundles" / self.catalog.package.id
        before = _read_kept(folder)
        converted = converted_texts(self.cache, self.catalog.package.id)
        planner = BundlePlanner(self.catalog, files, words, Converter(converted))
        keys = _Keys(files, EntryKeys(self.catalog, words, self.folders))
        scopes = {keys.of(scope): scope for scope in planner.scopes()}
        now = {key: before[key] for key in scopes if key in before and before[key].is_there(folder)}
        kept = frozenset(now)
        old = {bundle.of: bundle for bundle in before.values()}
        absent = {key: scope for key, scope in scopes.items() if key not in kept}
        missing = [_order(planner, keys, scope, folder, old) for scope in absent.values()]

        def stored(made: Iterable[KeptBundle]) -> Iterator[StoredBundle]:
            new = dict(zip(absent, made, strict=True))
            for key, scope in scopes.items():
                if key in kept:
                    self.on_progress(f"{scope.stem}.zip")
                try:
                    yield self._stored(scope, now[key] if key in now else new[key], folder)
                except FileNotFoundError:
                    # Another build of the same project has just tidied up.
                    maker = BundleMaker(planner, BundleWriter(self.root), folder, self.on_progress)
                    yield self._stored(scope, maker.make(_order(planner, keys, scope, folder, {})), folder)
            self.later(lambda: _write_kept(folder, now | _on_the_disk(folder, new), before))

        with self._missing(planner, missing, folder, converted) as made:
            yield lambda: stored(made())

    def _stored(self, scope: BundleScope, kept: KeptBundle, folder: Path) -> StoredBundle:
        stored = StoredFile(sha256=kept.sha256, size_bytes=kept.size_bytes, name=f"{scope.stem}.zip")
        return StoredBundle(
            scope=scope.scope,
            subject=scope.subject,
            file=self.store.put_kept(folder / kept.name, stored),
            file_count=kept.file_count,
            crc32=kept.crc32,
        )

    @contextlib.contextmanager
    def _missing(
        self, planner: BundlePlanner, orders: Sequence[BundleOrder], folder: Path, converted: KeptValues
    ) -> Iterator[Callable[[], list[KeptBundle]]]:
        """Makes bundles; of thousands of resources in another process: this one would stay as large as it gets."""

        def work() -> list[str]:
            _convert(planner.converter, _texts_of(planner, orders), self.jobs)
            made = self._made(planner, orders, folder)
            _save(converted, orders)
            return [json.dumps(bundle.to_json()) for bundle in made]

        def read(told: Callable[[], list[str]]) -> list[KeptBundle]:
            try:
                return [KeptBundle(**json.loads(bundle)) for bundle in told()]
            except WorkError as error:
                raise BundleError(str(error)) from error

        changed = {entry.id for order in orders for entry in _changed(order)}
        if len(changed) < _MANY or not can_split():
            yield lambda: read(work)
            return
        aside = Aside(work)
        try:
            yield lambda: read(aside.finish)
        finally:
            aside.give_up()

    def _made(self, planner: BundlePlanner, orders: Sequence[BundleOrder], folder: Path) -> list[KeptBundle]:
        folder.mkdir(parents=True, exist_ok=True)
        weights = [self._weight(order) for order in orders]
        jobs = self.jobs if sum(weights) >= _FEW * _TEXT_BYTES else 1
        writer = self._writer(orders, jobs)
        if jobs > 1 and len(orders) > 1:
            # Both bundles of a package hold all texts: what is made before the processes part is made once.
            heaviest = orders[weights.index(max(weights))]
            planner.parts(heaviest.scope, heaviest.kept)
        try:
            return BundleMaker(planner, writer, folder, self.on_progress).make_all(orders, weights, jobs=jobs)
        except (BundleError, WorkError) as error:
            # Should what is kept be wrong, the next build reads the files again.
            forget_digests(self.cache)
            raise BundleError(str(error)) from error

    def _weight(self, order: BundleOrder) -> int:
        files = (file.size_bytes for entry in _changed(order) for file in self._materials(entry))
        made = _TEXT_BYTES * (len(order.scope.entries) - len(order.kept)) + sum(files)
        return made + sum(part.octets for part in order.kept.values())

    def _materials(self, entry: Entry) -> Iterator[Member]:
        for path in _files_of(entry.resource):
            facts = self.catalog.facts.get(path)
            if facts:
                yield Member(path=path, source_path=path, sha256=facts.sha256, size_bytes=facts.size_bytes)

    def _writer(self, orders: Sequence[BundleOrder], jobs: int) -> BundleWriter:
        """Knows the CRC-32s of all materials; those that are not known from the check are read once for all bundles."""
        entries = {entry.id: entry for order in orders for entry in _changed(order)}
        files = {file.sha256: file for entry in entries.values() for file in self._materials(entry)}
        kept = {sums.path: sums for sums in kept_sums(self.cache)} if files else {}
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
        return BundleWriter(self.root, known, kept)


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of bundles."""

    files: FilesIndex
    entries: EntryKeys
    _of_entries: dict[str, str] = field(default_factory=dict)

    def of(self, scope: BundleScope) -> str:
        what = (scope.scope, scope.subject, scope.title, scope.stem, scope.lead, *scope.without)
        return digest_of((self.entries.ground, repr(what), *(self.of_entry(entry) for entry in scope.entries)))

    def ground(self, scope: BundleScope) -> str:
        """Of all that its parts depend on beside their resources."""
        return digest_of((self.entries.ground, scope.stem, *scope.without))

    def of_entry(self, entry: Entry) -> str:
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


def _order(
    planner: BundlePlanner, keys: _Keys, scope: BundleScope, folder: Path, old: Mapping[str, KeptBundle]
) -> BundleOrder:
    """What is to be made of a bundle; ``old`` has the bundles of an earlier build by what they are of."""
    of_entries = {entry.id: keys.of_entry(entry) for entry in scope.entries}
    order = BundleOrder(scope=scope, ground=keys.ground(scope), keys=of_entries)
    found = old.get(order.of)
    if found is None or len(of_entries) == 1 or not found.is_there(folder):
        return order
    paths, path_of = planner.text_paths(scope), planner.text_path_of(scope)
    return replace(order, kept=read_parts(folder / found.name, order.ground, of_entries, paths, path_of))


def _changed(order: BundleOrder) -> Iterator[Entry]:
    """The resources of which no earlier bundle has what it needs."""
    return (entry for entry in order.scope.entries if entry.id not in order.kept)


def _texts_of(planner: BundlePlanner, orders: Sequence[BundleOrder]) -> list[MarkedText]:
    entries = {entry.id: entry for order in orders for entry in _changed(order)}
    return [planner.texts.body(entry) for entry in entries.values()]


def _save(converted: KeptValues, orders: Sequence[BundleOrder]) -> None:
    """Keeps the converted texts; where the bundle of everything was made, those of the package and no others."""
    everything = next((order for order in orders if order.of == "package full"), None)
    for part in everything.kept.values() if everything else ():
        converted.use(part.text_key)
    converted.save(drop_unused=everything is not None)


def _convert(converter: Converter, texts: Sequence[MarkedText], jobs: int) -> None:
    """Converts the texts that are not known yet in several processes, so that all bundles find them."""
    missing = converter.unknown(texts)
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


def _on_the_disk(folder: Path, new: Mapping[str, KeptBundle]) -> dict[str, KeptBundle]:
    """The bundles that are still there, once they are on the disk: later their sizes and times vouch for them."""
    settled = {}
    for key, bundle in new.items():
        with contextlib.suppress(OSError):
            sync_file(folder / bundle.name)
            settled[key] = bundle
    return settled


def _write_kept(folder: Path, now: Mapping[str, KeptBundle], before: Mapping[str, KeptBundle]) -> None:
    """Keeps what this build has, and removes the files of others."""
    if now == before:
        return
    with contextlib.suppress(OSError):
        with atomic_writer(_kept_path(folder)) as stream:
            data = {key: bundle.to_json() for key, bundle in sorted(now.items())}
            stream.write(json.dumps(data, sort_keys=True).encode())
        used = {bundle.name.removesuffix(".zip") for bundle in now.values()}
        for entry in os.scandir(folder):
            stem, suffix = os.path.splitext(entry.name)
            is_unused = suffix in (".zip", PARTS) and stem not in used
            # A build that was killed left it; one that is running may still be writing a newer one.
            is_abandoned = entry.name.endswith(".tmp") and entry.stat().st_mtime < time.time() - _ABANDONED_SECONDS
            if is_unused or is_abandoned:
                os.unlink(entry.path)

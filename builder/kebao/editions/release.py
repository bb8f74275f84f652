"""Releasing: a package, checked and built in every locale, frozen in the store under an edition's id."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from kebao.assembly.checking import CheckedProject, cache_folder, check_project, with_upstreams
from kebao.assembly.file_store import FileStore
from kebao.assembly.files_index_json import dump_files_indexes
from kebao.assembly.site_build import ShardBuilds, build_shards, plan_shards
from kebao.assembly.stored_files import FileStorer
from kebao.catalog.entries import is_published
from kebao.catalog.snapshots import Snapshot, snapshot_json, take_snapshot
from kebao.editions.durable import json_bytes, sync_folder, sync_tree
from kebao.editions.edition_id import edition_fault, edition_order, is_pre_release
from kebao.editions.edition_pages import edition_pages
from kebao.editions.errors import EditionError
from kebao.editions.folder_lock import folder_lock
from kebao.editions.frozen_file import FrozenFile, files_digest, frozen_files
from kebao.editions.inputs import PACKAGES_FOLDER, Inputs, built_with, read_inputs
from kebao.editions.narrowing import narrow_site
from kebao.editions.previous import appearances
from kebao.editions.published_shards import frozen_shards
from kebao.editions.ready import make_ready
from kebao.editions.source_archive import restore_materials, store_materials, write_source_archive
from kebao.editions.states import read_states, settled_states, write_states
from kebao.editions.store import (
    ASSETS,
    FILES,
    PAGES,
    READY,
    RECORD,
    SITE,
    SNAPSHOT,
    SOURCE_FILES,
    SOURCES,
    EditionRecord,
    EditionStore,
)
from kebao.editions.unpacking import Sources, remove_tree, sources_from
from kebao.model.files_index import FilesIndex
from kebao.model.shard import Shard
from kebao.problems import Message, Problem

_ASSETS_IN_PAGE = re.compile(rb"/_assets/([0-9a-f]{16})/")


class ContentError(Exception):
    """The content has errors: nothing is released."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("the content has errors")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOptions:
    """What to release.

    Attributes:
        source: A git tag or an archive; the working tree when None.
        title: What the edition is called beside its id.
        today: Ends waivers and what was agreed to until a day.
        epoch: SOURCE_DATE_EPOCH where it is set: the release's moment.
    """

    package: str
    edition: str
    source: str | None = None
    title: str = ""
    jobs: int = 1
    today: date | None = None
    epoch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseReport:
    """``is_new`` is False where the edition was there already, made from the same."""

    record: EditionRecord
    is_new: bool
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Whom a release tells how far it is."""

    on_file: Callable[[str], None] = lambda name: None
    on_shard: Callable[[Shard], None] = lambda shard: None


def release(
    root: Path, store: EditionStore, options: ReleaseOptions, listener: Listener | None = None
) -> ReleaseReport:
    """Freezes an edition of a package of the project at ``root``.

    The edition appears in the store by one rename when it is complete. One that exists is never changed. Raises
    EditionError, ContentError and BuildError.
    """
    with sources_from(root, options.source) as sources:
        package, edition = options.package, options.edition
        held = None if sources.is_working_tree else restore_materials(sources.root, store)
        _check_names(sources.root, package, edition)
        inputs = read_inputs(sources.root, package)
        store.prepare()
        with folder_lock(store.lock_path):
            _remove_half_written(store)
            if store.holds(package, edition):
                record = _unchanged(store, inputs, options)
                _settle_states(store, package, options)
                return ReleaseReport(record=record, is_new=False)
            originals = narrow_site(sources.root, held) if held is not None else {}
            return _Release(root, sources, originals, store, options, inputs, listener or Listener()).run()


def _check_names(root: Path, package: str, edition: str) -> None:
    locales = [path.stem for path in (root / "site_config" / "locales").glob("*.yml")]
    fault = edition_fault(edition, locales)
    if fault:
        raise EditionError(fault, Message("name it by year and number, such as 2026.1; 2026.1-rc1 comes before it"))
    packages = sorted(path.parent.name for path in (root / PACKAGES_FOLDER).glob("*/package.yml"))
    if package not in packages:
        params = {"package": package, "packages": ", ".join(packages)}
        raise EditionError(
            Message("there is no package '{package}'", params), Message("the packages are: {packages}", params)
        )


def _unchanged(store: EditionStore, inputs: Inputs, options: ReleaseOptions) -> EditionRecord:
    """The edition that is there, when it was made from these inputs; else EditionError."""
    record = store.record(options.package, options.edition)
    if record.inputs_digest == inputs.digest:
        return record
    params = {"package": record.package, "edition": record.edition}
    if record.sources_digest == inputs.sources_digest:
        message = Message("edition {edition} of '{package}' was made from the same sources by other tools", params)
        hint = Message("it stays as it is and needs nothing; to publish what the new tools make, release a new edition")
    else:
        message = Message("edition {edition} of '{package}' was released from other sources", params)
        hint = Message("a released edition never changes: choose a new id for what is different now")
    raise EditionError(message, hint)


def _remove_half_written(store: EditionStore) -> None:
    """Takes away what a release that was killed has left: only the one that holds the lock is at work."""
    staged = (store.root.glob("*/.*.new"), (store.root / READY).glob("*/.*.new"), (store.root / ASSETS).glob(".*"))
    for folder in (folder for folders in staged for folder in folders):
        remove_tree(folder)
    beside_lists = (store.root.glob(".*.tmp"), store.root.glob("*/.*.tmp"))
    beside_files = ((store.root / name).rglob(".*.tmp") for name in (FILES, SOURCE_FILES))
    for temporaries in (*beside_lists, *beside_files):
        for temporary in temporaries:
            temporary.unlink(missing_ok=True)


def _settle_states(store: EditionStore, package: str, options: ReleaseOptions) -> None:
    """Gives every edition its state; also after a release that was killed right before it did."""
    folder = store.root / package
    before = read_states(folder)
    states = dict(settled_states(store, package))
    if options.edition not in before and options.title:
        states[options.edition] = replace(states[options.edition], title=options.title)
    if states != dict(before):
        write_states(folder, states)


@dataclass(frozen=True, slots=True)
class _Release:
    root: Path
    sources: Sources
    originals: Mapping[str, bytes]
    store: EditionStore
    options: ReleaseOptions
    inputs: Inputs
    listener: Listener

    def run(self) -> ReleaseReport:
        project = check_project(self.sources.root, today=self.options.today, store=self.store.root)
        if project.has_errors:
            raise ContentError(project.problems)
        project = with_upstreams(project)
        package = self.options.package
        if package not in project.sound_site().packages:
            raise EditionError(
                Message("the package '{package}' is not in the site's list", {"package": package}),
                Message("add it to 'packages' in site_config/site.yml"),
            )
        folder = self.store.folder(package, self.options.edition)
        # A name of its own: MkDocs of a release that was killed may still be writing into the other's folder.
        staged = folder.with_name(f".{folder.name}.{os.getpid()}.new")
        staged.mkdir(parents=True)
        try:
            record = self._freeze(project, staged)
            sync_tree(staged)
            staged.rename(folder)
            sync_folder(folder.parent)
            make_ready(self.store, record)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        _remove_half_written(self.store)
        _settle_states(self.store, package, self.options)
        return ReleaseReport(record=record, is_new=True, problems=project.problems)

    def _freeze(self, project: CheckedProject, staged: Path) -> EditionRecord:
        """Writes everything that an edition has; its record comes last."""
        package, edition = self.options.package, self.options.edition
        shards = plan_shards(project, package=package, edition=edition)
        previous = self._previous()
        index = self._build(project, shards, staged / SITE, previous)
        audience = project.sound_site().audience
        content = project.content.packages[package]
        snapshot = take_snapshot(content, edition=edition, audience=audience, facts=project.facts)
        (staged / SNAPSHOT).write_bytes(snapshot_json(snapshot).encode())
        (staged / PAGES).write_bytes(json_bytes(self._pages(project, snapshot, shards, staged / SITE)))
        write_source_archive(self.sources.root, self.inputs, staged / SOURCES, originals=self.originals)
        files = [*frozen_files(staged), *self._shared(index, shards, staged / SITE)]
        record = self._record(project, shards, previous, sorted(files))
        (staged / RECORD).write_bytes(record.to_json())
        return record

    def _previous(self) -> str:
        """The final edition before this one, in the order of ids."""
        key = edition_order(self.options.edition)
        earlier = [e for e in self.store.editions(self.options.package) if edition_order(e) < key]
        final = [edition for edition in earlier if not is_pre_release(edition)]
        return (final or earlier or [""])[-1]

    def _build(self, project: CheckedProject, shards: Sequence[Shard], site: Path, previous: str) -> FilesIndex:
        package = self.options.package
        storer = FileStorer(project, FileStore(self.store.root / FILES), cache_folder(self.root), self.listener.on_file)
        index = storer.store_package(package)
        others = frozen_shards(self.store, apart_from=package)
        with TemporaryDirectory(prefix="kebao-") as scratch:
            index_path, published_path = Path(scratch) / "files.json", Path(scratch) / "published.json"
            index_path.write_text(dump_files_indexes({package: index}), encoding="utf-8")
            published_path.write_text(json.dumps({s.uri: pages for s, pages in others.items()}), encoding="utf-8")
            appeared = appearances(self.store, package, before=self.options.edition)
            appeared_path = Path(scratch) / "appeared.json"
            appeared_path.write_text(json.dumps(appeared), encoding="utf-8")
            snapshot = self.store.folder(package, previous) / SNAPSHOT
            builds = ShardBuilds(
                folder_of=lambda shard: site / shard.locale,
                assets=self.store.root / ASSETS,
                files_index=index_path,
                linked=(*shards, *others),
                jobs=self.options.jobs,
                environment={
                    "KEBAO_PUBLISHED": str(published_path),
                    "KEBAO_PREVIOUS": str(snapshot) if previous and snapshot.is_file() else "",
                    "KEBAO_PREVIOUS_EDITION": previous,
                    "KEBAO_APPEARED": str(appeared_path) if appeared else "",
                    "KEBAO_STORE": str(self.store.root.resolve()),
                    "SOURCE_DATE_EPOCH": str(self._epoch(project)),
                },
            )
            build_shards(project, shards, builds, self.listener.on_shard)
        return index

    def _pages(
        self, project: CheckedProject, snapshot: Snapshot, shards: Sequence[Shard], site: Path
    ) -> Mapping[str, object]:
        try:
            return edition_pages(project.content, snapshot, shards, site)
        except ValueError as error:
            raise EditionError(
                Message("the pages were built for another edition: {reason}", {"reason": str(error)}),
                Message("take 'edition' out of the site's mkdocs.yml: the command says which one it is"),
            ) from error

    def _shared(self, index: FilesIndex, shards: Sequence[Shard], site: Path) -> list[FrozenFile]:
        """The files that this edition uses and shares with others."""
        pictures = (*index.thumbnails.values(), *index.posters.values())
        bundles = (bundle.file for bundle in index.bundles.values())
        sources = (index.sources,) if index.sources else ()
        stored = {*index.materials.values(), *(picture.file for picture in pictures), *bundles, *sources}
        files = [
            FrozenFile(path="/".join((FILES, *file.path_parts)), sha256=file.sha256, size_bytes=file.size_bytes)
            for file in stored
        ]
        for name in sorted(self._assets_of(shards, site)):
            folder = self.store.root / ASSETS / name
            sync_tree(folder)
            files.extend(frozen_files(folder, below=self.store.root))
        return [*files, *store_materials(self.sources.root, self.inputs, self.store)]

    def _assets_of(self, shards: Sequence[Shard], site: Path) -> set[str]:
        pages = ((site / shard.locale / "index.html").read_bytes() for shard in shards)
        return {name.decode() for page in pages for name in _ASSETS_IN_PAGE.findall(page)}

    def _epoch(self, project: CheckedProject) -> int:
        """The moment of the release: SOURCE_DATE_EPOCH, else the newest resource's day. Never the clock."""
        if self.options.epoch is not None:
            return self.options.epoch
        resources = project.content.packages[self.options.package].resources.values()
        audience = project.sound_site().audience
        newest = max((r.date for r in resources if is_published(r, audience)), default=date(1980, 1, 1))
        return int(datetime(newest.year, newest.month, newest.day, tzinfo=UTC).timestamp())

    def _record(
        self, project: CheckedProject, shards: Sequence[Shard], previous: str, files: list[FrozenFile]
    ) -> EditionRecord:
        package, site = project.content.packages[self.options.package], project.sound_site()
        locales = {shard.locale: site.locales[shard.locale] for shard in shards}
        return EditionRecord(
            package=package.id,
            edition=self.options.edition,
            released=datetime.fromtimestamp(self._epoch(project), UTC).date().isoformat(),
            source=self.sources.origin,
            inputs_digest=self.inputs.digest,
            sources_digest=self.inputs.sources_digest,
            built=built_with(),
            previous=previous,
            locales={
                id_: {"language_tag": locale.language_tag, "name": locale.name, "direction": locale.direction}
                for id_, locale in locales.items()
            },
            source_locale=package.source_locale,
            title=dict(package.title.by_locale),
            summary=dict(package.summary.by_locale),
            files_digest=files_digest(files),
            read_files=lambda: tuple(files),
        )


def epoch_from(environment: Mapping[str, str] = os.environ) -> int | None:
    """``SOURCE_DATE_EPOCH`` (https://reproducible-builds.org/specs/source-date-epoch/); None when it is not set."""
    value = environment.get("SOURCE_DATE_EPOCH", "")
    return int(value) if value.isdigit() else None

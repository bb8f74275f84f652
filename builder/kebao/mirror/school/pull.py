"""``pull``: from signed metadata to a release that readers see, in steps that a power cut cannot spoil.

Everything up to the switch happens beside what readers use. A run that dies leaves finished objects behind, so that the
next one has less to do; nothing else of it is ever seen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from kebao.mirror.errors import ExitCode, StaleError
from kebao.mirror.hash_set import HashSet
from kebao.mirror.manifest import FileEntry, Manifest
from kebao.mirror.school import gathering
from kebao.mirror.school.accept import Accepted, accept
from kebao.mirror.school.context import School
from kebao.mirror.school.gc import collect
from kebao.mirror.school.known_trees import know_trees
from kebao.mirror.school.limits import Pace
from kebao.mirror.school.names_here import NamesHere
from kebao.mirror.school.points import Point
from kebao.mirror.school.readable import readable_bytes
from kebao.mirror.school.served_metadata import forget_old_metadata, serve_metadata
from kebao.mirror.school.state import Config, Release, State, Subset, stamp, write_config, write_state
from kebao.mirror.school.store import Store
from kebao.mirror.school.switch import show, shown
from kebao.mirror.school.time_policy import Opinion, latest, opinion, reference_time
from kebao.mirror.school.transfer import NowhereError, Transfer
from kebao.mirror.school.tree import TreeBuilder
from kebao.mirror.school.unfinished import forget_unfinished
from kebao.mirror.school.update_pack import fetch_update, take_manifests
from kebao.mirror.school.wanted import TargetFetcher, WantedRelease, kept_manifest, signed_catalog, wanted_release
from kebao.mirror.school.workers import for_each
from kebao.mirror.sources.source import Source

_ROUNDS = 3
"""How often a pull starts over because a newer release is being published meanwhile."""


@dataclass(frozen=True)
class PullOptions:
    """What this one pull is asked.

    Attributes:
        sources: asked before those of the config.
        subset: from now on; None leaves it as it is.
        today: the day that the person confirmed, in place of the PC's clock.
    """

    sources: tuple[str, ...] = ()
    only_these_sources: bool = False
    subset: Subset | None = None
    limit: int | None = None
    until: str | None = None
    today: datetime | None = None
    accept_stale: bool = False


def pull(school: School, options: PullOptions) -> ExitCode:
    """COMPLETE when a new release is here, whole and verified; NOTHING_NEW; otherwise raises a MirrorError."""
    config = school.config()
    with school.lock():
        return _Pull(school, config, options).run()


class _Pull:
    """One run."""

    def __init__(self, school: School, config: Config, options: PullOptions) -> None:
        self._school = school
        self._options = options
        self._config = config if options.subset is None else replace(config, subset=options.subset)
        self._subset_changed = self._config != config
        places = options.sources if options.only_these_sources else (*options.sources, *config.sources)
        self._sources: list[Source] = [school.open_source(place) for place in dict.fromkeys(places)]
        self._received = 0
        self._syncs_at_once = school.disk.syncs_at_once(school.root)

    def run(self) -> ExitCode:
        school = self._school
        for folder in (school.places.parts, school.places.releases, school.places.manifests, school.places.objects):
            school.disk.make_folder(folder)
        state = school.state()
        self._settle(state)
        for round_number in range(_ROUNDS):
            try:
                return self._round(school.state() if round_number else state)
            except NowhereError:
                # Not there although signed for: a newer release may have taken its place, or is being copied just now.
                if round_number == _ROUNDS - 1 or not self._moved():
                    raise
                school.tell("school-starting-over")
        raise AssertionError("the last round returns or raises")

    def _settle(self, state: State) -> None:
        """What a killed run had decided is done."""
        if state.current and self._school.places.tree(state.current).is_dir():
            show(self._school.disk, self._school.places, state.current)

    def _round(self, state: State) -> ExitCode:
        school = self._school
        pace = self._pace()
        transfer = Transfer(
            self._sources,
            school.places,
            school.disk,
            clock=school.clock,
            pace=pace,
            on_bytes=self._count,
            syncs=not self._syncs_at_once,
        )
        fetcher = TargetFetcher(school, transfer, self._sources, pace, state.newest)
        accepted, wanted = self._agreed(state, fetcher)
        before, state = state, self._times(state, accepted, wanted)
        if state.last_good_time != before.last_good_time:
            write_state(school.disk, school.places.state, replace(before, last_good_time=state.last_good_time))
        if self._subset_changed:
            write_config(school.disk, school.places.config, self._config)
        newest = state.newest
        if wanted.is_in(newest) and newest and school.places.tree(newest.tree).is_dir():
            return self._nothing_new(state, accepted)
        update = fetch_update(school, wanted, newest, transfer)
        if update and newest:
            take_manifests(school, update, wanted, newest, fetcher)
        for_each(wanted.targets, fetcher.fetch, workers=gathering.workers_for(transfer))
        school.reached(Point.MANIFESTS_STORED)
        return self._take(state, accepted, wanted, transfer, update)

    def _agreed(self, state: State, fetcher: TargetFetcher) -> tuple[Accepted, WantedRelease]:
        """The release of the first source that is not older than what is here, whatever became of the metadata."""
        school, left = self._school, self._sources
        while True:
            accepted = self._accept(state, left)
            self._accepted_version = accepted.release.version
            school.reached(Point.METADATA_ACCEPTED)
            catalog, sha256 = signed_catalog(accepted.release, fetcher)
            if not state.goes_back(catalog.release, accepted.release.targets_keys):
                return accepted, wanted_release(accepted.release, catalog, sha256, self._config.subset)
            older = StaleError("school-older", source=accepted.source.name)
            school.journal.note("refused", source=accepted.source.name, reason="older release", number=catalog.release)
            left = left[left.index(accepted.source) + 1 :]
            if not left:
                raise older
            school.tell(older.message, **older.parameters)

    def _accept(self, state: State, sources: Sequence[Source]) -> Accepted:
        school, options = self._school, self._options
        now = options.today or school.clock.now()
        if options.today:
            school.journal.note("today confirmed", today=stamp(options.today), clock=stamp(school.clock.now()))
        elif opinion(now, state.last_good_time) is Opinion.BEHIND and state.last_good_time:
            school.tell(Opinion.BEHIND.value, clock=stamp(now), signed=stamp(state.last_good_time))
        return accept(
            school,
            self._config,
            sources,
            reference_time=reference_time(now, state.last_good_time),
            accept_stale=options.accept_stale,
        )

    def _pace(self) -> Pace:
        options, config = self._options, self._config
        return Pace(
            self._school.clock,
            bytes_per_second=config.limit if options.limit is None else options.limit,
            until=config.until if options.until is None else options.until,
        )

    def _count(self, count: int) -> None:
        self._received += count

    def _times(self, state: State, accepted: Accepted, wanted: WantedRelease) -> State:
        signed = latest(
            state.last_good_time, accepted.release.signed_at, wanted.catalog.signed_at, wanted.catalog.released
        )
        return replace(
            state,
            last_good_time=signed,
            valid_until=accepted.release.expires,
            stale=accepted.stale,
            newest_version=accepted.release.version,
            newest_keys=accepted.release.targets_keys,
        )

    def _nothing_new(self, state: State, accepted: Accepted) -> ExitCode:
        school = self._school
        if state != school.state():
            write_state(school.disk, school.places.state, state)
        forget_unfinished(school.disk, school.places)
        serve_metadata(school.disk, school.places)
        newest = state.newest
        school.tell("school-nothing-new", version=newest.version if newest else "", source=accepted.source.name)
        if state.pinned:
            school.tell("school-pinned", tree=state.current)
        return ExitCode.NOTHING_NEW

    def _take(
        self, state: State, accepted: Accepted, wanted: WantedRelease, transfer: Transfer, update: Path | None
    ) -> ExitCode:
        school = self._school
        places, disk = school.places, school.disk
        names = NamesHere(places.private, disk)
        store = Store(places, disk, syncs_at_once=self._syncs_at_once)
        tree_name = free_tree_name({release.tree for release in state.releases} | shown(places), wanted.catalog.release)
        if not names.has_links:
            know_trees(school, store, state, tree_name, wanted.manifests)
        gathering.gather(school, store, wanted, state, transfer, names=names, tree_name=tree_name, update=update)
        builder = TreeBuilder(places, disk, store, has_links=names.has_links)
        counted = _Counted(_files(school, wanted))
        tree = builder.build(tree_name, counted)
        school.reached(Point.TREE_LINKED)
        if places.tree(tree_name).exists():  # of a run that was killed before it wrote the state
            disk.remove_tree(places.tree(tree_name))
        builder.finish(tree)
        school.reached(Point.TREE_RENAMED)
        release = Release(
            tree=tree_name,
            number=wanted.catalog.release,
            version=wanted.catalog.version,
            released=stamp(wanted.catalog.released),
            catalog_sha256=wanted.catalog_sha256,
            manifests=wanted.manifests,
            files=counted.files,
            bytes=counted.bytes,
        )
        state = state.with_release(release)
        if not state.pinned or not state.release(state.current):
            state = replace(state, current=tree_name, pinned=False)
        write_state(disk, places.state, state)
        school.reached(Point.STATE_WRITTEN)
        forget_unfinished(disk, places)
        show(disk, places, state.current)
        school.reached(Point.SWITCHED)
        serve_metadata(disk, places)
        school.reached(Point.METADATA_SERVED)
        state = collect(school, state, keep=self._config.keep)
        forget_old_metadata(disk, places)
        for part in places.parts.glob("*.part"):
            disk.remove(part)
        school.reached(Point.CLEANED)
        return self._finished(state, release, accepted)

    def _finished(self, state: State, release: Release, accepted: Accepted) -> ExitCode:
        school = self._school
        school.journal.note(
            "pulled", version=release.version, tree=release.tree, source=accepted.source.name, received=self._received
        )
        school.tell(
            "school-pulled",
            version=release.version,
            files=release.files,
            received=readable_bytes(self._received),
            total=readable_bytes(release.bytes),
        )
        if state.pinned:
            school.tell("school-pinned", tree=state.current)
        if accepted.stale:
            school.tell("school-is-stale")
        return ExitCode.COMPLETE

    def _moved(self) -> bool:
        """Whether some source has a newer timestamp than the one that this round was about."""
        try:
            accepted = self._accept(self._school.state(), self._sources)
        except Exception:
            return False
        return accepted.release.version != self._accepted_version


class _Counted:
    """Counts the files that pass, each path once."""

    def __init__(self, files: Iterator[FileEntry]) -> None:
        self._source = files
        self._seen = HashSet()
        self.files = 0
        self.bytes = 0

    def __iter__(self) -> Iterator[FileEntry]:
        for file in self._source:
            if self._seen.add_text(file.path):
                self.files += 1
                self.bytes += file.size
            yield file


def _manifests(school: School, wanted: WantedRelease) -> Iterator[Manifest]:
    for target in wanted.targets:
        yield kept_manifest(school.places, target.name, target.sha256)


def _files(school: School, wanted: WantedRelease) -> Iterator[FileEntry]:
    for manifest in _manifests(school, wanted):
        yield from manifest.files


def free_tree_name(taken: Collection[str], number: int) -> str:
    """`00042`; `00042-2` when the school chose other packages of the same release."""
    name = f"{number:05d}"
    again = 2
    while name in taken:
        name = f"{number:05d}-{again}"
        again += 1
    return name

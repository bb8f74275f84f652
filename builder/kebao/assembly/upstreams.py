"""The packages that a project's packages build on, found, read and laid under them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kebao.assembly.upstream_archive import UpstreamArchive, UpstreamError, read_archive
from kebao.assembly.upstream_places import find_archive, lay_out, watched_paths
from kebao.assembly.upstream_sources import TakenSources
from kebao.catalog.overlay import laid_over, with_ground
from kebao.checks.context import CheckContext
from kebao.checks.file_safety import check_file_safety
from kebao.checks.materials import check_materials
from kebao.checks.references import check_references
from kebao.checks.run import run_checks
from kebao.checks.vocabulary_values import check_vocabulary_values
from kebao.loading.probe_files import facts_of
from kebao.loading.project import LoadResult, load_project
from kebao.loading.tree import SourceTree
from kebao.model.material import FileFacts
from kebao.model.package import Content, Package, Topic, Upstream, UpstreamPackage
from kebao.model.resource import Resource
from kebao.model.shard import WORKING_EDITION
from kebao.model.site import SiteConfig
from kebao.model.source_map import SourceMap
from kebao.problems import Message, Problem, Severity

# School on county on province on nation: nobody builds on more.
_MOST_LEVELS = 8
_SAFETY_RULES = (check_vocabulary_values, check_references, check_materials, check_file_safety)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstreams:
    """What was found.

    Attributes:
        packages: Id of a package that builds on another → that other.
        authored: The project's content as it is written.
        content: The same, each package with what it takes in.
        facts: Facts of the files that were taken in, by path relative to the project's root.
        problems: Why some are not in ``packages``.
        outside: Files outside of the project's sources that were looked for.
        taken: Digest of an archive → what it held.
    """

    packages: Mapping[str, UpstreamPackage]
    authored: Content
    content: Content
    facts: Mapping[str, FileFacts]
    problems: tuple[Problem, ...] = ()
    outside: tuple[str, ...] = ()
    taken: Mapping[str, TakenSources] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamPlaces:
    """Where to look.

    Attributes:
        store: The edition store.
        cache: Folder that keeps facts of files; None to read all anew.
    """

    root: Path
    store: Path
    cache: Path | None = None


def resolve_upstreams(
    content: Content, places: UpstreamPlaces, *, audience: str, source_maps: Mapping[str, SourceMap]
) -> Upstreams:
    """Finds the upstream of every package that has one, and lays the package over it; never raises for content."""
    resolver = _Resolver(places, audience)
    packages: dict[str, UpstreamPackage] = {}
    problems: list[Problem] = []
    merged = content
    for package in content.packages.values():
        if package.extends is None:
            continue
        try:
            found = resolver.upstream_of(content, package, (package.id,))
        except UpstreamError as error:
            where = source_maps.get(package.path) or SourceMap(package.path)
            at = where.location("extends", _field_of(package.extends))
            problems.append(Problem(location=at, code="KB415", message=error.message, hint=error.hint))
            continue
        if found is not None:
            packages[package.id] = found
            over = laid_over(package, found, audience)
            merged = with_ground(merged, over, found.content)
            merged = replace(merged, packages={**merged.packages, package.id: over})
    return Upstreams(
        packages=packages,
        authored=content,
        content=merged,
        facts=resolver.facts,
        problems=tuple(problems),
        outside=tuple(sorted(resolver.outside)),
        taken=resolver.taken,
    )


def _field_of(upstream: Upstream) -> str:
    return "from" if upstream.source else "edition"


@dataclass(slots=True)
class _Resolver:
    places: UpstreamPlaces
    audience: str
    facts: dict[str, FileFacts] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)
    taken: dict[str, TakenSources] = field(default_factory=dict)
    _read: dict[tuple[str, str], Content] = field(default_factory=dict)

    def upstream_of(self, content: Content, package: Package, way: tuple[str, ...]) -> UpstreamPackage | None:
        """What the package builds on; None where that is another problem's matter (not there, a circle)."""
        wanted = package.extends
        if wanted is None:
            return None
        if wanted.edition == WORKING_EDITION and not wanted.source:
            above = content.packages.get(wanted.package)
            if above is None or above.id in way:
                return None
            over, ground = self._whole(content, above, (*way, above.id))
            return UpstreamPackage(package=over, content=ground, edition=wanted.taken_from or wanted.edition)
        if len(way) >= _MOST_LEVELS:
            raise UpstreamError(
                Message("more than {most} packages build on each other", {"most": str(_MOST_LEVELS)}),
                Message("build on one that is further up"),
            )
        return self._elsewhere(package, wanted, way)

    def _whole(self, content: Content, package: Package, way: tuple[str, ...]) -> tuple[Package, Content]:
        """The package with what it takes in itself, and the content that its names are in."""
        found = self.upstream_of(content, package, way)
        if found is None:
            return package, content
        over = laid_over(package, found, self.audience)
        return over, with_ground(content, over, found.content)

    def _elsewhere(self, package: Package, wanted: Upstream, way: tuple[str, ...]) -> UpstreamPackage:
        # Also where nothing was found: it may come.
        self.outside.update(watched_paths(self.places.root, self.places.store, wanted))
        found = find_archive(self.places.root, self.places.store, wanted)
        self.outside.add(str(found.path))
        archive = read_archive(found.path)
        _check_digest(package, wanted, archive)
        key = (archive.sha256, wanted.package)
        if key not in self._read:
            # Against archives that name each other for ever.
            self._read[key] = Content(vocabularies={}, programmes={}, organisations={}, people={}, packages={})
            loaded = load_project(SourceTree(texts=archive.texts))
            if wanted.package not in loaded.content.packages:
                raise _not_in_archive(wanted)
            chain_ids = frozenset(_chain(loaded.content, wanted.package))
            folder = lay_out(self.places.root, found, archive, chain_ids)
            facts = self._take_facts(archive, folder, chain_ids)
            site = _refuse_faulty(loaded, chain_ids, facts)
            content = _with_editions(loaded.content, archive.editions)
            before = self.taken.get(archive.sha256)
            facts = {**(before.facts if before else {}), **facts}
            self.taken[archive.sha256] = TakenSources(content=content, site=site, texts=archive.texts, facts=facts)
            self._read[key] = _moved(content, folder, chain_ids)
        content = self._read[key]
        above = content.packages.get(wanted.package)
        if above is None:
            raise _not_in_archive(wanted)
        if above.source_locale != package.source_locale:
            raise UpstreamError(
                Message(
                    "'{package}' is written in '{locale}', this package in another language",
                    {"package": above.id, "locale": above.source_locale},
                ),
                Message("a package has the source locale of the one that it builds on"),
            )
        over, ground = self._whole(content, above, (*way, f"{archive.sha256}/{above.id}"))
        return UpstreamPackage(
            package=over, content=ground, edition=wanted.edition, is_elsewhere=True, digest=archive.sha256
        )

    def _take_facts(self, archive: UpstreamArchive, folder: str, packages: frozenset[str]) -> Mapping[str, FileFacts]:
        """The facts of the archive's files, by path in it."""
        paths = [
            f"{folder}/{path}"
            for path in sorted({*archive.named, *archive.files})
            if path.split("/")[:2] == ["content", "packages"] and path.split("/")[2] in packages
        ]
        facts = facts_of([self.places.root / path for path in paths], cache=self.places.cache)
        self.facts.update(zip(paths, facts, strict=True))
        return {path.removeprefix(f"{folder}/"): self.facts[path] for path in paths}


def _refuse_faulty(loaded: LoadResult, packages: frozenset[str], facts: Mapping[str, FileFacts]) -> SiteConfig:
    """The archive's set-up; UpstreamError where its content would not pass a check here.

    Pages rely on what checks make sure.
    """
    problems = [p for p in loaded.problems if p.severity is Severity.ERROR]
    # What is not published is not in the archive, though others name it; links to it lead to the catalog.
    may_be_left_out = ("relations", "suggested", "featured", "lifecycle")
    if loaded.site is not None:
        context = CheckContext(
            content=loaded.content,
            site=loaded.site,
            facts=facts,
            text_paths=frozenset(loaded.tree.texts),
            links=(),
            source_maps=loaded.source_maps,
            digests={},
            found_ids={i: frozenset(package.resources) for i, package in loaded.content.packages.items()},
            texts=loaded.tree.texts,
        )
        # What a package takes from its own upstream is not known yet: that one is looked at on its own.
        alone = [f"content/packages/{i}/" for i in packages if loaded.content.packages[i].extends is None]
        found = run_checks(context, rules=_SAFETY_RULES)
        problems += [
            p
            for p in found
            if p.severity is Severity.ERROR
            and p.location.path.startswith(tuple(alone))
            and not p.location.pointer.startswith(may_be_left_out)
        ]
    folders = tuple(f"content/packages/{i}/" for i in packages)
    others = (p for p in problems if not p.location.path.startswith("content/packages/"))
    faults = [*(p for p in problems if p.location.path.startswith(folders)), *others]
    if faults or loaded.site is None:
        first = f"{faults[0].location} {faults[0].code}" if faults else "site_config/site.yml"
        raise UpstreamError(
            Message(
                "the upstream package has {count} errors; the first: {place}",
                {"count": str(len(faults) or 1), "place": first},
            ),
            Message("ask those who publish it for an edition that 'kebao check' finds in order"),
        )
    return loaded.site


def _check_digest(package: Package, wanted: Upstream, archive: UpstreamArchive) -> None:
    if wanted.digest == archive.sha256:
        return
    params = {"package": wanted.package, "edition": wanted.edition, "digest": archive.sha256, "own": package.id}
    if not wanted.digest:
        raise UpstreamError(
            Message("edition {edition} of '{package}' is not pinned: nothing would show that it was changed", params),
            Message("look at it with 'kebao upstream diff {own}'; then run: kebao upstream take {own}", params),
        )
    raise UpstreamError(
        Message("edition {edition} of '{package}' is not the one that was taken: its digest is {digest}", params),
        Message(
            "a released edition never changes: ask those who publish it. 'kebao upstream diff {own}' shows what is "
            "different; 'kebao upstream take {own}' takes it",
            params,
        ),
    )


def _not_in_archive(wanted: Upstream) -> UpstreamError:
    params = {"package": wanted.package}
    return UpstreamError(
        Message("the archive has no package '{package}'", params),
        Message("correct 'package' or 'from' in package.yml"),
    )


def _chain(content: Content, package_id: str) -> Iterator[str]:
    """The package and those of the same project that it builds on."""
    seen: set[str] = set()
    while package_id in content.packages and package_id not in seen:
        seen.add(package_id)
        yield package_id
        extends = content.packages[package_id].extends
        package_id = extends.package if extends and extends.edition == WORKING_EDITION else ""


def _with_editions(content: Content, editions: Mapping[str, str]) -> Content:
    """The content in which packages that were put into its archive from editions are called by these."""

    def called(package: Package) -> Package:
        extends = package.extends
        if extends is None or extends.package not in editions:
            return package
        return replace(package, extends=replace(extends, taken_from=editions[extends.package]))

    return replace(content, packages={i: called(package) for i, package in content.packages.items()})


def _moved(content: Content, folder: str, packages: frozenset[str]) -> Content:
    """The content with its packages' files below ``folder``; other packages are left out."""
    return replace(content, packages={i: _moved_package(content.packages[i], folder) for i in sorted(packages)})


def _moved_package(package: Package, folder: str) -> Package:
    def moved(resource: Resource) -> Resource:
        return replace(resource, folder=f"{folder}/{resource.folder}")

    def moved_topic(topic: Topic) -> Topic:
        return replace(topic, path=f"{folder}/{topic.path}")

    return replace(
        package,
        path=f"{folder}/{package.path}",
        resources={i: moved(resource) for i, resource in package.resources.items()},
        topics={i: moved_topic(topic) for i, topic in package.topics.items()},
    )


def upstream_at(
    content: Content, package: Package, wanted: Upstream, places: UpstreamPlaces, *, audience: str
) -> tuple[UpstreamPackage | None, Mapping[str, FileFacts]]:
    """Any edition of an upstream package, whatever is pinned, with the facts of its files.

    None where a package of the project is not there. Raises UpstreamError.
    """
    if wanted.edition != WORKING_EDITION or wanted.source:
        archive = read_archive(find_archive(places.root, places.store, wanted).path)
        wanted = replace(wanted, digest=archive.sha256)
    resolver = _Resolver(places, audience)
    found = resolver.upstream_of(content, replace(package, extends=wanted), (package.id,))
    return found, resolver.facts

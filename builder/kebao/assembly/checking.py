"""A project, loaded and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from kebao.assembly.cache_place import cache_folder as cache_folder
from kebao.assembly.garbage import collecting_no_garbage
from kebao.assembly.upstream_places import DEFAULT_STORE
from kebao.assembly.upstreams import UpstreamPlaces, Upstreams, resolve_upstreams
from kebao.checks.context import CheckContext
from kebao.checks.run import run_checks
from kebao.loading.digests import source_digest
from kebao.loading.project import LoadResult, load_project
from kebao.loading.site_files import POLICY_PATH
from kebao.loading.tree import SourceTree, read_tree
from kebao.model.material import FileFacts
from kebao.model.package import Content, Package, Topic
from kebao.model.resource import Kind, Resource
from kebao.model.site import SiteConfig
from kebao.model.source_map import SourceMap
from kebao.problems import Problem, has_errors, sorted_problems
from kebao.rules.applied_policy import apply_policy
from kebao.rules.problem_codes import problem_codes


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedProject:
    """What a project holds and all that is wrong with it.

    Attributes:
        site: None when site_config/ could not be read; there are errors then.
        digests: Path of a resource's or topic's source → digest of what is translated.
        files: Paths of all files that were looked at, relative to the root, sorted.
        upstreams: What its packages build on; None without site_config/.
        folder_digests: A resource's folder → digest of the files in it; only those that are known.
        ground_digest: Of all content and settings that belong to no resource; empty where it is not known.
    """

    root: Path
    content: Content
    site: SiteConfig | None
    facts: Mapping[str, FileFacts]
    digests: Mapping[str, str]
    problems: tuple[Problem, ...]
    files: tuple[str, ...] = ()
    upstreams: Upstreams | None = None
    folder_digests: Mapping[str, str] = field(default_factory=dict)
    ground_digest: str = ""

    @property
    def has_errors(self) -> bool:
        return has_errors(self.problems)

    def sound_site(self) -> SiteConfig:
        """The site's set-up; only for projects without errors."""
        if self.site is None:
            raise ValueError("the project has errors: look at its problems first")
        return self.site


def with_upstreams(project: CheckedProject) -> CheckedProject:
    """The project as readers meet it: each package with what it takes from the one that it builds on."""
    taken = project.upstreams
    if taken is None or not taken.packages:
        return project
    digests = SourceDigests(taken.content)
    facts = {**project.facts, **taken.facts}
    # What was taken may stand in a folder of the same name as the project's own.
    return replace(project, content=taken.content, facts=facts, digests=digests, folder_digests={})


def check_project(
    root: Path,
    *,
    today: date | None = None,
    use_cache: bool = True,
    on_progress: Callable[[int, int], None] | None = None,
    store: Path | None = None,
) -> CheckedProject:
    """Reads and checks the project at ``root``; writes nothing but its own cache.

    ``today`` ends the waivers of policy.yml and what was agreed to until a day; None: all of it holds. ``store`` is
    the edition store in which upstream packages are looked for, when it is not the project's own.
    """
    cache = cache_folder(root) if use_cache else None
    places = upstream_places(root, store=store, use_cache=use_cache)
    return check_tree(root, read_tree(root, cache=cache, on_progress=on_progress), today=today, places=places)


def upstream_places(root: Path, *, store: Path | None = None, use_cache: bool = True) -> UpstreamPlaces:
    """Where a project's packages find those that they build on."""
    cache = cache_folder(root) if use_cache else None
    return UpstreamPlaces(root=root, store=store or root / DEFAULT_STORE, cache=cache)


def check_tree(
    root: Path, tree: SourceTree, *, today: date | None = None, places: UpstreamPlaces | None = None
) -> CheckedProject:
    """Checks what was read at ``root``."""
    with collecting_no_garbage():
        return _checked(root, load_project(tree), today, places or upstream_places(root))


def _checked(root: Path, loaded: LoadResult, today: date | None, places: UpstreamPlaces) -> CheckedProject:
    digests = SourceDigests(loaded.content)
    problems = loaded.problems
    upstreams = None
    if loaded.site is not None:
        audience, source_maps = loaded.site.audience, loaded.source_maps
        upstreams = resolve_upstreams(loaded.content, places, audience=audience, source_maps=source_maps)
        context = _context(loaded, loaded.site, upstreams, today)
        found = (*problems, *upstreams.problems, *run_checks(context))
        problems = under_policy(found, loaded.site, loaded.source_maps, today)
    return CheckedProject(
        root=root,
        content=loaded.content,
        site=loaded.site,
        facts=loaded.tree.facts,
        digests=digests,
        problems=problems,
        files=tuple(sorted((*loaded.tree.texts, *loaded.tree.facts))),
        upstreams=upstreams,
    )


def under_policy(
    problems: tuple[Problem, ...], site: SiteConfig, source_maps: Mapping[str, SourceMap], today: date | None
) -> tuple[Problem, ...]:
    """The problems as the site's policy.yml has them, sorted."""
    # The codes are read only where a policy names some: most projects never do.
    if not site.policy.severities and not site.policy.waivers:
        return sorted_problems(problems)
    source_map = source_maps.get(POLICY_PATH, SourceMap(POLICY_PATH))
    return apply_policy(problems, site.policy, today=today, codes=problem_codes(), source_map=source_map)


def _context(loaded: LoadResult, site: SiteConfig, upstreams: Upstreams, today: date | None) -> CheckContext:
    found = {package: found_ids(loaded.tree, package) for package in loaded.content.packages}
    return CheckContext(
        content=loaded.content,
        site=site,
        facts=loaded.tree.facts,
        text_paths=frozenset(loaded.tree.texts),
        links=loaded.tree.links,
        source_maps=loaded.source_maps,
        digests=digests_with(loaded.content, upstreams),
        found_ids=with_upstream_ids(found, upstreams),
        texts=loaded.tree.texts,
        today=today,
        upstreams=upstreams.packages,
    )


def digests_with(content: Content, upstreams: Upstreams) -> Mapping[str, str]:
    """Digests of the project's own texts, and of those that it takes in."""
    above = (found.package for found in upstreams.packages.values())
    return SourceDigests(content, *above)


def with_upstream_ids(found: Mapping[str, frozenset[str]], upstreams: Upstreams) -> Mapping[str, frozenset[str]]:
    """The ids that links in a package may name: also what it takes from the package that it builds on."""
    taken = {package: frozenset(upstreams.content.packages[package].resources) for package in upstreams.packages}
    return {package: ids | taken.get(package, frozenset()) for package, ids in found.items()}


def found_ids(tree: SourceTree, package: str) -> frozenset[str]:
    """Ids of resource folders, also of those with faults: one broken page must not make others' links faults."""
    folders = (f"content/packages/{package}/{kind.value}/" for kind in Kind)
    return frozenset(path.removeprefix(folder).partition("/")[0] for folder in folders for path in tree.under(folder))


class SourceDigests(Mapping[str, str]):
    """Path of a resource's or topic's source → digest of what is translated, made when somebody asks: few are."""

    def __init__(self, content: Content, *others: Package) -> None:
        self._made: dict[str, str] = {}
        self._sources: dict[str, Resource | Topic] = {}
        for package in (*content.packages.values(), *others):
            self._sources.update((resource.path_of("index.md"), resource) for resource in package.resources.values())
            self._sources.update((topic.path, topic) for topic in package.topics.values())

    def __getitem__(self, path: str) -> str:
        if path not in self._made:
            self._made[path] = source_digest(self._sources[path])
        return self._made[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

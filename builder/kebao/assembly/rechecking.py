"""A project checked again: only what changed since earlier checks is loaded and looked at on its own.

Why this finds what a check of everything finds:

- What the local rules say of a resource's folder depends on that folder, on the ground (what all share), and on which
  resources and topics there are. The folder's digest is compared here; the ground's is part of the index's key; and
  what is kept of a resource holds only where all that it names was there, and is, and no other has its id.
- The rules that look at several resources run over all of them, kept and new ones.
- The ground and all topics are loaded and looked at every time: they are few.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from kebao.assembly.checking import SourceDigests, digests_with, found_ids, under_policy, with_upstream_ids
from kebao.assembly.upstreams import UpstreamPlaces, Upstreams, resolve_upstreams
from kebao.checks.context import CheckContext
from kebao.checks.dependents import is_of_topic, namings, resource_home_of, targets_of
from kebao.checks.known_texts import KnownTexts
from kebao.checks.run import FAR_REACHING_RULES, LOCAL_RULES, run_checks
from kebao.loading.front_matter import read_markdown_page
from kebao.loading.kept_resources import KeptResource
from kebao.loading.package_files import PACKAGES_FOLDER
from kebao.loading.project import LoadResult, load_project
from kebao.loading.tree import SourceTree
from kebao.model.package import Content, Package
from kebao.model.resource import Kind, Resource
from kebao.model.site import SiteConfig
from kebao.model.source_map import SourceMap
from kebao.problems import Problem, sorted_problems

_KIND_ORDER = {kind: position for position, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeDigests:
    """Digests (SHA-256, hex) of a tree's parts.

    Attributes:
        ground: Of what all resources share: everything that belongs neither to one of them nor to a topic.
        topics: Of all topics together.
        resources: By folder, of the files in it.
    """

    ground: str
    topics: str
    resources: Mapping[str, str]

    def of_everything(self) -> str:
        lines = (f"{folder}\0{digest}" for folder, digest in sorted(self.resources.items()))
        everything = "\n".join((self.ground, self.topics, *lines))
        return hashlib.sha256(everything.encode("utf-8", "surrogateescape")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rechecked:
    """What a check found, and what the next one may keep of it.

    Attributes:
        resources: How many there are.
        named_in: Gives :func:`kebao.checks.dependents.namings`, when somebody asks.
        kept: By folder.
        outside: Files outside of the project's sources that were looked for.
        content, site, upstreams: As a check of everything has them.
    """

    content: Content
    site: SiteConfig | None
    problems: tuple[Problem, ...]
    resources: int
    named_in: Callable[[], Mapping[str, tuple[str, ...]]]
    kept: Mapping[str, KeptResource]
    outside: tuple[str, ...] = ()
    upstreams: Upstreams | None = None


def digests_of(tree: SourceTree) -> TreeDigests:
    """The digests of a tree. Of a file that is no text its own counts: that and its name decide its facts."""
    ground, topics = hashlib.sha256(), hashlib.sha256()
    resources: defaultdict[str, hashlib._Hash] = defaultdict(hashlib.sha256)
    for path, data in _contents(tree):
        home = resource_home_of(path)
        digest = resources[home] if home else topics if is_of_topic(path) else ground
        name = path.encode("utf-8", "surrogateescape")
        # The lengths keep one part from running into the next.
        digest.update(b"%d %d " % (len(name), len(data)) + name)
        digest.update(data)
    return TreeDigests(
        ground=ground.hexdigest(),
        topics=topics.hexdigest(),
        resources={home: digest.hexdigest() for home, digest in resources.items()},
    )


def _contents(tree: SourceTree) -> Iterator[tuple[str, bytes]]:
    yield from tree.texts.items()
    for path, facts in tree.facts.items():
        yield path, f"file {facts.sha256}".encode()
    for path in tree.links:
        yield path, b"link"


def recheck(
    tree: SourceTree,
    digests: TreeDigests,
    kept: Mapping[str, KeptResource],
    *,
    today: date | None,
    places: UpstreamPlaces,
    known_texts: KnownTexts,
) -> Rechecked:
    """Checks ``tree`` with what is ``kept`` of resources that were checked on the same ground and day.

    What it tells of texts is added to ``known_texts``.
    """
    still = _still_right(tree, digests, kept)
    changed = _without(tree, still) if still else tree
    loaded = load_project(changed)
    site = loaded.site
    if site is None:
        return _unset(loaded)
    content = _with_kept(loaded.content, still)
    upstreams = resolve_upstreams(content, places, audience=site.audience, source_maps=loaded.source_maps)
    found = {package: found_ids(tree, package) for package in loaded.content.packages}
    near = CheckContext(
        content=loaded.content,
        site=site,
        facts=changed.facts,
        text_paths=frozenset(changed.texts),
        links=changed.links,
        source_maps=loaded.source_maps,
        digests=SourceDigests(loaded.content),
        found_ids=with_upstream_ids(found, upstreams),
        texts=changed.texts,
        today=today,
        known_texts=known_texts,
        upstreams=upstreams.packages,
    )
    far = replace(
        near,
        content=content,
        facts=tree.facts,
        text_paths=frozenset(tree.texts),
        links=tree.links,
        source_maps=_SourceMaps(loaded.source_maps, tree),
        digests=digests_with(content, upstreams),
        texts=tree.texts,
    )
    local = (*loaded.problems, *run_checks(near, rules=LOCAL_RULES))
    before = (problem for entry in still.values() for problem in entry.problems)
    problems = (*local, *before, *upstreams.problems, *run_checks(far, rules=FAR_REACHING_RULES))
    new = _to_keep(tree, digests, near, local)
    targets = {folder: entry.targets for folder, entry in (*still.items(), *new.items())}
    return Rechecked(
        content=content,
        site=site,
        upstreams=upstreams,
        problems=under_policy(problems, site, loaded.source_maps, today),
        resources=sum(len(package.resources) for package in content.packages.values()),
        named_in=partial(namings, content, targets),
        kept={**still, **new},
        outside=upstreams.outside,
    )


def _unset(loaded: LoadResult) -> Rechecked:
    """Without a site's set-up no rule runs, and nothing is kept."""
    return Rechecked(
        content=loaded.content,
        site=None,
        problems=sorted_problems(loaded.problems),
        resources=sum(len(package.resources) for package in loaded.content.packages.values()),
        named_in=partial(namings, loaded.content),
        kept={},
    )


def _still_right(
    tree: SourceTree, digests: TreeDigests, kept: Mapping[str, KeptResource]
) -> Mapping[str, KeptResource]:
    name_of = {folder: _name_of(folder) for folder in digests.resources}
    times = Counter(name_of.values())
    names = times.keys()
    return {
        folder: entry
        for folder, entry in kept.items()
        if digests.resources.get(folder) == entry.digest
        and times[name_of[folder]] == 1
        and names >= frozenset(entry.targets)
        and _has_topics(tree, entry.resource)
    }


def _name_of(home: str) -> str:
    _, _, package_id, _, resource_id = home.split("/")
    return f"{package_id}/{resource_id}"


def _has_topics(tree: SourceTree, resource: Resource) -> bool:
    package = resource.folder.split("/")[2]
    return all(f"{PACKAGES_FOLDER}/{package}/topics/{topic}.md" in tree.texts for topic in resource.topics)


def _without(tree: SourceTree, folders: Mapping[str, KeptResource]) -> SourceTree:
    return SourceTree(
        texts={path: data for path, data in tree.texts.items() if resource_home_of(path) not in folders},
        facts={path: facts for path, facts in tree.facts.items() if resource_home_of(path) not in folders},
        links=tuple(path for path in tree.links if resource_home_of(path) not in folders),
    )


def _with_kept(content: Content, kept: Mapping[str, KeptResource]) -> Content:
    of_package: defaultdict[str, list[Resource]] = defaultdict(list)
    for folder, entry in kept.items():
        of_package[folder.split("/")[2]].append(entry.resource)
    packages = {p.id: _with_resources(p, of_package[p.id]) for p in content.packages.values()}
    return replace(content, packages=packages)


def _with_resources(package: Package, resources: list[Resource]) -> Package:
    """The package with these too, in the order in which they are loaded: rules tell the earlier from the later."""
    together = sorted((*package.resources.values(), *resources), key=lambda r: (_KIND_ORDER[r.kind], r.id))
    return replace(package, resources={resource.id: resource for resource in together})


def _to_keep(
    tree: SourceTree, digests: TreeDigests, near: CheckContext, local: tuple[Problem, ...]
) -> Mapping[str, KeptResource]:
    """The resources that were loaded and can be kept: see the module."""
    problems: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in local:
        problems[resource_home_of(problem.location.path)].append(problem)
    there = {f"{package}/{resource_id}" for package, ids in near.found_ids.items() for resource_id in ids}
    found: dict[str, KeptResource] = {}
    for package in near.content.packages.values():
        for resource in package.resources.values():
            folder, targets = resource.folder, targets_of(package.id, resource)
            if there.issuperset(targets) and _has_topics(tree, resource):
                found[folder] = KeptResource(
                    digest=digests.resources[folder],
                    resource=resource,
                    targets=targets,
                    problems=tuple(problems[folder]),
                )
    return found


class _SourceMaps(Mapping[str, SourceMap]):
    """The places in all pages; pages that were not read are read when somebody asks for a place in them."""

    def __init__(self, read: Mapping[str, SourceMap], tree: SourceTree) -> None:
        self._read, self._tree = read, tree

    def __getitem__(self, path: str) -> SourceMap:
        if path in self._read or not path.endswith(".md"):
            return self._read[path]
        return read_markdown_page(path, self._tree.texts[path]).front.source_map

    def __iter__(self) -> Iterator[str]:
        return iter(self._tree.texts)

    def __len__(self) -> int:
        return len(self._tree.texts)

"""What a change can make wrong elsewhere: the files that depend on changed ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from kebao.model.markdown_links import RESOURCE_SCHEME, markdown_links
from kebao.model.package import Content, Package
from kebao.model.resource import Kind, Resource
from kebao.problems import Problem

_PACKAGES = "content/packages/"
_SOURCES = ("content/", "site_config/")
_KINDS = frozenset(kind.value for kind in Kind)
_TOPICS = "topics"
#: What any resource can make wrong in any other: twice the same id, packages that are none, circles, nominations,
#: equal texts, sums, topics and waivers of the policy. Such problems are never left out; the tests show each.
FAR_REACHING = frozenset(
    (
        "KB109",
        "KB402",
        "KB409",
        "KB411",
        "KB412",
        "KB414",
        "KB419",
        "KB601",
        "KB607",
        "KB608",
        "KB611",
        "KB616",
        "KB617",
        "KB619",
        "KB624",
        "KB907",
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """Where problems may have to do with a change.

    Attributes:
        everything: True when the change reaches all files.
        changed: Paths of the files that have changed or gone.
        homes: Folders of resources and stems of topics whose files are affected, as :func:`home_of` gives them;
            and single files.
    """

    everything: bool
    changed: frozenset[str] = frozenset()
    homes: frozenset[str] = frozenset()

    def holds(self, path: str) -> bool:
        return self.everything or path in self.changed or path in self.homes or home_of(path) in self.homes

    def concerns(self, problem: Problem) -> bool:
        return problem.code in FAR_REACHING or self.holds(problem.location.path)


def home_of(path: str) -> str:
    """The folder of the resource, or the stem of the topic, that a file belongs to; empty for all other files."""
    if home := resource_home_of(path):
        return home
    steps = path.split("/")
    if not path.startswith(_PACKAGES) or len(steps) < 5:
        return ""
    # What else lies there has no home: the text of any topic may show it.
    if steps[3] == _TOPICS and len(steps) == 5 and path.endswith(".md"):
        return f"{'/'.join(steps[:4])}/{steps[4].partition('.')[0]}"
    return ""


def affected_by(changed: Iterable[str], named_in: Mapping[str, Collection[str]]) -> Affected:
    """What a change of these files reaches.

    Args:
        changed: Paths relative to the project root; those outside of its sources do not count.
        named_in: As :func:`namings` gives it, of the content after the change.
    """
    paths = frozenset(path for path in changed if path.startswith(_SOURCES))
    # Vocabularies, people, organisations, programmes, packages and the site's set-up are used everywhere.
    if not all(home_of(path) for path in paths):
        return Affected(everything=True)
    homes = {home_of(path) for path in paths}
    names = {_name_of(home) for home in homes}
    # The same id in two folders is the same name: what stands in the other folder is affected as well.
    named = {home for name in names for home in named_in.get(name, ())}
    return Affected(everything=False, changed=paths, homes=frozenset(homes | named))


def resource_home_of(path: str) -> str:
    """The folder of the resource that a file belongs to; empty for all other files, those of topics too."""
    # Asked of each file of a project, some times.
    steps = path.split("/", 5)
    return "/".join(steps[:5]) if len(steps) >= 5 and steps[3] in _KINDS and path.startswith(_PACKAGES) else ""


def is_of_topic(path: str) -> bool:
    return home_of(path).split("/")[3:4] == [_TOPICS]


def _name_of(home: str) -> str:
    _, _, package_id, kind, last = home.split("/")
    return _topic_name(package_id, last) if kind == _TOPICS else _resource_name(package_id, last)


def _topic_name(package_id: str, topic_id: str) -> str:
    return f"{package_id}/{_TOPICS}/{topic_id}"


def _resource_name(package_id: str, target: str) -> str:
    """``target`` may name another package."""
    return target if "/" in target else f"{package_id}/{target}"


def namings(content: Content, targets: Mapping[str, Iterable[str]] | None = None) -> Mapping[str, tuple[str, ...]]:
    """Name of a resource (``package/id``) or topic → homes and files that name it or bear the name, sorted.

    ``targets`` are, by folder, the targets of resources for which they are known already.
    """
    known = targets or {}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for package in content.packages.values():
        for featured in package.featured:
            found[_resource_name(package.id, featured.resource)].add(package.path)
        for home, names in _of_topics(package):
            for name in names:
                found[name].add(home)
        for resource in package.resources.values():
            found[_resource_name(package.id, resource.id)].add(resource.folder)
            for topic in resource.topics:
                found[_topic_name(package.id, topic)].add(resource.folder)
            for name in known.get(resource.folder) or targets_of(package.id, resource):
                found[name].add(resource.folder)
    return {name: tuple(sorted(homes)) for name, homes in sorted(found.items())}


def _of_topics(package: Package) -> Iterator[tuple[str, list[str]]]:
    for topic in package.topics.values():
        bodies = (topic.body, *(translation.body for translation in topic.translations.values()))
        targets = [*topic.suggested, *_linked(bodies)]
        yield topic.path.removesuffix(".md"), [_resource_name(package.id, target) for target in targets]


def targets_of(package_id: str, resource: Resource) -> tuple[str, ...]:
    """Names (``package/id``) of the resources that a resource of the package names, in any language."""
    bodies = (resource.body, *(translation.body for translation in resource.translations.values()))
    replaced_by = (resource.replaced_by,) if resource.replaced_by else ()
    targets = (*(relation.target for relation in resource.relations), *replaced_by, *_linked(bodies))
    return tuple(dict.fromkeys(_resource_name(package_id, target) for target in targets))


def _linked(bodies: Iterable[str]) -> Iterator[str]:
    for body in bodies:
        if RESOURCE_SCHEME in body:
            for link in markdown_links(body):
                if link.target.startswith(RESOURCE_SCHEME):
                    yield link.target.removeprefix(RESOURCE_SCHEME).partition("#")[0]

"""The catalog of a package in a locale: entries, and the groups that lists are made from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kebao.catalog.counts import Counts, count_entries
from kebao.catalog.entries import Entry, TopicEntry, entry_for, is_published, topic_entry_for
from kebao.model.material import FileFacts
from kebao.model.organisation import Organisation
from kebao.model.package import Content, Package
from kebao.model.resource import Kind, LessonCaseDetails, Lifecycle, Resource
from kebao.model.shard import Shard
from kebao.model.site import Locale, SiteConfig

Value = TypeVar("Value")
NOTHING_PUBLISHED: Mapping[str, Collection[str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """What one shard shows.

    Attributes:
        entries: Current resources, newest first.
        built: The shards that are built together, this one among them.
        elsewhere: ``package/id`` → entry of another package of the site.
        by_id: Every entry that has a page, retired or not.
        by_contributor: Person id → current entries that they have a part in, newest first.
        related_from: Resource id → ids of current resources that name it, each with the relation's type.
        topics: In their order.
        facts: Facts of the material files by path.
    """

    content: Content
    site: SiteConfig
    package: Package
    shard: Shard
    entries: tuple[Entry, ...]
    built: frozenset[Shard]
    elsewhere: Mapping[str, Entry]
    by_id: Mapping[str, Entry]
    counts: Counts
    by_contributor: Mapping[str, tuple[Entry, ...]]
    related_from: Mapping[str, tuple[tuple[str, str], ...]]
    topics: tuple[TopicEntry, ...]
    facts: Mapping[str, FileFacts]

    @property
    def locale(self) -> Locale:
        return self.site.locales[self.shard.locale]

    @property
    def chain(self) -> Sequence[str]:
        return self.locale.chain

    def label(self, vocabulary_id: str, term_id: str) -> str:
        """A vocabulary term in the shard's language."""
        return self.content.vocabularies[vocabulary_id].label(term_id, self.chain)

    def person_name(self, person_id: str) -> str:
        return self.content.people[person_id].name.in_locale(self.chain)

    def organisation_name(self, organisation_id: str) -> str:
        return self.content.organisations[organisation_id].name.in_locale(self.chain)

    def find(self, target: str) -> Entry | None:
        """The entry that a link names, by id or ``package/id``; None when it has no page.

        What was taken from another package is meant here, also where a text names that package; in the place of
        what was replaced, what stands in for it. What is hidden leads nowhere.
        """
        name = target.removeprefix(f"{self.package.id}/")
        found = self.by_id.get(name)
        if found or not self.package.extends:
            return found or self.elsewhere.get(target)
        package_id, _, resource_id = name.rpartition("/")
        provenance = self.package.provenance
        if provenance.leaves_out(resource_id, package_id):
            return self.by_id.get(provenance.stand_in(resource_id))
        taken = self.by_id.get(resource_id)
        if taken and taken.origin and taken.origin.package == package_id:
            return taken
        return self.elsewhere.get(target)

    def of_kind(self, kind: Kind) -> tuple[Entry, ...]:
        return self.select(lambda resource: resource.kind is kind)

    def select(self, wanted: Callable[[Resource], bool]) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if wanted(entry.resource))

    def organisations_below(self, organisation_id: str) -> tuple[Organisation, ...]:
        """Organisations whose parent, or parent's parent, … it is; in authored order."""
        organisations = self.content.organisations
        return tuple(o for o in organisations.values() if organisation_id in ancestors(o, organisations))

    def schools(self) -> tuple[Organisation, ...]:
        """The schools of this package: those below its publisher."""
        return tuple(o for o in self.organisations_below(self.package.publisher) if o.is_school)


def contributors_of(resource: Resource) -> tuple[str, ...]:
    """Person ids that have a part in a resource, guiding teachers among them; each once."""
    ids = [contribution.person for contribution in resource.contributors]
    if isinstance(resource.details, LessonCaseDetails):
        ids.extend(resource.details.guiding_teachers)
    return tuple(dict.fromkeys(ids))


def ancestors(organisation: Organisation, organisations: Mapping[str, Organisation]) -> tuple[str, ...]:
    """Ids of the organisations above, nearest first; a circle is walked once."""
    found: list[str] = []
    parent = organisation.parent
    while parent and parent not in found and parent in organisations:
        found.append(parent)
        parent = organisations[parent].parent
    return tuple(found)


def build_catalog(
    content: Content,
    site: SiteConfig,
    *,
    shard: Shard,
    facts: Mapping[str, FileFacts],
    digests: Mapping[str, str],
    built: Collection[Shard] | None = None,
    published: Mapping[str, Collection[str]] = NOTHING_PUBLISHED,
) -> Catalog:
    """The catalog of one shard.

    Args:
        digests: A source file's path → digest of what is translated.
        built: The shards that are built together with this one, and that links may lead to; all when None.
        published: URI of a shard that is frozen already → URIs of its pages; a link to another package leads to
            one of these only.
    """
    together = frozenset(built if built is not None else all_shards(content, site)) | {shard}
    package = content.packages[shard.package]
    entries = _entries(content, site, shard, digests, together)
    current = tuple(e for e in entries if e.resource.lifecycle is Lifecycle.CURRENT)
    topics = sorted(package.topics.values(), key=lambda topic: (topic.order, topic.id))
    near = shard.neighbours_edition
    others = [Shard(package=p, locale=shard.locale, edition=near) for p in site.packages if p != package.id]
    return Catalog(
        content=content,
        site=site,
        package=package,
        shard=shard,
        built=together,
        entries=current,
        by_id={entry.id: entry for entry in entries},
        elsewhere={
            f"{other.package}/{entry.id}": entry
            for other in others
            for entry in _entries(content, site, other, digests, together)
            if entry.page_uri in published.get(entry.shard(near).uri, (entry.page_uri,))
        },
        counts=count_entries(current),
        by_contributor=_grouped((person, entry) for entry in current for person in contributors_of(entry.resource)),
        related_from=_grouped(
            (relation.target, (entry.id, relation.type)) for entry in current for relation in entry.resource.relations
        ),
        topics=tuple(topic_entry_for(topic, package, shard.locale) for topic in topics),
        facts=facts,
    )


def all_shards(content: Content, site: SiteConfig) -> tuple[Shard, ...]:
    """The shards of the working edition, in the order of site.yml."""
    return tuple(
        Shard(package=package, locale=locale)
        for package in site.packages
        if package in content.packages
        for locale in content.packages[package].locales
    )


def _entries(
    content: Content, site: SiteConfig, shard: Shard, digests: Mapping[str, str], built: Collection[Shard]
) -> list[Entry]:
    """A package's published resources for readers of a locale, newest first; only those whose page is built."""
    package = content.packages[shard.package]
    published = (r for r in package.resources.values() if is_published(r, site.audience))
    # To tell a source's digest takes longer than all else here: only translations are compared with it.
    sources = ((r, r.path_of("index.md") if shard.locale in r.translations else "") for r in published)
    entries = (entry_for(r, package, shard.locale, digests.get(path, "")) for r, path in sources)
    reachable = (entry for entry in entries if entry.shard(shard.edition) in built)
    return sorted(reachable, key=lambda entry: (-entry.resource.date.toordinal(), entry.id))


def _grouped(pairs: Iterable[tuple[str, Value]]) -> Mapping[str, tuple[Value, ...]]:
    groups: dict[str, list[Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}

"""Which bundles a package has and what is in each: decided from the catalog alone, nothing is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from kebao.bundles.bag import MANIFEST, bag_members
from kebao.bundles.bundle_plan import BundlePlan, Part, made_member
from kebao.bundles.entry_texts import EntryTexts
from kebao.bundles.index_page import index_page
from kebao.bundles.inventory import inventory_csv
from kebao.bundles.layout import by_kind, stored_materials, text_paths
from kebao.bundles.names import LONGEST_TOP, safe_name, unique_stems
from kebao.bundles.parts import PartMaker
from kebao.bundles.shared_html import Converter
from kebao.bundles.sheet import Sheet
from kebao.bundles.text_page import TextPathOf, text_pages
from kebao.bundles.words import Words
from kebao.catalog.catalog import Catalog
from kebao.catalog.entries import Entry
from kebao.model.files_index import FilesIndex
from kebao.model.resource import Resource

_ZIP = ".zip"
_INDEX = "index.html"
_NOTHING: Mapping[str, Part] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleScope:
    """What a bundle is of.

    Attributes:
        stem: File name without suffix, safe; unique once :meth:`BundlePlanner.scopes` gives it.
        without: File name extensions left out.
    """

    scope: str
    subject: str
    title: str
    stem: str
    entries: tuple[Entry, ...]
    lead: str = ""
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BundlePlanner:
    """Plans the bundles of a package.

    Attributes:
        catalog: The package in its source locale.
        files: Only materials that are stored (``files.materials``) go into bundles.
        words: Says texts in the source locale.
        converter: Converts the resources' texts, or knows them from before.
        texts: What all bundles say of a resource.

    Raises:
        ValueError: The catalog is of another locale.
    """

    catalog: Catalog
    files: FilesIndex
    words: Words
    converter: Converter = field(default_factory=Converter)
    texts: EntryTexts = field(init=False)
    _parts: PartMaker = field(init=False)
    _text_paths: dict[int, tuple[tuple[Entry, ...], Mapping[str, str]]] = field(default_factory=dict)
    _own_ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        source_locale = self.catalog.package.source_locale
        if self.catalog.shard.locale != source_locale:
            raise ValueError(f"bundles are made in '{source_locale}', not '{self.catalog.shard.locale}'")
        object.__setattr__(self, "texts", EntryTexts(self.catalog, self.words))
        page = text_pages(self.texts, self.converter)
        object.__setattr__(self, "_parts", PartMaker(self.texts, self.files, page))

    def scopes(self) -> tuple[BundleScope, ...]:
        """Resources with materials, topics, organisations, then full and light."""
        scopes = (
            *_resource_scopes(self.catalog, self.files, self.words),
            *_topic_scopes(self.catalog, self.words),
            *_organisation_scopes(self.catalog, self.words),
            *_package_scopes(self.catalog, self.words),
        )
        stems = unique_stems([(scope.stem, ("",)) for scope in scopes], longest=LONGEST_TOP)
        return tuple(replace(scope, stem=stem) for scope, stem in zip(scopes, stems, strict=True))

    def text_paths(self, scope: BundleScope) -> Mapping[str, str]:
        """Where each resource's text stands in the bundle, by resource id."""
        # Both bundles of a package have the same entries, which takes too long to compare.
        known = self._text_paths.get(id(scope.entries))
        if known is None:
            known = self._text_paths[id(scope.entries)] = (scope.entries, text_paths(self.texts, scope.entries))
        return known[1]

    def text_path_of(self, scope: BundleScope) -> TextPathOf:
        """Where links to resources lead in the bundle."""
        paths = self.text_paths(scope)
        return lambda name: paths.get(self._own_id(name), "")

    def _own_id(self, name: str) -> str:
        """The id of the package's own resource that a link names, or nothing."""
        own_id = self._own_ids.get(name)
        if own_id is None:
            found = self.catalog.find(name)
            own_id = found.id if found and found.package == self.catalog.package.id else ""
            self._own_ids[name] = own_id
        return own_id

    def parts(self, scope: BundleScope, kept: Mapping[str, Part] = _NOTHING) -> Mapping[str, Part]:
        """What each resource adds, by its id; ``kept`` has those of an earlier bundle that still hold."""
        paths, text_path_of = self.text_paths(scope), self.text_path_of(scope)
        by_id = {entry.id: entry for entry in scope.entries}
        return {
            its_id: kept.get(its_id) or self._parts.make(entry, paths[its_id], text_path_of, scope.without)
            for its_id, entry in by_id.items()
        }

    def plan(self, scope: BundleScope, kept: Mapping[str, Part] = _NOTHING) -> BundlePlan:
        return _plan(self.texts, scope, f"{scope.stem}{_ZIP}", self.parts(scope, kept))


def plan_bundles(catalog: Catalog, files: FilesIndex, words: Words) -> tuple[BundlePlan, ...]:
    """All bundles of a package, in the order of :meth:`BundlePlanner.scopes`."""
    planner = BundlePlanner(catalog, files, words)
    return tuple(planner.plan(scope) for scope in planner.scopes())


def _resource_scopes(catalog: Catalog, files: FilesIndex, words: Words) -> Iterator[BundleScope]:
    for _, entry in sorted(catalog.by_id.items()):
        if stored_materials(entry.resource, files):
            yield BundleScope(
                scope="resource",
                subject=entry.id,
                title=entry.title,
                stem=_stem(words, "bundle.name.resource", entry.title, fallback=entry.id),
                entries=(entry,),
            )


def _topic_scopes(catalog: Catalog, words: Words) -> Iterator[BundleScope]:
    of_topic = _grouped(catalog, lambda resource: resource.topics)
    for entry in catalog.topics:
        topic_id = entry.topic.id
        if entries := tuple(of_topic.get(topic_id, ())):
            yield BundleScope(
                scope="topic",
                subject=topic_id,
                title=entry.title,
                stem=_stem(words, "bundle.name.topic", entry.title, fallback=topic_id),
                entries=entries,
                lead=entry.summary,
            )


def _organisation_scopes(catalog: Catalog, words: Words) -> Iterator[BundleScope]:
    of_organisation = _grouped(catalog, lambda resource: (resource.organisation,))
    for organisation_id, organisation in sorted(catalog.content.organisations.items()):
        if entries := tuple(of_organisation.get(organisation_id, ())):
            title = catalog.organisation_name(organisation_id)
            key = "bundle.name.school" if organisation.is_school else "bundle.name.organisation"
            yield BundleScope(
                scope="organisation",
                subject=organisation_id,
                title=title,
                stem=_stem(words, key, title, fallback=organisation_id),
                entries=entries,
            )


def _grouped(catalog: Catalog, names_of: Callable[[Resource], Iterable[str]]) -> Mapping[str, list[Entry]]:
    """The resources by what they are of, in the catalog's order."""
    found: dict[str, list[Entry]] = {}
    for entry in catalog.entries:
        for name in dict.fromkeys(names_of(entry.resource)):
            found.setdefault(name, []).append(entry)
    return found


def _package_scopes(catalog: Catalog, words: Words) -> Iterator[BundleScope]:
    package = catalog.package
    name = (package.short_title or package.title).in_locale(catalog.chain)
    for subject, without in (("full", ()), ("light", package.bundles.light_without)):
        if catalog.entries:
            yield BundleScope(
                scope="package",
                subject=subject,
                title=words(f"bundle.title.{subject}", title=package.title.in_locale(catalog.chain)),
                stem=_stem(words, f"bundle.name.{subject}", name, fallback=package.id),
                entries=catalog.entries,
                lead=package.summary.in_locale(catalog.chain),
                without=without,
            )


def _stem(words: Words, key: str, title: str, *, fallback: str) -> str:
    """The title in the words of ``key``; a long title is cut, never the words around it."""
    room = LONGEST_TOP - len(words(key, title=""))
    return safe_name(words(key, title=safe_name(title, fallback=fallback, longest=room)), fallback=fallback)


def _plan(texts: EntryTexts, scope: BundleScope, name: str, parts: Mapping[str, Part]) -> BundlePlan:
    catalog, words = texts.catalog, texts.words
    entries = by_kind(scope.entries)
    # No folder's name has a slash: their files stand in the same order as all files by path.
    payload = sorted(parts.values(), key=lambda part: part.text_path.rpartition("/")[0] + "/")
    inventory = f"{safe_name(words('bundle.inventory_name'), fallback='inventory')}.csv"
    manifest = Sheet()
    for part in payload:
        manifest.add_part(part.id, part.manifest)
    sheets = {
        _INDEX: index_page(
            texts, title=scope.title, lead=scope.lead, inventory=inventory, entries=entries, parts=parts
        ),
        inventory: inventory_csv(texts, entries, parts),
    }
    own = bag_members(
        manifest.content(),
        payload,
        (made_member(path, sheet.content()) for path, sheet in sheets.items()),
        bagging_date=max(entry.resource.date for entry in scope.entries),
        info={
            "Source-Organization": catalog.organisation_name(catalog.package.publisher),
            "External-Description": scope.title,
            "External-Identifier": f"{catalog.package.id}/{scope.scope}/{scope.subject}",
        },
    )
    return BundlePlan(
        scope=scope.scope,
        subject=scope.subject,
        name=name,
        title=scope.title,
        own=own,
        parts=tuple(payload),
        places={path: sheet.places for path, sheet in (*sheets.items(), (MANIFEST, manifest))},
        file_count=sum(part.file_count for part in payload),
    )

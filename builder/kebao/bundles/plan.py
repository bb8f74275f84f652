"""Which bundles a package has and what is in each: decided from the catalog alone, nothing is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kebao.bundles.bag import bag_members
from kebao.bundles.bundle_plan import BundlePlan, Member, made_member
from kebao.bundles.entry_texts import EntryTexts
from kebao.bundles.index_page import index_page
from kebao.bundles.inventory import inventory_csv
from kebao.bundles.layout import PlacedResource, lay_out, stored_materials
from kebao.bundles.names import LONGEST_TOP, safe_name, unique_stems
from kebao.bundles.shared_html import Converter
from kebao.bundles.text_page import TextPages, text_pages
from kebao.bundles.words import Words
from kebao.catalog.catalog import Catalog
from kebao.catalog.entries import Entry
from kebao.model.files_index import FilesIndex

_ZIP = ".zip"


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
    _page: TextPages = field(init=False)

    def __post_init__(self) -> None:
        source_locale = self.catalog.package.source_locale
        if self.catalog.shard.locale != source_locale:
            raise ValueError(f"bundles are made in '{source_locale}', not '{self.catalog.shard.locale}'")
        object.__setattr__(self, "texts", EntryTexts(self.catalog, self.words))
        object.__setattr__(self, "_page", text_pages(self.texts, self.converter))

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

    def make_texts(self, scope: BundleScope) -> None:
        """Makes the pages of the texts: most are the same in other bundles, and are not made for them again."""
        for _ in _payload(lay_out(self.texts, self.files, entries=scope.entries, without=scope.without), self._page):
            pass

    def plan(self, scope: BundleScope) -> BundlePlan:
        return _plan(self.texts, self.files, scope, f"{scope.stem}{_ZIP}", self._page)


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
    for entry in catalog.topics:
        topic_id = entry.topic.id
        entries = tuple(e for e in catalog.entries if topic_id in e.resource.topics)
        if entries:
            yield BundleScope(
                scope="topic",
                subject=topic_id,
                title=entry.title,
                stem=_stem(words, "bundle.name.topic", entry.title, fallback=topic_id),
                entries=entries,
                lead=entry.summary,
            )


def _organisation_scopes(catalog: Catalog, words: Words) -> Iterator[BundleScope]:
    for organisation_id, organisation in sorted(catalog.content.organisations.items()):
        entries = tuple(e for e in catalog.entries if e.resource.organisation == organisation_id)
        if entries:
            title = catalog.organisation_name(organisation_id)
            key = "bundle.name.school" if organisation.is_school else "bundle.name.organisation"
            yield BundleScope(
                scope="organisation",
                subject=organisation_id,
                title=title,
                stem=_stem(words, key, title, fallback=organisation_id),
                entries=entries,
            )


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


def _plan(texts: EntryTexts, files: FilesIndex, scope: BundleScope, name: str, page: TextPages) -> BundlePlan:
    catalog, words = texts.catalog, texts.words
    resources = lay_out(texts, files, entries=scope.entries, without=scope.without)
    payload = tuple(_payload(resources, page))
    inventory = f"{safe_name(words('bundle.inventory_name'), fallback='inventory')}.csv"
    index = index_page(texts, title=scope.title, lead=scope.lead, inventory=inventory, resources=resources)
    tag_files = (
        made_member("index.html", index),
        made_member(inventory, inventory_csv(texts, resources, payload)),
    )
    members = bag_members(
        payload,
        tag_files,
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
        members=members,
        file_count=sum(not file.is_captions for placed in resources for file in placed.files),
    )


def _payload(resources: tuple[PlacedResource, ...], page: TextPages) -> Iterator[Member]:
    inside = {placed.entry.id: placed for placed in resources}
    for placed in resources:
        yield page(placed, inside)
        for file in placed.files:
            yield Member(path=file.path, sha256=file.sha256, size_bytes=file.size_bytes, source_path=file.source_path)

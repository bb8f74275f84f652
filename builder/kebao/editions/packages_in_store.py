"""What a store holds of its packages, as publishing needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kebao.editions.edition_pages import COLLECTIONS, RESOURCES
from kebao.editions.states import EditionState, State, latest_of, read_states, with_states
from kebao.editions.store import EditionRecord, EditionStore
from kebao.model.shard import LATEST_EDITION
from kebao.model.text import LocalizedText


@dataclass(frozen=True, kw_only=True)
class StoredEdition:
    """An edition with its state. ``pages`` is what its ``pages.json`` says."""

    record: EditionRecord
    pages: Mapping[str, Any]
    state: EditionState

    @property
    def id(self) -> str:
        return self.record.edition

    @property
    def is_withdrawn(self) -> bool:
        return self.state.state is State.WITHDRAWN

    @cached_property
    def page_uris(self) -> Mapping[str, tuple[str, ...]]:
        """Locale → URIs of its pages, relative to the shard's root."""
        return {locale: tuple(self.pages["pages"][locale]) for locale in self.record.locales}

    @cached_property
    def ids(self) -> Mapping[str, Mapping[str, tuple[str, str]]]:
        """Locale → path of a page → group and id of what it shows."""
        found: dict[str, dict[str, tuple[str, str]]] = {locale: {} for locale in self.record.locales}
        for group in (RESOURCES, *COLLECTIONS):
            for name, entry in self.pages[group].items():
                for locale, place in entry["locales"].items():
                    found[locale][place["path"]] = (group, name)
        return found

    def place(self, group: str, name: str, locale: str) -> Mapping[str, str] | None:
        """Path, title and digest of a page; None where this edition has none."""
        entry = self.pages[group].get(name)
        found: Mapping[str, str] | None = entry["locales"].get(locale) if entry else None
        return found


@dataclass(frozen=True, kw_only=True)
class PackageLocale:
    """One package in one language: its editions, oldest first, and the one that ``latest`` leads to."""

    package: str
    locale: str
    editions: tuple[StoredEdition, ...]
    latest: StoredEdition | None

    @property
    def uri(self) -> str:
        return f"{self.package}/{self.locale}"

    @property
    def latest_uri(self) -> str:
        return f"{self.uri}/{LATEST_EDITION}"

    @property
    def entry_uri(self) -> str:
        """Where readers start: ``latest``, or the newest edition while there is no such thing."""
        return self.latest_uri if self.latest else f"{self.uri}/{self.editions[-1].id}"


@dataclass(frozen=True, kw_only=True)
class StoredPackage:
    """A package's editions, oldest first. ``title`` and ``summary`` are those of the newest."""

    id: str
    editions: tuple[StoredEdition, ...]

    @property
    def title(self) -> LocalizedText:
        return LocalizedText(self.editions[-1].record.title)

    @property
    def summary(self) -> LocalizedText:
        return LocalizedText(self.editions[-1].record.summary)

    @cached_property
    def locales(self) -> tuple[PackageLocale, ...]:
        """The source language first; languages that only older editions have are among them."""
        source = self.editions[-1].record.source_locale
        ids = {locale for edition in self.editions for locale in edition.record.locales}
        return tuple(self._in_locale(locale) for locale in sorted(ids, key=lambda id_: (id_ != source, id_)))

    def locale(self, locale: str) -> PackageLocale | None:
        return next((found for found in self.locales if found.locale == locale), None)

    def _in_locale(self, locale: str) -> PackageLocale:
        editions = tuple(edition for edition in self.editions if locale in edition.record.locales)
        states = {edition.id: edition.state for edition in editions}
        latest = latest_of(states, list(states))
        chosen = next((edition for edition in editions if edition.id == latest), None)
        return PackageLocale(package=self.id, locale=locale, editions=editions, latest=chosen)


def read_packages(store: EditionStore) -> tuple[StoredPackage, ...]:
    """Every package of the store, by id; raises EditionError where it is damaged."""
    return tuple(_read_package(store, package) for package in store.packages())


def _read_package(store: EditionStore, package: str) -> StoredPackage:
    records = {edition: store.record(package, edition) for edition in store.editions(package)}
    released = {edition: record.released for edition, record in records.items()}
    states = with_states(read_states(store.root / package), released)
    return StoredPackage(
        id=package,
        editions=tuple(
            StoredEdition(record=record, pages=store.pages(package, edition), state=states[edition])
            for edition, record in records.items()
        ),
    )

"""How far the translations of the package are: counts by kind, and what is out of date or missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kebao.catalog.translation_json import translations_json
from kebao.catalog.translation_status import (
    TOPICS,
    StatusCounts,
    TranslationStatus,
    counts_of,
    package_status,
    shared_status,
    translation_locales,
)
from kebao.model.resource import Kind
from kebao.model.translated_texts import FieldState, TextState
from kebao.pages.cards import Desk, Link
from kebao.pages.prose import ABOUT_URI
from kebao.pages.site_page import Crumb, SitePage

TRANSLATIONS_URI = "translations.html"
#: Beside the page: every resource with all its fields.
TRANSLATIONS_DATA = "translations.json"
#: A row weighs up to 300 bytes; so many of them keep the page under its 60 KB.
_MOST_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """One kind, or all of them; ``share`` says how much is translated."""

    label: str
    counts: StatusCounts
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WantingRow:
    """A resource or topic and, where it is translated, the fields whose source has changed."""

    link: Link
    kind: str
    fields: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WantingList:
    """``more``: how many are left out here."""

    rows: tuple[WantingRow, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRow:
    """Texts that stand with all their languages in one file, or several of a sort."""

    label: str
    total: int
    missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LocaleTranslations:
    """One locale; ``page_uri`` is this page in it, empty where that is here or not built."""

    locale: str
    name: str
    language_tag: str
    page_uri: str
    kinds: tuple[CountRow, ...]
    stale: WantingList
    missing: WantingList
    shared: tuple[SharedRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationsView:
    lead: str
    locales: tuple[LocaleTranslations, ...]
    data_uri: str


def translations_page(desk: Desk) -> SitePage:
    """In the source language about every other one, else about its own."""
    texts = desk.texts
    locales = _locales(desk)
    view = TranslationsView(
        lead=texts("translations.lead"),
        locales=tuple(_locale(desk, locale, _MOST_ROWS // len(locales)) for locale in locales),
        data_uri=desk.page(TRANSLATIONS_DATA),
    )
    return SitePage(
        uri=TRANSLATIONS_URI,
        title=texts("translations.title"),
        template="translations.html",
        view=view,
        tab=ABOUT_URI,
        description=view.lead,
        crumbs=(Crumb(title=texts("nav.about"), uri=ABOUT_URI),),
    )


def translations_data(desk: Desk) -> str:
    """The same as JSON, complete."""
    return translations_json(status for locale in _locales(desk) for status in _statuses(desk, locale))


def _locales(desk: Desk) -> tuple[str, ...]:
    catalog = desk.catalog
    here = catalog.shard.locale
    return translation_locales(catalog.package) if here == catalog.package.source_locale else (here,)


def _statuses(desk: Desk, locale: str) -> Sequence[TranslationStatus]:
    found = desk.statuses.get(locale)
    if found is None:
        catalog = desk.catalog
        shared = shared_status(catalog.content, catalog.site, locale)
        found = desk.statuses[locale] = (
            *package_status(catalog.package, locale, audience=catalog.site.audience),
            *(status for status in shared if status.package in ("", catalog.package.id)),
        )
    return found


def _locale(desk: Desk, locale: str, most: int) -> LocaleTranslations:
    catalog = desk.catalog
    shown = catalog.site.locales[locale]
    shard = catalog.shard.in_locale(locale)
    statuses = _statuses(desk, locale)
    labels = _labels(desk)
    counted = [status for status in statuses if status.kind in labels]
    return LocaleTranslations(
        locale=locale,
        name=shown.name,
        language_tag=shown.language_tag,
        page_uri=shard.page(TRANSLATIONS_URI) if shard != catalog.shard and shard in catalog.built else "",
        kinds=tuple(_count_rows(desk, counted)),
        stale=_wanting(desk, counted, TextState.STALE, most),
        missing=_wanting(desk, counted, TextState.MISSING, most),
        shared=tuple(_shared_rows(desk, statuses)),
    )


def _labels(desk: Desk) -> dict[str, str]:
    """What is counted one by one, in the order of the page."""
    return {TOPICS: desk.texts("nav.topics")} | {kind.value: desk.kind_label(kind) for kind in Kind}


def _count_rows(desk: Desk, statuses: Sequence[TranslationStatus]) -> Iterator[CountRow]:
    by_kind: dict[str, list[TranslationStatus]] = {}
    for status in statuses:
        by_kind.setdefault(status.kind, []).append(status)
    for kind, label in _labels(desk).items():
        if kind in by_kind:
            yield _count_row(desk, label, by_kind[kind])
    yield _count_row(desk, desk.texts("translations.total"), statuses)


def _count_row(desk: Desk, label: str, statuses: Iterable[TranslationStatus]) -> CountRow:
    counts, number = counts_of(statuses), desk.texts.number
    share = desk.texts("translations.share", n=number(counts.translated), total=number(counts.total))
    return CountRow(label=label, counts=counts, share=share)


def _wanting(desk: Desk, statuses: Sequence[TranslationStatus], state: TextState, most: int) -> WantingList:
    wanting = [status for status in statuses if status.state is state]
    rows = tuple(_wanting_row(desk, status) for status in wanting[:most])
    return WantingList(rows=rows, more=max(0, len(wanting) - most))


def _wanting_row(desk: Desk, status: TranslationStatus) -> WantingRow:
    """A stale one leads to its page, a missing one to the source's."""
    catalog, is_stale = desk.catalog, status.state is TextState.STALE
    source = catalog.package.source_locale
    # Every locale has pages of all topics.
    page_locale = status.locale if is_stale or status.kind == TOPICS else source
    shard = catalog.shard.in_locale(page_locale)
    fields = status.fields_in(TextState.STALE) if is_stale else ()
    return WantingRow(
        link=Link(
            text=status.title,
            uri=shard.page(f"{status.kind}/{status.id}.html") if shard in catalog.built else "",
            language=desk.foreign(source)[0],
        ),
        kind=_labels(desk)[status.kind] if status.kind == TOPICS else desk.kind_name(Kind(status.kind)),
        fields=desk.texts("list.separator").join(_field(desk, field) for field in fields),
    )


def _field(desk: Desk, field: FieldState) -> str:
    name = desk.texts(f"translations.field.{field.field}")
    if not field.parts or field.count == 1:
        return name
    parts = desk.texts("list.separator").join(field.parts)
    return desk.texts("translations.parts", field=name, parts=parts)


def _shared_rows(desk: Desk, statuses: Sequence[TranslationStatus]) -> Iterator[SharedRow]:
    for kind in ("package", "interface", "vocabularies", "programmes", "organisations", "people"):
        fields = [field for status in statuses if status.kind == kind for field in status.fields]
        missing = sum(field.state is TextState.MISSING for field in fields)
        if fields:
            yield SharedRow(label=desk.texts(f"translations.shared.{kind}"), total=len(fields), missing=missing)

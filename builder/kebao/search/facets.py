"""What the catalog filters and sorts by: for each facet its values with their labels, and who has which.

The numbers of the documents are those of the search index: listed resources come first, sorted by page URI.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kebao.catalog.catalog import Catalog
from kebao.catalog.entries import Entry
from kebao.model.material import suffix_of
from kebao.model.resource import Kind, LessonCaseDetails, MicroLessonDetails, Resource
from kebao.search.data_file import data_file
from kebao.search.facet_columns import ValueSet, encode_column, encode_sets
from kebao.search.rows import ROWS_IN_FILE
from kebao.search.title_order import title_key, unit_key

#: Upper bounds of the ranges of minutes; the last range has none.
MINUTE_BOUNDS = (5, 10, 20, 40)


class KeptColumns(Protocol):
    """Columns of earlier builds of the same code, under digests of what they are made from."""

    def get(self, key: bytes) -> bytes | None: ...

    def put(self, key: bytes, value: bytes) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One way to narrow the catalog.

    Attributes:
        values: Id and label of every value that some document has, in the order in which they are offered.
        sets: Distinct sets of values; the empty one, where some document has none, is the first.
        column: Each document's set.
    """

    id: str
    values: tuple[tuple[str, str], ...]
    sets: tuple[ValueSet, ...]
    column: tuple[int, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "values": [list(value) for value in self.values],
            "sets": encode_sets(self.sets, len(self.values)),
            **encode_column(self.column).to_json(),
        }


def catalog_files(
    catalog: Catalog,
    say: Callable[[str], str],
    index: Mapping[str, bytes],
    icons: Mapping[str, str],
    *,
    appeared: Mapping[str, str] | None = None,
    kept: KeptColumns | None = None,
) -> dict[str, bytes]:
    """``facets.js``, ``version.js`` and ``docs.js`` beside the files of an index: path below ``search/`` → content.

    ``appeared``: resource id → the edition in which it first stood, the oldest edition first; without it there is no
    facet of editions. ``kept``: of the builds before.
    """
    entries = sorted(catalog.entries, key=lambda entry: entry.page_uri)
    count = -(-len(entries) // ROWS_IN_FILE)
    table = [_hash_of(index[f"m/{number}.js"]) for number in range(count)]
    uris = [entry.page_uri for entry in entries]
    payload = facets_payload(catalog, entries, say, appeared=appeared, icons=icons, table=table, kept=kept)
    payload["id"] = _index_id(index)
    facets = data_file("facets", payload)
    # A cache may keep the large file for ever: which one is meant says a small one that is always asked for anew.
    files = (facets, data_file("version", {"facets": facets.hash}), data_file("docs", docs_payload(uris)))
    return {file.path: file.script for file in files}


def _index_id(index: Mapping[str, bytes]) -> str:
    """What the root calls the index: the search page filters only what is of the same one."""
    found = re.search(rb'"id":"([0-9a-f]{8})"', index.get("root.js", b""))
    return found[1].decode() if found else ""


def _hash_of(script: bytes) -> str:
    """The first six digits of the hash that a data file names as its second word."""
    return script.split(b'"', 4)[3].decode()[:6]


def facets_payload(
    catalog: Catalog,
    entries: Sequence[Entry],
    say: Callable[[str], str],
    *,
    appeared: Mapping[str, str] | None = None,
    icons: Mapping[str, str] | None = None,
    table: Sequence[str] = (),
    kept: KeptColumns | None = None,
) -> dict[str, Any]:
    """The payload of ``facets.js``.

    Args:
        entries: The listed resources in the order of their document numbers.
        say: Interface texts of the shard's locale.
        appeared: Resource id → the edition in which it first stood, where known; the oldest edition first.
        icons: Kind → its icon, as the ``d`` of an SVG path in a box of 24 by 24.
        table: Hashes of the files of the document table, so that scripts refuse those of another index.
        kept: Where the order of titles is looked up before it is made.
    """
    return {
        "n": len(entries),
        "facets": [facet.to_json() for facet in facets_of(catalog, entries, say, appeared or {})],
        "sorts": sort_columns(catalog, entries, kept),
        "icons": dict(icons or {}),
        "m": "".join(table),
    }


def docs_payload(uris: Sequence[str]) -> list[str]:
    """The payload of ``docs.js``: the first URI of every file of the document table."""
    return list(uris[::ROWS_IN_FILE])


def facets_of(
    catalog: Catalog, entries: Sequence[Entry], say: Callable[[str], str], appeared: Mapping[str, str]
) -> tuple[Facet, ...]:
    """Every facet that has a value; first a teacher's path: stage, grade, subject, textbook."""
    resources = [entry.resource for entry in entries]
    kinds = {kind.value: say(f"kind.{kind.value}.one") for kind in Kind}
    topics = {topic.topic.id: topic.title for topic in catalog.topics}
    programmes = {
        programme.id: programme.short_title.in_locale(catalog.chain)
        for programme in catalog.content.programmes.values()
    }
    organisations = {each: catalog.organisation_name(each) for each in catalog.content.organisations}
    languages = {locale.id: locale.name for locale in catalog.site.locales.values()}
    # In the order in which they come: ids do not sort as texts do (2025.10 comes after 2025.2).
    editions = {edition: edition for edition in reversed(dict.fromkeys(appeared.values()))}
    materials = {"video": say("script.catalog.has.video")} | _terms(catalog, "material-roles")
    facets = (
        _facet("stage", _terms(catalog, "stages"), [r.stages for r in resources]),
        _facet("grade", _terms(catalog, "grades"), [r.grades for r in resources]),
        _facet("subject", _terms(catalog, "subjects"), [_one(r.subject) for r in resources]),
        _facet("textbook", _terms(catalog, "textbooks"), [_one(_lesson(r, "textbook")) for r in resources]),
        _facet("kind", kinds, [(r.kind.value,) for r in resources]),
        _facet("topic", topics, [r.topics for r in resources]),
        _facet("programme", programmes, [(r.programme,) for r in resources]),
        _facet("phase", _terms(catalog, "phases"), [(r.phase,) for r in resources]),
        _facet("level", _terms(catalog, "levels"), [_one(_lesson(r, "level")) for r in resources]),
        _facet("organisation", organisations, [(r.organisation,) for r in resources]),
        _facet("has", materials, [_materials(r) for r in resources]),
        _minutes_facet([minutes_of(r) for r in resources], say),
        _facet("language", languages, [(entry.language,) for entry in entries]),
        _origin_facet(catalog, entries, say),
        _facet("edition", editions, [_one(appeared.get(r.id)) for r in resources]),
    )
    return tuple(facet for facet in facets if facet.values and (facet.id != "edition" or len(facet.values) > 1))


def _origin_facet(catalog: Catalog, entries: Sequence[Entry], say: Callable[[str], str]) -> Facet:
    """The package's own resources, and those of each package that it takes from; no values where it takes none."""
    origins = {e.origin.package: e.origin.title.in_locale(catalog.chain) for e in entries if e.origin}
    labels = {catalog.package.id: say("script.catalog.origin.own"), **dict(sorted(origins.items()))} if origins else {}
    return _facet("origin", labels, [(e.origin.package if e.origin else catalog.package.id,) for e in entries])


def _terms(catalog: Catalog, vocabulary: str) -> dict[str, str]:
    return {term: catalog.label(vocabulary, term) for term in catalog.content.vocabularies[vocabulary].terms}


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _lesson(resource: Resource, field: str) -> str | None:
    details = resource.details
    return getattr(details, field) if isinstance(details, LessonCaseDetails) else None


def _materials(resource: Resource) -> tuple[str, ...]:
    video = any(suffix_of(material.file) == ".mp4" for material in resource.materials)
    return ("video",) * video + tuple(material.role for material in resource.materials)


def minutes_of(resource: Resource) -> float | None:
    if isinstance(resource.details, LessonCaseDetails | MicroLessonDetails):
        return resource.details.minutes or None
    return None


def _facet(facet_id: str, labels: Mapping[str, str], having: Sequence[Iterable[str]]) -> Facet:
    """The facet of documents that have the named values; values without a label are left out."""
    # Many have the same: what all of these say is found out once.
    distinct = {tuple(values) for values in having}
    used = {value for values in distinct for value in values}
    offered = [value for value in labels if value in used]
    positions = {value: position for position, value in enumerate(offered)}
    places = {values: tuple(sorted({positions[v] for v in values if v in positions})) for values in distinct}
    sets = sorted(set(places.values()))
    ranks = {each: number for number, each in enumerate(sets)}
    numbers = {values: ranks[place] for values, place in places.items()}
    return Facet(
        id=facet_id,
        values=tuple((value, labels[value]) for value in offered),
        sets=tuple(sets),
        column=tuple([numbers[tuple(values)] for values in having]),
    )


def _minutes_facet(minutes: Sequence[float | None], say: Callable[[str], str]) -> Facet:
    """Ranges of minutes. Each length is a set of its own, in rising order: the column sorts by length as well."""
    lengths = sorted({each for each in minutes if each is not None})
    ranges = sorted({_range_of(length) for length in lengths})
    names = [str(bound) for bound in MINUTE_BOUNDS] + ["more"]
    nothing: list[ValueSet] = [()] if None in minutes else []
    numbers = {length: number for number, length in enumerate(lengths, start=len(nothing))}
    return Facet(
        id="minutes",
        values=tuple((names[each], say(f"script.catalog.minutes.{names[each]}")) for each in ranges),
        sets=(*nothing, *((ranges.index(_range_of(length)),) for length in lengths)),
        column=tuple(0 if each is None else numbers[each] for each in minutes),
    )


def _range_of(minutes: float) -> int:
    return sum(minutes > bound for bound in MINUTE_BOUNDS)


def sort_columns(catalog: Catalog, entries: Sequence[Entry], kept: KeptColumns | None = None) -> dict[str, Any]:
    """Each document's place by title, by date (newest first) and by the textbook's course; equals share a place."""
    days = [-entry.resource.date.toordinal() for entry in entries]
    return {
        "date": encode_column(_ranks(days)).to_json(),
        "title": _title_column([entry.title for entry in entries], catalog.shard.locale, kept),
        "lesson": encode_column(_ranks(_course_keys(catalog, entries))).to_json(),
    }


def _title_column(titles: Sequence[str], locale: str, kept: KeptColumns | None) -> dict[str, Any]:
    # Few builds change a title, and their order takes a dictionary of how they sound.
    key = hashlib.sha256(json.dumps([locale, *titles]).encode()).digest()
    with contextlib.suppress(ValueError, TypeError):
        if kept is not None and (written := kept.get(key)) is not None:
            return dict(json.loads(written))
    column = encode_column(_ranks([(title_key(title, locale), title) for title in titles])).to_json()
    if kept is not None:
        kept.put(key, json.dumps(column).encode())
    return column


def _course_keys(catalog: Catalog, entries: Sequence[Entry]) -> list[tuple[Any, ...]]:
    """Subject, grade, textbook, unit, lesson; what is not a lesson case follows those of its subject."""
    subjects, grades, textbooks = (_positions(catalog, each) for each in ("subjects", "grades", "textbooks"))
    units: dict[str, Any] = {}

    def unit(text: str) -> Any:
        if text not in units:
            units[text] = unit_key(text)
        return units[text]

    def key(resource: Resource) -> tuple[Any, ...]:
        details = resource.details
        subject = subjects.get(resource.subject or "", len(subjects))
        grade = min([grades.get(each, len(grades)) for each in resource.grades], default=len(grades))
        if not isinstance(details, LessonCaseDetails):
            return (subject, 1, grade)
        textbook = textbooks.get(details.textbook, len(textbooks))
        return (subject, 0, grade, textbook, unit(details.unit), unit(details.lesson))

    return [key(entry.resource) for entry in entries]


def _positions(catalog: Catalog, vocabulary: str) -> dict[str, int]:
    """Where each term stands; what is none comes last, as in :meth:`Vocabulary.position`."""
    return {term: position for position, term in enumerate(catalog.content.vocabularies[vocabulary].terms)}


def _ranks(keys: Sequence[Any]) -> tuple[int, ...]:
    places = {key: place for place, key in enumerate(sorted(set(keys)))}
    return tuple([places[key] for key in keys])

"""What readers see of a package in one edition, as data: what comparing editions needs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kebao.catalog.entries import is_published
from kebao.model.material import FileFacts, Material
from kebao.model.package import Package
from kebao.model.resource import (
    BulletinDetails,
    CourseDetails,
    LessonCaseDetails,
    MicroLessonDetails,
    Resource,
    SchoolSummaryDetails,
    Translation,
)

SNAPSHOT_SCHEMA = 1
Values = tuple[str, ...]


class SnapshotError(ValueError):
    """A text that is no snapshot, or one of a later schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialSnapshot:
    """A material; ``titles`` by locale, ``captions`` is the digest of its subtitles, empty without."""

    role: str
    sha256: str
    size_bytes: int
    titles: Mapping[str, str]
    captions: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSnapshot:
    """A resource as it was published.

    Attributes:
        page: Its page relative to a shard's root.
        fields: What is the same in all languages: field name → ids, dates, numbers as texts. Empty ones are absent.
        texts: Locale → field name → text; lists one a line. A locale is there when the resource has a page in it.
        materials: By file name.
    """

    id: str
    kind: str
    page: str
    fields: Mapping[str, Values]
    texts: Mapping[str, Mapping[str, str]]
    materials: Mapping[str, MaterialSnapshot] = field(default_factory=dict)

    @property
    def is_retired(self) -> bool:
        return self.fields.get("lifecycle") == ("retired",)

    @property
    def replaced_by(self) -> str:
        return self.first("replaced_by")

    def first(self, name: str) -> str:
        """The only or first value of a field; empty without one."""
        return next(iter(self.fields.get(name, ())), "")

    def title(self, locale: str, source_locale: str) -> str:
        texts = self.texts.get(locale) or self.texts.get(source_locale, {})
        return texts.get("title", self.id)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything above."""
        return hashlib.sha256(_written(_resource_data(self)).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All published resources of a package in one edition, by id."""

    package: str
    edition: str
    source_locale: str
    locales: tuple[str, ...]
    resources: Mapping[str, ResourceSnapshot]


def take_snapshot(package: Package, *, edition: str, audience: str, facts: Mapping[str, FileFacts]) -> Snapshot:
    """The package as readers of ``audience`` meet it; ``facts`` of the material files by path.

    Each resource's is made when somebody asks for it: for a first edition nobody does.
    """
    published = sorted((r for r in package.resources.values() if is_published(r, audience)), key=lambda r: r.id)
    return Snapshot(
        package=package.id,
        edition=edition,
        source_locale=package.source_locale,
        locales=package.locales,
        resources=_LaterSnapshots({resource.id: resource for resource in published}, package, facts),
    )


class _LaterSnapshots(Mapping[str, ResourceSnapshot]):
    """Snapshots by id, each made once."""

    def __init__(self, resources: Mapping[str, Resource], package: Package, facts: Mapping[str, FileFacts]) -> None:
        self._resources, self._package, self._facts = resources, package, facts
        self._made: dict[str, ResourceSnapshot] = {}

    def __getitem__(self, resource_id: str) -> ResourceSnapshot:
        made = self._made.get(resource_id)
        if made is None:
            made = self._made[resource_id] = _resource(self._resources[resource_id], self._package, self._facts)
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._resources)

    def __len__(self) -> int:
        return len(self._resources)

    def __repr__(self) -> str:
        return repr(dict(self))


def _resource(resource: Resource, package: Package, facts: Mapping[str, FileFacts]) -> ResourceSnapshot:
    translations = {i: t for i, t in sorted(resource.translations.items()) if i in package.locales}
    texts = {package.source_locale: _source_texts(resource)}
    texts |= {i: _translated_texts(resource, t) for i, t in translations.items()}
    return ResourceSnapshot(
        id=resource.id,
        kind=resource.kind.value,
        page=f"{resource.kind.value}/{resource.id}.html",
        fields={name: values for name, values in _fields(resource) if values},
        texts={i: {name: text for name, text in of_locale.items() if text} for i, of_locale in texts.items()},
        materials={
            material.file: _material(resource, material, package.source_locale, translations, facts)
            for material in resource.materials
        },
    )


def _material(
    resource: Resource,
    material: Material,
    source_locale: str,
    translations: Mapping[str, Translation],
    facts: Mapping[str, FileFacts],
) -> MaterialSnapshot:
    translated = {
        i: t.material_titles[material.file] for i, t in translations.items() if material.file in t.material_titles
    }
    own = facts.get(resource.path_of(material.file))
    captions = facts.get(resource.path_of(material.captions)) if material.captions else None
    return MaterialSnapshot(
        role=material.role,
        sha256=own.sha256 if own else "",
        size_bytes=own.size_bytes if own else 0,
        titles={source_locale: material.title, **translated},
        captions=captions.sha256 if captions else "",
    )


def _fields(resource: Resource) -> Iterator[tuple[str, Values]]:
    """What a page shows of a resource beside its texts; people, places and terms by id."""
    review, consent = resource.review, resource.consent
    yield "lifecycle", (resource.lifecycle.value,)
    yield "replaced_by", _some(resource.replaced_by)
    yield "subject", _some(resource.subject)
    yield "stages", resource.stages
    yield "grades", resource.grades
    yield "topics", resource.topics
    yield "programme", (resource.programme,)
    yield "phase", (resource.phase,)
    yield "contributors", tuple(f"{c.person} {c.role}" for c in resource.contributors)
    yield "organisation", (resource.organisation,)
    yield "date", (resource.date.isoformat(),)
    yield "licence", (resource.licence,)
    yield "relations", tuple(f"{relation.target} {relation.type}" for relation in resource.relations)
    yield "review", (review.state.value, *_some(review.by), *_some(review.on.isoformat() if review.on else None))
    yield "ai_generated", (resource.ai_generated.value,)
    if consent:
        yield "consent", (consent.who, consent.scope, consent.until.isoformat())
    yield from _detail_fields(resource)


def _detail_fields(resource: Resource) -> Iterator[tuple[str, Values]]:
    details = resource.details
    if isinstance(details, CourseDetails):
        yield "module", (details.module,)
        yield "required", ("yes" if details.required else "no",)
        yield "hours", (_number(details.hours),)
        yield "credits", (_number(details.credits),)
        yield "delivery", (details.delivery,)
        yield "weights", tuple(_number(item.weight) for item in details.assessment)
    elif isinstance(details, LessonCaseDetails):
        yield "textbook", (details.textbook,)
        yield "level", _some(details.level)
        if details.award:
            yield "award", (details.award.level, str(details.award.year), *(("nominated",) * details.award.nominated))
        yield "guiding_teachers", details.guiding_teachers
    elif isinstance(details, SchoolSummaryDetails):
        yield "period", (details.period.start.isoformat(), details.period.end.isoformat())
        yield "numbers", tuple(_number(number.value) for number in details.numbers)
    elif isinstance(details, BulletinDetails):
        yield "issue", (str(details.issue),)
        yield "period", (details.period.start.isoformat(), details.period.end.isoformat())
    if isinstance(details, LessonCaseDetails | MicroLessonDetails) and details.minutes:
        yield "minutes", (_number(details.minutes),)


def _source_texts(resource: Resource) -> dict[str, str]:
    texts = {
        "title": resource.title,
        "summary": resource.summary,
        "keywords": "\n".join(resource.keywords),
        "body": resource.body,
    }
    details = resource.details
    if isinstance(details, LessonCaseDetails):
        texts |= {"unit": details.unit, "lesson": details.lesson}
        texts["award_title"] = details.award.title if details.award else ""
    elif isinstance(details, CourseDetails):
        texts["sections"] = "\n".join(section.title for section in details.sections)
        texts["assessment"] = "\n".join(item.item for item in details.assessment)
    elif isinstance(details, SchoolSummaryDetails):
        texts["number_labels"] = "\n".join(f"{n.label} {n.unit}".strip() for n in details.numbers)
        texts["next_plan"] = "\n".join(details.next_plan)
    return texts


def _translated_texts(resource: Resource, translation: Translation) -> dict[str, str]:
    lists = translation.lists
    return {
        "title": translation.title,
        "summary": translation.summary,
        "keywords": "\n".join(translation.keywords),
        "body": translation.body,
        "unit": translation.unit,
        "lesson": translation.lesson,
        "award_title": translation.award_title,
        "sections": "\n".join(lists.get("sections", ())),
        "assessment": "\n".join(lists.get("assessment", ())),
        "number_labels": "\n".join(lists.get("numbers", ())),
        "next_plan": "\n".join(lists.get("next_plan", ())),
    }


def _some(value: str | None) -> Values:
    return (value,) if value else ()


def _number(value: float) -> str:
    return f"{value:g}"


# As JSON


def snapshot_json(snapshot: Snapshot) -> str:
    """The snapshot as ``snapshot.json``: keys sorted, one line end."""
    data = {
        "schema": SNAPSHOT_SCHEMA,
        "package": snapshot.package,
        "edition": snapshot.edition,
        "source_locale": snapshot.source_locale,
        "locales": list(snapshot.locales),
        "resources": {
            resource.id: {**_resource_data(resource), "digest": resource.digest}
            for resource in snapshot.resources.values()
        },
    }
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _resource_data(resource: ResourceSnapshot) -> dict[str, Any]:
    return {
        "kind": resource.kind,
        "page": resource.page,
        "fields": {name: list(values) for name, values in resource.fields.items()},
        "texts": {locale: dict(texts) for locale, texts in resource.texts.items()},
        "materials": {
            file: {
                "role": material.role,
                "sha256": material.sha256,
                "size_bytes": material.size_bytes,
                "titles": dict(material.titles),
                "captions": material.captions,
            }
            for file, material in resource.materials.items()
        },
    }


def _written(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_snapshot(text: str) -> Snapshot:
    """The snapshot that :func:`snapshot_json` wrote.

    Raises:
        SnapshotError: The text is not one, or its schema is not known to this version.
    """
    try:
        data = json.loads(text)
        if data["schema"] != SNAPSHOT_SCHEMA:
            raise SnapshotError(f"snapshot of schema {data['schema']}; this version reads {SNAPSHOT_SCHEMA}")
        return Snapshot(
            package=data["package"],
            edition=data["edition"],
            source_locale=data["source_locale"],
            locales=tuple(data["locales"]),
            resources={i: _read_resource(i, resource) for i, resource in sorted(data["resources"].items())},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise error if isinstance(error, SnapshotError) else SnapshotError(f"no snapshot: {error}") from error


def _read_resource(resource_id: str, data: Mapping[str, Any]) -> ResourceSnapshot:
    return ResourceSnapshot(
        id=resource_id,
        kind=data["kind"],
        page=data["page"],
        fields={name: tuple(values) for name, values in data["fields"].items()},
        texts={locale: dict(texts) for locale, texts in data["texts"].items()},
        materials={file: MaterialSnapshot(**material) for file, material in data["materials"].items()},
    )

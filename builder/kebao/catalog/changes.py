"""What changed in a package between two editions: resources added, changed, moved and retired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from kebao.catalog.snapshots import MaterialSnapshot, ResourceSnapshot, Snapshot


class ChangeType(StrEnum):
    """In the order in which readers are told.

    Added and retired mirror each other: a resource stands in the lists, only has its page (retired), or is not there.
    What goes up one of these steps is added, what goes down is retired.
    """

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    RETIRED = "retired"


class FieldKind(StrEnum):
    """How a field's values are to be read: as terms and numbers, as text in a language, or as a material."""

    VALUES = "values"
    TEXT = "text"
    TRANSLATION = "translation"
    MATERIAL = "material"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field that is not as it was.

    Attributes:
        name: The field; of a material its file name; of a translation empty.
        locale: Of a text or translation; empty for what is the same in all languages.
        old, new: Empty where the field was or is not there. Texts have one value; materials their digest.
    """

    kind: FieldKind
    name: str
    locale: str = ""
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One resource that is not as it was; ``old`` or ``new`` is None where it was or is not there."""

    id: str
    type: ChangeType
    old: ResourceSnapshot | None
    new: ResourceSnapshot | None
    fields: tuple[FieldChange, ...] = ()

    @property
    def shown(self) -> ResourceSnapshot:
        """The resource as it is now, or as it was last."""
        shown = self.new or self.old
        if shown is None:
            raise ValueError(f"a change of '{self.id}' without the resource")
        return shown

    @property
    def kind(self) -> str:
        return self.shown.kind

    @property
    def subject(self) -> str:
        return self.shown.first("subject")

    @property
    def stages(self) -> tuple[str, ...]:
        return self.shown.fields.get("stages", ())

    @property
    def school(self) -> str:
        """Id of the organisation that it is from."""
        return self.shown.first("organisation")

    @property
    def replaced_by(self) -> str:
        return self.shown.replaced_by if self.type is ChangeType.RETIRED else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionChanges:
    """All changes between two editions, by type and id. ``old`` is None for the first edition, which lists none."""

    new: Snapshot
    old: Snapshot | None = None
    changes: tuple[Change, ...] = ()

    @property
    def is_first(self) -> bool:
        return self.old is None

    def of_type(self, change_type: ChangeType) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.type is change_type)


def compare(old: Snapshot | None, new: Snapshot) -> EditionChanges:
    """What happened to each resource from ``old`` to ``new``; nothing when they hold the same."""
    if old is None:
        return EditionChanges(new=new)
    ids = sorted({*old.resources, *new.resources})
    changes = [c for i in ids if (c := _change(i, old.resources.get(i), new.resources.get(i))) is not None]
    order = list(ChangeType)
    return EditionChanges(old=old, new=new, changes=tuple(sorted(changes, key=lambda c: (order.index(c.type), c.id))))


def apply_changes(old: Snapshot, changes: EditionChanges) -> Snapshot:
    """The new snapshot again, out of the old one and what changed."""
    resources = dict(old.resources)
    for change in changes.changes:
        if change.new is None:
            resources.pop(change.id, None)
        else:
            resources[change.id] = change.new
    return replace(changes.new, resources=dict(sorted(resources.items())))


def _change(resource_id: str, old: ResourceSnapshot | None, new: ResourceSnapshot | None) -> Change | None:
    fields = tuple(_field_changes(old, new)) if old and new else ()
    was, now = _standing(old), _standing(new)
    if now > was:
        change_type = ChangeType.ADDED
    elif now < was:
        change_type = ChangeType.RETIRED
    elif old and new and (old.page, old.kind) != (new.page, new.kind):
        change_type = ChangeType.MOVED
    elif fields:
        change_type = ChangeType.CHANGED
    else:
        return None
    return Change(id=resource_id, type=change_type, old=old, new=new, fields=fields)


def _standing(resource: ResourceSnapshot | None) -> int:
    """0 when it is not there, 1 when it only has its page, 2 when it stands in the lists."""
    if resource is None:
        return 0
    return 1 if resource.is_retired else 2


def _field_changes(old: ResourceSnapshot, new: ResourceSnapshot) -> Iterator[FieldChange]:
    yield from _text_changes(old, new)
    for name in _names(old.fields, new.fields):
        before, after = old.fields.get(name, ()), new.fields.get(name, ())
        if before != after:
            yield FieldChange(kind=FieldKind.VALUES, name=name, old=before, new=after)
    for file in _names(old.materials, new.materials):
        yield from _material_changes(file, old.materials.get(file), new.materials.get(file))


def _text_changes(old: ResourceSnapshot, new: ResourceSnapshot) -> Iterator[FieldChange]:
    for locale in _names(old.texts, new.texts):
        if locale not in old.texts or locale not in new.texts:
            before, after = ((locale,) if locale in texts else () for texts in (old.texts, new.texts))
            yield FieldChange(kind=FieldKind.TRANSLATION, name="", locale=locale, old=before, new=after)
            continue
        texts_old, texts_new = old.texts[locale], new.texts[locale]
        for name in _names(texts_old, texts_new):
            if texts_old.get(name) != texts_new.get(name):
                yield FieldChange(
                    kind=FieldKind.TEXT,
                    name=name,
                    locale=locale,
                    old=_one(texts_old.get(name)),
                    new=_one(texts_new.get(name)),
                )


def _material_changes(file: str, old: MaterialSnapshot | None, new: MaterialSnapshot | None) -> Iterator[FieldChange]:
    if old != new:
        before, after = ((material.sha256,) if material else () for material in (old, new))
        yield FieldChange(kind=FieldKind.MATERIAL, name=file, old=before, new=after)


def _names(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[str, ...]:
    """The names of both, those of ``new`` first, in their order."""
    return tuple(dict.fromkeys((*new, *old)))


def _one(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()

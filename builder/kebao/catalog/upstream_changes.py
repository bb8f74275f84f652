"""What a newer edition of an upstream package means to the package that builds on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from kebao.catalog.changes import ChangeType, compare
from kebao.catalog.snapshots import Snapshot
from kebao.model.overlay import Overlay


class UpstreamEvent(StrEnum):
    """What happens to an upstream resource when the other edition is taken."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


class OverlaidAs(StrEnum):
    """What the package does with the resource; values are the keys of overlay.yml."""

    NOTHING = ""
    HIDDEN = "hide"
    REPLACED = "replace"
    ANNOTATED = "annotate"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamChange:
    """One resource that is not as in the edition that is used now.

    Attributes:
        page: Its page relative to a shard's root.
        fields: Names of the fields that are different, when it is there in both.
        collides: The package has a resource of its own with the same id.
    """

    id: str
    title: str
    page: str
    event: UpstreamEvent
    overlaid: OverlaidAs
    fields: tuple[str, ...] = ()
    collides: bool = False

    @property
    def needs_a_look(self) -> bool:
        """Whether overlay.yml, or an own resource, has to do with it."""
        return self.collides or self.overlaid is not OverlaidAs.NOTHING


def upstream_changes(
    old: Snapshot | None, new: Snapshot, overlay: Overlay, own: frozenset[str] = frozenset()
) -> tuple[UpstreamChange, ...]:
    """What changes, those that need a look first; of ``old`` None only what is gone under the overlay is known."""
    found = _gone_under(new, overlay) if old is None else _compared(old, new, overlay, own)
    order = list(UpstreamEvent)
    return tuple(sorted(found, key=lambda c: (not c.needs_a_look, order.index(c.event), c.id)))


def _compared(old: Snapshot, new: Snapshot, overlay: Overlay, own: frozenset[str]) -> Iterator[UpstreamChange]:
    events = {ChangeType.ADDED: UpstreamEvent.NEW, ChangeType.RETIRED: UpstreamEvent.GONE}
    for change in compare(old, new).changes:
        shown = change.shown
        event = events.get(change.type, UpstreamEvent.CHANGED)
        yield UpstreamChange(
            id=change.id,
            title=shown.title(new.source_locale, new.source_locale),
            page=shown.page,
            event=event,
            overlaid=overlaid_as(overlay, change.id),
            fields=tuple(dict.fromkeys(f"{f.locale}.{f.name}".strip(".") for f in change.fields)),
            collides=event is UpstreamEvent.NEW and change.id in own and change.id not in overlay.removed,
        )


def _gone_under(new: Snapshot, overlay: Overlay) -> Iterator[UpstreamChange]:
    named = {*overlay.removed, *(each.resource for each in overlay.annotate)}
    for resource_id in sorted(named - new.resources.keys()):
        yield UpstreamChange(
            id=resource_id,
            title=resource_id,
            page="",
            event=UpstreamEvent.GONE,
            overlaid=overlaid_as(overlay, resource_id),
        )


def overlaid_as(overlay: Overlay, resource_id: str) -> OverlaidAs:
    if any(each.resource == resource_id for each in overlay.hide):
        return OverlaidAs.HIDDEN
    if any(each.resource == resource_id for each in overlay.replace):
        return OverlaidAs.REPLACED
    if any(each.resource == resource_id for each in overlay.annotate):
        return OverlaidAs.ANNOTATED
    return OverlaidAs.NOTHING

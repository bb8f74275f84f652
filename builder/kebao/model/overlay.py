"""What a package does with the resources of the package that it builds on (本土化): hide, replace, annotate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kebao.model.text import LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiding:
    """An upstream resource that the package does without, and why."""

    resource: str
    reason: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """An upstream resource in whose place one of the package's own stands.

    Attributes:
        by: Id of the own resource.
        digest: Of the upstream text that it was made for; empty where that is not said.
    """

    resource: str
    by: str
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What the package says to its readers about an upstream resource.

    Attributes:
        by: Id of the person who says it.
        digest: Of the upstream text that it speaks of; empty where that is not said.
    """

    resource: str
    note: LocalizedText
    by: str
    on: date
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """``overlay.yml``; ``path`` is empty where a package has none."""

    path: str = ""
    hide: tuple[Hiding, ...] = ()
    replace: tuple[Replacement, ...] = ()
    annotate: tuple[Annotation, ...] = ()

    @property
    def removed(self) -> frozenset[str]:
        """Ids of the upstream resources that readers do not meet."""
        return frozenset((*(each.resource for each in self.hide), *(each.resource for each in self.replace)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The package (and its edition) that a resource was taken from. ``title`` is that package's short one."""

    package: str
    edition: str
    title: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalNote:
    """An annotation as readers meet it. ``package`` is the short title of the package that says it."""

    text: LocalizedText
    by: str
    on: date
    package: LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An upstream resource that is not shown, with what can be said of it.

    Attributes:
        page: Its page relative to a shard's root.
        reason: Why it is hidden; empty where it was replaced.
        replaced_by: Id of the resource that stands in its place; empty where it is hidden.
        decided_by: Short title of the package that leaves it out.
    """

    id: str
    title: str
    page: str
    origin: Origin
    decided_by: LocalizedText = LocalizedText()
    reason: LocalizedText = LocalizedText()
    replaced_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where the resources of a package come from that builds on another; empty for one that does not.

    Attributes:
        origins: Id of a resource that is not the package's own → where it comes from.
        notes: Id → notes, the one of the package furthest up first.
        left_out: What readers do not meet, the nearest package's last.
    """

    origins: Mapping[str, Origin] = field(default_factory=dict)
    notes: Mapping[str, tuple[LocalNote, ...]] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()

    def replaced_by(self, resource_id: str) -> tuple[LeftOut, ...]:
        """What the resource stands in the place of."""
        return tuple(each for each in self.left_out if each.replaced_by == resource_id)

    def leaves_out(self, resource_id: str, package_id: str = "") -> bool:
        """Whether readers do not meet it; ``package_id`` names the package that it was of, any when empty."""
        return any(each.id == resource_id and package_id in ("", each.origin.package) for each in self.left_out)

    def stand_in(self, resource_id: str) -> str:
        """What stands in the place of a resource, over several levels; empty where it is hidden."""
        # The package furthest up stands first, so one walk follows a replacement that was replaced itself.
        found = ""
        for each in self.left_out:
            if each.id == (found or resource_id):
                found = each.replaced_by
        return found

"""Who publishes, teaches and writes: centres, clusters, schools, teams, and people."""

from __future__ import annotations

from dataclasses import dataclass

from kebao.model.text import LocalizedText

#: Organisation types that are schools in the wide sense: they teach children.
SCHOOL_TYPES = ("central-school", "school", "teaching-point", "kindergarten")


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """A centre, cluster, school, teaching point, kindergarten or training team.

    Attributes:
        type: A term of the vocabulary ``organisation-types``.
        parent: Id of the organisation above; a school's is its cluster or its central school.
        position: In the list of its file, from 0.
    """

    id: str
    name: LocalizedText
    type: str
    parent: str | None = None
    county: str | None = None
    stages: tuple[str, ...] = ()
    position: int = 0

    @property
    def is_school(self) -> bool:
        return self.type in SCHOOL_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A contributor.

    Attributes:
        pseudonym: The name shown is a pen name.
        position: In the list of its file, from 0.
    """

    id: str
    name: LocalizedText
    organisation: str
    pseudonym: bool = False
    position: int = 0

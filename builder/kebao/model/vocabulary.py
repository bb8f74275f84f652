"""Closed vocabularies: the only values that some fields may take, with labels per locale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kebao.model.text import LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One value of a vocabulary.

    Attributes:
        code: The value's code in a standard, where one is known (e.g. GB/T 33782); for a licence, where its text is.
        broader: Id of the term above (SKOS ``broader``); for a grade, its stage.
    """

    id: str
    label: LocalizedText
    code: str | None = None
    broader: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """A closed list of terms, in the order they are shown.

    Attributes:
        source: Where the values come from, as a person would cite it.
    """

    id: str
    title: LocalizedText
    source: str
    terms: Mapping[str, Term]

    def label(self, term_id: str, locale_chain: Sequence[str]) -> str:
        """The term's label; the id itself when the vocabulary does not have it."""
        term = self.terms.get(term_id)
        return term.label.in_locale(locale_chain) if term else term_id

    def position(self, term_id: str) -> int:
        """Where the term stands in the list, from 0; unknown terms come last."""
        ids = list(self.terms)
        return ids.index(term_id) if term_id in self.terms else len(ids)


#: The vocabularies the model relies on: file stem in content/vocabularies → fields that draw on it.
VOCABULARIES: Mapping[str, tuple[str, ...]] = {
    "award-levels": ("award.level",),
    "contributor-roles": ("contributors.role",),
    "course-parts": ("sections.part",),
    "deliveries": ("delivery",),
    "grades": ("grades",),
    "levels": ("level",),
    "licences": ("licence",),
    "material-roles": ("materials.role",),
    "organisation-types": ("type",),
    "phases": ("phase",),
    "relation-types": ("relations.type",),
    "stages": ("stages",),
    "subjects": ("subject",),
    "textbooks": ("textbook",),
}

"""Values of closed fields are terms of their vocabularies (KB301), and grades name their stage (KB201)."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping

from kebao.checks.context import CheckContext, problem
from kebao.model.package import Package
from kebao.model.resource import CourseDetails, LessonCaseDetails, Resource
from kebao.model.source_map import Pointer
from kebao.model.vocabulary import Term
from kebao.problems import Message, Problem
from kebao.words import LANGUAGES

_SHOWN_CANDIDATES = 7
#: Blanks and curled quotation marks.
_AROUND = " \t\u3000“”„‘’«»「」『』"


def check_vocabulary_values(context: CheckContext) -> Iterator[Problem]:
    """KB301: every coded value stands in its vocabulary."""
    yield from _stages_of_grades(context)
    for organisation in context.content.organisations.values():
        path, position = "content/organisations.yml", organisation.position
        yield from known_term(context, path, "organisation-types", organisation.type, (position, "type"))
        for index, stage in enumerate(organisation.stages):
            yield from known_term(context, path, "stages", stage, (position, "stages", index))
    for programme in context.content.programmes.values():
        for index, phase in enumerate(programme.phases):
            path = f"content/programmes/{programme.id}.yml"
            yield from known_term(context, path, "phases", phase.phase, ("phases", index, "phase"))
    for package in context.content.packages.values():
        yield from known_term(context, package.path, "licences", package.licence, ("licence",))
        yield from _in_topics(context, package)
        for resource in package.resources.values():
            for vocabulary_id, value, pointer in coded_values(resource):
                yield from known_term(context, resource.path_of("index.md"), vocabulary_id, value, pointer)


def _stages_of_grades(context: CheckContext) -> Iterator[Problem]:
    """KB201, KB301: each grade says which stage it is in: its list stands below that stage's."""
    path = "content/vocabularies/grades.yml"
    for index, grade in enumerate(context.vocabulary("grades").terms.values()):
        if grade.broader:
            yield from known_term(context, path, "stages", grade.broader, ("terms", index, "broader"))
        else:
            message = Message("the field '{field}' is missing", {"field": "broader"})
            yield problem(context.at(path, "terms", index, "broader"), "KB201", message)


def _in_topics(context: CheckContext, package: Package) -> Iterator[Problem]:
    for topic in package.topics.values():
        for index, stage in enumerate(topic.stages):
            yield from known_term(context, topic.path, "stages", stage, ("stages", index))
        for index, subject in enumerate(topic.subjects):
            yield from known_term(context, topic.path, "subjects", subject, ("subjects", index))


def coded_values(resource: Resource) -> Iterator[tuple[str, str, Pointer]]:
    """Vocabulary, value and place of every coded value of a resource."""
    if resource.subject:
        yield "subjects", resource.subject, ("subject",)
    for index, stage in enumerate(resource.stages):
        yield "stages", stage, ("stages", index)
    for index, grade in enumerate(resource.grades):
        yield "grades", grade, ("grades", index)
    yield "phases", resource.phase, ("phase",)
    yield "licences", resource.licence, ("licence",)
    for index, contribution in enumerate(resource.contributors):
        yield "contributor-roles", contribution.role, ("contributors", index, "role")
    for index, material in enumerate(resource.materials):
        yield "material-roles", material.role, ("materials", index, "role")
    for index, relation in enumerate(resource.relations):
        yield "relation-types", relation.type, ("relations", index, "type")
    if isinstance(resource.details, CourseDetails):
        yield "deliveries", resource.details.delivery, ("delivery",)
        for index, section in enumerate(resource.details.sections):
            yield "course-parts", section.part, ("sections", index, "part")
    if isinstance(resource.details, LessonCaseDetails):
        yield "textbooks", resource.details.textbook, ("textbook",)
        if resource.details.level:
            yield "levels", resource.details.level, ("level",)
        if resource.details.award:
            yield "award-levels", resource.details.award.level, ("award", "level")


def known_term(
    context: CheckContext, path: str, vocabulary_id: str, value: str, pointer: Pointer, *, at_key: bool = False
) -> Iterator[Problem]:
    """KB301 where the value is no term of the vocabulary."""
    terms = context.vocabulary(vocabulary_id).terms
    # An empty vocabulary could not be read; that is its own problem, not this value's.
    if value in terms or not terms:
        return
    message = Message(
        "'{value}' is not in the vocabulary '{vocabulary}'", {"value": value, "vocabulary": vocabulary_id}
    )
    meant = _meant(value, terms)
    if meant:
        hint = Message("write '{wanted}'", {"wanted": meant})
        yield problem(context.at(path, *pointer, at_key=at_key), "KB301", message, hint=hint)
        return
    near = difflib.get_close_matches(value, terms, n=_SHOWN_CANDIDATES, cutoff=0.5)
    candidates = near or list(terms)[:_SHOWN_CANDIDATES]
    shown = "; ".join(called(term_id, terms) for term_id in candidates)
    hint = Message(
        "use for example: {candidates}; all are in {path}",
        {"candidates": shown, "path": f"content/vocabularies/{vocabulary_id}.yml"},
    )
    yield problem(context.at(path, *pointer, at_key=at_key), "KB301", message, hint=hint)


def called(term_id: str, terms: Mapping[str, Term]) -> str:
    """A term with what it is called in the languages of messages; the id alone where the vocabulary lacks it."""
    if term_id not in terms:
        return term_id
    chinese, english = (terms[term_id].label.in_locale((language,)) for language in LANGUAGES)
    return f"{term_id} ({chinese})" if chinese == english else f"{term_id} ({chinese} / {english})"


def _meant(written: str, terms: Mapping[str, Term]) -> str | None:
    """The one term that is called so in some language, or whose id it is but for capitals and blanks."""
    plain = _plain(written)
    found = {term.id for term in terms.values() if plain in map(_plain, (term.id, *term.label.by_locale.values()))}
    return found.pop() if len(found) == 1 else None


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", unicodedata.normalize("NFKC", name).strip(_AROUND).casefold())

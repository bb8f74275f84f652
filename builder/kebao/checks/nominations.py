"""Nomination of lesson cases: one a lesson, one a teacher, national textbooks only (KB607–KB609)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from kebao.checks.context import CheckContext, problem
from kebao.checks.required_roles import is_nominated
from kebao.model.resource import LessonCaseDetails, Lifecycle, Resource
from kebao.problems import Message, Problem

_TEACHER_ROLES = ("teacher", "author")
#: Textbooks that are not national: their lessons may be shown, not nominated (seed 004).
_LOCAL_TEXTBOOKS = ("local", "school")
#: Publisher, year, and what must not come twice.
_Place = tuple[str, ...]


def check_nominations(context: CheckContext) -> Iterator[Problem]:
    """KB607–KB609 over current lesson cases; nominations of different years do not meet."""
    lessons: dict[_Place, Resource] = {}
    teachers: dict[_Place, Resource] = {}
    for package in context.content.packages.values():
        for resource in package.resources.values():
            details = resource.details
            if not isinstance(details, LessonCaseDetails) or not is_nominated(resource):
                continue
            if resource.lifecycle is Lifecycle.CURRENT:
                year = str(details.award.year) if details.award else ""
                yield from _textbook(context, resource, details)
                yield from _lesson(context, (package.publisher, year), resource, details, lessons)
                yield from _teachers(context, year, resource, teachers)


def _textbook(context: CheckContext, resource: Resource, details: LessonCaseDetails) -> Iterator[Problem]:
    if details.textbook in _LOCAL_TEXTBOOKS:
        place = context.at(resource.path_of("index.md"), "award", "nominated")
        message = Message("a lesson of a local or school textbook cannot be nominated")
        hint = Message("write 'nominated: false': it may be shown, and keep its award")
        yield problem(place, "KB609", message, hint=hint)


def _lesson(
    context: CheckContext,
    by: _Place,
    resource: Resource,
    details: LessonCaseDetails,
    seen: dict[_Place, Resource],
) -> Iterator[Problem]:
    lesson = "".join(unicodedata.normalize("NFKC", details.lesson).casefold().split())
    keys = [(*by, grade, resource.subject or "", details.textbook, lesson) for grade in resource.grades or ("",)]
    other = next((seen[key] for key in keys if key in seen), None)
    if other is not None:
        place = context.at(resource.path_of("index.md"), "award", "nominated")
        message = Message("'{other}' is nominated for the same lesson", {"other": other.id})
        hint = Message("a county nominates one case per grade, subject, textbook and lesson: choose one of the two")
        yield problem(place, "KB607", message, hint=hint)
    for key in keys:
        seen.setdefault(key, resource)


def _teachers(context: CheckContext, year: str, resource: Resource, seen: dict[_Place, Resource]) -> Iterator[Problem]:
    for index, contribution in enumerate(resource.contributors):
        if contribution.role not in _TEACHER_ROLES:
            continue
        other = seen.setdefault((year, contribution.person), resource)
        if other is not resource:
            place = context.at(resource.path_of("index.md"), "contributors", index, "person")
            params = {"person": contribution.person, "other": other.id}
            message = Message("'{person}' is already nominated with '{other}'", params)
            hint = Message("one nominated case per teacher and year: choose one of the two")
            yield problem(place, "KB608", message, hint=hint)

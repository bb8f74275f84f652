"""What a programme asks of courses, dates and topics (KB617–KB620)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from kebao.checks.context import CheckContext, problem
from kebao.model.package import Package
from kebao.model.programme import Module, Programme
from kebao.model.resource import CourseDetails, Lifecycle, Resource, SchoolSummaryDetails
from kebao.problems import Message, Problem, Severity

_FULL_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Course proposals are taken by the 10th of these months (seed 000).
_APPROVAL_MONTHS = (3, 6, 9, 12)
_APPROVAL_DAY = 10


def check_programme_rules(context: CheckContext) -> Iterator[Problem]:
    """KB617–KB620; hours and counts are looked at within one package, over its current courses."""
    for package in context.content.packages.values():
        courses: defaultdict[tuple[str, str], list[Resource]] = defaultdict(list)
        for resource in package.resources.values():
            yield from _date(context, resource)
            if isinstance(resource.details, CourseDetails) and resource.lifecycle is Lifecycle.CURRENT:
                yield from _approval(context, resource, resource.details)
                courses[resource.programme, resource.details.module].append(resource)
        for (programme_id, module_id), of_module in courses.items():
            programme = context.content.programmes.get(programme_id)
            for module in programme.modules if programme else ():
                if module.id == module_id:
                    yield from _module(context, module, of_module)
        yield from _school_topics(context, package)


def _date(context: CheckContext, resource: Resource) -> Iterator[Problem]:
    programme = context.content.programmes.get(resource.programme)
    bounds = _period(programme) if programme else None
    if bounds and not bounds[0] <= resource.date <= bounds[1]:
        params = {"date": resource.date.isoformat(), "start": bounds[0].isoformat(), "end": bounds[1].isoformat()}
        message = Message("{date} is not within the programme's period, {start} to {end}", params)
        hint = Message("correct the date, or name the programme that the resource comes from")
        yield problem(context.at(resource.path_of("index.md"), "date"), "KB618", message, hint=hint)


def _period(programme: Programme) -> tuple[date, date] | None:
    """The period where the notice gives both days in full; None where it leaves something open."""
    window = programme.period
    if window is None or not window.start or not window.end:
        return None
    if not _FULL_DATE.fullmatch(window.start) or not _FULL_DATE.fullmatch(window.end):
        return None
    return date.fromisoformat(window.start), date.fromisoformat(window.end)


def _approval(context: CheckContext, resource: Resource, details: CourseDetails) -> Iterator[Problem]:
    on = details.approval.on
    if on.month not in _APPROVAL_MONTHS or on.day > _APPROVAL_DAY:
        message = Message("courses are approved by the 10th of March, June, September or December")
        hint = Message("write the date of the panel's decision; a course runs only after it")
        place = context.at(resource.path_of("index.md"), "approval", "on")
        yield problem(place, "KB620", message, hint=hint, severity=Severity.WARNING)


def _module(context: CheckContext, module: Module, courses: Sequence[Resource]) -> Iterator[Problem]:
    """A course within the hours of its module; required courses within its number of courses and its hours."""
    hint = Message("compare the course with the modules in content/programmes")
    most = module.hours.maximum if module.hours else None
    for course in courses:
        if most is not None and _hours(course) > most:
            params = {"hours": f"{_hours(course):g}", "module": module.id, "most": f"{most:g}"}
            message = Message("{hours} hours are more than the {most} of the module '{module}'", params)
            yield problem(context.at(course.path_of("index.md"), "hours"), "KB617", message, hint=hint)
    required = [course for course in courses if isinstance(course.details, CourseDetails) and course.details.required]
    # Teachers of a subject take its courses and those for all.
    for subject in {course.subject for course in required}:
        taken = [course for course in required if course.subject in (None, subject)]
        surplus = _surplus(module, taken)
        if surplus:
            place = context.at(taken[-1].path_of("index.md"), "required")
            yield problem(place, "KB617", surplus, hint=hint)


def _surplus(module: Module, taken: Sequence[Resource]) -> Message | None:
    """What is wrong with the required courses of a module that one teacher takes."""
    total = sum(map(_hours, taken))
    if module.courses is not None and len(taken) > module.courses:
        params = {"count": str(len(taken)), "module": module.id, "most": str(module.courses)}
        return Message("{count} required courses are more than the {most} of the module '{module}'", params)
    most = module.hours.maximum if module.hours else None
    # One course that is too long is reported at its hours.
    if most is not None and total > most and all(_hours(course) <= most for course in taken):
        params = {"hours": f"{total:g}", "module": module.id, "most": f"{most:g}"}
        return Message("the required courses of the module '{module}' have {hours} hours, more than {most}", params)
    least = module.hours.minimum if module.hours else None
    # A package need not hold all courses; only when it does must their hours suffice.
    if least is not None and module.courses == len(taken) and total < least:
        params = {"hours": f"{total:g}", "module": module.id, "least": f"{least:g}"}
        return Message("the required courses of the module '{module}' have {hours} hours, less than {least}", params)
    return None


def _hours(course: Resource) -> float:
    return course.details.hours if isinstance(course.details, CourseDetails) else 0


def _school_topics(context: CheckContext, package: Package) -> Iterator[Problem]:
    """KB619: what a school chose is what all its summaries of the programme name together."""
    policy = context.site.policy
    chosen: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    last: dict[tuple[str, str], Resource] = {}
    for resource in package.resources.values():
        is_summary = isinstance(resource.details, SchoolSummaryDetails) and resource.lifecycle is Lifecycle.CURRENT
        if is_summary and resource.programme in policy.topic_programmes:
            chosen[resource.programme, resource.organisation].update(resource.topics)
            last[resource.programme, resource.organisation] = resource
    for key, topics in chosen.items():
        place = context.at(last[key].path_of("index.md"), "topics")
        if len(topics) > policy.school_topics:
            params = {"count": str(len(topics)), "most": str(policy.school_topics)}
            message = Message("the school has chosen {count} topics, more than {most}", params)
            yield problem(place, "KB619", message)
        missing = [topic for topic in policy.required_topics if topic not in topics]
        if missing:
            message = Message("the school must also choose: {topics}", {"topics": ", ".join(missing)})
            hint = Message("in this programme ethics is always among a school's topics")
            yield problem(place, "KB619", message, hint=hint)

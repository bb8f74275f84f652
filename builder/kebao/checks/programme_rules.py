"""What a programme asks of dates, approvals and topics (KB618–KB620)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kebao.checks.context import CheckContext, problem
from kebao.model.package import Package
from kebao.model.programme import Programme, Window
from kebao.model.resource import CourseDetails, Lifecycle, Resource, SchoolSummaryDetails
from kebao.problems import Message, Problem, Severity

#: Course proposals are taken by the 10th of these months (seed 000).
_APPROVAL_MONTHS = (3, 6, 9, 12)
_APPROVAL_DAY = 10


def check_programme_rules(context: CheckContext) -> Iterator[Problem]:
    """KB618–KB620 for every resource and school."""
    for package in context.content.packages.values():
        for resource in package.resources.values():
            programme = context.content.programmes.get(resource.programme)
            if programme:
                yield from _date(context, resource, programme)
            if isinstance(resource.details, CourseDetails) and resource.lifecycle is Lifecycle.CURRENT:
                yield from _approval(context, resource, resource.details, programme)
        yield from _school_topics(context, package)


def _date(context: CheckContext, resource: Resource, programme: Programme) -> Iterator[Problem]:
    period = _missed(resource, programme.period)
    if period:
        message = Message("{date} is not within the programme's period, {start} to {end}", period)
        hint = Message("correct the date, or name the programme that the resource comes from")
        yield _date_problem(context, resource, message, hint)
        return
    window = _missed(
        resource, next((phase.window for phase in programme.phases if phase.phase == resource.phase), None)
    )
    # Where the period is open, a county may run the programme again in other years: then its windows say nothing.
    if window and _is_in_its_run(resource, programme):
        params = window | {"phase": str(resource.phase)}
        message = Message("{date} is not within the phase '{phase}', {start} to {end}", params)
        hint = Message("correct the date, or name the phase in which the resource was made")
        yield _date_problem(context, resource, message, hint)


def _missed(resource: Resource, window: Window | None) -> dict[str, str]:
    """The date and the window's days, when the date lies outside of it; else nothing."""
    bounds = window.to_the_day if window else None
    if bounds is None or bounds[0] <= resource.date <= bounds[1]:
        return {}
    return {"date": resource.date.isoformat(), "start": bounds[0].isoformat(), "end": bounds[1].isoformat()}


def _date_problem(context: CheckContext, resource: Resource, message: Message, hint: Message) -> Problem:
    # The place is looked up only for a fault: it makes the whole page be read again.
    return problem(context.at(resource.path_of("index.md"), "date"), "KB618", message, hint=hint)


def _is_in_its_run(resource: Resource, programme: Programme) -> bool:
    """Whether the date lies in the period, as far as the notice gives it."""
    first, last = (programme.period.first_day, programme.period.last_day) if programme.period else (None, None)
    return (first is None or resource.date >= first) and (last is None or resource.date <= last)


def _approval(
    context: CheckContext, resource: Resource, details: CourseDetails, programme: Programme | None
) -> Iterator[Problem]:
    on = details.approval.on
    hint = Message("write the date of the panel's decision; a course runs only after it")
    if on.month not in _APPROVAL_MONTHS or on.day > _APPROVAL_DAY:
        message = Message("courses are approved by the 10th of March, June, September or December")
        yield _approval_problem(context, resource, message, hint)
        return
    bounds = programme.period.to_the_day if programme and programme.period else None
    if bounds and on > bounds[1]:
        params = {"on": on.isoformat(), "end": bounds[1].isoformat()}
        message = Message("the course was approved on {on}, after its programme ended on {end}", params)
        yield _approval_problem(context, resource, message, hint)


def _approval_problem(context: CheckContext, resource: Resource, message: Message, hint: Message) -> Problem:
    place = context.at(resource.path_of("index.md"), "approval", "on")
    return problem(place, "KB620", message, hint=hint, severity=Severity.WARNING)


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
        path = last[key].path_of("index.md")
        if len(topics) > policy.school_topics:
            params = {"count": str(len(topics)), "most": str(policy.school_topics)}
            message = Message("the school may choose at most {most} topics, not {count}", params)
            yield problem(context.at(path, "topics"), "KB619", message)
        missing = [topic for topic in policy.required_topics if topic not in topics]
        if missing:
            message = Message("the school must also choose: {topics}", {"topics": ", ".join(missing)})
            hint = Message("in this programme ethics is always among a school's topics")
            yield problem(context.at(path, "topics"), "KB619", message, hint=hint)

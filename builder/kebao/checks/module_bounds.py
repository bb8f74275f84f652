"""Courses fit the modules of their programme: hours, credits and how many there are (KB617)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from kebao.checks.context import CheckContext, problem
from kebao.model.package import Package
from kebao.model.programme import Amount, Module, Programme
from kebao.model.resource import CourseDetails, Lifecycle, Resource
from kebao.problems import Message, Problem, Severity

_HINT = Message("compare the course with the modules in content/programmes")
_Course = tuple[Resource, CourseDetails]


def check_module_bounds(context: CheckContext) -> Iterator[Problem]:
    """KB617 within one package, over its current courses. A package need not hold all courses of a programme."""
    for package in context.content.packages.values():
        for programme_id, courses in _courses(package).items():
            programme = context.content.programmes.get(programme_id)
            if programme:
                yield from _of_programme(context, programme, courses)


def _courses(package: Package) -> Mapping[str, Sequence[_Course]]:
    courses: defaultdict[str, list[_Course]] = defaultdict(list)
    for resource in package.resources.values():
        if isinstance(resource.details, CourseDetails) and resource.lifecycle is Lifecycle.CURRENT:
            courses[resource.programme].append((resource, resource.details))
    return courses


def _of_programme(context: CheckContext, programme: Programme, courses: Sequence[_Course]) -> Iterator[Problem]:
    found = [p for course in courses for p in _one(context, programme, course)]
    for module in programme.modules:
        of_module = [course for course in courses if course[1].module == module.id]
        required = [course for course in of_module if course[1].required]
        if module.required:
            found += _together(context, required, partial(_of_module, module))
        elif of_module:
            found += _offer(context, module, of_module)
    yield from found
    # A sum of what is wrong already says nothing new.
    if not found:
        required = [course for course in courses if course[1].required]
        yield from _together(context, required, partial(_of_whole, programme))


def _one(context: CheckContext, programme: Programme, course: _Course) -> Iterator[Problem]:
    """What is wrong with a course by itself."""
    resource, details = course
    path = resource.path_of("index.md")
    module = next((module for module in programme.modules if module.id == details.module), None)
    if module is None:
        return
    most = _most(module.hours)
    if most is not None and details.hours > most:
        params = {"hours": f"{details.hours:g}", "module": module.id, "most": f"{most:g}"}
        message = Message("{hours} hours are more than the {most} of the module '{module}'", params)
        yield problem(context.at(path, "hours"), "KB617", message, hint=_HINT)
    most = _most(programme.electives)
    if not module.required and most is not None and details.hours > most:
        params = {"hours": f"{details.hours:g}", "most": f"{most:g}"}
        message = Message("{hours} hours are more than the {most} of electives that a teacher chooses", params)
        yield problem(context.at(path, "hours"), "KB617", message, hint=_HINT)
    most = _most(programme.credits)
    if most is not None and details.credits > most:
        params = {"credits": f"{details.credits:g}", "most": f"{most:g}"}
        message = Message("{credits} credits are more than the {most} of the whole programme", params)
        yield problem(context.at(path, "credits"), "KB617", message, hint=_HINT)


def _together(
    context: CheckContext, required: Sequence[_Course], fault: Callable[[Sequence[_Course]], Message | None]
) -> list[Problem]:
    """What is wrong with the required courses that one teacher takes: those for all, and those of a subject."""
    for_all = [course for course in required if course[0].subject is None]
    subjects = sorted({course[0].subject for course in required if course[0].subject})
    groups = [[course for course in required if course[0].subject in (None, subject)] for subject in subjects]
    # What is too much for all is not said again for each subject.
    found = list(_told(context, [for_all], fault)) if for_all else []
    return found or list(_told(context, groups, fault))


def _told(
    context: CheckContext, groups: Iterable[Sequence[_Course]], fault: Callable[[Sequence[_Course]], Message | None]
) -> Iterator[Problem]:
    for taken in groups:
        message = fault(taken)
        if message:
            yield problem(context.at(taken[-1][0].path_of("index.md"), "required"), "KB617", message, hint=_HINT)


def _of_module(module: Module, taken: Sequence[_Course]) -> Message | None:
    total = sum(details.hours for _, details in taken)
    if module.courses is not None and len(taken) > module.courses:
        params = {"count": str(len(taken)), "module": module.id, "most": str(module.courses)}
        return Message("{count} required courses are more than the {most} of the module '{module}'", params)
    most = _most(module.hours)
    # One course that is too long is reported at its hours.
    if most is not None and total > most and all(details.hours <= most for _, details in taken):
        params = {"hours": f"{total:g}", "module": module.id, "most": f"{most:g}"}
        return Message("the required courses of the module '{module}' have {hours} hours, more than {most}", params)
    least = module.hours.minimum if module.hours else None
    # Only when a package holds all courses must their hours suffice.
    if least is not None and module.courses == len(taken) and total < least:
        params = {"hours": f"{total:g}", "module": module.id, "least": f"{least:g}"}
        return Message("the required courses of the module '{module}' have {hours} hours, less than {least}", params)
    return None


def _of_whole(programme: Programme, taken: Sequence[_Course]) -> Message | None:
    hours, credits = sum(details.hours for _, details in taken), sum(details.credits for _, details in taken)
    most = _most(programme.hours)
    if most is not None and hours > most:
        params = {"hours": f"{hours:g}", "most": f"{most:g}"}
        return Message("the required courses have {hours} hours, more than the {most} of the whole programme", params)
    most = _most(programme.credits)
    if most is not None and credits > most:
        params = {"credits": f"{credits:g}", "most": f"{most:g}"}
        return Message(
            "the required courses have {credits} credits, more than the {most} of the whole programme", params
        )
    return None


def _offer(context: CheckContext, module: Module, courses: Sequence[_Course]) -> Iterator[Problem]:
    """A package that offers electives offers as many as a teacher chooses."""
    if module.courses is not None and len(courses) < module.courses:
        params = {"count": str(len(courses)), "module": module.id, "chosen": str(module.courses)}
        message = Message("a teacher chooses {chosen} courses of the module '{module}', and there are {count}", params)
        place = context.at(courses[-1][0].path_of("index.md"), "module")
        yield problem(place, "KB617", message, hint=_HINT, severity=Severity.NOTICE)


def _most(amount: Amount | None) -> float | None:
    return amount.maximum if amount else None

"""A programme's figures add up: its hours with those of its modules, its marks with their parts (KB622, KB623)."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from kebao.checks.context import CheckContext, problem
from kebao.model.programme import Amount, Assessment, Module, Programme, Threshold
from kebao.model.source_map import Pointer
from kebao.problems import Message, Problem

_SLACK = 1e-9


def check_programme_sums(context: CheckContext) -> Iterator[Problem]:
    """KB204, KB622 and KB623 for every programme."""
    for programme in context.content.programmes.values():
        reversed_amounts = tuple(_reversed_amounts(context, programme))
        yield from reversed_amounts
        # What is wrong with an amount is said once.
        if not reversed_amounts:
            yield from _hours(context, programme)
        for index, assessment in enumerate(programme.assessments):
            yield from _marks(context, programme, assessment, ("assessments", index))


def _reversed_amounts(context: CheckContext, programme: Programme) -> Iterator[Problem]:
    amounts: list[tuple[Pointer, Amount | None]] = [
        (("hours",), programme.hours),
        (("credits",), programme.credits),
        (("electives",), programme.electives),
    ]
    amounts += [(("modules", index, "hours"), module.hours) for index, module in enumerate(programme.modules)]
    for pointer, amount in amounts:
        if amount and amount.minimum is not None and amount.maximum is not None and amount.minimum > amount.maximum:
            params = {"minimum": f"{amount.minimum:g}", "maximum": f"{amount.maximum:g}"}
            message = Message("the minimum, {minimum}, is more than the maximum, {maximum}", params)
            yield problem(context.at(_path(programme), *pointer, "minimum"), "KB204", message)


def _hours(context: CheckContext, programme: Programme) -> Iterator[Problem]:
    """What the modules ask for fits into the hours of the whole, and what they allow is enough for them."""
    hours, electives = programme.hours, programme.electives
    if hours is None:
        return
    required = [module for module in programme.modules if module.required]
    hint = Message("compare the hours of the programme, its modules and 'electives' with the notice")
    least = sum(_least(module.hours) for module in required) + _least(electives)
    if hours.maximum is not None and least > hours.maximum + _SLACK:
        params = {"least": f"{least:g}", "most": f"{hours.maximum:g}"}
        message = Message("the modules ask for {least} hours, more than the {most} of the programme", params)
        yield problem(context.at(_path(programme), "hours", "maximum"), "KB622", message, hint=hint)
    most = _most(programme, required)
    if hours.minimum is not None and most is not None and most < hours.minimum - _SLACK:
        params = {"most": f"{most:g}", "least": f"{hours.minimum:g}"}
        message = Message("the modules allow {most} hours, less than the {least} that the programme asks for", params)
        yield problem(context.at(_path(programme), "hours", "minimum"), "KB622", message, hint=hint)


def _least(amount: Amount | None) -> float:
    return (amount.minimum or 0) if amount else 0


def _most(programme: Programme, required: list[Module]) -> float | None:
    """Hours that all modules together allow; None where one of them is open."""
    amounts = [module.hours for module in required]
    if len(required) < len(programme.modules):
        amounts.append(programme.electives)
    most = [amount.maximum if amount else None for amount in amounts]
    return sum(m for m in most if m is not None) if most and None not in most else None


def _marks(context: CheckContext, programme: Programme, assessment: Assessment, at: Pointer) -> Iterator[Problem]:
    path = _path(programme)
    for index, part in enumerate(assessment.parts):
        if part.count is None or part.marks_each is None:
            continue
        worth = part.count * part.marks_each
        if abs(worth - part.marks) > _SLACK:
            params = {"count": f"{part.count:g}", "each": f"{part.marks_each:g}", "marks": f"{part.marks:g}"}
            hint = Message("they make {worth}", {"worth": f"{worth:g}"})
            message = Message("{count} pieces at {each} marks do not make {marks}", params)
            yield problem(context.at(path, *at, "parts", index, "marks"), "KB623", message, hint=hint)
    if assessment.threshold:
        yield from _threshold(context, path, assessment, assessment.threshold, (*at, "threshold"))
    total = sum(part.marks for part in assessment.parts)
    if assessment.pass_marks is not None and assessment.pass_marks > total + _SLACK:
        params = {"pass": f"{assessment.pass_marks:g}", "total": f"{total:g}"}
        message = Message("nobody can pass: {pass} marks are asked for, the parts have {total}", params)
        yield problem(context.at(path, *at, "pass"), "KB623", message)


def _threshold(
    context: CheckContext, path: str, assessment: Assessment, threshold: Threshold, at: Pointer
) -> Iterator[Problem]:
    marks = {part.id: part.marks for part in assessment.parts}
    unknown = [(index, part) for index, part in enumerate(threshold.parts) if part not in marks]
    for index, part in unknown:
        near = difflib.get_close_matches(part, marks, n=1, cutoff=0.6)
        hint = Message("use one of: {candidates}", {"candidates": ", ".join(marks)})
        if near:
            hint = Message("did you mean '{candidate}'?", {"candidate": near[0]})
        message = Message("the assessment has no part '{part}'", {"part": part})
        yield problem(context.at(path, *at, "parts", index), "KB623", message, hint=hint)
    total = sum(marks[part] for part in set(threshold.parts) & set(marks))
    if not unknown and threshold.marks > total + _SLACK:
        params = {"marks": f"{threshold.marks:g}", "total": f"{total:g}"}
        message = Message("nobody can reach {marks} marks: the parts have {total} together", params)
        yield problem(context.at(path, *at, "marks"), "KB623", message)


def _path(programme: Programme) -> str:
    return f"content/programmes/{programme.id}.yml"

"""Plain YAML values to typed ones: every fault of a document as a problem at its line."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kebao.loading.yaml_text import YamlDocument
from kebao.model.source_map import Pointer, SourceMap, dotted
from kebao.problems import Location, Message, Problem

Authored = TypeVar("Authored", bound=BaseModel)
#: Similarity (difflib) from which a misspelt field is taken for another.
_NEAR_ENOUGH = 0.6

#: pydantic's error type → our code and sentence; parameters come from the error's context.
_SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("KB201", "the field '{field}' is missing"),
    "extra_forbidden": ("KB203", "unknown field '{field}'"),
    "string_type": ("KB202", "'{field}' must be a text"),
    "string_too_short": ("KB204", "'{field}' is too short (at least {min_length} characters)"),
    "string_too_long": ("KB204", "'{field}' is too long (at most {max_length} characters)"),
    "list_type": ("KB202", "'{field}' must be a list, like [one, two]"),
    "too_short": ("KB204", "'{field}' needs at least {min_length} entry"),
    "too_long": ("KB204", "'{field}' has more than {max_length} entries"),
    "dict_type": ("KB202", "'{field}' must be a mapping, like {{key: value}}"),
    "model_type": ("KB202", "'{field}' must be a mapping, like {{key: value}}"),
    "model_attributes_type": ("KB202", "'{field}' must be a mapping, like {{key: value}}"),
    "enum": ("KB301", "'{field}' must be one of: {expected}"),
    "greater_than": ("KB204", "'{field}' must be greater than {gt}"),
    "greater_than_equal": ("KB204", "'{field}' must be at least {ge}"),
    "less_than_equal": ("KB204", "'{field}' must be at most {le}"),
    "kb_boolean": ("KB202", "'{field}' must be true or false"),
    "kb_number": ("KB202", "'{field}' must be a number in plain digits"),
    "kb_whole_number": ("KB202", "'{field}' must be a whole number in plain digits"),
    "kb_date": ("KB205", "'{field}' must be a date like 2025-03-18"),
    "kb_calendar": ("KB205", "'{field}' is a day that the calendar does not have"),
    "kb_moment": (
        "KB205",
        "'{field}' must be a date like 2023, 2023-08 or 2023-08-10 (08-10 where the year is not known)",
    ),
    "kb_localized": ("KB202", "'{field}' must be texts by language, like {{zh: …, en: …}}"),
    "kb_one_line": ("KB204", "'{field}' must be on one line"),
    "kb_period": ("KB205", "'{field}' must not end before it starts"),
}
#: The same where not a field but the whole document is of the wrong type.
_WHOLE_SENTENCES: Mapping[str, str] = {
    "model_type": "fields are wanted here, one on a line, like 'title: …'",
    "list_type": "a list is wanted here, each entry starting with '- '",
}
_PATTERNS: Mapping[str, str] = {
    "^[a-z0-9]": "'{field}' must be an id: small letters a-z, digits and hyphens",
    "^([a-z0-9]": "'{field}' must be the id of a resource, or package/id",
    "^[0-9a-f]{64}": "'{field}' must be a digest: 64 digits and letters a-f",
    "^(ltr": "'{field}' must be ltr or rtl",
    "^(public": "'{field}' must be public or intranet",
    "^(https": "'{field}' must be an address like https://example.org/ with a slash at the end",
}
_OTHER_PATTERN = "'{field}' is not of the right form"
_NO_VALUE = "the field '{field}' has no value"
_OTHER = "'{field}' does not fit: {detail}"


def validate(document: YamlDocument, schema: type[Authored]) -> tuple[Authored | None, tuple[Problem, ...]]:
    """The document as ``schema`` with all that is wrong with it; None where it cannot be read at all.

    A misspelt or unknown field alone does not hide what else is wrong: the rest is read without it.
    """
    if document.value is None:
        problems = document.problems or (_empty(document.source_map),)
        return None, problems
    try:
        return schema.model_validate(document.value), document.problems
    except ValidationError as error:
        # A refused value (an alias, a tag) reads as None: that it does not fit either is the same fault.
        if any(problem.code == "KB104" for problem in document.problems):
            return None, document.problems
        source_map = document.source_map
        errors = error.errors(include_url=False)
        found = tuple(_without_misspelt([_problem(details, source_map, schema) for details in errors]))
        readable = _readable(document.value, errors, schema) if all(p.code == "KB203" for p in found) else None
        return readable, (*document.problems, *found)


def _readable(value: Any, errors: Sequence[ErrorDetails], schema: type[Authored]) -> Authored | None:
    """The document with misspelt fields under their right names and without unknown ones."""
    mended = copy.deepcopy(value)
    for details in errors:
        *parents, field = details["loc"]
        mapping = mended
        for step in parents:
            mapping = mapping[step]
        if details["type"] != "extra_forbidden" or field not in mapping:
            continue
        written = mapping.pop(field)
        missing = [str(e["loc"][-1]) for e in errors if e["type"] == "missing" and [*e["loc"][:-1]] == parents]
        for meant in difflib.get_close_matches(str(field), missing, n=1, cutoff=_NEAR_ENOUGH):
            mapping[meant] = written
    try:
        return schema.model_validate(mended)
    except ValidationError:
        return None


def _without_misspelt(found: Sequence[Problem]) -> Iterator[Problem]:
    """A field is not missing when it stands there misspelt: that is one fault, said once."""
    meant = {
        (problem.location.pointer.rpartition(".")[0], problem.hint.params.get("candidate"))
        for problem in found
        if problem.code == "KB203" and problem.hint
    }
    for problem in found:
        parent, _, field = problem.location.pointer.rpartition(".")
        if problem.code != "KB201" or (parent, field) not in meant:
            yield problem


def _empty(source_map: SourceMap) -> Problem:
    return Problem(location=Location(path=source_map.path, line=1), code="KB108", message=Message("the file is empty"))


def _problem(details: ErrorDetails, source_map: SourceMap, schema: type[BaseModel]) -> Problem:
    error_type, context = details["type"], details.get("ctx", {})
    pointer = _pointer(details["loc"], source_map)
    field = str(next((step for step in reversed(pointer) if isinstance(step, str)), "")) or dotted(pointer)
    code, sentence = _SENTENCES.get(error_type, ("KB202", _OTHER))
    if error_type == "string_pattern_mismatch":
        pattern = str(context.get("pattern", ""))
        code = "KB206"
        sentence = next((s for start, s in _PATTERNS.items() if pattern.startswith(start)), _OTHER_PATTERN)
    if details["input"] is None and error_type != "extra_forbidden":
        code, sentence = "KB201", _NO_VALUE
    if not pointer:
        sentence = _WHOLE_SENTENCES.get(error_type, sentence)
    params = {"field": field, "detail": details["msg"]} | {key: _shown(v) for key, v in context.items()}
    hint = _hint_on_colon(details["input"])
    if error_type == "extra_forbidden":
        hint = did_you_mean(field.partition("：")[0], _known_fields(schema, pointer))
    at_key = error_type in ("missing", "extra_forbidden")
    location = source_map.location(*pointer, at_key=at_key)
    return Problem(location=location, code=code, message=Message(sentence, params), hint=hint)


def _shown(value: object) -> str:
    """A limit without a needless ``.0``; pydantic's ``'a', 'b' or 'c'`` without its English."""
    return f"{value:g}" if isinstance(value, float) else str(value).replace("' or '", "', '")


def _hint_on_colon(value: object) -> Message | None:
    """YAML reads ``person：x`` and ``person:x`` as plain texts where a mapping was meant."""
    if isinstance(value, str) and re.match(r"[\w-]+：", value):
        return Message("use the half-width colon and a space, 'title: …', not the full-width '：'")
    if isinstance(value, str) and re.match(r"[a-z_]+:[^\s/]", value):
        return Message("put a space after the colon")
    return None


def _pointer(loc: tuple[int | str, ...], source_map: SourceMap) -> Pointer:
    """pydantic's ``loc`` without its own steps (union branches, ``[key]``), the last field kept when missing."""
    pointer: Pointer = ()
    for index, step in enumerate(loc):
        if (*pointer, step) in source_map.spans or index == len(loc) - 1:
            pointer = (*pointer, step)
    return pointer


def _known_fields(schema: type[BaseModel], pointer: Pointer) -> list[str]:
    """Names of the fields that stand beside the one at ``pointer``."""
    current: Any = schema
    for step in pointer[:-1]:
        if isinstance(step, int):
            continue
        info = current.model_fields.get(step) if hasattr(current, "model_fields") else None
        nested = _models_in(info.annotation) if info else []
        if not nested:
            return []
        current = nested[0]
    return [info.alias or name for name, info in current.model_fields.items()]


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in getattr(annotation, "__args__", ()) for model in _models_in(argument)]


def did_you_mean(word: str, candidates: list[str]) -> Message | None:
    """A hint that names the nearest of the candidates, or all of them when none is near and they are few."""
    near = difflib.get_close_matches(word, candidates, n=1, cutoff=_NEAR_ENOUGH)
    if near:
        return Message("did you mean '{candidate}'?", {"candidate": near[0]})
    if 0 < len(candidates) <= 12:
        return Message("use one of: {candidates}", {"candidates": ", ".join(candidates)})
    return None

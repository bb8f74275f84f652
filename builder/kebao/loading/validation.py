"""Plain YAML values to typed ones: every fault of a document as a problem at its line."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

from kebao.loading.value_faults import (
    DIGEST_SENTENCES,
    ID_SENTENCES,
    NO_VALUE,
    OTHER_FAULT,
    PATTERNS,
    VALUE_FAULTS,
    WHOLE_DOCUMENT,
)
from kebao.loading.value_hints import begins_with_wide_blank, field_hint, meant_field, value_hint
from kebao.loading.yaml_text import YamlDocument
from kebao.model.source_map import Pointer, SourceMap, dotted
from kebao.problems import Location, Message, Problem

Authored = TypeVar("Authored", bound=BaseModel)


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
        misplaced = tuple(_wide_indents(errors, document.source_map))
        if misplaced:
            return None, (*document.problems, *misplaced)
        found = tuple(_without_misspelt([_problem(details, source_map, schema) for details in errors]))
        readable = _readable(document.value, errors, schema) if all(p.code == "KB203" for p in found) else None
        return readable, (*document.problems, *found)


def _wide_indents(errors: Sequence[ErrorDetails], source_map: SourceMap) -> Iterator[Problem]:
    """Lines indented with blanks that do not indent: what stands above them is not to blame for being empty."""
    for details in errors:
        if details["type"] == "extra_forbidden" and begins_with_wide_blank(str(details["loc"][-1])):
            yield Problem(
                location=source_map.location(*_pointer(details["loc"], source_map), at_key=True),
                code="KB102",
                message=Message("this is not valid YAML: the line does not go with those above it"),
                hint=Message("this blank is not an ordinary one: delete it and press the space bar"),
            )


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
        meant = meant_field(str(field), missing)
        if meant:
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
    code, sentence = VALUE_FAULTS.get(error_type, OTHER_FAULT)
    if error_type == "string_pattern_mismatch":
        pattern = str(context.get("pattern", ""))
        sentence = next((said for start, said in PATTERNS.items() if pattern.startswith(start)), sentence)
    if details["input"] is None and error_type != "extra_forbidden":
        code, sentence = NO_VALUE
    if not pointer:
        sentence = WHOLE_DOCUMENT.get(error_type, sentence)
    params = {"field": field} | {key: _shown(v) for key, v in context.items()}
    if error_type == "extra_forbidden":
        hint = field_hint(field, _known_fields(schema, pointer))
    elif error_type == "missing":
        hint = None
    else:
        is_mapping_wanted = error_type == "model_type" and pointer and details["input"] is not None
        nested = _known_fields(schema, (*pointer, "")) if is_mapping_wanted else ()
        # Of texts with a form of their own, only ids are written wrongly in a way that can be seen.
        is_form_known = error_type != "string_pattern_mismatch" or sentence in ID_SENTENCES
        hint = value_hint(error_type if pointer and is_form_known else "", details["input"], nested)
        if sentence in DIGEST_SENTENCES:
            hint = Message("take it out, and run: kebao i18n accept")
    at_key = error_type in ("missing", "extra_forbidden")
    location = source_map.location(*pointer, at_key=at_key)
    return Problem(location=location, code=code, message=Message(sentence, params), hint=hint)


def _shown(value: object) -> str:
    """A limit without a needless ``.0``; pydantic's ``'a', 'b' or 'c'`` without its English."""
    return f"{value:g}" if isinstance(value, float) else str(value).replace("' or '", "', '")


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
        # In a list as well as in a document that is a list.
        is_list = isinstance(current, type) and issubclass(current, RootModel)
        if isinstance(step, int) and not is_list:
            continue
        info = current.model_fields.get("root" if is_list else step)
        nested = _models_in(info.annotation) if info else []
        if not nested:
            return []
        current = nested[0]
    return [info.alias or name for name, info in current.model_fields.items()]


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in getattr(annotation, "__args__", ()) for model in _models_in(argument)]

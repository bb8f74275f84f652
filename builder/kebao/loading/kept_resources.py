"""What an earlier check made of a resource's folder, as JSON: its values, and what was wrong there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter

from pydantic import TypeAdapter

from kebao.model.resource import Resource
from kebao.problems import Message, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptResource:
    """A resource that was sound enough to be kept, and all that a check without its files wants to know of it.

    Attributes:
        digest: Of the files in its folder.
        targets: Names (``package/id``) of the resources that it names.
        problems: What is wrong in its folder, whatever other resources say.
    """

    digest: str
    resource: Resource
    targets: tuple[str, ...]
    problems: tuple[Problem, ...]


# A cache may be committed, and thus come from anybody: only this closed set of types is built, by pydantic, which
# checks every value on the way. Pickle and marshal could run code, or crash; this is as fast as either.
@cache
def _adapter() -> TypeAdapter[dict[str, KeptResource]]:
    return TypeAdapter(dict[str, KeptResource])


def kept_resources_to_json(kept: Mapping[str, KeptResource]) -> bytes:
    """JSON of resources by folder. Raises ValueError for what JSON cannot say: a file's name that is not Unicode."""
    # Pydantic's own JSON leaves every text in memory a second time, as UTF-8: as long as the text is there.
    plain = _adapter().dump_python(dict(kept), mode="json")
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def kept_resources_from_json(data: bytes) -> dict[str, KeptResource]:
    """The resources by folder. Raises ValueError when they are not what :func:`kept_resources_to_json` writes."""
    kept = _adapter().validate_json(data)
    for folder, entry in kept.items():
        resource = entry.resource
        if folder != resource.folder or folder.split("/")[3:] != [resource.kind, resource.id]:
            raise ValueError("a resource under the name of another")
        if entry.problems and not all(map(can_be_said, entry.problems)):
            raise ValueError("a problem that cannot be said")
    return kept


def can_be_said(problem: Problem) -> bool:
    """False when its message or hint lacks a parameter, or asks for more than to put parameters in."""
    return all(_can_be_said(message) for message in (problem.message, problem.hint) if message)


def _can_be_said(message: Message) -> bool:
    try:
        fields = list(Formatter().parse(message.template))
    except ValueError:
        return False
    return all(
        name is None or (name.isidentifier() and name in message.params and not form and not conversion)
        for _, name, form, conversion in fields
    )

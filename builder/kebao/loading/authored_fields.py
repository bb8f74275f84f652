"""Names of the fields that authors write, in the order of the authored model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pydantic import BaseModel

from kebao.loading import authored_catalogue, authored_resource
from kebao.loading.scalars import Authored
from kebao.model.resource import Kind

_KINDS = frozenset(kind.value for kind in Kind)


def common_fields_of_page(path: str) -> tuple[str, ...]:
    """The fields of a page's front matter that its sort has in common, by its path relative to the project root.

    Of resources those of all kinds: where among them a kind's own stand is the author's choice. Empty for other files.
    """
    steps = path.split("/")
    if steps[:2] != ["content", "packages"] or not path.endswith(".md"):
        return ()
    is_topic = len(steps) == 5 and steps[3] == "topics"
    is_resource = len(steps) == 6 and steps[3] in _KINDS and steps[5].startswith("index.")
    if not is_topic and not is_resource:
        return ()
    if steps[-1].count(".") > 1:
        return _names(authored_resource.AuthoredTopicTranslation)
    return _names(authored_resource.AuthoredTopic if is_topic else authored_resource.AuthoredResource)


def _names(schema: type[BaseModel]) -> tuple[str, ...]:
    return tuple(info.alias or name for name, info in schema.model_fields.items())


@cache
def all_fields() -> frozenset[str]:
    """Every key that stands in front matter or in one of the YAML files."""
    return frozenset(name for schema in _schemas() for name in _names(schema))


def _schemas() -> Iterator[type[BaseModel]]:
    for module in (authored_catalogue, authored_resource):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Authored):
                yield value

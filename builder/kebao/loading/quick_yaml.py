"""Plain YAML read fast: the values alone, for documents in which nothing is out of the ordinary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from kebao.loading.plain_lines import plain_value

# Far from the limits of kebao.loading.yaml_text: what comes near them is read with care.
_MOST_NODES = 10_000
_MOST_DEPTH = 20


class NotPlainError(Exception):
    """The document needs the careful reader: a fault, an anchor, a tag, a second document, or very many values."""


def quick_value(text: str) -> Any:
    """The value of the document, the same as that of :func:`kebao.loading.yaml_text.read_yaml`; None when empty.

    Raises NotPlainError where that one would find a problem, and for a few things where it would not.
    """
    value = plain_value(text)
    if value is not None:
        return value
    parser = yaml.CSafeLoader(text)
    try:
        parser.get_event()
        event = parser.get_event()
        if isinstance(event, yaml.StreamEndEvent):
            return None
        value = _Reading(parser.get_event).value(parser.get_event(), 0)
        parser.get_event()
        if not isinstance(parser.get_event(), yaml.StreamEndEvent):
            raise NotPlainError
        return value
    except (yaml.YAMLError, ValueError) as error:
        raise NotPlainError from error
    finally:
        parser.dispose()


class _Reading:
    """Reads values off the parser's events; composing nodes first would take twice as long."""

    __slots__ = ("_next", "_nodes")

    def __init__(self, following: Callable[[], Any]) -> None:
        self._next = following
        self._nodes = 0

    def value(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is yaml.AliasEvent or event.anchor is not None or event.tag is not None:
            raise NotPlainError
        self._nodes += 1
        if self._nodes > _MOST_NODES or depth > _MOST_DEPTH:
            raise NotPlainError
        if kind is yaml.ScalarEvent:
            text = event.value
            return None if not event.style and text in ("", "~", "null") else text
        following = self._next
        if kind is yaml.SequenceStartEvent:
            entries: list[Any] = []
            while type(event := following()) is not yaml.SequenceEndEvent:
                entries.append(self.value(event, depth + 1))
            return entries
        mapping: dict[str, Any] = {}
        while type(event := following()) is not yaml.MappingEndEvent:
            if type(event) is not yaml.ScalarEvent or event.anchor is not None or event.tag is not None:
                raise NotPlainError
            key = event.value
            if key in mapping:
                raise NotPlainError
            mapping[key] = self.value(following(), depth + 1)
        return mapping

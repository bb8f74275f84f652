"""What editors say about documents, fields, values and forms, each in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from kebao.words import LANGUAGES, field_labels

#: Names of the fields that lead to a field; the steps into lists are left out.
FieldPath = tuple[str, ...]


@cache
def field_descriptions() -> Mapping[str, Mapping[str, Any]]:
    """``documents``, ``fields``, ``values`` and ``forms`` of ``field_descriptions.yml``."""
    return _read("field_descriptions.yml")


def _read(name: str) -> Mapping[str, Any]:
    text = (resources.files("kebao") / "messages" / name).read_text(encoding="utf-8")
    read: Mapping[str, Any] = yaml.safe_load(text)
    return read


def label(field: str) -> str:
    """``学科 / Subject``; the field's own name where it has no label."""
    return both(field_labels().get(field, {})) or field


def both(texts: Mapping[str, str], separator: str = " / ") -> str:
    """The texts in the order of :data:`kebao.words.LANGUAGES`; one that both languages share is said once."""
    return separator.join(dict.fromkeys(texts[language] for language in LANGUAGES if language in texts))


def keys_for(document: str, path: FieldPath) -> Iterator[str]:
    """Keys of ``field_descriptions.yml`` that may speak of a field, the most particular first.

    ``lesson-case.award.title``, ``award.title``, ``title``.
    """
    steps = (document, *path)
    for start in range(len(steps)):
        yield ".".join(steps[start:])


def texts_of(group: str, document: str, path: FieldPath) -> Mapping[str, Any]:
    """The entry of ``fields`` or ``values`` that speaks of a field; empty when none does."""
    entries = field_descriptions()[group]
    found: Mapping[str, Any] = next((entries[key] for key in keys_for(document, path) if key in entries), {})
    return found

"""Words that mean the same (``synonyms.yml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from kebao.search.simplified import simplified_characters
from kebao.search.tokens import Normaliser

Groups = tuple[tuple[str, ...], ...]


@cache
def synonyms() -> Groups:
    """The groups of ``synonyms.yml``, their words normalised as queries are."""
    text = (resources.files("kebao") / "search" / "synonyms.yml").read_text(encoding="utf-8")
    return synonyms_in(text, simplified_characters())


def synonyms_in(text: str, simplified: Mapping[str, str]) -> Groups:
    """The groups of a file; ValueError at the first thing that is not as it must be."""
    written: Any = yaml.load(text, yaml.CSafeLoader)
    if not isinstance(written, list):
        raise ValueError("synonyms: not a list of lists")
    normalise = Normaliser(simplified)
    groups: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for group in written:
        if not isinstance(group, list) or len(group) < 2 or not all(isinstance(word, str) for word in group):
            raise ValueError(f"synonyms: {group!r} is not a list of two words or more")
        words = tuple(" ".join(normalise(word).split()) for word in group)
        for word in words:
            if not word or word in seen:
                raise ValueError(f"synonyms: {word!r} is empty, or stands twice")
            seen.add(word)
        groups.append(words)
    return tuple(groups)

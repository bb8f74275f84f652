"""What a skeleton says to its author, from ``zh.yml`` and ``en.yml``: by kind and field, and headings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from kebao.model.resource import Kind
from kebao.words import LANGUAGES

_EVERY_KIND = "every-kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPrompt:
    """What is written for one field.

    Attributes:
        about: Explanation, one or more lines.
        write: The field as YAML with ``$names``; its lines start with ``#`` where it is optional.
    """

    about: str
    write: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPrompt:
    """One part of the body; without an anchor it has no heading.

    Attributes:
        heading: Empty in courses, whose headings are the labels of the vocabulary ``course-parts``.
    """

    about: str
    heading: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """All that is said in one language.

    Attributes:
        kind_names: What people call the kinds; the first is the usual name.
        values: Stands before allowed values.
        more: Stands before the path of the file that has all of them.
        separator: Stands between two of them.
    """

    kind_names: Mapping[Kind, tuple[str, ...]]
    intro: str
    values: str
    more: str
    separator: str
    fields: Mapping[str, Mapping[str, FieldPrompt]]
    body: Mapping[Kind, tuple[SectionPrompt, ...]]

    def field(self, kind: Kind, name: str) -> FieldPrompt:
        own = self.fields.get(kind.value, {})
        return own[name] if name in own else self.fields[_EVERY_KIND][name]


@cache
def prompts_in(language: str) -> Prompts:
    """The prompts in a language of :data:`kebao.words.LANGUAGES`; English for any other."""
    name = f"{language if language in LANGUAGES else 'en'}.yml"
    text = (resources.files("kebao.skeletons") / name).read_text(encoding="utf-8")
    written: Mapping[str, Any] = yaml.safe_load(text)
    return Prompts(
        kind_names={Kind(kind): tuple(names) for kind, names in written["kind_names"].items()},
        intro=written["intro"],
        values=written["values"],
        more=written["more"],
        separator=written["separator"],
        fields={
            kind: {name: FieldPrompt(**prompt) for name, prompt in prompts.items()}
            for kind, prompts in written["fields"].items()
        },
        body={
            Kind(kind): tuple(SectionPrompt(**section) for section in sections)
            for kind, sections in written["body"].items()
        },
    )

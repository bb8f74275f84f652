"""Messages in the reader's language: English templates are the keys of gettext catalogues (``*.po``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import yaml
from babel.messages.pofile import read_po

from kebao.model.personal_data import without_personal_data
from kebao.problems import Message

#: Languages of the command line and of problems.
LANGUAGES = ("zh", "en")
#: Parameters that are lists, as English writes them: ``slides (课件 / Slides), recording (实录 / Recording)``. Of what
#: a thing is called in both languages, each language says its own.
_LISTS = frozenset(("candidates", "expected", "expected_tags", "fields", "locales", "roles", "topics"))
_BETWEEN = re.compile(r"[,;] ")
_CALLED = re.compile(r" \(([^()]*?) / ([^()]*)\)")
_BRACKETS = re.compile(r" \(([^()]*)\)")
#: Between a document and the one inside of it.
_INSIDE = " › "
#: Places in office documents and in others; in English they are said as they are written.
_PLACES = (
    (re.compile(r"slide (?P<slide>[0-9]+)"), "slide {slide}"),
    (re.compile(r"slide (?P<slide>[0-9]+) notes"), "slide {slide} notes"),
    (re.compile(r"slide (?P<slide>[0-9]+) comments"), "slide {slide} comments"),
    (re.compile(r"sheet (?P<sheet>.*)!(?P<cell>[A-Z]{1,3}[0-9]+)", re.DOTALL), "sheet {sheet}!{cell}"),
    (re.compile(r"sheet (?P<sheet>.*)", re.DOTALL), "sheet {sheet}"),
    (re.compile(r"page (?P<page>[0-9]+)"), "page {page}"),
    (re.compile(r"picture (?P<picture>[0-9]+)"), "picture {picture}"),
    (re.compile(r"line (?P<line>[0-9]+)"), "line {line}"),
)
_QUOTED = re.compile(r"'([^']*)'")


@dataclass(frozen=True, slots=True)
class Words:
    """Says messages in one language; a template without translation is said in English."""

    language: str
    catalogue: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, template: str, **params: object) -> str:
        return self.catalogue.get(template, template).format_map(params)

    def say(self, message: Message) -> str:
        """The sentence; personal data that an author wrote where something else belongs is masked in it."""
        template = self.catalogue.get(message.template, message.template)
        return template.format_map({name: self._said(name, value) for name, value in message.params.items()})

    def _said(self, name: str, value: str) -> str:
        """A field with what it is called beside its name in the file; a list with the signs of the language."""
        value = without_personal_data(value)
        if name in _LISTS:
            value = _CALLED.sub(r" (\2)" if self.language == "en" else r" (\1)", value)
        if self.language == "en":
            return value
        if name == "place":
            within, mark, place = value.rpartition(_INSIDE)
            message = _place_in_a_file(place)
            return f"{within}{mark}{self.say(message)}" if message else value
        if name == "field":
            # What a label says in brackets is about its unit.
            label = field_labels().get(value, {}).get(self.language, "").partition("（")[0]
            return f"{value}（{label}）" if label else value
        if name in _LISTS:
            value = _QUOTED.sub(r"“\1”", value)
            return _BRACKETS.sub(r"（\1）", _BETWEEN.sub("、", value))
        return value


def _place_in_a_file(place: str) -> Message | None:
    """A place that facts of files name (:class:`kebao.model.material.PlacedFinding`), as a sentence."""
    for pattern, template in _PLACES:
        match = pattern.fullmatch(place)
        if match:
            return Message(template, match.groupdict())
    return None


@cache
def field_labels() -> Mapping[str, Mapping[str, str]]:
    """What a field is called: its name → language → label."""
    text = (resources.files("kebao") / "messages" / "field_labels.yml").read_text(encoding="utf-8")
    labels: Mapping[str, Mapping[str, str]] = yaml.load(text, yaml.CSafeLoader)
    return labels


@cache
def words_in(language: str) -> Words:
    """The words of a language of :data:`LANGUAGES`; English is its own catalogue."""
    if language == "en" or language not in LANGUAGES:
        return Words("en")
    path = resources.files("kebao") / "messages" / f"{language}.po"
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=language)
    return Words(language, {str(m.id): str(m.string) for m in catalogue if m.id and m.string})


def language_from(environment: Mapping[str, str]) -> str:
    """``zh`` where the environment asks for Chinese or for nothing, else ``en`` (POSIX: LC_ALL, LC_MESSAGES, LANG)."""
    for name in ("KEBAO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return "en" if value.startswith("en") else "zh"
    return "zh"

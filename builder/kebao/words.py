"""Messages in the reader's language: English templates are the keys of gettext catalogues (``*.po``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from babel.messages.pofile import read_po

from kebao.problems import Message

#: Languages of the command line and of problems.
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """Says messages in one language; a template without translation is said in English."""

    language: str
    catalogue: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, template: str, **params: object) -> str:
        return self.catalogue.get(template, template).format_map(params)

    def say(self, message: Message) -> str:
        return self.catalogue.get(message.template, message.template).format_map(message.params)


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

"""The texts for the person at the computer, Chinese and English side by side."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from kebao.mirror.common_messages import COMMON_TEXTS
from kebao.mirror.errors import MirrorError
from kebao.mirror.publisher.messages import PUBLISHER_TEXTS
from kebao.mirror.school.messages import SCHOOL_TEXTS

LANGUAGES = ("zh", "en")

TEXTS: Mapping[str, tuple[str, str]] = {**COMMON_TEXTS, **PUBLISHER_TEXTS, **SCHOOL_TEXTS}
"""Id → (Chinese, English); both with the same parameters in braces."""


@dataclass(frozen=True)
class Messages:
    """The texts in one language.

    Attributes:
        language: "zh" or "en".
    """

    language: str

    def __call__(self, message: str, **parameters: object) -> str:
        """The text with its parameters put in; raises KeyError for an id or a parameter that does not exist."""
        text = TEXTS[message][LANGUAGES.index(self.language)]
        return text.format(**{name: str(value) for name, value in parameters.items()})

    def error(self, error: MirrorError) -> str:
        """What an error says."""
        return self(error.message, **error.parameters)


def language_from(environment: Mapping[str, str] = os.environ) -> str:
    """The language of the computer: Chinese where it says so, else English."""
    for name in ("KEBAO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"

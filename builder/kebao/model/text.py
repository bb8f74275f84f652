"""Texts in several languages, and which one a reader gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """One text in one or more locales.

    Attributes:
        by_locale: Locale id (``zh``, ``en``, ``ug``) → text; never empty texts.
    """

    by_locale: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.by_locale)

    def best(self, locale_chain: Sequence[str]) -> tuple[str, str]:
        """The text in the first locale of the chain that has it, and that locale.

        Falls back to the alphabetically first locale present, so that nothing shows empty
        (RFC 4647 §3.4, lookup with a default). Empty strings when there is no text at all.
        """
        for locale in locale_chain:
            if locale in self.by_locale:
                return self.by_locale[locale], locale
        for locale in sorted(self.by_locale):
            return self.by_locale[locale], locale
        return "", ""

    def in_locale(self, locale_chain: Sequence[str]) -> str:
        return self.best(locale_chain)[0]

"""Interface texts, dates, numbers and sizes in one locale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel import Locale as CldrLocale
from babel.dates import format_date
from babel.numbers import format_decimal

from kebao.model.site import Locale, SiteConfig

_UNITS = ("B", "KB", "MB", "GB")


class MissingTextError(KeyError):
    """An interface text that no locale of the chain has: a mistake of ours, not of an author's."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Says interface texts in a locale, falling back along its chain."""

    locale: Locale
    texts: Mapping[str, str]
    cldr: CldrLocale

    def __call__(self, key: str, **params: object) -> str:
        """The text for ``key`` with its ``{named}`` parameters filled in."""
        if key not in self.texts:
            raise MissingTextError(f"no text '{key}' in site_config/locales/{self.locale.id}.yml or its fallbacks")
        return self.texts[key].format_map(params) if params else self.texts[key]

    def count(self, key: str, number: int, **params: object) -> str:
        """The text for ``key`` that fits a number (CLDR plural forms): ``key.one``, ``key.other``."""
        form = f"{key}.{self.cldr.plural_form(number)}"
        chosen = form if form in self.texts else f"{key}.other"
        return self(chosen, n=self.number(number), **params)

    def number(self, value: float) -> str:
        return _decimal(value, self.cldr)

    def day(self, value: date) -> str:
        return _long_date(value, self.cldr)

    def moment(self, text: str) -> str:
        """A date as notices give it (``2023``, ``2023-08``, ``2023-08-10``, ``08-10``) in words."""
        parts = [int(part) for part in text.split("-")]
        if len(text) == 5:
            # A leap year, so that 02-29 can be said too.
            return self._pattern(date(2024, parts[0], parts[1]), "MMMMd")
        if len(parts) == 3:
            return self.day(date(parts[0], parts[1], parts[2]))
        if len(parts) == 2:
            return self._pattern(date(parts[0], parts[1], 1), "yMMMM")
        return self("date.year", year=text)

    def _pattern(self, value: date, skeleton: str) -> str:
        for known in (skeleton, skeleton.replace("MMMM", "MMM")):
            if known in self.cldr.datetime_skeletons:
                return format_date(value, format=self.cldr.datetime_skeletons[known], locale=self.cldr)
        return format_date(value, format="long", locale=self.cldr)

    def size(self, size_bytes: int) -> str:
        """A file size for people: ``12.4 MB`` (units of 1,024)."""
        value, unit = float(size_bytes), _UNITS[0]
        for unit in _UNITS:
            if value < 1024 or unit == _UNITS[-1]:
                break
            value /= 1024
        digits = 1 if unit in ("MB", "GB") and value < 100 else 0
        return f"{self.number(round(value, digits))} {unit}"

    def clock(self, seconds: float) -> str:
        """A running time: ``38:05``."""
        whole = round(seconds)
        return f"{whole // 60}:{whole % 60:02d}"


# Of thousands of pages most say one of some hundred numbers and days.


@lru_cache(maxsize=1 << 12, typed=True)
def _decimal(value: float, locale: CldrLocale) -> str:
    return format_decimal(value, locale=locale, numbering_system="latn")


@lru_cache(maxsize=1 << 12)
def _long_date(value: date, locale: CldrLocale) -> str:
    return format_date(value, format="long", locale=locale)


def texts_for(site: SiteConfig, locale_id: str) -> Texts:
    """The texts of a locale with those of its fallbacks behind them."""
    locale = site.locales[locale_id]
    merged: dict[str, str] = {}
    for fallback in reversed(locale.chain):
        if fallback in site.locales:
            merged.update(site.locales[fallback].texts)
    return Texts(locale, merged, CldrLocale.parse(locale.babel))

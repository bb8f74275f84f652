"""Which of Material's language partials says the theme's own texts in a locale, also where Material lacks it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from kebao.model.site import Locale, SiteConfig

#: Our partial, filled from ``theme_texts`` in the locale's file.
OWN_LANGUAGE = "kebao"
_LAST_RESORT = "en"


def theme_source(site: SiteConfig, locale_id: str, available: Collection[str]) -> tuple[str, Locale | None]:
    """The partial's name, and the locale whose ``theme_texts`` fill it when it is ours.

    The locale's own, else that of the first one that it falls back to; English where none of them has any.
    """
    for each in site.chain(locale_id):
        locale = site.locales.get(each)
        if locale is not None and locale.theme_language in available:
            return locale.theme_language, None
        if locale is not None and locale.theme_texts:
            return OWN_LANGUAGE, locale
    return _LAST_RESORT, None


def partials_in(theme_dirs: Iterable[str]) -> frozenset[str]:
    """Names of the language partials that the theme has."""
    folders = (Path(folder, "partials", "languages") for folder in theme_dirs)
    return frozenset(path.stem for folder in folders for path in folder.glob("*.html"))

"""How the site is set up: its packages and locales, and the interface texts of each locale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kebao.model.text import LocalizedText


@dataclass(frozen=True, slots=True, kw_only=True)
class Locale:
    """A language of the site (one file in site_config/locales).

    Attributes:
        id: Short BCP 47 tag used in URLs and in content (``zh``, ``en``, ``ug``).
        language_tag: BCP 47 tag for ``lang`` attributes (``zh-CN``).
        name: The language's name in itself.
        direction: ``ltr`` or ``rtl``.
        fallback: Locales to try, in order, when a text is missing here.
        babel: CLDR locale for dates and numbers.
        theme_language: Material's language partial, or empty when ``theme_texts`` stand in for it.
        texts: Interface texts of ours: dotted key → text with ``{named}`` parameters.
        theme_texts: Texts of Material's language partial, where Material has none.
    """

    id: str
    language_tag: str
    name: str
    direction: str
    fallback: tuple[str, ...]
    babel: str
    theme_language: str
    texts: Mapping[str, str]
    theme_texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def chain(self) -> tuple[str, ...]:
        """This locale, then the ones it falls back to."""
        return (self.id, *self.fallback)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Limits that the checks and the audit apply (site_config/policy.yml).

    Attributes:
        page_kilobytes: Budget of one page's HTML, in units of 1,024 bytes.
        nav_links: Most links that the navigation may hold.
        material_megabytes: Largest material, in units of 1,048,576 bytes.
        guiding_teachers: Most guiding teachers of a lesson case.
    """

    page_kilobytes: int = 60
    nav_links: int = 150
    material_megabytes: int = 200
    guiding_teachers: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteConfig:
    """What site_config/ says.

    Attributes:
        base_url: Where the site will be reached; used in citations and QR codes only. Empty when unknown.
        audience: ``public`` or ``intranet``; internal-use resources stay out of a public site.
    """

    title: LocalizedText
    base_url: str
    default_package: str
    default_locale: str
    packages: tuple[str, ...]
    audience: str
    locales: Mapping[str, Locale]
    policy: Policy = Policy()

    def chain(self, locale_id: str) -> Sequence[str]:
        return self.locales[locale_id].chain

"""How the site is set up: its packages and locales, and the interface texts of each locale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from kebao.model.limits import DEFAULT_BIT_RATES, DEFAULT_LENGTHS, Bounds
from kebao.model.text import LocalizedText
from kebao.problems import Severity


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
class Waiver:
    """A fault that a site puts up with for a while.

    Attributes:
        path: Of files, relative to the project root; ``*`` stands for any characters, also for ``/``.
        until: The last day on which it holds.
    """

    code: str
    path: str
    reason: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationBudget:
    """How much of a package may be untranslated, and how much of what is translated out of date, in per cent."""

    missing_percent: float = 100
    stale_percent: float = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Limits that the checks and the audit apply, and what becomes of problems (site_config/policy.yml).

    Attributes:
        page_kilobytes: Budget of one page's HTML, in units of 1,024 bytes.
        nav_links: Most links that the navigation may hold.
        material_megabytes: Largest material, in units of 1,048,576 bytes.
        guiding_teachers: Most guiding teachers of a lesson case.
        lengths: Minutes of videos: ``kind.role`` or ``kind.role.stage`` → bounds.
        bit_rates: Megabits a second of videos, by the same keys.
        minutes_tolerance: How many minutes the length that a material states may be off.
        video_width, video_height: Least pixels of a video.
        picture_width: Least pixels of a picture.
        required_roles: Kind → material roles that each of its resources has.
        nominated_roles: Material roles of a nominated lesson case.
        topic_programmes: Programmes in which a school chooses at most ``school_topics``; ``required_topics`` are
            always among them.
        near_duplicate_percent: Share of the shorter of two texts that the longer may not hold as well.
        public_contacts: E-mail addresses, domains (``@edu.example``) and numbers that are meant to be public.
        document_authors: Authors and devices that the properties of files may name.
        consent_roles: Material roles that show people or their work: a resource with one needs its consent block.
        translation_budget: Locale → how much of every package may be missing or stale in it.
        severities: Problem code → the severity it has in this site.
        written: Names of the fields that the file states; the others have their defaults.
    """

    page_kilobytes: float = 60
    nav_links: int = 150
    material_megabytes: float = 200
    guiding_teachers: int = 3
    lengths: Mapping[str, Bounds] = field(default_factory=lambda: DEFAULT_LENGTHS)
    bit_rates: Mapping[str, Bounds] = field(default_factory=lambda: DEFAULT_BIT_RATES)
    minutes_tolerance: float = 1
    video_width: int = 720
    video_height: int = 576
    picture_width: int = 320
    required_roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    nominated_roles: tuple[str, ...] = ("lesson-plan", "slides", "recording", "exercises")
    topic_programmes: tuple[str, ...] = ("rongcheng-2023",)
    school_topics: int = 6
    required_topics: tuple[str, ...] = ("teacher-ethics",)
    near_duplicate_percent: float = 60
    public_contacts: tuple[str, ...] = ()
    document_authors: tuple[str, ...] = ()
    consent_roles: tuple[str, ...] = ("recording", "pupil-work")
    translation_budget: Mapping[str, TranslationBudget] = field(default_factory=dict)
    severities: Mapping[str, Severity] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    written: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteConfig:
    """What site_config/ says.

    Attributes:
        base_url: Where the site is reached, for citations, QR codes, canonical links, sitemaps; empty when unknown.
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

"""site_config/: site.yml, policy.yml, and the locales with their interface texts."""

from __future__ import annotations

from collections.abc import Mapping

from kebao.loading.authored_catalogue import AuthoredBounds, AuthoredLocale, AuthoredPolicy, AuthoredSite
from kebao.loading.catalogue_files import stem_of
from kebao.loading.documents import DocumentReader
from kebao.model.limits import DEFAULT_BIT_RATES, DEFAULT_LENGTHS, Bounds, with_defaults
from kebao.model.site import Locale, Policy, SiteConfig, TranslationBudget, Waiver
from kebao.problems import Location, Message, Problem

SITE_PATH = "site_config/site.yml"
POLICY_PATH = "site_config/policy.yml"
LOCALES_FOLDER = "site_config/locales"


def load_site_config(reader: DocumentReader) -> SiteConfig | None:
    """The site's set-up; None when site.yml or a locale cannot be read."""
    if SITE_PATH not in reader.tree.texts:
        message = Message("the project has no site.yml")
        hint = Message("run the command in the project's folder, or name it with -C")
        reader.problems.append(Problem(location=Location(path=SITE_PATH), code="KB109", message=message, hint=hint))
        return None
    written = reader.yaml(SITE_PATH, AuthoredSite)
    locales = _load_locales(reader)
    policy = _load_policy(reader)
    if written is None:
        return None
    if f"{LOCALES_FOLDER}/{written.default_locale}.yml" not in reader.tree.texts:
        location = reader.source_maps[SITE_PATH].location("default_locale")
        message = Message("there is no locale '{id}'", {"id": written.default_locale})
        hint = Message("add {path}", {"path": f"{LOCALES_FOLDER}/{written.default_locale}.yml"})
        reader.problems.append(Problem(location=location, code="KB401", message=message, hint=hint))
    if written.default_locale not in locales:
        return None
    return SiteConfig(
        title=written.title,
        base_url=written.base_url,
        default_package=written.default_package,
        default_locale=written.default_locale,
        packages=tuple(written.packages),
        audience=written.audience,
        locales=locales,
        policy=policy,
    )


def _load_policy(reader: DocumentReader) -> Policy:
    written = reader.yaml(POLICY_PATH, AuthoredPolicy) if POLICY_PATH in reader.tree.texts else None
    if written is None:
        return Policy()
    return Policy(
        page_kilobytes=written.page_kilobytes,
        nav_links=written.nav_links,
        material_megabytes=written.material_megabytes,
        guiding_teachers=written.guiding_teachers,
        lengths=with_defaults(_bounds(written.lengths), DEFAULT_LENGTHS),
        bit_rates=with_defaults(_bounds(written.bit_rates), DEFAULT_BIT_RATES),
        minutes_tolerance=written.minutes_tolerance,
        video_width=written.video_width,
        video_height=written.video_height,
        picture_width=written.picture_width,
        required_roles={kind: tuple(roles) for kind, roles in written.required_roles.items()},
        nominated_roles=tuple(written.nominated_roles),
        topic_programmes=tuple(written.topic_programmes),
        school_topics=written.school_topics,
        required_topics=tuple(written.required_topics),
        near_duplicate_percent=written.near_duplicate_percent,
        public_contacts=tuple(written.public_contacts),
        document_authors=tuple(written.document_authors),
        consent_roles=tuple(written.consent_roles),
        translation_budget={
            locale: TranslationBudget(missing_percent=budget.missing_percent, stale_percent=budget.stale_percent)
            for locale, budget in written.translation_budget.items()
        },
        severities=dict(written.severities),
        waivers=tuple(Waiver(code=w.code, path=w.path, reason=w.reason, until=w.until) for w in written.waivers),
        written=frozenset(written.model_fields_set),
    )


def _bounds(written: Mapping[str, AuthoredBounds]) -> Mapping[str, Bounds]:
    return {key: Bounds(minimum=bounds.minimum, maximum=bounds.maximum) for key, bounds in written.items()}


def _load_locales(reader: DocumentReader) -> Mapping[str, Locale]:
    found: dict[str, Locale] = {}
    for path in reader.tree.under(LOCALES_FOLDER):
        if path not in reader.tree.texts:
            continue
        written = reader.yaml(path, AuthoredLocale)
        if written is not None:
            found[stem_of(path)] = Locale(
                id=stem_of(path),
                language_tag=written.language_tag,
                name=written.name,
                direction=written.direction,
                fallback=tuple(written.fallback),
                babel=written.babel,
                theme_language=written.theme_language or "",
                texts=dict(written.texts),
                theme_texts=dict(written.theme_texts),
            )
    return found

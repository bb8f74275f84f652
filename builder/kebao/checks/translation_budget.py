"""How much of each package may be untranslated or out of date, as policy.yml has it (KB907)."""

from __future__ import annotations

from collections.abc import Iterator

from kebao.checks.context import CheckContext, problem
from kebao.model.package import Package
from kebao.model.resource import Lifecycle
from kebao.model.site import TranslationBudget
from kebao.model.translated_texts import is_stale
from kebao.problems import Message, Problem

_PATH = "site_config/policy.yml"


def check_translation_budget(context: CheckContext) -> Iterator[Problem]:
    """KB907 for every package that has a site in the locale; KB401 for a locale that the site does not have."""
    for locale in context.site.policy.translation_budget:
        if locale not in context.site.locales:
            message = Message("there is no locale '{id}'", {"id": locale})
            hint = Message("use one of: {candidates}", {"candidates": ", ".join(context.site.locales)})
            yield problem(context.at(_PATH, "translation_budget", locale, at_key=True), "KB401", message, hint=hint)
            continue
        for package in context.content.packages.values():
            if locale in package.locales and locale != package.source_locale:
                yield from _package(context, package, locale)


def _package(context: CheckContext, package: Package, locale: str) -> Iterator[Problem]:
    budget = context.site.policy.translation_budget[locale]
    shown = [r for r in package.resources.values() if r.lifecycle is Lifecycle.CURRENT]
    translated = [(r, r.translations[locale]) for r in shown if locale in r.translations]
    missing = len(shown) - len(translated)
    if missing * 100 > budget.missing_percent * len(shown):
        params = _params(package, locale, missing, len(shown))
        message = Message(
            "{package}: {count} of {total} resources are not translated into '{locale}', {percent}%", params
        )
        yield _over(context, locale, "missing_percent", budget.missing_percent, message)
    if budget.stale_percent == TranslationBudget().stale_percent:
        # No more than all of them can be: the texts need not be compared.
        return
    stale = sum(is_stale(r, t, context.digests[r.path_of("index.md")] if t.digest else "") for r, t in translated)
    if stale * 100 > budget.stale_percent * len(translated):
        params = _params(package, locale, stale, len(translated))
        message = Message(
            "{package}: {count} of {total} translations into '{locale}' are out of date, {percent}%", params
        )
        yield _over(context, locale, "stale_percent", budget.stale_percent, message)


def _params(package: Package, locale: str, count: int, total: int) -> dict[str, str]:
    percent = f"{count * 100 / total:.1f}".removesuffix(".0")
    return {"package": package.id, "locale": locale, "count": str(count), "total": str(total), "percent": percent}


def _over(context: CheckContext, locale: str, field: str, limit: float, message: Message) -> Problem:
    params = {"limit": f"{limit:g}", "locale": locale}
    hint = Message("at most {limit}% are allowed; 'kebao i18n status --locale {locale}' lists them", params)
    return problem(context.at(_PATH, "translation_budget", locale, field), "KB907", message, hint=hint)

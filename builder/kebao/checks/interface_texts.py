"""The interface texts of a locale: those that pages need, with the parameters that they fill in (KB904–KB906)."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib import resources
from string import Formatter

from kebao.checks.context import CheckContext, problem
from kebao.model.site import Locale
from kebao.problems import Message, Problem, Severity

_SHOWN_KEYS = 5
_NEAR_ENOUGH = 0.9
#: What a plural form ends in (CLDR); a page asks for the one that fits its number, else for "other".
_FORMS = (".zero", ".one", ".two", ".few", ".many")


@cache
def needed_texts() -> Mapping[str, frozenset[str]]:
    """Key → names of its parameters, of every text that pages say (``messages/interface_texts.txt``)."""
    written = (resources.files("kebao") / "messages" / "interface_texts.txt").read_text(encoding="utf-8")
    entries = (line.split() for line in written.splitlines() if line and not line.startswith("#"))
    return {key: frozenset(parameters) for key, *parameters in entries}


def check_interface_texts(context: CheckContext) -> Iterator[Problem]:
    """KB904–KB906 for every locale of the site."""
    for locale in context.site.locales.values():
        slips = _slips(locale)
        yield from _missing(context, locale, frozenset(slips.values()))
        yield from _unknown(context, locale, slips)
        for key, text in locale.texts.items():
            yield from _parameters(context, locale, key, text)


def _path(locale_id: str) -> str:
    return f"site_config/locales/{locale_id}.yml"


def _needs(key: str) -> frozenset[str] | None:
    """The parameters of a text, also of a plural form of it; None when no page says it."""
    needed = needed_texts()
    stem, dot, form = key.rpartition(".")
    return needed.get(key, needed.get(f"{stem}.other") if f"{dot}{form}" in _FORMS else None)


def _slips(locale: Locale) -> Mapping[str, str]:
    """Unknown key → the missing one that it stands for."""
    missing = [key for key in needed_texts() if key not in locale.texts]
    near = {
        key: difflib.get_close_matches(key, missing, n=1, cutoff=_NEAR_ENOUGH)
        for key in locale.texts
        if missing and _needs(key) is None
    }
    return {key: found[0] for key, found in near.items() if found}


def _missing(context: CheckContext, locale: Locale, said_misspelt: Collection[str]) -> Iterator[Problem]:
    here = [key for key in needed_texts() if key not in locale.texts and key not in said_misspelt]
    others = [context.site.locales.get(other) for other in locale.fallback]
    # What a file that could not be read has is not known.
    if not here or any(other is None for other in others):
        return
    place = context.at(_path(locale.id), "texts", at_key=True)
    hint = Message("write them under 'texts', with the same keys as in the files of the other languages")
    nowhere = [key for key in here if not any(other and key in other.texts for other in others)]
    if nowhere and _is_last(context, locale):
        message = Message("{count} texts that pages need are missing: {keys}", _shown(nowhere))
        yield problem(place, "KB904", message, hint=hint)
    elif not nowhere and locale.texts:
        message = Message("{count} texts are said in another language because they are missing: {keys}", _shown(here))
        yield problem(place, "KB904", message, hint=hint, severity=Severity.NOTICE)


def _is_last(context: CheckContext, locale: Locale) -> bool:
    """Whether what is missing is said here; else it is said of the locale that this one falls back to in the end."""
    last = context.site.locales[locale.chain[-1]]
    return last is locale or (locale.id in last.fallback and locale.id < last.id)


def _shown(keys: Collection[str]) -> dict[str, str]:
    more = ["…"] if len(keys) > _SHOWN_KEYS else []
    return {"count": str(len(keys)), "keys": ", ".join([*sorted(keys)[:_SHOWN_KEYS], *more])}


def _unknown(context: CheckContext, locale: Locale, slips: Mapping[str, str]) -> Iterator[Problem]:
    for key in locale.texts:
        if _needs(key) is None:
            meant = slips.get(key)
            hint = Message("did you mean '{candidate}'?", {"candidate": meant}) if meant else Message("take it out")
            # A page does without the one that it stands for.
            severity = Severity.ERROR if meant else Severity.WARNING
            place = context.at(_path(locale.id), "texts", key, at_key=True)
            yield problem(place, "KB905", Message("no page says '{key}'", {"key": key}), hint=hint, severity=severity)


def _parameters(context: CheckContext, locale: Locale, key: str, text: str) -> Iterator[Problem]:
    needed = _needs(key)
    if needed is None:
        return
    place = context.place(_path(locale.id), "texts", key)
    try:
        # "{#steps}" is the anchor of a heading: texts with headings are filled in another way.
        written = {name for _, name, _, _ in Formatter().parse(text) if name is not None and not name.startswith("#")}
    except ValueError:
        # A text without parameters is said as it is.
        if not needed:
            return
        message = Message("the braces of '{key}' are not in pairs", {"key": key})
        yield problem(place, "KB906", message)
        return
    strange, left_out = sorted(written - needed), sorted(needed - written)
    if strange:
        message = Message("'{key}' has {braces}, which no page fills in", {"key": key, "braces": _braces(strange)})
        hint = Message("what may stand in it: {braces}", {"braces": _braces(sorted(needed)) or "–"})
        yield problem(place, "KB906", message, hint=hint)
    # "One school" need not say its number.
    elif left_out and key in needed_texts():
        message = Message("'{key}' leaves out {braces}", {"key": key, "braces": _braces(left_out)})
        yield problem(place, "KB906", message, severity=Severity.WARNING)


def _braces(names: Collection[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)

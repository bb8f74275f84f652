"""Ids of editions: which are allowed, and how they are ordered."""

from __future__ import annotations

import re
from collections.abc import Collection

from kebao.model.shard import LATEST_EDITION, WORKING_EDITION
from kebao.problems import Message

_ALLOWED = re.compile(r"[0-9a-z][0-9a-z.-]{0,31}")
_PART = re.compile(r"\d+|[a-z]+")
# A folder must be able to have the name on Windows (https://learn.microsoft.com/windows/win32/fileio/naming-a-file).
_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")

OrderKey = tuple[tuple[tuple[int, int, str], ...], bool, tuple[tuple[int, int, str], ...], str]


def edition_fault(edition: str, locales: Collection[str]) -> Message | None:
    """Why ``edition`` cannot be an edition's id; None when it can."""
    params = {"edition": edition}
    if edition == WORKING_EDITION:
        return Message("'{edition}' is what has not been released yet; an edition needs an id such as 2026.1", params)
    # Material's version selector finds the alias by a pattern that is not anchored.
    if LATEST_EDITION in edition:
        return Message("'{edition}' holds the name that always leads to the newest edition", params)
    if edition in locales:
        return Message("'{edition}' is a language of the site and cannot be an edition as well", params)
    if not _ALLOWED.fullmatch(edition) or edition.endswith((".", "-")) or ".." in edition:
        return Message("'{edition}' cannot be an edition's id: small letters, digits, '.' and '-', at most 32", params)
    if _WINDOWS.fullmatch(edition):
        return Message("'{edition}' is a name that Windows keeps for itself", params)
    return None


def is_pre_release(edition: str) -> bool:
    """``2026.1-rc1`` is one: what follows the hyphen comes before the edition itself."""
    return "-" in edition


def edition_order(edition: str) -> OrderKey:
    """Sort key: numbers by their value (2025.2 < 2025.10), a pre-release before its edition."""
    main, _, suffix = edition.partition("-")
    return _parts(main), not is_pre_release(edition), _parts(suffix), edition


def _parts(text: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in _PART.findall(text))

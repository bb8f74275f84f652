"""Front matter as nearly everybody writes it, one value a line, read without a parser of YAML.

Only what YAML can read in no other way is read here: ``key: text``, ``key: [text, text]``, ``key: {key: text}`` and
``key:`` above entries ``  - text`` or ``  - {key: text}``, of characters that mean nothing in YAML.
"""

from __future__ import annotations

import re
from typing import Any

_MOST_CHARACTERS = 20_000
# Letters and digits, dashes and quotation marks, full-width signs, and the signs of what is read here.
_ORDINARY = re.compile(
    r"[0-9A-Za-z\u3400-\u4dbf\u4e00-\u9fff\u00b7\u00d7\u2010-\u2027\u3001-\u3020\uff01-\uff5e ._/+(),:\[\]{}\n-]*"
)
# Of ordinary characters.
_TEXT = r"[^-:,\[\]{} \n][^:,\[\]{}\n]*(?<! )"
# YAML has none of more than 1,024 characters.
_KEY = r"[A-Za-z][0-9A-Za-z_-]{0,99}"
_PAIR = rf"{_KEY}: {_TEXT}"
_LIST = rf"\[({_TEXT}(?:, {_TEXT})*)\]"
_MAPPING = rf"\{{({_PAIR}(?:, {_PAIR})*)\}}"
_LINE = re.compile(rf"({_KEY}):(?: (?:({_TEXT})|{_LIST}|{_MAPPING}))?")
_ENTRY = re.compile(rf"  - (?:({_TEXT})|{_MAPPING})")


def plain_value(text: str) -> dict[str, Any] | None:
    """The mapping that the text is; None when it is to be read by a parser."""
    if len(text) > _MOST_CHARACTERS or not _ORDINARY.fullmatch(text):
        return None
    value: dict[str, Any] = {}
    # The key above the next line, when there is nothing behind it.
    open_key = ""
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith(" "):
            entry = _ENTRY.fullmatch(line) if open_key else None
            if entry is None:
                return None
            found = _mapping(entry[2]) if entry[2] else _scalar(entry[1])
            if found is None and entry[2]:
                return None
            if value[open_key] is None:
                value[open_key] = []
            value[open_key].append(found)
            continue
        match = _LINE.fullmatch(line)
        if match is None or match[1] in value:
            return None
        key, scalar, listed, mapped = match.groups()
        open_key = ""
        if scalar:
            value[key] = _scalar(scalar)
        elif listed:
            value[key] = [_scalar(one) for one in listed.split(", ")]
        elif mapped:
            value[key] = _mapping(mapped)
            if value[key] is None:
                return None
        else:
            open_key, value[key] = key, None
    return value


def _scalar(text: str) -> str | None:
    return None if text == "null" else text


def _mapping(pairs: str) -> dict[str, str | None] | None:
    """The pairs; None when a key is there twice."""
    split = [pair.partition(": ") for pair in pairs.split(", ")]
    found = {key: _scalar(text) for key, _, text in split}
    return found if len(found) == len(split) else None

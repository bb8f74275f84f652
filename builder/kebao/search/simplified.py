"""Traditional characters and the simplified ones that they are found by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

_LAST_OF_PLANE = "\uffff"
#: Blocks of Han characters that the table of OpenCC has something about.
_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x323B0))


#: The table as another process wrote it, by :func:`fold_text`.
_told: list[str] = []


@cache
def simplified_characters() -> Mapping[str, str]:
    """Traditional character → simplified, one to one, without chains: folding twice changes nothing."""
    if _told:
        return fold_table(_told[0])
    # Here: a build that changes a few documents knows the table from the one before, and does not load it.
    import opencc

    characters = "\n".join(chr(code) for first, end in _HAN for code in range(first, end))
    converted = opencc.OpenCC("t2s").convert(characters).split("\n")
    pairs = zip(characters.split("\n"), converted, strict=True)
    table = {one: other for one, other in pairs if one != other and len(other) == 1}
    return {one: _last(other, table) for one, other in table.items()}


def learn_simplified(table: str) -> None:
    """Makes known what :func:`fold_text` wrote of the whole table."""
    _told[:] = [table]


def _last(character: str, table: Mapping[str, str]) -> str:
    seen = {character}
    while character in table and table[character] not in seen:
        character = table[character]
        seen.add(character)
    return character


def foldable(table: Mapping[str, str]) -> re.Pattern[str]:
    """Finds the characters that the table folds, and some that it does not."""
    # Those beyond U+FFFF are told apart later: a character class holds only the others in a table.
    return re.compile(f"[{''.join(c for c in table if c <= _LAST_OF_PLANE)}\U00010000-\U0010ffff]")


def fold_text(table: Mapping[str, str], characters: Iterable[str] | None = None) -> str:
    """The table as scripts load it, ``學学數数``; only of these characters when they are given."""
    chosen = table.keys() if characters is None else table.keys() & set(characters)
    return "".join(character + table[character] for character in sorted(chosen))


def fold_table(text: str) -> dict[str, str]:
    """The table that :func:`fold_text` wrote."""
    return dict(zip(text[::2], text[1::2], strict=True))

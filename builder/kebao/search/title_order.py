"""Titles in the order that readers of a locale look them up in: pinyin for Chinese, the alphabet for the others.

Neither Python nor Babel sorts by CLDR's rules; these are the parts of them that titles need.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pypinyin import Style, pinyin

#: Alphabets that Unicode's order is not the order of, and what does not count in them (the seat of Uyghur's vowels).
_ALPHABETS = {"ug": ("اەبپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىي", "ئ")}
_NUMBER = re.compile(r"\d+")
_HAN_NUMBER = re.compile("[〇零一二三四五六七八九十百]+")
_HAN_DIGITS = "零一二三四五六七八九"

#: What a title is compared by: class of the character (number, letter of an alphabet, other letter, Han), its place.
TitleKey = tuple[tuple[int, str, int], ...]


def title_key(title: str, locale: str) -> TitleKey:
    """Sorts titles of ``locale``: numbers by value, then letters without case and accents, then Han by pinyin."""
    alphabet, ignored = _ALPHABETS.get(locale, ("", ""))
    written = unicodedata.normalize("NFKC", title).translate(dict.fromkeys(map(ord, ignored)))
    folded = unicodedata.normalize("NFKD", written).casefold()
    key: list[tuple[int, str, int]] = []
    position = 0
    while position < len(folded):
        number = _NUMBER.match(folded, position)
        if number:
            key.append((0, "", int(number[0])))
            position = number.end()
            continue
        character = folded[position]
        position += 1
        if character in alphabet:
            key.append((1, "", alphabet.index(character)))
        elif character.isalpha():
            key.append((3, _reading(character), ord(character)) if _is_han(character) else (2, "", ord(character)))
    return tuple(key)


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


@cache
def _reading(character: str) -> str:
    """The usual syllable with its tone, as CLDR's pinyin order has it: one reading a character."""
    return pinyin(character, style=Style.TONE3, neutral_tone_with_five=True)[0][0]


def unit_key(text: str) -> tuple[tuple[str, int], ...]:
    """Sorts names of units and lessons: ``第二单元`` before ``第十单元``, ``Unit 2`` before ``Unit 10``."""
    counted = _HAN_NUMBER.sub(lambda match: str(_han_value(match[0])), text)
    return tuple((part, 0) if not part.isdecimal() else ("", int(part)) for part in re.split(r"(\d+)", counted))


def _han_value(numeral: str) -> int:
    total, digit = 0, 0
    for character in numeral.replace("〇", "零"):
        if character in _HAN_DIGITS:
            digit = _HAN_DIGITS.index(character)
        else:
            total += max(digit, 1) * (100 if character == "百" else 10)
            digit = 0
    return total + digit

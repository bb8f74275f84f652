"""Titles in the order that readers of a locale look them up in: pinyin for Chinese, the alphabet for the others.

Neither Python nor Babel sorts by CLDR's rules; these are the parts of them that titles need.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from kebao.search.sounds import reading_with_tone

#: Alphabets that Unicode's order is not the order of, and what does not count in them (the seat of Uyghur's vowels).
_ALPHABETS = {"ug": ("اەبپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىي", "ئ")}
_NUMBER = re.compile(r"(\d+)")
_HAN_NUMBER = re.compile("[〇零一二三四五六七八九十百]+")
_HAN_DIGITS = "零一二三四五六七八九"

#: What a title is compared by: class of the character (number, letter of an alphabet, other letter, Han), its place.
TitleKey = tuple[tuple[int, str, int], ...]


def title_key(title: str, locale: str) -> TitleKey:
    """Sorts titles of ``locale``: numbers by value, then letters without case and accents, then Han by pinyin."""
    alphabet, ignored = _ALPHABETS.get(locale, ("", ""))
    written = unicodedata.normalize("NFKC", title)
    for each in ignored:
        written = written.replace(each, "")
    folded = unicodedata.normalize("NFKD", written).casefold()
    parts = _NUMBER.split(folded)
    key = list(_letters(parts[0], alphabet))
    for number, letters in zip(parts[1::2], parts[2::2], strict=True):
        key.append((0, "", int(number)))
        key += _letters(letters, alphabet)
    return tuple(key)


def _letters(text: str, alphabet: str) -> Iterator[tuple[int, str, int]]:
    places = (_place(character, alphabet) for character in text)
    return (place for place in places if place is not None)


# By the usual syllable with its tone, as CLDR's pinyin order has it: one reading a character.
@cache
def _place(character: str, alphabet: str) -> tuple[int, str, int] | None:
    if character in alphabet:
        return 1, "", alphabet.index(character)
    if not character.isalpha():
        return None
    return (3, reading_with_tone(character), ord(character)) if _is_han(character) else (2, "", ord(character))


def _is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff"


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

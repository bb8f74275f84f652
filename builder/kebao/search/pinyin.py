"""How titles and names sound: keys that a query in Latin letters finds them by (docs/search-format.md, "Pinyin")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

#: No word begins with them.
SYLLABLES = "~"
INITIALS = "|"

_HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_LATIN = re.compile(r"[a-z]+")


@lru_cache(maxsize=1 << 15)
def readings(run: str) -> tuple[str, ...]:
    """The syllable of each character of a Han run, by the words it makes up; empty where none is known."""
    # Here: its dictionary is large, and a build that changes no title or name does not load it.
    from pypinyin.seg.simpleseg import seg

    # Words are read one by one; there are far fewer of them than of titles.
    return tuple(syllable for word in seg(run) for syllable in _read(word))


@cache
def _read(word: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin

    # A list is taken too, which the type does not say: one text for each character nobody knows how to read.
    syllables = lazy_pinyin(word, errors=_one_each)  # type: ignore[arg-type]
    return tuple(syllable if _LATIN.fullmatch(syllable) else "" for syllable in syllables)


def _one_each(unknown: str) -> list[str]:
    return [""] * len(unknown)


def pinyin_tokens(text: str) -> Iterator[str]:
    """The keys of every Han run of a normalised text."""
    for run in _HAN_RUN.findall(text):
        yield from _run_tokens(run)


# Of names: they come again and again.
@lru_cache(maxsize=1 << 11)
def _run_tokens(run: str) -> tuple[str, ...]:
    return tuple(_keys(readings(run)))


def _keys(syllables: tuple[str, ...]) -> Iterator[str]:
    pairs = zip(syllables, (*syllables[1:], ""), strict=True)
    yield from (SYLLABLES + left + right for left, right in pairs if left)
    initials = [syllable[:1] for syllable in syllables]
    triples = ("".join(initials[at : at + 3]) for at in range(max(1, len(initials) - 1)))
    yield from (INITIALS + triple for triple in triples if len(triple) > 1)


def count_readings(texts: Iterable[str]) -> dict[str, dict[str, int]]:
    """Han character → syllable → how often it is read so in these normalised texts."""
    counted: dict[str, dict[str, int]] = {}
    for text in texts:
        for run in _HAN_RUN.findall(text):
            for character, syllable in zip(run, readings(run), strict=True):
                if syllable:
                    of_character = counted.setdefault(character, {})
                    of_character[syllable] = of_character.get(syllable, 0) + 1
    return counted


def character_readings(counted: Mapping[str, Mapping[str, int]]) -> Mapping[str, str]:
    """Han character → its readings, most frequent first, then its usual one."""
    return {character: " ".join(_ordered(character, counted[character])) for character in sorted(counted)}


def _ordered(character: str, counts: Mapping[str, int]) -> list[str]:
    from pypinyin import Style, pinyin

    by_frequency = sorted(counts, key=lambda syllable: (-counts[syllable], syllable))
    usual = pinyin(character, style=Style.NORMAL)[0][0]
    return by_frequency if usual in counts else [*by_frequency, usual]

"""How titles and names sound: keys that a query in Latin letters finds them by (docs/search-format.md, "Pinyin")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from kebao.search.sounds import HAN_RUN, readings, usual_reading

#: No word begins with them.
SYLLABLES = "~"
INITIALS = "|"


def pinyin_tokens(text: str) -> Iterator[str]:
    """The keys of every Han run of a normalised text."""
    for run in HAN_RUN.findall(text):
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
        for run in HAN_RUN.findall(text):
            for character, syllable in zip(run, readings(run), strict=True):
                if syllable:
                    of_character = counted.setdefault(character, {})
                    of_character[syllable] = of_character.get(syllable, 0) + 1
    return counted


def character_readings(counted: Mapping[str, Mapping[str, int]]) -> Mapping[str, str]:
    """Han character → its readings, most frequent first, then its usual one."""
    return {character: " ".join(_ordered(character, counted[character])) for character in sorted(counted)}


def _ordered(character: str, counts: Mapping[str, int]) -> list[str]:
    by_frequency = sorted(counts, key=lambda syllable: (-counts[syllable], syllable))
    usual = usual_reading(character)
    return by_frequency if usual in counts else [*by_frequency, usual]

"""What a text is found by: pairs of Han characters, words, Tibetan syllables (docs/search-format.md, "Tokens").

``search.js`` does the same; ``tests/golden/search/tokens.yml`` holds both to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from operator import add

#: Raise it when a text's tokens change: kept ones are then made again.
TOKENS_VERSION = 1

_WORD_LENGTH = 24
_LONG_RUN = 8
_TSHEG = "\u0f0b"
_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_TIBETAN = "\u0f00-\u0f0a\u0f0c-\u0fff"

_DROPPED = (
    *(0xAD, 0x640, 0x61C, 0x670, 0xFEFF),
    *range(0x64B, 0x653),
    *range(0x180A, 0x1810),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x206A),
    *range(0xFE00, 0xFE10),
)
# U+06D5: NFKC takes its presentation forms for those of U+0647, another letter. U+06A9: Persian keyboards.
_FOLDED = {"\u0647": "\u06d5", "\u06a9": "\u0643", "ё": "е", "ς": "σ"}
_ZEROS = (0x660, 0x6F0, 0xF20, 0x1810)

_RUNS = re.compile(f"([{_HAN}]+)|([{_TIBETAN}]+(?:{_TSHEG}[{_TIBETAN}]+)*)|([^ {_TSHEG}{_HAN}{_TIBETAN}]+)")
_NOT_HAN = re.compile(f"[^{_HAN}]+")
_TIBETAN_ONE = re.compile(f"[{_TIBETAN}{_TSHEG}]")
_HAN_RUN = re.compile(f"[{_HAN}]+")


class Normaliser(dict[int, str | None]):
    """A table for ``str.translate``: folds letters, drops what is not seen, makes blanks of all that is not text.

    Filled as characters are met: there are a million, and a text has some hundreds.
    """

    def __init__(self, simplified: Mapping[str, str] | None = None) -> None:
        self._simplified = simplified or {}
        super().__init__(dict.fromkeys(_DROPPED))
        self.update({ord(letter): folded for letter, folded in _FOLDED.items()})
        for zero in _ZEROS:
            self.update({zero + digit: str(digit) for digit in range(10)})

    def __missing__(self, code: int) -> str:
        character = chr(code)
        is_text = unicodedata.category(character)[0] in "LMN" or character == _TSHEG
        self[code] = kept = self._simplified.get(character, character) if is_text else " "
        return kept

    def __call__(self, text: str) -> str:
        """The text as it is compared: lower case, only letters, marks, digits and blanks."""
        return unicodedata.normalize("NFKC", text).lower().translate(self)


#: Leaves traditional characters as they are.
PLAIN = Normaliser()


def tokens(text: str, normalise: Normaliser = PLAIN) -> Iterator[str]:
    """Every token of a text in its order, each as often as it stands there."""
    return _tokens_in(normalise(text))


def _tokens_in(normalised: str) -> Iterator[str]:
    for han, tibetan, word in _RUNS.findall(normalised):
        if han:
            yield from map(add, han, han[1:])
            yield han[-1]
        elif tibetan:
            syllables = tibetan.split(_TSHEG)
            for left, right in pairwise(syllables):
                yield left
                yield left + _TSHEG + right
            yield syllables[-1]
        else:
            yield word[:_WORD_LENGTH]


def count_tokens(text: str, normalise: Normaliser = PLAIN) -> dict[str, int]:
    """How often each token stands in a text; the same as counting :func:`tokens`, in a third of the time."""
    normalised = normalise(text)
    # One pass in C over all neighbours; a blank beside a character tells where its run ends.
    han = f"{_NOT_HAN.sub(' ', normalised)} "
    pairs = Counter(map(add, han, han[1:])).items()
    counts = {pair if pair[1] != " " else pair[0]: count for pair, count in pairs if pair[0] != " "}
    rest = _HAN_RUN.sub(" ", normalised)
    if not rest.isspace():
        counts.update(Counter(_tokens_in(rest) if _TIBETAN_ONE.search(rest) else _words(rest)))
    return counts


def _words(text: str) -> Iterator[str]:
    return (word[:_WORD_LENGTH] for word in text.split(" ") if word)


def query_terms(query: str, normalise: Normaliser = PLAIN) -> tuple[str, ...]:
    """What is looked up for a query: ``=key`` exactly, ``*key`` as the beginning of keys, ``?X`` one Han character."""
    normalised = normalise(query)
    terms: list[str] = []
    for run in _RUNS.finditer(normalised):
        han, tibetan, word = run.groups()
        exact = "*" if run.end() == len(normalised) else "="
        if han:
            terms.extend(_han_terms(han))
        elif tibetan:
            syllables = tibetan.split(_TSHEG)
            pairs = [left + _TSHEG + right for left, right in pairwise(syllables)]
            keys = pairs or syllables
            terms.extend([*("=" + key for key in keys[:-1]), exact + keys[-1]])
        else:
            terms.append(exact + word[:_WORD_LENGTH])
    return tuple(dict.fromkeys(terms))


def _han_terms(run: str) -> list[str]:
    if len(run) == 1:
        return ["?" + run]
    pairs = ["=" + pair for pair in map(add, run, run[1:])]
    # Every character is still covered, at half the shards; verifying against the text does the rest.
    return pairs if len(run) <= _LONG_RUN else [*pairs[:-1:2], pairs[-1]]


def is_han(character: str) -> bool:
    return _HAN_RUN.match(character) is not None

"""What a text is found by: pairs of Han characters, words, Tibetan syllables (docs/search-format.md, "Tokens").

``search.js`` does the same; ``tests/golden/search/tokens.yml`` holds both to it.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from operator import add

#: Raise it when a text's tokens change: kept ones are then made again.
TOKENS_VERSION = 2

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
#: Characters that stay as they are when they are normalised, where they are not traditional ones; and the others.
_STEADY = "\u3400-\u4db5\u4e00-\u9fef"
_CHANGEABLE = re.compile(f"([^a-z0-9{_STEADY}]+)")
# With one of them first, the characters between are passed over in C.
_UNSTEADY = re.compile(f"([^{_STEADY}][^{_STEADY}]*)")
#: Stands for the end of a run of Han characters beside those.
_NONE = "\0"
#: Characters of texts whose tokens are known; then they are forgotten.
_MOST_KEPT = 1_000_000
#: Longer runs are words of other scripts, of which there are more than are worth being kept.
_SHORT_RUN = 3
#: What stands on every Chinese page and has another form in NFKC, with that form.
_COMMON_WIDE = (("，", ","), ("：", ":"), ("；", ";"), ("！", "!"), ("？", "?"), ("（", "("), ("）", ")"), ("…", "..."))


class Normaliser(dict[int, str | None]):
    """A table for ``str.translate``: folds letters, drops what is not seen, makes blanks of all that is not text.

    Filled as characters are met: there are a million, and a text has some hundreds.
    """

    def __init__(self, simplified: Mapping[str, str] | None = None) -> None:
        self._simplified = simplified or {}
        self._runs = _Runs(self)
        # Only what the other pattern leaves out: a character class looks up others than these one by one.
        folded = re.findall(f"[{_STEADY}]", "".join(self._simplified))
        self._traditional = re.compile(f"[{''.join(folded)}]") if folded else None
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
        lowered = _compatible(text).lower()
        if self._traditional and self._traditional.search(lowered):
            return lowered.translate(self)
        # Most of a Chinese text stays as it is: it is not looked at character by character.
        parts = _CHANGEABLE.split(lowered)
        parts[1::2] = map(self._runs.__getitem__, parts[1::2])
        return "".join(parts)

    def folded(self, han: str) -> str:
        """Steady characters and blanks as they are compared."""
        return han.translate(self) if self._traditional and self._traditional.search(han) else han


class _Runs(dict[str, str]):
    """Runs of characters as a table translates them: the same few stand between words again and again."""

    def __init__(self, table: Mapping[int, str | None]) -> None:
        self._table = table
        super().__init__()

    def __missing__(self, run: str) -> str:
        translated = run.translate(self._table)
        if len(run) <= _SHORT_RUN:
            self[run] = translated
        return translated


def _compatible(text: str) -> str:
    """The text in NFKC (UAX #15), which is costly for all that stands beside a character that it changes."""
    for wide, form in _COMMON_WIDE:
        text = text.replace(wide, form)
    if unicodedata.is_normalized("NFKC", text):
        return text
    # Nothing is composed with the end of a line, nor ordered over it.
    return "\n".join([unicodedata.normalize("NFKC", line) for line in text.split("\n")])


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


@dataclass(frozen=True, slots=True)
class TokenStream:
    """The tokens of a text, each as often as it stands there, packed so that few of them are made one by one.

    Attributes:
        han: Its runs of Han characters in UTF-16 (little endian), U+0000 between and behind them: neighbours are a
            token, the last of a run one with the U+0000 behind it; those that begin with U+0000 are none.
        others: All other tokens.
        length: How many tokens there are.
    """

    han: bytes
    others: tuple[str, ...]
    length: int

    def pairs(self) -> list[int]:
        """The neighbours in ``han``, each pair as a number; :func:`pair_keys` tells what it stands for."""
        low, high = self.han[::2], self.han[1::2]
        mixed = bytearray(4 * len(low) - 4)
        # Dictionaries sort numbers by their lowest bits: there stands what differs most.
        mixed[::4], mixed[1::4], mixed[2::4], mixed[3::4] = low[:-1], low[1:], high[:-1], high[1:]
        return memoryview(mixed).cast("I").tolist()


def pair_keys(pairs: Sequence[int]) -> list[str]:
    """The tokens that numbers of pairs stand for; empty for those that are none."""
    mixed = array("I", pairs).tobytes()
    data = bytearray(len(mixed))
    data[::4], data[2::4], data[1::4], data[3::4] = mixed[::4], mixed[1::4], mixed[2::4], mixed[3::4]
    characters = data.decode("utf-16-le")
    found = zip(characters[::2], characters[1::2], strict=True)
    return [(first + second if second != _NONE else first) if first != _NONE else "" for first, second in found]


class Tokeniser:
    """Finds the same tokens as :func:`tokens`, in a tenth of the time.

    What stands between Chinese words is the same again and again: it is normalised and taken apart once.
    """

    def __init__(self, normalise: Normaliser) -> None:
        self.normalise = normalise
        #: Text between steady characters → its Han characters, blanks for all else.
        self._han: dict[str, str] = {}
        #: The same → its other tokens, where it has some.
        self._others: dict[str, tuple[str, ...]] = {}
        self._size = 0

    def __call__(self, text: str) -> TokenStream:
        # No steady character is composed with another one, is part of a longer word, or changes its neighbours' case.
        parts = _UNSTEADY.split(text)
        between = parts[1::2]
        if self._size > _MOST_KEPT:
            self._han, self._others, self._size = {}, {}, 0
        for run in set(between).difference(self._han):
            self._learn(run)
        parts[1::2] = [self._han[run] for run in between]
        others = [token for run in between if run in self._others for token in self._others[run]]
        han = self.normalise.folded("".join(parts)).replace(" ", _NONE) + _NONE
        data = han.encode("utf-16-le")
        if len(data) != 2 * len(han):
            # Pairs with characters beyond U+FFFF are no pairs of units.
            others += _tokens_in(han.replace(_NONE, " "))
            return TokenStream(_NONE.encode("utf-16-le"), tuple(others), len(others))
        return TokenStream(data, tuple(others), len(han) - 1 - han.count(_NONE, 0, -1) + len(others))

    def _learn(self, run: str) -> None:
        normalised = self.normalise(run)
        self._han[run] = _NOT_HAN.sub(" ", normalised)
        rest = _HAN_RUN.sub(" ", normalised)
        if found := tuple(_tokens_in(rest) if _TIBETAN_ONE.search(rest) else _words(rest)):
            self._others[run] = found
        self._size += len(run)


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


@cache
def is_han(character: str) -> bool:
    return _HAN_RUN.match(character) is not None

"""What a text is found by: pairs of Han characters, words, Tibetan syllables (docs/search-format.md, "Tokens").

``search.js`` does the same; ``tests/golden/search/tokens.yml`` holds both to it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
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
#: Characters that stay as they are when they are normalised, where they are not traditional ones; and the others.
_STEADY = "\u3400-\u4db5\u4e00-\u9fef"
_CHANGEABLE = re.compile(f"([^a-z0-9{_STEADY}]+)")
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


def count_tokens(text: str, normalise: Normaliser = PLAIN) -> dict[str, int]:
    """How often each token stands in a text; the same as counting :func:`tokens`, in a third of the time."""
    normalised = normalise(text)
    # One pass in C over all neighbours; a blank beside a character tells where its run begins or ends.
    han = f"{_NOT_HAN.sub(' ', normalised)} "
    counts = Counter(map(add, han, han[1:]))
    for pair in [pair for pair in counts if " " in pair]:
        count = counts.pop(pair)
        if pair[0] != " ":
            counts[pair[0]] = count
    rest = _HAN_RUN.sub(" ", normalised)
    if not rest.isspace():
        counts.update(_tokens_in(rest) if _TIBETAN_ONE.search(rest) else _words(rest))
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


@cache
def is_han(character: str) -> bool:
    return _HAN_RUN.match(character) is not None

"""How Han characters and words are read, out of dictionaries that take sixty megabytes when they are loaded.

They are loaded when something is asked that was neither asked before nor told by another process.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_LATIN = re.compile(r"[a-z]+")
#: So many runs are known: `kebao serve` goes on for weeks.
_MOST = 1 << 15
#: No syllable, and no text without one.
_UNKNOWN = "?"

_of_runs: dict[str, tuple[str, ...]] = {}
_usual: dict[str, str] = {}
_with_tone: dict[str, str] = {}


def readings(run: str) -> tuple[str, ...]:
    """The syllable of each character of a Han run, by the words it makes up; empty where none is known."""
    known = _of_runs.get(run)
    if known is None:
        if len(_of_runs) >= _MOST:
            _of_runs.clear()
        known = _of_runs[run] = tuple(_read_run(run))
    return known


def usual_reading(character: str) -> str:
    """The syllable that a character by itself is read with."""
    if character not in _usual:
        from pypinyin import Style, pinyin

        _usual[character] = pinyin(character, style=Style.NORMAL)[0][0]
    return _usual[character]


def reading_with_tone(character: str) -> str:
    """The same syllable with the number of its tone, ``zhong1``."""
    if character not in _with_tone:
        from pypinyin import Style, pinyin

        _with_tone[character] = pinyin(character, style=Style.TONE3, neutral_tone_with_five=True)[0][0]
    return _with_tone[character]


def sounds_of(texts: Iterable[str], normalise: Callable[[str], str]) -> str:
    """All that is asked here of texts, for the :func:`learn_sounds` of another process."""
    found = list(texts)
    runs = {run for text in found for run in HAN_RUN.findall(normalise(text))}
    characters = sorted(set().union(*runs, *(run for text in found for run in HAN_RUN.findall(text))))
    told = (
        {run: " ".join([syllable or _UNKNOWN for syllable in readings(run)]) for run in sorted(runs)},
        {character: usual_reading(character) for character in characters},
        {character: reading_with_tone(character) for character in characters},
    )
    return json.dumps(told)


def learn_sounds(told: str) -> None:
    """Makes known what :func:`sounds_of` said."""
    runs, usual, with_tone = json.loads(told)
    _of_runs.update(_syllables(runs))
    _usual.update(usual)
    _with_tone.update(with_tone)


def _syllables(runs: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    # There are four hundred syllables, and a hundred thousand characters in ten thousand titles.
    known: dict[str, str] = {_UNKNOWN: ""}
    for run, syllables in runs.items():
        yield run, tuple([known.setdefault(syllable, syllable) for syllable in syllables.split(" ")])


def _read_run(run: str) -> Iterator[str]:
    # Here: a build that changes no title or name does not load it.
    from pypinyin.seg.simpleseg import seg

    # Words are read one by one; there are far fewer of them than of titles.
    return (syllable for word in seg(run) for syllable in _read(word))


@cache
def _read(word: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin

    # A list is taken too, which the type does not say: one text for each character nobody knows how to read.
    syllables = lazy_pinyin(word, errors=_one_each)  # type: ignore[arg-type]
    return tuple(syllable if _LATIN.fullmatch(syllable) else "" for syllable in syllables)


def _one_each(unknown: str) -> list[str]:
    return [""] * len(unknown)

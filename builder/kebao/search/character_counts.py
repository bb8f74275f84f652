"""What an index says of single characters, counted: some documents can then be taken out and others put in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

from kebao.search.document import Document
from kebao.search.pinyin import count_readings
from kebao.search.simplified import foldable
from kebao.search.tokens import Normaliser

Readings = Mapping[str, Mapping[str, int]]
#: The text of a document, and what is spoken of it.
Said = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CharacterCounts:
    """The characters of some documents.

    Attributes:
        traditional: Traditional character → in how many documents it stands.
        readings: Han character → syllable → how often titles and names have it read so.
    """

    traditional: Mapping[str, int]
    readings: Readings

    def after(self, before: CharacterCounts, now: CharacterCounts) -> CharacterCounts:
        """With the documents of ``now`` in place of those of ``before``."""
        readings = dict(self.readings)
        for character in before.readings.keys() | now.readings.keys():
            counts = (each.readings.get(character, {}) for each in (self, before, now))
            if changed := _replaced(*counts):
                readings[character] = changed
            else:
                readings.pop(character, None)
        return CharacterCounts(_replaced(self.traditional, before.traditional, now.traditional), readings)


def said_in(document: Document) -> Said:
    return document.text, spoken_in(document)


def spoken_in(document: Document) -> str:
    """Title and names on one line: what may be looked up by its sound."""
    return " ".join((document.title, *document.names)).replace("\n", " ")


def count_characters(
    said: Sequence[Said], simplified: Mapping[str, str], read: Sequence[bool] | None = None
) -> CharacterCounts:
    """The characters of these.

    Args:
        simplified: Traditional character → simplified.
        read: Of which of them the readings are counted; of all where it is not given.
    """
    may_be_folded, normalise = foldable(simplified), Normaliser(simplified)
    traditional: Counter[str] = Counter()
    for text, spoken in said:
        traditional.update(simplified.keys() & {*may_be_folded.findall(text), *may_be_folded.findall(spoken)})
    voiced = [spoken for _, spoken in (said if read is None else compress(said, read))]
    return CharacterCounts(traditional, count_readings(map(normalise, voiced)))


def _replaced(counts: Mapping[str, int], before: Mapping[str, int], now: Mapping[str, int]) -> dict[str, int]:
    left = Counter(counts)
    left.subtract(before)
    left.update(now)
    return {each: count for each, count in left.items() if count}

"""Numbers and lists of documents in printable digits (docs/search-format.md, "Numbers and digits")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

#: U+0026–U+007E without what needs an escape in JSON or HTML, and without the quotes of other languages.
DIGITS = "".join(chr(code) for code in range(0x26, 0x7F) if chr(code) not in "'<\\`")
_VALUES = {digit: value for value, digit in enumerate(DIGITS)}
_FINAL = 60
_BASE = len(DIGITS) - _FINAL
_BITS = 6

#: Separates the lists of an entry; stands before a dense one.
BETWEEN = "!"
DENSE = "#"


def number(value: int) -> str:
    """A number ≥ 0: one digit up to 59, two up to 1,559, three up to 39,059."""
    digits = ""
    while value >= _FINAL:
        value -= _FINAL
        digits += DIGITS[_FINAL + value % _BASE]
        value //= _BASE
    return digits + DIGITS[value]


def numbers(text: str) -> Iterator[int]:
    """The numbers that stand one after the other in a text."""
    value, scale = 0, 1
    for digit in text:
        rank = _VALUES[digit]
        value += rank * scale
        if rank < _FINAL:
            yield value
            value, scale = 0, 1
        else:
            scale *= _BASE


def run_column(values: Iterable[int]) -> str:
    """Each value (0–84) once a run, with the length of the run behind it."""
    written: list[str] = []
    before, length = -1, 0
    for value in values:
        if value == before:
            length += 1
            continue
        if length:
            written.append(DIGITS[before] + number(length))
        before, length = value, 1
    if length:
        written.append(DIGITS[before] + number(length))
    return "".join(written)


def bit_column(bits: str) -> str:
    """``0110…``, six a digit, the first one highest; the last digit is filled up with 0."""
    padded = bits.ljust(-(-len(bits) // _BITS) * _BITS, "0")
    return "".join(DIGITS[int(padded[start : start + _BITS], 2)] for start in range(0, len(padded), _BITS))


def posting(document: int, weight_class: int) -> int:
    """A document and its class (1–3) as one number, for compact arrays."""
    return document << 2 | weight_class


class EntryCoder:
    """Writes the entries of an index with a known number of documents.

    Numbers below that are written once and looked up: an index has millions of them.
    """

    def __init__(self, documents: int) -> None:
        self._documents = documents
        self._numbers = [number(value) for value in range(documents)]

    def entry(self, postings: Sequence[int]) -> str:
        """The entry of a token; ``postings`` as :func:`posting` gives them, by ascending document."""
        written = self._numbers
        if len(postings) == 1:
            return BETWEEN * ((postings[0] & 3) - 1) + written[postings[0] >> 2]
        lists: tuple[list[str], ...] = ([], [], [], [])
        next_ones = [0, 0, 0, 0]
        for value in postings:
            weight_class, document = value & 3, value >> 2
            lists[weight_class].append(written[document - next_ones[weight_class]])
            next_ones[weight_class] = document + 1
        entry = BETWEEN.join("".join(lists[weight_class]) for weight_class in (1, 2, 3)).rstrip(BETWEEN)
        if len(entry) > 1 + -(-self._documents // 3):
            return self._dense(postings)
        return entry

    def _dense(self, postings: Sequence[int]) -> str:
        classes = bytearray(-(-self._documents // 3) * 3)
        for value in postings:
            classes[value >> 2] = value & 3
        triples = zip(classes[0::3], classes[1::3], classes[2::3], strict=True)
        return DENSE + "".join([DIGITS[16 * a + 4 * b + c] for a, b, c in triples])


def classes_of(entry: str, documents: int) -> bytearray:
    """The class of every document in an entry, 0 where it is not in it: what a reader makes of it."""
    classes = bytearray(documents)
    if entry.startswith(DENSE):
        for place, digit in enumerate(entry[1:]):
            triple = _VALUES[digit]
            for offset, shift in enumerate((4, 2, 0)):
                if place * 3 + offset < documents:
                    classes[place * 3 + offset] = triple >> shift & 3
        return classes
    for weight_class, written in enumerate(entry.split(BETWEEN), start=1):
        document = -1
        for gap in numbers(written):
            document += gap + 1
            classes[document] = weight_class
    return classes

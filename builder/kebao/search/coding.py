"""Numbers and lists of documents in printable digits (docs/search-format.md, "Numbers and digits")."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence

#: U+0026–U+007E without what needs an escape in JSON or HTML, and without the quotes of other languages.
DIGITS = "".join(chr(code) for code in range(0x26, 0x7F) if chr(code) not in "'<\\`")
_VALUES = {digit: value for value, digit in enumerate(DIGITS)}
_FINAL = 60
_BASE = len(DIGITS) - _FINAL
_BITS = 6
_BITS_IN_GROUP = 24
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OF_BASE64 = bytes.maketrans(_BASE64, DIGITS[: len(_BASE64)].encode())

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
    count = -(-len(bits) // _BITS)
    padded = bits.ljust(-(-len(bits) // _BITS_IN_GROUP) * _BITS_IN_GROUP, "0")
    data = int(padded or "0", 2).to_bytes(len(padded) // 8, "big")
    # The digits of Base64 (RFC 4648 §4) stand for six bits too, and are written in C.
    return b64encode(data)[:count].translate(_OF_BASE64).decode()


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
        #: From a posting to the next of its class → how many documents lie between.
        self._between = [written for written in ("", *self._numbers) for _ in range(posting(1, 0))]

    def entry(self, postings: Sequence[int]) -> str:
        """The entry of a token; ``postings`` as :func:`posting` gives them, by ascending document."""
        if len(postings) == 1:
            return BETWEEN * ((postings[0] & 3) - 1) + self._numbers[postings[0] >> 2]
        between = self._between
        body: list[str] = []
        strong: list[str] = []
        first: list[str] = []
        last_body, last_strong, last_first = posting(-1, 1), posting(-1, 2), posting(-1, 3)
        # Millions of times: as few steps as there can be.
        for value in postings:
            if value & 3 == 1:
                body.append(between[value - last_body])
                last_body = value
            elif value & 3 == 2:
                strong.append(between[value - last_strong])
                last_strong = value
            else:
                first.append(between[value - last_first])
                last_first = value
        entry = BETWEEN.join(("".join(body), "".join(strong), "".join(first))).rstrip(BETWEEN)
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


def postings_of(entry: str, documents: int) -> list[int]:
    """What :meth:`EntryCoder.entry` wrote."""
    if entry.startswith(DENSE):
        return [posting(number, each) for number, each in enumerate(classes_of(entry, documents)) if each]
    found: list[int] = []
    for weight_class, written in enumerate(entry.split(BETWEEN), start=1):
        document = -1
        for gap in numbers(written):
            document += gap + 1
            found.append(posting(document, weight_class))
    return sorted(found)

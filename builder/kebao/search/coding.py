"""Numbers and lists of documents in printable digits (docs/search-format.md, "Numbers and digits")."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, repeat
from operator import add, itemgetter, sub

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
    return _six_bits(bits, 1)


def _six_bits(written: str, bits: int) -> str:
    """Numbers of so many bits as digits of six; the last digit is filled up with 0."""
    count = -(-len(written) * bits // _BITS)
    padded = written.ljust(-(-len(written) * bits // _BITS_IN_GROUP) * _BITS_IN_GROUP // bits, "0")
    data = int(padded or "0", 2**bits).to_bytes(len(padded) * bits // 8, "big")
    # The digits of Base64 (RFC 4648 §4) stand for six bits too, and are written in C.
    return b64encode(data)[:count].translate(_OF_BASE64).decode()


def posting(document: int, weight_class: int) -> int:
    """A document and its class (1–3) as one number, for compact arrays."""
    return document << 2 | weight_class


#: Stands between a document and itself; no digit.
_AGAIN = "\0"


class EntryCoder:
    """Writes the entries of an index with a known number of documents.

    Numbers below that are written once and looked up: an index has millions of them.
    """

    def __init__(self, documents: int) -> None:
        self._documents = documents
        self._most = 1 + -(-documents // 3)
        #: From a document to the next → how many lie between.
        self._between = [_AGAIN, *map(number, range(documents))]

    def entry(self, postings: Sequence[int]) -> str:
        """The entry of a token; ``postings`` as :func:`posting` gives them, by ascending document."""
        return self.entry_of(*([value >> 2 for value in postings if value & 3 == each] for each in (1, 2, 3)))

    def entry_of(self, text: Sequence[int], strong: Sequence[int], first: Sequence[int]) -> str:
        """The entry of a token that these documents have in class 1, 2 and 3; rising, each in one of them."""
        # Each takes a digit at least.
        if len(text) + len(strong) + len(first) > self._most:
            return self._dense(text, strong, first)
        gaps = [self._gaps(documents) if documents else "" for documents in (text, strong, first)]
        entry = BETWEEN.join(gaps).rstrip(BETWEEN)
        is_long = len(entry) > self._most and len(text) + len(strong) + len(first) > 1
        return self._dense(text, strong, first) if is_long else entry

    def entry_of_text(self, documents: Sequence[int]) -> str:
        """The same where all have it in class 1; nothing where one of them is there more than once."""
        entry = self._gaps(documents)
        if _AGAIN in entry:
            return ""
        return entry if len(entry) <= self._most else self.entry_of(documents, (), ())

    def _gaps(self, documents: Sequence[int]) -> str:
        # Millions of times: kept out of Python's own loop.
        gaps = [documents[0] + 1, *map(sub, documents[1:], documents)]
        found = itemgetter(*gaps)(self._between)
        return found if isinstance(found, str) else "".join(found)

    def _dense(self, *classes: Sequence[int]) -> str:
        written = bytearray(b"0" * self._documents)
        for weight_class, documents in zip(b"123", classes, strict=True):
            for document in documents:
                written[document] = weight_class
        return DENSE + _six_bits(written.decode(), 2)


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


def documents_of(entry: str, documents: int) -> tuple[list[int], list[int], list[int]]:
    """The documents in an entry that have its token in class 1, 2 and 3."""
    found: tuple[list[int], list[int], list[int]] = ([], [], [])
    if entry.startswith(DENSE):
        for document, each in enumerate(classes_of(entry, documents)):
            if each:
                found[each - 1].append(document)
        return found
    for of_class, written in zip(found, entry.split(BETWEEN), strict=False):
        of_class += accumulate(map(add, numbers(written), repeat(1)), initial=-1)
        del of_class[0]
    return found


def postings_of(entry: str, documents: int) -> list[int]:
    """What :meth:`EntryCoder.entry` wrote."""
    by_class = enumerate(documents_of(entry, documents), start=1)
    return sorted(posting(document, weight_class) for weight_class, found in by_class for document in found)

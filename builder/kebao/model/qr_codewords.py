"""The codewords of a QR code's text and where their bits stand (ISO/IEC 18004:2015), for texts in ASCII, level L."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import pairwise, zip_longest
from operator import getitem, xor

#: Check codewords of a block, and blocks of a code, by version (table 9, level L).
_CHECKS = (
    *(7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28),
    *(28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30),
)
_BLOCKS = (
    *(1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8),
    *(8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25),
)
VERSIONS = range(1, len(_BLOCKS) + 1)
_BYTE_MODE = 0b0100
#: The count of bytes has twice as many bits in codes of this version and above (table 3).
_LONG_COUNT = 10
#: What fills up the data (7.4.10); segno writes a codeword of zeros before, which readers do not look at either.
_PADDING = bytes((0xEC, 0x11))
_TABLE = 255
_DIGITS = b"0" + b"1" * _TABLE
#: x⁸ + x⁴ + x³ + x² + 1 (7.5.2).
_FIELD = 0b1_0001_1101


@dataclass(frozen=True, slots=True)
class CodeForm:
    """What all codes of a version have in common.

    Attributes:
        side: Modules in a row, and rows.
        capacity: The most bytes of a text.
    """

    side: int
    capacity: int
    _checks: int
    #: Where each block begins and ends in the data.
    _blocks: Sequence[slice]
    _count_bits: int
    #: The codeword of each module, out of the first ``_TABLE`` ones, the next, …; ``_TABLE`` where it has none of them.
    _sources: Sequence[bytes]
    #: The bit of its codeword that a module shows, a byte each; 0 where it shows none.
    _shown: int

    def modules(self, text: bytes) -> str:
        """The modules of a text as ``0`` and ``1``, row by row, without a mask; light where none of its bits stand."""
        codewords, found = self._codewords(text), 0
        for number, source in enumerate(self._sources):
            some = codewords[number * _TABLE : (number + 1) * _TABLE]
            # As tables bytes are looked up in C: a code has thousands of modules.
            found |= int.from_bytes(source.translate(some.ljust(_TABLE + 1, b"\0")), "big")
        return (found & self._shown).to_bytes(self.side * self.side, "big").translate(_DIGITS).decode()

    def _codewords(self, text: bytes) -> bytes:
        head = (_BYTE_MODE << self._count_bits | len(text)) << 8 * len(text)
        # With the end of the text, four light modules, they are whole codewords.
        bits = (head | int.from_bytes(text, "big")) << 4
        data = bits.to_bytes((self._count_bits + 8) // 8 + len(text), "big")
        room: int = self._blocks[-1].stop - len(data)
        data += (b"\0" + _PADDING * (room // 2))[:room]
        blocks = [data[block] for block in self._blocks]
        checks = [_check_codewords(block, self._checks) for block in blocks]
        if len(blocks) == 1:
            return data + checks[0]
        return bytes([each for part in (blocks, checks) for each in _in_turn(part)])


def form_for(length: int) -> CodeForm | None:
    """The form of the smallest code for so many bytes; None where they are too many."""
    return next((form for form in map(code_form, VERSIONS) if length <= form.capacity), None)


@cache
def code_form(version: int) -> CodeForm:
    side = 17 + 4 * version
    places = list(_places(version))
    checks, blocks = _CHECKS[version - 1], _BLOCKS[version - 1]
    short, longer = divmod(len(places) // 8, blocks)
    ends = [0]
    for block in range(blocks):
        ends.append(ends[-1] + short - checks + (block >= blocks - longer))
    count_bits = 16 if version >= _LONG_COUNT else 8
    order = {place: divmod(bit, 8) for bit, place in enumerate(places[: len(places) // 8 * 8])}
    shown = [order.get((y, x), (-1, 8)) for y in range(side) for x in range(side)]
    sources = [
        bytes(codeword - start if start <= codeword < start + _TABLE else _TABLE for codeword, _ in shown)
        for start in range(0, len(places) // 8, _TABLE)
    ]
    bits = int.from_bytes(bytes(128 >> bit for _, bit in shown), "big")
    slices = [slice(start, end) for start, end in pairwise(ends)]
    return CodeForm(side, ends[-1] - 1 - count_bits // 8, checks, slices, count_bits, sources, bits)


def _in_turn(blocks: Iterable[bytes]) -> Iterator[int]:
    """The first codeword of each block, then the second ones, … (7.6)."""
    return (each for row in zip_longest(*blocks) for each in row if each is not None)


def _check_codewords(block: bytes, count: int) -> bytes:
    """The rest that the block leaves when it is divided by the generator polynomial (7.5.2)."""
    rest: int = reduce(xor, map(getitem, _rests(len(block), count), block))
    return rest.to_bytes(count, "big")


@cache
def _rests(length: int, count: int) -> Sequence[Sequence[int]]:
    """By place in a block and codeword there, what rest it leaves: that of a block is the sum."""
    multiples = _multiples(count)
    above, kept = 8 * (count - 1), (1 << 8 * (count - 1)) - 1
    places = [multiples]
    while len(places) < length:
        places.append([(rest & kept) << 8 ^ multiples[rest >> above] for rest in places[-1]])
    return places[::-1]


@cache
def _multiples(count: int) -> Sequence[int]:
    """The generator polynomial of a degree, times each number of the field, without its highest term."""
    generator, root = [1], 1
    for _ in range(count):
        longer, shifted = [*generator, 0], [0, *(_times(each, root) for each in generator)]
        generator = [one ^ other for one, other in zip(longer, shifted, strict=True)]
        root = _times(root, 2)
    return [int.from_bytes(bytes(_times(each, factor) for each in generator[1:]), "big") for factor in range(256)]


def _times(one: int, other: int) -> int:
    """The product in the field."""
    product = 0
    for bit in range(7, -1, -1):
        product <<= 1
        if product >> 8:
            product ^= _FIELD
        if other >> bit & 1:
            product ^= one
    return product


def _places(version: int) -> Iterator[tuple[int, int]]:
    """Row and column of the codewords' bits in their order: up and down in pairs of columns from the right (7.7.3)."""
    side = 17 + 4 * version
    taken = set(_patterns(version))
    upwards = True
    # The sixth column is a pattern from top to bottom.
    for right in (*range(side - 1, 6, -2), 5, 3, 1):
        for y in range(side - 1, -1, -1) if upwards else range(side):
            yield from (place for place in ((y, right), (y, right - 1)) if place not in taken)
        upwards = not upwards


def _patterns(version: int) -> Iterator[tuple[int, int]]:
    """Row and column of all modules that say nothing of the text: patterns, format and version (6.3)."""
    side = 17 + 4 * version
    for y in range(side):
        yield from ((y, 6), (6, y))
    for top, left in ((0, 0), (0, side - 8), (side - 8, 0)):
        yield from ((y, x) for y in range(top, min(top + 9, side)) for x in range(left, min(left + 9, side)))
    centres = _alignment(version)
    corners = {(6, 6), (6, side - 7), (side - 7, 6)}
    for row, column in ((y, x) for y in centres for x in centres if (y, x) not in corners):
        yield from ((y, x) for y in range(row - 2, row + 3) for x in range(column - 2, column + 3))
    if version >= 7:
        for y in range(6):
            yield from ((y, side - x) for x in (9, 10, 11))
            yield from ((side - x, y) for x in (9, 10, 11))


def _alignment(version: int) -> Sequence[int]:
    """Rows and columns of the centres of alignment patterns (annex E)."""
    if version == 1:
        return ()
    side, spaces = 17 + 4 * version, version // 7 + 1
    # As wide as each other and even, but for the first.
    space = (version * 8 + spaces * 3 + 8) // (spaces * 4) * 2
    return (6, *range(side - 7 - (spaces - 1) * space, side, space))

"""The CRC-32 of bytes that stand one after another, out of the CRC-32s of both: the bytes are not read again.

A CRC is linear over GF(2): what a run of zero bytes does to it is a matrix, and so is what twice as many do, its square
(M. Adler's ``crc32_combine`` of zlib, which Python does not offer).
"""

from __future__ import annotations

from functools import cache

_POLYNOMIAL = 0xEDB88320
_BITS = 32
#: A matrix: what becomes of each bit, the lowest first.
_Matrix = tuple[int, ...]


def joined_crc32(first: int, second: int, second_size: int) -> int:
    """The CRC-32 of bytes with the CRC-32 ``first``, then ``second_size`` bytes with the CRC-32 ``second``."""
    for matrix in _zero_bytes():
        if not second_size:
            break
        if second_size & 1:
            first = _times(matrix, first)
        second_size >>= 1
    return first ^ second


@cache
def _zero_bytes() -> tuple[_Matrix, ...]:
    """What 1, 2, 4 … zero bytes do, up to more than there can be."""
    one_bit: _Matrix = (_POLYNOMIAL, *(1 << bit for bit in range(_BITS - 1)))
    matrix = _square(_square(_square(one_bit)))
    found = []
    for _ in range(64):
        found.append(matrix)
        matrix = _square(matrix)
    return tuple(found)


def _square(matrix: _Matrix) -> _Matrix:
    return tuple(_times(matrix, column) for column in matrix)


def _times(matrix: _Matrix, bits: int) -> int:
    result = 0
    for column in matrix:
        if not bits:
            break
        if bits & 1:
            result ^= column
        bits >>= 1
    return result

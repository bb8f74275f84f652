"""What is kept of the documents of an index, in columns: thousands are read and written, and few are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import overload

_BETWEEN = "\x1f"
#: Bytes of ``head``, ``whole``, ``text`` and ``tokens``.
_SIZES = (16, 16, 16, 32)
_ENDS = tuple(accumulate(_SIZES))
_ROW = _ENDS[-1]


@dataclass(frozen=True, slots=True)
class DocumentMark:
    """What is kept of a document, under its place in the index.

    Attributes:
        order, stages, subject: See :class:`Document`.
        head: Digest of what decides where in the index the document is, and which files belong to which resource.
        whole: Digest of everything, repeated lines too.
        text: Digest of the text, repeated lines too.
        tokens: Key of its token lists (hex, as the digests are).
        length: How many tokens its text has.
    """

    order: tuple[str, int]
    stages: tuple[str, ...]
    subject: str
    head: str
    whole: str
    text: str
    tokens: str
    length: int


@dataclass(frozen=True, slots=True)
class DocumentMarks(Sequence[DocumentMark]):
    """The marks by the numbers of their documents.

    Attributes:
        orders: Part's number, blank, page's URI.
        groups: Subject and stages.
        digests: All digests of the first document, then those of the next.
    """

    orders: Sequence[str]
    groups: Sequence[str]
    digests: bytes
    lengths: Sequence[int]

    def __post_init__(self) -> None:
        count = len(self.orders)
        if not len(self.groups) == len(self.lengths) == count or len(self.digests) != count * _ROW:
            msg = "columns of different lengths"
            raise ValueError(msg)

    @classmethod
    def of(cls, marks: Sequence[DocumentMark]) -> DocumentMarks:
        digests = b"".join(map(_digests, marks))
        return cls([_order(mark.order) for mark in marks], [*map(_group, marks)], digests, [m.length for m in marks])

    def __len__(self) -> int:
        return len(self.orders)

    @overload
    def __getitem__(self, number: int) -> DocumentMark: ...

    @overload
    def __getitem__(self, number: slice) -> list[DocumentMark]: ...

    def __getitem__(self, number: int | slice) -> DocumentMark | list[DocumentMark]:
        if isinstance(number, slice):
            return [self[each] for each in range(*number.indices(len(self)))]
        subject, *stages = self.groups[number].split(_BETWEEN)
        row = self.digests[number * _ROW : (number + 1) * _ROW]
        head, whole, text, tokens = (row[end - size : end].hex() for size, end in zip(_SIZES, _ENDS, strict=True))
        return DocumentMark(self.order(number), tuple(stages), subject, head, whole, text, tokens, self.lengths[number])

    def order(self, number: int) -> tuple[str, int]:
        place, _, uri = self.orders[number].partition(" ")
        return uri, int(place)

    def numbers(self, orders: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
        """The numbers of the documents with these orders; those that are none are left out."""
        found = dict(zip(self.orders, range(len(self)), strict=True))
        return {order: found[_order(order)] for order in orders if _order(order) in found}

    def token_keys(self) -> list[bytes]:
        return [self.digests[end - _SIZES[-1] : end] for end in range(_ROW, len(self.digests) + 1, _ROW)]

    def after(self, changed: Mapping[int, DocumentMark]) -> DocumentMarks:
        """With these marks in place of those that stand where they do."""
        orders, groups, lengths = [*self.orders], [*self.groups], [*self.lengths]
        digests = bytearray(self.digests)
        for number, mark in changed.items():
            orders[number], groups[number], lengths[number] = _order(mark.order), _group(mark), mark.length
            digests[number * _ROW : (number + 1) * _ROW] = _digests(mark)
        return DocumentMarks(orders, groups, bytes(digests), lengths)


def _order(order: tuple[str, int]) -> str:
    uri, place = order
    return f"{place} {uri}"


def _group(mark: DocumentMark) -> str:
    return _BETWEEN.join((mark.subject, *mark.stages))


def _digests(mark: DocumentMark) -> bytes:
    return bytes.fromhex(mark.head + mark.whole + mark.text + mark.tokens)

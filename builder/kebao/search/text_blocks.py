"""Texts for snippets and for verifying phrases, some documents a file."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from kebao.search.coding import bit_column
from kebao.search.data_file import DataFile, json_text
from kebao.search.document import Document

BLOCK_BYTES = 4_096
_WRAPPER_BYTES = len('Kebao.put("t/00000","00000000",[]);\n')


@dataclass(frozen=True, slots=True)
class TextBlocks:
    """The files, and how many documents each holds."""

    files: tuple[DataFile, ...]
    counts: tuple[int, ...]

    @property
    def starts(self) -> str:
        """A bit a document: 1 where a file begins."""
        return bit_column(_starts(self.counts))


#: A document's section, and its row.
Row = tuple[str, bytes]


def text_blocks(documents: Iterable[Document]) -> TextBlocks:
    rows = ((section_of(document.order), written_row(n, document.text)) for n, document in enumerate(documents))
    blocks = [[row for _, row in block] for block in cut_rows(rows)]
    files = (_file(number, block) for number, block in enumerate(blocks))
    return TextBlocks(tuple(files), tuple(map(len, blocks)))


def section_of(order: tuple[str, int]) -> str:
    """A document more in one section leaves the files of the sections before it as they are."""
    return order[0].partition("/")[0]


def written_row(number: int, text: str) -> bytes:
    return json_text([number, text]).encode()


def _file(number: int, rows: Iterable[bytes]) -> DataFile:
    return DataFile(f"t/{number}", b"[%s]" % b",".join(rows))


def _starts(counts: Sequence[int]) -> str:
    return "".join("1" + "0" * (count - 1) for count in counts)


def cut_rows(following: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows of one file after the other; where one begins depends on nothing before it."""
    rows: list[Row] = []
    size = 0
    for section, row in following:
        if rows and (rows[-1][0] != section or size + len(row) + 1 + _WRAPPER_BYTES > BLOCK_BYTES):
            yield rows
            rows, size = [], 0
        rows.append((section, row))
        size += len(row) + 1
    if rows:
        yield rows


def patched_blocks(
    files: Sequence[DataFile],
    counts: Sequence[int],
    order_of: Callable[[int], tuple[str, int]],
    changed: Mapping[int, str],
) -> TextBlocks:
    """The files that a new index would have.

    Args:
        files, counts: As they were, and how many documents each holds.
        order_of: Number of a document → its order.
        changed: Numbers of documents → their texts.
    """
    made: list[DataFile] = []
    sizes: list[int] = []
    firsts = {start: place for place, start in enumerate(accumulate((0, *counts[:-1])))}
    numbers = sorted(changed)
    place, start = 0, 0
    while place < len(files):
        # The first document of the next file may be one that fits into this one now.
        if bisect_left(numbers, start) == bisect_right(numbers, start + counts[place]):
            made.append(files[place].named(f"t/{len(made)}"))
            sizes.append(counts[place])
            start += counts[place]
            place += 1
            continue
        for rows in cut_rows(_rows(files[place:], order_of, changed)):
            made.append(_file(len(made), (row for _, row in rows)))
            sizes.append(len(rows))
            start += len(rows)
            # From where a file began before, one can go on with that.
            if start in firsts:
                break
        place = firsts.get(start, len(files))
    return TextBlocks(tuple(made), tuple(sizes))


def _rows(
    files: Iterable[DataFile], order_of: Callable[[int], tuple[str, int]], changed: Mapping[int, str]
) -> Iterator[Row]:
    for file in files:
        for number, text in json.loads(file.payload):
            yield section_of(order_of(number)), written_row(number, changed.get(number, text))

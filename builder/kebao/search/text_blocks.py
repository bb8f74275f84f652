"""Texts for snippets and for verifying phrases, some documents a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

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


def text_blocks(documents: Iterable[Document]) -> TextBlocks:
    blocks = list(_cut(documents))
    files = (DataFile(f"t/{n}", b"[%s]" % b",".join(rows)) for n, rows in enumerate(blocks))
    return TextBlocks(tuple(files), tuple(map(len, blocks)))


def _starts(counts: Sequence[int]) -> str:
    return "".join("1" + "0" * (count - 1) for count in counts)


def _cut(documents: Iterable[Document]) -> Iterator[list[bytes]]:
    rows: list[bytes] = []
    size = 0
    section = ""
    for number, document in enumerate(documents):
        row = json_text([number, document.text]).encode()
        # A document more in one section leaves the files of the sections before it as they are.
        starts_section = document.order[0].partition("/")[0] != section
        if rows and (starts_section or size + len(row) + 1 + _WRAPPER_BYTES > BLOCK_BYTES):
            yield rows
            rows, size = [], 0
        section = document.order[0].partition("/")[0]
        rows.append(row)
        size += len(row) + 1
    if rows:
        yield rows

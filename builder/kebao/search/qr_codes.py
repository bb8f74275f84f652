"""The codes of the resources' pages, for printing "my list" (docs/search-format.md, ``q/<n>``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kebao.model.qr_code import QrCode, qr_code
from kebao.search.coding import bit_column
from kebao.search.data_file import DataFile, data_file
from kebao.search.rows import ROWS_IN_FILE


def qr_files(addresses: Sequence[str]) -> Iterator[DataFile]:
    """``q/0``, ``q/1``, … for the addresses of the resources' pages in the order of their document numbers."""
    for start in range(0, len(addresses), ROWS_IN_FILE):
        codes = [qr_digits(qr_code(address)) for address in addresses[start : start + ROWS_IN_FILE]]
        yield data_file(f"q/{start // ROWS_IN_FILE}", codes)


def qr_digits(code: QrCode) -> str:
    """The modules row by row, six a digit, the first one highest; the last digit is filled up with light ones.

    The side is the whole part of √(6 · digits): sides differ by four at least.
    """
    return bit_column(code.modules)

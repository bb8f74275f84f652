"""The records of bundles are those that zipfile writes for the same members, also where sizes need 64 bits."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.bundles import zip_records
from kebao.bundles.crc32 import joined_crc32
from kebao.bundles.zip_records import Listing, entry_of, local_header

MEMBERS = st.lists(st.tuples(st.text("ab课/.", min_size=1, max_size=8), st.binary(max_size=40)), max_size=6)
_LIMIT = (1 << 31) - 1


def ours(members: list[tuple[str, bytes]]) -> bytes:
    written, listing = b"", Listing()
    for name, data in members:
        entry = entry_of(name, crc32=zlib.crc32(data), size_bytes=len(data), offset=len(written))
        written += local_header(entry) + data
        listing.add(entry)
    return written + listing.directory(len(written))


def theirs(members: list[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr, info.file_size = 3, 0o100644 << 16, len(data)
            with archive.open(info, "w") as target:
                target.write(data)
    return stream.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("limit", [_LIMIT, 20, 100])
@given(members=MEMBERS)
def test_the_bytes_are_those_of_zipfile(limit: int, members: list[tuple[str, bytes]]) -> None:
    # A small limit stands for files and archives of more than two gigabytes.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile, "ZIP64_LIMIT", limit)
        patch.setattr(zip_records, "_LIMIT", limit)
        assert ours(members) == theirs(members)


def test_more_members_than_sixteen_bits_can_count_are_counted() -> None:
    members = [(str(number), b"") for number in range((1 << 16) + 1)]
    assert ours(members) == theirs(members)


@given(first=st.binary(max_size=70), second=st.binary(max_size=70))
def test_the_crc_of_two_pieces_is_that_of_the_whole(first: bytes, second: bytes) -> None:
    assert joined_crc32(zlib.crc32(first), zlib.crc32(second), len(second)) == zlib.crc32(first + second)


def test_the_crc_of_a_long_piece_is_joined_too() -> None:
    long = bytes(5_000_001)
    assert joined_crc32(zlib.crc32(b"head"), zlib.crc32(long), len(long)) == zlib.crc32(b"head" + long)


@given(by=st.integers(0, 1 << 30), sizes=st.lists(st.integers(0, 1 << 20), max_size=4))
def test_a_moved_listing_is_that_of_members_which_stand_further_on(by: int, sizes: list[int]) -> None:
    def listed(start: int) -> bytes:
        listing, at = Listing(), start
        for number, size in enumerate(sizes):
            entry = entry_of(f"课/{'长' * number}.html", crc32=number, size_bytes=size, offset=at)
            listing.add(entry)
            at += len(local_header(entry)) + size
        return listing.directory(0)

    moved, before = Listing(), listed(7)
    end = len(before) - len(Listing().directory(0))
    moved.add_moved(before[:end], len(sizes), by)
    assert moved.directory(0) == listed(7 + by)

"""A png is known to be whole without its pixels, and only one that is decoded without a fault."""

from __future__ import annotations

import io
import itertools
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from kebao.loading.whole_png import _adler_of_both, _Rows, is_whole

MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")

Chunk = tuple[bytes, bytes]


def chunks(mode: str, size: tuple[int, int] = (37, 23)) -> list[Chunk]:
    noise = Image.effect_noise(size, 50)
    stream = io.BytesIO()
    (Image.frombytes(mode, size, bytes(2 * size[0] * size[1])) if mode == "I;16" else noise.convert(mode)).save(
        stream, "PNG"
    )
    return list(_chunks(stream.getvalue()))


def _chunks(data: bytes) -> Iterator[Chunk]:
    place = 8
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        yield data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        place += 12 + length


def png(written: Sequence[Chunk]) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in written
    )


def with_pixels(written: list[Chunk], packed: bytes, *cuts: int) -> list[Chunk]:
    """The same with another stream of pixels, in as many chunks as it is cut into."""
    ends = [0, *sorted(cuts), len(packed)]
    pixels = [(b"IDAT", packed[start:end]) for start, end in itertools.pairwise(ends)]
    others = [chunk for chunk in written if chunk[0] != b"IDAT"]
    return [*others[:-1], *pixels, others[-1]]


def pixels(written: list[Chunk]) -> bytes:
    return zlib.decompress(b"".join(content for kind, content in written if kind == b"IDAT"))


def answers(path: Path, data: bytes) -> tuple[bool, bool]:
    """Whether it is known to be whole, and whether it can be decoded."""
    path.write_bytes(data)
    known = False
    try:
        with Image.open(path) as picture:
            assert isinstance(picture, PngImagePlugin.PngImageFile)
            known = is_whole(path, picture)
            picture.load()
    except Exception:
        return known, False
    return known, True


@pytest.mark.parametrize("mode", MODES)
def test_a_whole_picture_of_any_mode_is_known_as_one(mode: str, tmp_path: Path) -> None:
    assert answers(tmp_path / "a.png", png(chunks(mode))) == (True, True)


def test_a_large_picture_in_several_chunks_is_known_as_whole(tmp_path: Path) -> None:
    # More than is unpacked at once, and a size that the pieces do not divide.
    for size in ((2_000, 700), (65_535, 3), (1, 65_536), (3, 100_000)):
        written = chunks("L", size)
        packed = zlib.compress(pixels(written))
        assert answers(tmp_path / "a.png", png(with_pixels(written, packed, 1, 1, len(packed) // 2))) == (True, True)


def plain_pixels(row: int, rows: int, *, filters: dict[int, int]) -> bytes:
    """Rows of noughts behind the number of their filter."""
    return b"".join(bytes((filters.get(number, 2),)) + bytes(row) for number in range(rows))


def test_a_plain_picture_larger_than_what_is_unpacked_at_once_is_known_as_whole_or_not(tmp_path: Path) -> None:
    for size, rows in (((600, 700), 700), ((70_000, 9), 9)):
        written = chunks("L", size)
        whole = zlib.compress(plain_pixels(size[0], rows, filters={}))
        path = tmp_path / "a.png"
        assert answers(path, png(with_pixels(written, whole))) == (True, True)
        # Its last piece is no piece that was seen before, whatever came before it.
        for number in (1, rows // 2, rows - 1):
            damaged = zlib.compress(plain_pixels(size[0], rows, filters={number: 7}))
            assert not answers(path, png(with_pixels(written, damaged)))[0]
            # Another picture's sum.
            other = zlib.compress(plain_pixels(size[0], rows, filters={number: 1}))
            assert other[-4:] != whole[-4:]
            assert not answers(path, png(with_pixels(written, whole[:-4] + other[-4:])))[0]


@pytest.mark.parametrize("head", [b"\x78\xbb", b"\x79\x9c", b"\x88\x1c", b"\x78\x9d", b"\x78"])
def test_a_stream_with_an_unusual_head_is_not_known_as_whole(head: bytes, tmp_path: Path) -> None:
    written = chunks("RGB")
    packed = zlib.compress(pixels(written))
    assert not answers(tmp_path / "a.png", png(with_pixels(written, head + packed[2:])))[0]


@given(pieces=st.lists(st.binary(max_size=200) | st.integers(0, 9_000).map(lambda size: b"\xff" * size), max_size=6))
def test_the_sum_of_pieces_is_that_of_all_of_them(pieces: list[bytes]) -> None:
    rows = _Rows(1, sum(map(len, pieces)))
    found = 1
    for piece in pieces:
        found = _adler_of_both(found, zlib.adler32(piece), len(piece))
    assert found == zlib.adler32(b"".join(pieces))
    whole = [bytes(len(piece)) for piece in pieces]
    assert all(rows.take(piece) for piece in whole)
    assert (rows.missing, rows.adler) == (0, zlib.adler32(b"".join(whole)))


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: zlib.compress(raw[:-1]),
        lambda raw: zlib.compress(b"\5" + raw[1:]),
        lambda raw: zlib.compress(raw[:-1])[:-1],
        lambda raw: zlib.compress(raw)[:-40],
        lambda raw: zlib.compress(raw)[:-4] + b"abcd",
        lambda raw: zlib.compress(raw) + b"more",
        lambda raw: b"",
    ],
)
@pytest.mark.parametrize("cuts", [(), (9, 9, 200)])
def test_damaged_pixels_are_not_whole(damage: Callable[[bytes], bytes], cuts: tuple[int, ...], tmp_path: Path) -> None:
    written = chunks("RGB")
    known, _ = answers(tmp_path / "a.png", png(with_pixels(written, damage(pixels(written)), *cuts)))
    assert not known


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mode=st.sampled_from(MODES),
    at=st.floats(0, 1),
    patch=st.binary(max_size=4),
    cut=st.integers(0, 6),
    where=st.sampled_from(("file", "packed", "raw", "chunk")),
    added=st.sampled_from(
        [
            (b"tRNS", bytes(300)),
            (b"PLTE", b"ab" * 500),
            (b"acTL", b"\0\0\0\1\0\0\0\0"),
            (b"fcTL", bytes(26)),
            (b"tEXt", b"a\0b"),
            (b"eXIf", b"MM"),
            (b"IDAT", b""),
            (b"IHDR", b""),
            (b"IEND", b""),
        ]
    ),
)
def test_what_is_known_to_be_whole_can_be_decoded(
    mode: str, at: float, patch: bytes, cut: int, where: str, added: Chunk, tmp_path: Path
) -> None:
    def damaged(data: bytes) -> bytes:
        place = int(at * len(data))
        return data[:place] + patch + data[place + cut :]

    written = chunks(mode)
    if where == "file":
        data = damaged(png(written))
    elif where == "chunk":
        written.insert(int(at * len(written)), added)
        data = png(written)
    elif where == "raw":
        data = png(with_pixels(written, zlib.compress(damaged(pixels(written)))))
    else:
        data = png(with_pixels(written, damaged(zlib.compress(pixels(written)))))
    known, is_decoded = answers(tmp_path / "a.png", data)
    assert is_decoded or not known

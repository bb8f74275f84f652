"""Deltas: RFC 9842 ``dcz``, a zstd frame made with the old file as prefix, behind a header with the old file's hash.

A wrong old file decodes to garbage without a word, so the header is compared before, and the result's hash after.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from kebao.mirror.errors import VerificationError
from kebao.mirror.zstd import required_zstd

MAGIC = bytes.fromhex("5e2a4d1820000000")
"""A skippable frame of 32 bytes (RFC 9842 §5)."""
HEADER_BYTES = len(MAGIC) + 32
MAX_DELTA_BYTES = 32 << 20
"""Of the old and of the new file: both are held in memory while a delta is applied."""
_MAX_WINDOW_LOG = 25
_THOROUGH_BYTES = 2 << 20
_CHUNK_BYTES = 1 << 18
_MAX_TABLE_LOG = 20


def make_delta(old: bytes, new: bytes) -> bytes:
    """What makes ``new`` out of ``old``; both at most MAX_DELTA_BYTES."""
    if max(len(old), len(new)) > MAX_DELTA_BYTES:
        raise ValueError("too big for a delta")
    zstd = required_zstd()
    parameter = zstd.CompressionParameter
    is_small = max(len(old), len(new)) <= _THOROUGH_BYTES
    options = {
        parameter.compression_level: 15 if is_small else 6,
        # The window must reach over the whole prefix.
        parameter.window_log: min(26, max(10, (len(old) + len(new)).bit_length())),
        parameter.enable_long_distance_matching: 0 if is_small else 1,
        parameter.content_size_flag: 1,
    }
    if is_small:
        # What the level would take is three times as much memory, for 0.2 %.
        options |= {parameter.chain_log: _MAX_TABLE_LOG, parameter.hash_log: _MAX_TABLE_LOG}
    prefix = zstd.ZstdDict(old, is_raw=True).as_prefix if len(old) >= 8 else None
    frame: bytes = zstd.compress(new, options=options, zstd_dict=prefix)
    return MAGIC + hashlib.sha256(old).digest() + frame


def old_file_of(header: bytes) -> str:
    """The hash of the file that a delta needs; raises VerificationError when this is no delta's header."""
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
        raise VerificationError("delta-unreadable", reason="no dcz header")
    return header[len(MAGIC) : HEADER_BYTES].hex()


def apply_delta(frame: BinaryIO, old: bytes, size: int) -> Iterator[bytes]:
    """The new file in pieces; ``frame`` stands behind the header.

    Never gives more than ``size`` bytes. Raises VerificationError for less, more, or a frame that is none; that the
    pieces have the right hash is for the caller to see.
    """
    zstd = required_zstd()
    options = {zstd.DecompressionParameter.window_log_max: _MAX_WINDOW_LOG}
    prefix = zstd.ZstdDict(old, is_raw=True).as_prefix if len(old) >= 8 else None
    decoder = zstd.ZstdDecompressor(zstd_dict=prefix, options=options)
    given = 0
    try:
        while not decoder.eof:
            packed = frame.read(_CHUNK_BYTES) if decoder.needs_input else b""
            if decoder.needs_input and not packed:
                raise VerificationError("delta-unreadable", reason="it ends too early")
            piece = decoder.decompress(packed, max_length=_CHUNK_BYTES)
            given += len(piece)
            if given > size:
                raise VerificationError("delta-unreadable", reason="it is longer than it says")
            if piece:
                yield piece
    except zstd.ZstdError as error:
        raise VerificationError("delta-unreadable", reason=error) from error
    if given != size or decoder.unused_data or frame.read(1):
        raise VerificationError("delta-unreadable", reason="it has another length than it says")

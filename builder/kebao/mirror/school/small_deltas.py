"""Manifests by the shortest way: as a delta against the previous one, or compressed, where the publisher laid them
so."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence

from kebao.mirror import dcz
from kebao.mirror.errors import VerificationError
from kebao.mirror.layout import COMPRESSED, DELTAS, compressed_target_uri, target_delta_uri
from kebao.mirror.school.limits import Pace
from kebao.mirror.sources.source import Source, SourceError, read_small
from kebao.mirror.trust import Target
from kebao.mirror.zstd import zstd_module


def fetch_compressed(
    sources: Sequence[Source], target: Target, old: tuple[str, bytes] | None, pace: Pace
) -> bytes | None:
    """The target's bytes, verified; None when it has to be fetched as it is.

    Args: old: the SHA-256 and the bytes of the same target of an earlier release.
    """
    if zstd_module() is None or target.size > dcz.MAX_DELTA_BYTES:
        return None
    for uri, limit, before in _ways(target, old):
        for source in sources:
            try:
                packed = read_small(source, uri, limit)
            except SourceError:
                continue
            pace.spend(len(packed))
            data = _unpacked(packed, before, target.size)
            if data is not None and hashlib.sha256(data).hexdigest() == target.sha256:
                return data
    return None


def delta_bytes(target: Target, old_sha256: str) -> int:
    """How big the delta from an older target is; 0 when there is none."""
    deltas = target.custom.get(DELTAS)
    size = deltas.get(old_sha256) if isinstance(deltas, dict) else None
    return size if isinstance(size, int) else 0


def _ways(target: Target, old: tuple[str, bytes] | None) -> Iterator[tuple[str, int, bytes | None]]:
    deltas = target.custom.get(DELTAS)
    size = deltas.get(old[0]) if old and isinstance(deltas, dict) else None
    if old and isinstance(size, int):
        yield target_delta_uri(target.sha256, target.name, old[0]), size, old[1]
    size = target.custom.get(COMPRESSED)
    if isinstance(size, int):
        yield compressed_target_uri(target.sha256, target.name), size, None


def _unpacked(packed: bytes, old: bytes | None, size: int) -> bytes | None:
    """Never more than `size` bytes, whatever the frame says."""
    if old is not None:
        stream = io.BytesIO(packed)
        try:
            dcz.old_file_of(stream.read(dcz.HEADER_BYTES))
            return b"".join(dcz.apply_delta(stream, old, size))
        except VerificationError:
            return None
    zstd = zstd_module()
    if zstd is None:
        return None
    try:
        data: bytes = zstd.ZstdDecompressor().decompress(packed, max_length=size + 1)
    except zstd.ZstdError:
        return None
    return data if len(data) == size else None

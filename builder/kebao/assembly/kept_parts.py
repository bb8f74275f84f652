"""What a bundle of an earlier build has of resources that are what they were: it is copied, not planned again.

Beside a bundle in the cache stands what it was made from, resource by resource, and where in it each begins and ends.
A part holds while its resource has the same key, stands in the same folder, and the resources that its text leads to
stand where they stood. What is taken is checked: this file by its digest, the bundle by its CRC-32s.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from kebao.bundles.archive import BundleSums
from kebao.bundles.bundle_plan import BundlePlan, KeptFiles, Part
from kebao.bundles.text_page import TextPathOf
from kebao.bundles.zip_records import can_move

#: Beside ``<digest>.zip`` stands ``<digest>.parts``.
SUFFIX = ".parts"


class _Numbers(NamedTuple):
    """What is kept of a part in numbers; where its pieces begin and end is counted from the archive's beginning."""

    article: int
    article_end: int
    rows: int
    rows_end: int
    manifest: int
    manifest_end: int
    member_count: int
    octets: int
    file_count: int
    file_bytes: int
    start: int
    end: int
    crc32_before: int
    crc32_after: int
    listed: int
    listed_end: int


# JSON would take half as long again as all else that is done for a part.
_NUMBERS = struct.Struct(f"<{len(_Numbers._fields)}Q")
_COUNT = struct.Struct("<L")


def write_parts(archive: Path, ground: str, keys: Mapping[str, str], plan: BundlePlan, sums: BundleSums) -> None:
    """Keeps where the parts of an archive stand.

    Args:
        ground: Key of all that parts depend on beside their resources.
        keys: Resource id → key of all that it says.
    """
    (page_at, articles), (inventory_at, rows), (manifest_at, places) = (
        (sums.own_at[path], in_file) for path, in_file in plan.places.items()
    )
    lines, numbers = [], []
    for part, (start, end) in zip(plan.parts, pairwise(sums.ends), strict=True):
        article, row, line = page_at + articles[part.id], inventory_at + rows[part.id], manifest_at + places[part.id]
        # Neither ids and names of files nor targets of links have tabs or line ends in them.
        asked = (text for pair in part.asked for text in pair)
        lines.append("\t".join((part.id, keys[part.id], part.text_key.hex(), part.text_path, *asked)))
        numbers.append(
            _NUMBERS.pack(
                article,
                article + len(part.article),
                row,
                row + len(part.rows),
                line,
                line + len(part.manifest),
                part.member_count,
                part.octets,
                part.file_count,
                part.file_bytes,
                start.at,
                end.at,
                start.crc32,
                end.crc32,
                start.listed,
                end.listed,
            )
        )
    text = "\n".join((ground, str(sums.crc32), *lines)).encode("utf-8", "surrogatepass")
    data = b"".join((_COUNT.pack(len(numbers)), *numbers, text))
    target = archive.with_suffix(SUFFIX)
    temporary = target.with_name(f".{os.getpid()}{target.name}.tmp")
    # A read-only or full disk only costs the time of planning the whole bundle again.
    with contextlib.suppress(OSError):
        try:
            temporary.write_bytes(hashlib.sha256(data).digest() + data)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def read_parts(
    archive: Path, ground: str, keys: Mapping[str, str], text_paths: Mapping[str, str], text_path_of: TextPathOf
) -> dict[str, Part]:
    """The parts of an archive that hold, by resource id.

    Args:
        text_paths: Resource id → where its text is to stand.
        text_path_of: Where the texts lead that name a resource.
    """
    with contextlib.suppress(OSError, ValueError):
        crc32, lines, numbers = _read(archive.with_suffix(SUFFIX), ground)
        ends = _Ends.of(archive, numbers, crc32)
        return dict(_parts_that_hold(archive, ends, zip(lines, numbers, strict=True), keys, text_paths, text_path_of))
    return {}


def _parts_that_hold(
    archive: Path,
    ends: _Ends,
    kept: Iterable[tuple[str, _Numbers]],
    keys: Mapping[str, str],
    text_paths: Mapping[str, str],
    text_path_of: TextPathOf,
) -> Iterator[tuple[str, Part]]:
    for line, numbers in kept:
        resource_id, key, text_key, text_path, *asked = line.split("\t")
        if keys.get(resource_id) == key and text_paths[resource_id] == text_path:
            pairs = tuple(zip(asked[::2], asked[1::2], strict=True))
            if all(text_path_of(name) == path for name, path in pairs):
                yield resource_id, _part(resource_id, text_key, text_path, pairs, numbers, archive, ends)


def _read(path: Path, ground: str) -> tuple[int, list[str], list[_Numbers]]:
    """The archive's CRC-32, and for each part a line and numbers; ValueError where there are none for this ground."""
    data = path.read_bytes()
    body = memoryview(data)[hashlib.sha256().digest_size :]
    if len(body) < _COUNT.size or not data.startswith(hashlib.sha256(body).digest()):
        raise ValueError(path)
    (count,) = _COUNT.unpack_from(body)
    text_at = _COUNT.size + count * _NUMBERS.size
    its_ground, crc32, *lines = str(body[text_at:], "utf-8", "surrogatepass").split("\n")
    if its_ground != ground:
        raise ValueError(path)
    return int(crc32), lines, [_Numbers(*row) for row in _NUMBERS.iter_unpack(body[_COUNT.size : text_at])]


class _Ends(NamedTuple):
    """What stands before the first and after the last part of an archive."""

    head: bytes
    tail: bytes
    tail_at: int

    @staticmethod
    def of(archive: Path, parts: Sequence[_Numbers], crc32: int) -> _Ends:
        first, last = parts[0], parts[-1]
        with archive.open("rb") as stream:
            head = stream.read(first.start)
            tail_at = stream.seek(last.end)
            tail = stream.read()
        is_same = zlib.crc32(head) == first.crc32_before and zlib.crc32(tail, last.crc32_after) == crc32
        if not is_same or not can_move(tail_at + len(tail)):
            raise ValueError(archive)
        return _Ends(head, tail, tail_at)


def _part(
    resource_id: str,
    text_key: str,
    text_path: str,
    asked: tuple[tuple[str, str], ...],
    part: _Numbers,
    archive: Path,
    ends: _Ends,
) -> Part:
    head, tail, tail_at = ends
    return Part(
        id=resource_id,
        text_path=text_path,
        text_key=bytes.fromhex(text_key),
        asked=asked,
        article=head[part.article : part.article_end],
        rows=head[part.rows : part.rows_end],
        manifest=head[part.manifest : part.manifest_end],
        member_count=part.member_count,
        octets=part.octets,
        file_count=part.file_count,
        file_bytes=part.file_bytes,
        kept=KeptFiles(
            archive=archive,
            start=part.start,
            end=part.end,
            crc32_before=part.crc32_before,
            crc32_after=part.crc32_after,
            directory=tail[part.listed - tail_at : part.listed_end - tail_at],
        ),
    )

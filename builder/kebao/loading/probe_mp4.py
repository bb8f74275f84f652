"""Length, codecs and pixels out of the boxes of an mp4 file (ISO/IEC 14496-12)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kebao.loading.probe_office import ProbeError

_Found = dict[str, int | float | str]

#: A file with more boxes in a row is made to keep us busy.
_MOST_BOXES = 20_000
#: Boxes that a video cannot do without; what some cameras leave after the last box is no box.
_NEEDED = (b"ftyp", b"moov", b"mdat", b"moof")


def probe_mp4(path: Path) -> _Found:
    with path.open("rb") as stream:
        return movie_facts(stream)


@dataclass(frozen=True, slots=True)
class _Box:
    """A box's type, and where its content starts and ends."""

    kind: bytes
    start: int
    end: int


def movie_facts(stream: BinaryIO) -> _Found:
    """Seconds, codecs, pixels of the first picture track, and whether the movie box comes before the media data."""
    whole = _Box(b"", 0, stream.seek(0, os.SEEK_END))
    movie: _Box | None = None
    data_first = False
    for box in _boxes(stream, whole):
        if box.kind == b"moov" and movie is None:
            movie = box
        elif box.kind == b"mdat" and movie is None:
            data_first = True
    if movie is None:
        raise ProbeError("the video has no moov box")
    found: _Found = {"seconds": round(_seconds(stream, movie), 1), "faststart": not data_first}
    for track in _boxes(stream, movie):
        if track.kind == b"trak":
            for key, value in _track(stream, track).items():
                found.setdefault(key, value)
    return found


def _seconds(stream: BinaryIO, movie: _Box) -> float:
    """The length, from the movie header (8.2.2)."""
    header = _read(stream, _inside(stream, movie, b"mvhd"), 32)
    # Version 1 has 64-bit times before the time scale, version 0 has 32-bit ones.
    scale, duration = struct.unpack_from(">IQ" if header[0] == 1 else ">II", header, 20 if header[0] == 1 else 12)
    if not scale:
        raise ProbeError("the video says no time scale")
    return float(duration / scale)


def _track(stream: BinaryIO, track: _Box) -> _Found:
    """What the first sample entry of a track says (8.5.2, 12.1.3); empty for tracks of text, hints and the like."""
    media = _inside(stream, track, b"mdia")
    # 8.4.3.2: version and flags, pre_defined, then the handler's type.
    handler = _read(stream, _inside(stream, media, b"hdlr"), 12)[8:]
    if handler not in (b"vide", b"soun"):
        return {}
    table = media
    for kind in (b"minf", b"stbl", b"stsd"):
        inner = next((box for box in _boxes(stream, table) if box.kind == kind), None)
        if inner is None:
            return {}
        table = inner
    # Version, flags and the count of entries stand before the first entry.
    entry = next(_boxes(stream, _Box(b"stsd", table.start + 8, table.end)), None)
    if entry is None:
        return {}
    codec = entry.kind.decode("ascii", "replace")
    if handler == b"soun":
        return {"audio_codec": codec}
    width, height = struct.unpack_from(">HH", _read(stream, entry, 28), 24)
    return {"video_codec": codec, "width": width, "height": height}


def _inside(stream: BinaryIO, parent: _Box, kind: bytes) -> _Box:
    for box in _boxes(stream, parent):
        if box.kind == kind:
            return box
    raise ProbeError(f"the video has no {kind.decode()} box")


def _boxes(stream: BinaryIO, parent: _Box) -> Iterator[_Box]:
    """The boxes in ``parent``, in order (4.2); raises when one reaches out of it: the file is cut off."""
    position = parent.start
    for _ in range(_MOST_BOXES):
        if position + 8 > parent.end:
            return
        stream.seek(position)
        size, kind = struct.unpack(">I4s", stream.read(8))
        start = position + 8
        if size == 1:
            (size,) = struct.unpack(">Q", stream.read(8))
            start += 8
        end = parent.end if size == 0 else position + size
        if end > parent.end and not parent.kind and kind not in _NEEDED:
            return
        # A number too large for the disk is one that reaches out, whatever it was made for.
        if end > parent.end or end < start:
            raise ProbeError(f"the video is cut off in its {kind!r} box")
        yield _Box(kind, start, end)
        position = end
    raise ProbeError("the video has too many boxes")


def _read(stream: BinaryIO, box: _Box, size: int) -> bytes:
    stream.seek(box.start)
    return stream.read(min(size, box.end - box.start))

"""What a png says of itself is found wherever it stands in the file; one that says nothing is not decoded for it."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from kebao.loading.findings import Findings
from kebao.loading.inspect_picture import inspect_picture, inspect_picture_file
from kebao.model.material import HazardKind

_GPS, _ARTIST = 0x8825, 0x013B


def png(*, notes: bool, are_last: bool = False) -> bytes:
    """A picture with a position, its author and a comment, or without them."""
    exif, texts = Image.Exif(), PngImagePlugin.PngInfo()
    if notes:
        exif[_ARTIST] = "Somebody"
        exif.get_ifd(_GPS).update({2: (1.0, 2.0, 3.0), 4: (1.0, 2.0, 3.0)})
        texts.add_text("Author", "Somebody else")
    stream = io.BytesIO()
    Image.new("RGB", (40, 30)).save(stream, "PNG", pnginfo=texts, **({"exif": exif} if notes else {}))
    chunks = list(_chunks(stream.getvalue()))
    if are_last:
        chunks.sort(key=lambda chunk: (chunk[4:8] == b"IEND", chunk[4:8] not in (b"IHDR", b"IDAT")))
    return stream.getvalue()[:8] + b"".join(chunks)


def _chunks(data: bytes) -> Iterator[bytes]:
    place = 8
    while place < len(data):
        (size,) = struct.unpack(">I", data[place : place + 4])
        yield data[place : place + 12 + size]
        place += 12 + size


@pytest.mark.parametrize("are_last", [False, True])
@pytest.mark.parametrize("inside", [False, True])
def test_position_and_people_are_found_before_and_after_the_picture(
    tmp_path: Path, are_last: bool, inside: bool
) -> None:
    data = png(notes=True, are_last=are_last)
    (tmp_path / "a.png").write_bytes(data)
    findings = Findings()
    if inside:
        inspect_picture(io.BytesIO(data), findings)
    else:
        inspect_picture_file(tmp_path / "a.png", findings)
    assert [hazard.kind for hazard in findings.hazards.values()] == [HazardKind.POSITION]
    assert {maker.text for maker in findings.makers.values()} == {"Somebody", "Somebody else"}


def test_a_png_that_says_nothing_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", load)
    findings = Findings()
    inspect_picture(io.BytesIO(png(notes=False)), findings)
    assert not findings.hazards
    assert not findings.makers

"""Pictures that need no preview: drawings and charts whose file is smaller than a jpeg of them, and shows more."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kebao.model.files_index import Picture
from kebao.model.material import FileFacts, MediaType
from kebao.model.shard import StoredFile

#: A preview in jpeg has more bytes than a 32nd of its pixels, unless there is next to nothing to see.
_PIXELS_A_BYTE = 32
#: A picture larger than that costs who looks at it too much memory.
_TIMES_AS_LONG = 2
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Grey, colours, colours out of a palette (PNG, third edition, 11.2.1): the others have an alpha channel.
_OPAQUE = (b"\0", b"\2", b"\3")
#: What these hold is seen and says nothing else. Transparency, texts, Exif data and animation stand in other chunks.
_HARMLESS = frozenset((b"IHDR", b"PLTE", b"IDAT", b"IEND", b"sRGB", b"gAMA", b"cHRM", b"sBIT", b"pHYs"))


@dataclass(frozen=True, slots=True)
class OwnPreviews:
    """The pictures of a project that stand where their previews would.

    Attributes:
        root: The project's folder.
        facts: By project path.
    """

    root: Path
    facts: Mapping[str, FileFacts]
    #: Whether those that are small enough show all that they say.
    _known: dict[str, bool] = field(default_factory=dict)

    def has(self, path: str, side: int) -> bool:
        """Whether the file does for a preview with ``side`` pixels on its longest side."""
        if not is_small_enough(self.facts[path], side):
            return False
        if path not in self._known:
            self._known[path] = False
            with contextlib.suppress(OSError):
                self._known[path] = shows_all_it_says((self.root / path).read_bytes())
        return self._known[path]

    def picture(self, path: str, side: int, stored: StoredFile) -> Picture | None:
        """The stored file as a preview; None where one is to be made."""
        facts = self.facts[path]
        if not self.has(path, side) or facts.width is None or facts.height is None:
            return None
        return Picture(file=stored, width=facts.width, height=facts.height)


def is_small_enough(facts: FileFacts, side: int) -> bool:
    """Whether a picture has no more bytes than its preview would have."""
    if facts.media_type is not MediaType.PNG or facts.unreadable or not facts.width or not facts.height:
        return False
    longest = max(facts.width, facts.height)
    scale = min(1.0, side / longest)
    pixels = facts.width * scale * facts.height * scale
    return longest <= _TIMES_AS_LONG * side and facts.size_bytes * _PIXELS_A_BYTE <= pixels


def shows_all_it_says(png: bytes) -> bool:
    """Whether a whole png has no transparency, nothing written into it, and nothing behind it."""
    if not png.startswith(_SIGNATURE):
        return False
    place, colours = len(_SIGNATURE), b""
    while place + 8 <= len(png):
        length, kind = struct.unpack_from(">I4s", png, place)
        if kind not in _HARMLESS:
            return False
        if kind == b"IHDR":
            colours = png[place + 17 : place + 18]
        # Each chunk has its length, its kind and a checksum around it.
        place += 12 + length
        if kind == b"IEND":
            return place == len(png) and colours in _OPAQUE
    return False

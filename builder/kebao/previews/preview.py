"""A preview of a material, by its media type."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from kebao.model.material import MediaType
from kebao.previews.raster import first_page, scaled_picture
from kebao.previews.slide_svg import first_slide
from kebao.previews.video_frame import video_frame

#: Raise it when previews start to look different: cached ones are then made anew.
PREVIEW_VERSION = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A picture as bytes; ``suffix`` is ``.jpg`` or ``.svg``."""

    data: bytes
    suffix: str
    width: int
    height: int


def preview_of(path: Path, media_type: MediaType | None, *, longest_side: int) -> Preview | None:
    """A picture of what the file shows first, or None where none can be made.

    A file whose preview fails still is a good download: the page then shows the drawn cover.
    """
    with contextlib.suppress(Exception):
        match media_type:
            case MediaType.PPTX:
                svg, width, height = first_slide(path)
                return Preview(data=svg, suffix=".svg", width=width, height=height)
            case MediaType.PDF:
                return _jpeg(first_page(path, longest_side=longest_side))
            case MediaType.PNG | MediaType.JPEG:
                return _jpeg(scaled_picture(path, longest_side=longest_side))
            case MediaType.MP4:
                frame = video_frame(path, longest_side=longest_side)
                return _jpeg(frame) if frame else None
    return None


def _jpeg(picture: tuple[bytes, int, int]) -> Preview:
    data, width, height = picture
    return Preview(data=data, suffix=".jpg", width=width, height=height)

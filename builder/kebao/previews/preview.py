"""A preview of a material, by its media type."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from kebao.model.material import MediaType
from kebao.previews.raster import first_page, on_white, to_jpeg, upright_picture
from kebao.previews.video_frame import video_frame

#: Raise it when previews start to look different: cached ones are then made anew.
PREVIEW_VERSION = 5
#: No preview is longer. What is read of a file is the same whichever previews are made: so are their bytes.
LONGEST_SIDE = 1080

_PREVIEWED = (MediaType.PPTX, MediaType.PDF, MediaType.PNG, MediaType.JPEG, MediaType.MP4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A picture as bytes; ``suffix`` is ``.jpg`` or ``.svg``."""

    data: bytes
    suffix: str
    width: int
    height: int


def previews_of(path: Path, media_type: MediaType | None, *, sides: Collection[int]) -> Mapping[int, Preview]:
    """Pictures of what the file shows first, by the length of their longest side; none where none can be made.

    ``sides`` are no longer than :data:`LONGEST_SIDE`.

    A file whose preview fails still is a good download: the page then shows the drawn cover.
    """
    with contextlib.suppress(Exception):
        if media_type is MediaType.PPTX:
            # Most builds make no such preview, and what reads presentations takes long to import.
            from kebao.previews.slide_svg import first_slide

            svg, width, height = first_slide(path)
            return dict.fromkeys(sides, Preview(data=svg, suffix=".svg", width=width, height=height))
        picture = _picture(path, media_type)
        if picture is not None:
            flat = on_white(picture)
            return {side: _jpeg(flat, side) for side in sides}
    return {}


def can_preview(media_type: MediaType | None) -> bool:
    """Whether there may be a picture of such files."""
    return media_type in _PREVIEWED


def _picture(path: Path, media_type: MediaType | None) -> Image.Image | None:
    match media_type:
        case MediaType.PDF:
            return first_page(path, longest_side=LONGEST_SIDE)
        case MediaType.PNG | MediaType.JPEG:
            return upright_picture(path, longest_side=LONGEST_SIDE)
        case MediaType.MP4:
            return video_frame(path)
    return None


def _jpeg(picture: Image.Image, longest_side: int) -> Preview:
    data, width, height = to_jpeg(picture, longest_side=longest_side)
    return Preview(data=data, suffix=".jpg", width=width, height=height)

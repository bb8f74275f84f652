"""A frame of a video, where PyAV is installed (the optional extra ``media``)."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from PIL import Image

# After the opening title, which national practice limits to five seconds.
_LATEST_SECOND = 6.0


def video_frame(path: Path) -> Image.Image | None:
    """A frame after the opening title; None without PyAV."""
    if importlib.util.find_spec("av") is None:
        return None
    import av

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        duration = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0
        wanted = min(_LATEST_SECOND, duration / 3)
        for frame in container.decode(stream):
            if frame.time is None or frame.time >= wanted:
                picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
                return picture
    return None

"""Pictures: a blackboard with chalk writing, or a bar chart, as PNG or JPEG."""

from __future__ import annotations

import io

from PIL import Image

from sample_makers.blackboard import draw_board
from sample_makers.chart import draw_chart
from sample_makers.description import Board, Chart

JPEG_QUALITY = 68
BOARD_COLOURS, CHART_COLOURS = 20, 24


def build_png(picture: Board | Chart) -> bytes:
    colours = BOARD_COLOURS if isinstance(picture, Board) else CHART_COLOURS
    image = draw(picture).quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def build_jpg(picture: Board | Chart) -> bytes:
    buffer = io.BytesIO()
    draw(picture).save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return buffer.getvalue()


def draw(picture: Board | Chart) -> Image.Image:
    return draw_board(picture) if isinstance(picture, Board) else draw_chart(picture)

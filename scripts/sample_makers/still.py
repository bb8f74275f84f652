"""The still images of a video: an opening title and a slide for each scene."""

from __future__ import annotations

from PIL import Image, ImageDraw

from sample_makers.description import Scene
from sample_makers.imprint import ACCENT, ACCENT_TINT, GREY, INK
from sample_makers.lettering import Lines, fit, height, load_font

SIZE = (1280, 720)
LEFT, TEXT_WIDTH = 110, 1060
TITLE_SIZES = (52, 48, 44, 40, 36)
OPENING_SIZES = (64, 58, 52, 46, 40)
LINE_SIZES = (44, 40, 36, 32, 28)
LINE_GAP = 0.6


def draw_opening(title: str, subtitle: str) -> Image.Image:
    image = Image.new("RGB", SIZE, f"#{ACCENT}")
    draw = ImageDraw.Draw(image)
    heading = fit([title], (TEXT_WIDTH, 260), OPENING_SIZES)
    top = 350 - height(heading)
    draw_rows(draw, heading, (LEFT, top), "FFFFFF")
    draw.rectangle((LEFT, 372, LEFT + 130, 379), fill=f"#{ACCENT_TINT}")
    if subtitle:
        draw_rows(draw, fit([subtitle], (TEXT_WIDTH, 200), LINE_SIZES[2:]), (LEFT, 408), ACCENT_TINT)
    return image


def draw_scene(scene: Scene, position: str) -> Image.Image:
    image = Image.new("RGB", SIZE, "#FFFFFF")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIZE[0], 16), fill=f"#{ACCENT}")
    title = fit([scene.title], (TEXT_WIDTH, 90), TITLE_SIZES)
    draw.rectangle((LEFT - 34, 84, LEFT - 22, 84 + height(title) - 12), fill=f"#{ACCENT}")
    draw_rows(draw, title, (LEFT, 74), ACCENT)
    lines = fit(scene.lines, (TEXT_WIDTH - 40, 400), LINE_SIZES, gap=LINE_GAP)
    draw_marked(draw, lines, (LEFT, 206))
    draw.text((SIZE[0] - 60, SIZE[1] - 40), position, font=load_font(24), fill=f"#{GREY}", anchor="rm")
    return image


def draw_rows(draw: ImageDraw.ImageDraw, lines: Lines, start: tuple[int, int], colour: str) -> None:
    for number, row in enumerate(lines.rows[0]):
        draw.text((start[0], start[1] + number * lines.row_height), row, font=lines.font, fill=f"#{colour}")


def draw_marked(draw: ImageDraw.ImageDraw, lines: Lines, start: tuple[int, int]) -> None:
    """Lines with a small square before each."""
    left, top = start
    size = round(lines.font.size)
    for rows in lines.rows:
        middle = top + lines.row_height // 2
        draw.rectangle((left, middle - 7, left + 14, middle + 7), fill=f"#{ACCENT}")
        for row in rows:
            draw.text((left + 40, top), row, font=lines.font, fill=f"#{INK}")
            top += lines.row_height
        top += round(size * LINE_GAP)

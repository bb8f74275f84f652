"""A green blackboard in a wooden frame, written on with chalk in two columns."""

from __future__ import annotations

import random
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw

from sample_makers.description import Board
from sample_makers.lettering import Lines, fit, height, load_font

SIZE = (1280, 720)
FRAME = 26
TRAY = 34
GREEN = (38, 84, 66)
WOOD, WOOD_DARK, WOOD_LIGHT = (146, 99, 58), (104, 68, 38), (173, 124, 78)
CHALK, YELLOW_CHALK = (240, 242, 234), (246, 224, 138)
MARGIN = 64
TITLE_TOP, TITLE_HEIGHT = 48, 96
TEXT_TOP, TEXT_BOTTOM = 182, 640
COLUMN = (SIZE[0] - 2 * MARGIN) // 2 - 36
TITLE_SIZES = (54, 48, 42, 36, 30)
TEXT_SIZES = (42, 39, 36, 33, 30, 28, 26, 24, 22, 20)
SIZES_WITHOUT_BREAK = TEXT_SIZES[:4]
GRAIN_CELL = 2


def draw_board(board: Board) -> Image.Image:
    image = draw_empty_board()
    title = fit([board.title], (SIZE[0] - 2 * MARGIN - 60, TITLE_HEIGHT), TITLE_SIZES)
    texts = (*board.left, *board.right)
    left, right = fit_columns(board)
    chance = random.Random("".join((board.title, *texts)))
    grain = chalk_grain(chance)
    middle = SIZE[0] // 2
    title_width = int(title.font.getlength(title.rows[0][0]))
    chalk = ImageDraw.Draw(mask := Image.new("L", SIZE))
    draw_lines(chalk, title, (middle - title_width // 2, TITLE_TOP + (TITLE_HEIGHT - height(title)) // 2))
    write(image, mask, grain, CHALK)
    chalk = ImageDraw.Draw(mask := Image.new("L", SIZE))
    half = min(title_width // 2 + 40, middle - MARGIN)
    draw_stroke(chalk, ((middle - half, 152), (middle + half, 152)), chance)
    write(image, mask, grain, YELLOW_CHALK)
    chalk = ImageDraw.Draw(mask := Image.new("L", SIZE))
    draw_lines(chalk, left, (MARGIN + 16, TEXT_TOP))
    draw_lines(chalk, right, (middle + 40, TEXT_TOP))
    draw_stroke(chalk, ((middle, TEXT_TOP + 8), (middle, TEXT_BOTTOM - 8)), chance)
    write(image, mask, grain, CHALK)
    return image


def fit_columns(board: Board) -> tuple[Lines, Lines]:
    """Both columns in the size of the fuller one."""
    box = (COLUMN, TEXT_BOTTOM - TEXT_TOP)
    columns = (board.left, board.right)
    whole = [size for size in SIZES_WITHOUT_BREAK if all(widest(c, size) <= COLUMN for c in columns)]
    sizes = whole or [min(int(fit(column, box, TEXT_SIZES).font.size) for column in columns)]
    return fit(board.left, box, sizes[:1]), fit(board.right, box, sizes[:1])


def widest(texts: Sequence[str], size: int) -> float:
    return max(load_font(size).getlength(text) for text in texts)


def draw_empty_board() -> Image.Image:
    image = Image.new("RGB", SIZE, WOOD)
    draw = ImageDraw.Draw(image)
    right, bottom = SIZE[0] - 1, SIZE[1] - 1
    draw.rectangle((0, 0, right, 5), fill=WOOD_LIGHT)
    draw.rectangle((0, 0, 5, bottom), fill=WOOD_LIGHT)
    for corner in ((0, 0), (right, 0), (0, bottom), (right, bottom)):
        draw.line((corner, inner_corner(corner)), fill=WOOD_DARK, width=2)
    board = (FRAME, FRAME, right - FRAME, bottom - FRAME - TRAY + 20)
    draw.rectangle((board[0] - 4, board[1] - 4, board[2] + 4, board[3] + 4), fill=WOOD_DARK)
    draw.rectangle(board, fill=GREEN)
    tray_top = bottom - TRAY
    draw.rectangle((FRAME - 4, tray_top, right - FRAME + 4, bottom - 12), fill=WOOD_LIGHT)
    draw.line((FRAME - 4, bottom - 12, right - FRAME + 4, bottom - 12), fill=WOOD_DARK, width=3)
    for left, colour in ((930, CHALK), (990, YELLOW_CHALK), (1044, CHALK)):
        draw.rounded_rectangle((left, tray_top + 5, left + 44, tray_top + 14), radius=4, fill=colour)
    draw.rounded_rectangle((1112, tray_top - 5, 1206, tray_top + 14), radius=4, fill=WOOD_DARK)
    draw.rectangle((1112, tray_top + 8, 1206, tray_top + 14), fill=(206, 206, 198))
    return image


def inner_corner(corner: tuple[int, int]) -> tuple[int, int]:
    x, y = corner
    return (FRAME if x == 0 else x - FRAME, FRAME if y == 0 else y - FRAME)


def draw_lines(draw: ImageDraw.ImageDraw, lines: Lines, start: tuple[int, int]) -> None:
    left, top = start
    for rows in lines.rows:
        for row in rows:
            draw.text((left, top), row, font=lines.font, fill=255)
            top += lines.row_height
        top += round(lines.font.size * 0.35)


def draw_stroke(
    draw: ImageDraw.ImageDraw, ends: tuple[tuple[int, int], tuple[int, int]], chance: random.Random
) -> None:
    """A line drawn by hand: it wavers a little."""
    (x, y), (end_x, end_y) = ends
    steps = 24
    points = [
        (
            x + (end_x - x) * step / steps + chance.uniform(-1, 1),
            y + (end_y - y) * step / steps + chance.uniform(-1, 1),
        )
        for step in range(steps + 1)
    ]
    draw.line(points, fill=255, width=4, joint="curve")


def chalk_grain(chance: random.Random) -> Image.Image:
    small = (SIZE[0] // GRAIN_CELL, SIZE[1] // GRAIN_CELL)
    grain = Image.new("L", small)
    grain.putdata([255 if chance.random() > 0.13 else 170 for _ in range(small[0] * small[1])])
    return grain.resize(SIZE, Image.Resampling.NEAREST)


def write(image: Image.Image, mask: Image.Image, grain: Image.Image, colour: tuple[int, int, int]) -> None:
    image.paste(colour, (0, 0), ImageChops.multiply(mask, grain))

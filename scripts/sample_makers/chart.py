"""A bar chart with labels and values."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw

from sample_makers.description import Bar, Chart
from sample_makers.imprint import ACCENT, GREY, INK
from sample_makers.lettering import Lines, fit, load_font

SIZE = (1200, 800)
PAPER = "#FFFFFF"
LEFT, RIGHT, TOP, BOTTOM = 110, 1140, 180, 650
TITLE_SIZES = (44, 40, 36, 32, 28)
LABEL_SIZES = (30, 28, 26, 24, 22, 20)
GRID_STEPS = 4
WIDEST_BAR = 130
PERCENT_SIGNS = frozenset("%％")


def draw_chart(chart: Chart) -> Image.Image:
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 14, SIZE[1]), fill=f"#{ACCENT}")
    title = fit([chart.title], (SIZE[0] - 140, 110), TITLE_SIZES)
    for number, row in enumerate(title.rows[0]):
        draw.text((60, 44 + number * title.row_height), row, font=title.font, fill=f"#{INK}")
    top_value = axis_end(chart)
    draw_grid(draw, top_value, chart.unit)
    slot = (RIGHT - LEFT) / len(chart.bars)
    labels = fit_labels(chart, int(slot) - 16)
    for number, (bar, rows) in enumerate(zip(chart.bars, labels.rows, strict=True)):
        middle = LEFT + slot * (number + 0.5)
        draw_bar(draw, bar, chart.unit, (middle, min(slot * 0.56, WIDEST_BAR), float(bar.value) / top_value))
        for depth, row in enumerate(rows):
            place = (middle, BOTTOM + 18 + depth * labels.row_height)
            draw.text(place, row, font=labels.font, fill=f"#{INK}", anchor="ma")
    return image


def axis_end(chart: Chart) -> float:
    """A round number at or above the highest bar; 100 for percentages that come near it."""
    highest = max(float(bar.value) for bar in chart.bars) or 1.0
    if chart.unit in PERCENT_SIGNS and 50 < highest <= 100:
        return 100.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next(step * power for step in (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10) if step * power >= highest)


def draw_grid(draw: ImageDraw.ImageDraw, top_value: float, unit: str) -> None:
    font = load_font(22)
    for step in range(GRID_STEPS + 1):
        level = BOTTOM - (BOTTOM - TOP) * step / GRID_STEPS
        colour = GREY if step == 0 else "E3EAE8"
        draw.line((LEFT, level, RIGHT, level), fill=f"#{colour}", width=2)
        value = f"{top_value * step / GRID_STEPS:g}"
        draw.text((LEFT - 14, level), value, font=font, fill=f"#{GREY}", anchor="rm")
    if unit:
        draw.text((LEFT - 14, TOP - 40), unit, font=font, fill=f"#{GREY}", anchor="rm")


def fit_labels(chart: Chart, width: int) -> Lines:
    """Labels under the bars, in two rows at most where that is possible."""
    for size in LABEL_SIZES:
        labels = fit([bar.label for bar in chart.bars], (width, SIZE[1] * len(chart.bars)), (size,))
        if all(len(rows) <= 2 for rows in labels.rows):
            break
    return labels


def draw_bar(draw: ImageDraw.ImageDraw, bar: Bar, unit: str, place: tuple[float, float, float]) -> None:
    """`place`: middle and width in pixels, height as a share of the axis."""
    middle, width, share = place
    top = BOTTOM - (BOTTOM - TOP) * share
    if share:
        draw.rectangle((middle - width / 2, top, middle + width / 2, BOTTOM - 1), fill=f"#{ACCENT}")
    font = load_font(30)
    draw.text((middle, top - 10), with_unit(bar.value, unit), font=font, fill=f"#{INK}", anchor="mb")


def with_unit(value: str, unit: str) -> str:
    return f"{value}{unit}" if unit in PERCENT_SIGNS else f"{value} {unit}".rstrip()

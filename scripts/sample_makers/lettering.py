"""Chinese text in pictures: the font, lines that wrap where Chinese may break, sizes that fit."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

FONT_FAMILY = "Noto Sans CJK SC"
LINE_HEIGHT = 1.5
WORD_OR_MARK = re.compile(r"[A-Za-z0-9.+\-=/%°²³]+|.", re.DOTALL)
NEVER_FIRST = frozenset("，。；：？！、）》」』】”’％%…·,.;:?!)")
NEVER_LAST = frozenset("（《「『【“‘(")


class MissingToolError(RuntimeError):
    """A program or font that the scripts need is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Wrapped text at the size that fits.  Attributes: rows: per authored line, the rows it takes."""

    font: FreeTypeFont
    rows: tuple[tuple[str, ...], ...]

    @property
    def row_height(self) -> int:
        return round(self.font.size * LINE_HEIGHT)


@cache
def find_font(style: str) -> tuple[str, int]:
    """File and face index of the font, from fontconfig."""
    pattern = f"{FONT_FAMILY}:style={style}"
    try:
        matched = subprocess.run(
            ["fc-match", "-f", "%{file}|%{index}|%{family}", pattern],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise MissingToolError("fc-match (fontconfig) is not installed") from error
    file_name, index, family = matched.split("|")
    if FONT_FAMILY not in family:
        raise MissingToolError(f"the font {FONT_FAMILY} is not installed (Debian: fonts-noto-cjk)")
    return file_name, int(index)


@cache
def load_font(size: int, style: str = "Regular") -> FreeTypeFont:
    file_name, index = find_font(style)
    return ImageFont.truetype(file_name, size, index=index)


def wrap(text: str, font: FreeTypeFont, width: int) -> tuple[str, ...]:
    """Rows no wider than `width` pixels, save for a closing mark that may hang over."""
    rows = [""]
    for token in WORD_OR_MARK.findall(text):
        if rows[-1] and token not in NEVER_FIRST and font.getlength(rows[-1] + token) > width:
            opening = rows[-1][-1] if rows[-1][-1] in NEVER_LAST else ""
            rows[-1] = rows[-1].removesuffix(opening).rstrip()
            rows.append(opening + token.lstrip())
        else:
            rows[-1] += token
    return tuple(row for row in rows if row)


def fit(texts: Sequence[str], box: tuple[int, int], sizes: Sequence[int], *, gap: float = 0.35) -> Lines:
    """The texts at the largest size at which they fit the box (width, height); `gap` between them in ems."""
    for size in sizes:
        font = load_font(size)
        lines = Lines(font=font, rows=tuple(wrap(text, font, box[0]) for text in texts))
        if height(lines, gap=gap) <= box[1]:
            return lines
    return lines


def height(lines: Lines, *, gap: float = 0.35) -> int:
    rows = sum(len(rows) for rows in lines.rows)
    return rows * lines.row_height + round((len(lines.rows) - 1) * gap * lines.font.size)

"""The line of a problem as its author wrote it, with a caret under the place."""

from __future__ import annotations

from rich.cells import cell_len

from kebao.model.personal_data import without_personal_data
from kebao.problems import Location
from kebao.reports.safe_text import visible, without_long_numbers

#: Most cells of a terminal that a line may take.
WIDTH = 100
_TAB_STOP = 4
_NUMBER_WIDTH = 5
_CUT = "…"


def excerpt(text: str, location: Location, *, width: int = WIDTH) -> tuple[str, ...]:
    """The line with its number, and a line with ``^~~~`` below; empty when the place is not in ``text``.

    A Han character is two cells wide and counts so; tabs are shown as spaces; what is invisible is shown as ``�``;
    personal data and long numbers are masked; of a line wider than ``width`` cells the part around the place is shown.
    """
    lines = text.split("\n", location.line)
    if not 0 < location.line <= len(lines):
        return ()
    line = lines[location.line - 1]
    start, end = _marked(line, location)
    cells, start, end = _window(
        _cells(visible(without_long_numbers(without_personal_data(line))), start, width), start, end, width
    )
    number = f"{location.line:>{_NUMBER_WIDTH}}"
    shown = (f"{number} | {''.join(cells)}".rstrip(),)
    if not location.column:
        return shown
    before, marked = cell_len("".join(cells[:start])), cell_len("".join(cells[start:end]))
    return (*shown, f"{' ' * len(number)} | {' ' * before}^{'~' * (marked - 1)}")


def _marked(line: str, location: Location) -> tuple[int, int]:
    """First index and the one after the last of what is to be marked; at the line's end when the place is beyond."""
    start = min(max(location.column - 1, 0), len(line))
    end = start + 1
    if location.end_line == location.line:
        end = max(location.end_column - 1, end)
    elif location.end_line > location.line:
        end = max(len(line.rstrip()), end)
    return start, min(end, len(line))


def _cells(line: str, start: int, width: int) -> list[str]:
    """What is shown for each character; far from ``start`` nothing, a line may have a million."""
    reach = 4 * width
    first = max(start - reach, 0)
    cells = [""] * first
    column = 0
    for character in line[first : start + reach]:
        shown = " " * (_TAB_STOP - column % _TAB_STOP) if character == "\t" else character
        column += cell_len(shown)
        cells.append(shown)
    return cells + [""] * (len(line) - len(cells))


def _window(cells: list[str], start: int, end: int, width: int) -> tuple[list[str], int, int]:
    """The part of a line that fits, with the place in it; the same line when all of it fits."""
    if len(cells) <= 4 * width and cell_len("".join(cells)) <= width:
        return cells, start, end
    first = start
    while first and start - first < width and cell_len("".join(cells[first - 1 : start])) <= width // 3:
        first -= 1
    last = start
    room = width - 2 * cell_len(_CUT)
    while last < len(cells) and last - first < 2 * width and cell_len("".join(cells[first : last + 1])) <= room:
        last += 1
    head, tail = [_CUT] if first else [], [_CUT] if last < len(cells) else []
    shift = len(head) - first
    return [*head, *cells[first:last], *tail], start + shift, min(end, last) + shift

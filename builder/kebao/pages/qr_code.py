"""QR codes on pages, drawn as inline SVG."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from kebao.model.qr_code import QrCode, qr_code

#: Light modules around the code.
_MARGIN = 2
#: Light modules and the dark ones after them.
_RUN = re.compile("0*1+")


@dataclass(frozen=True, slots=True)
class QrDrawing:
    """The code of an address, drawn where a page that shows it is made: most pages are kept from the last build."""

    address: str

    def __html__(self) -> str:
        return qr_svg(self.address)


def qr_svg(address: str) -> str:
    """An inline SVG QR code of an address, black on white."""
    code = qr_code(address)
    box = code.side + 2 * _MARGIN
    return f'<svg viewBox="0 0 {box} {box}"><path stroke="#000" d="{"".join(_strokes(code))}"/></svg>'


def _strokes(code: QrCode) -> Iterator[str]:
    """A path whose strokes of width 1 are the dark modules, in relative steps: the shortest to write."""
    at_x, at_y = 0, 0
    for y, row in enumerate(code.rows()):
        runs = _RUN.findall(row)
        if not runs:
            continue
        start = runs[0].count("0")
        width = len(runs[0]) - start
        if not at_x and not at_y:
            yield f"M{_MARGIN} {_MARGIN}.5h{width}"
        else:
            yield f"m{start - at_x} {y - at_y}h{width}"
        yield from map(_next_stroke, runs[1:])
        at_x, at_y = len(row.rstrip("0")), y


@cache
def _next_stroke(run: str) -> str:
    """The step to a run in the same row, and its stroke; of a few dozen forms."""
    gap = run.count("0")
    return f"m{gap} 0h{len(run) - gap}"

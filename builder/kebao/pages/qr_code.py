"""QR codes on pages, drawn as inline SVG."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from kebao.model.qr_code import QrCode, qr_code

#: Light modules around the code.
_MARGIN = 2
#: Modules of a finder pattern's side.
_CORNER = 7


@dataclass(frozen=True, slots=True)
class QrDrawing:
    """The code of an address, drawn where a page that shows it is made: most pages are kept from the last build."""

    address: str

    def __html__(self) -> str:
        return qr_svg(self.address)


# A page may be rendered more than once, one after the other.
@lru_cache(maxsize=8)
def qr_svg(address: str) -> str:
    """An inline SVG QR code of an address, black on white."""
    code = qr_code(address)
    box = code.side + 2 * _MARGIN
    return f'<svg viewBox="0 0 {box} {box}"><path stroke="#000" d="{_strokes(code)}"/></svg>'


def _strokes(code: QrCode) -> str:
    """A path whose strokes of width 1 are the dark modules, in relative steps: the shortest to write."""
    # The corner of every code is that of a finder pattern: seven dark modules (ISO/IEC 18004:2015, 6.3.3).
    rows = "\n".join(code.rows()).rstrip("0\n")[_CORNER:]
    # Most runs of light modules are of a single one: without a cut at these, there are half as many parts to look up.
    parts = rows.replace("100", "1 00").replace("1\n", "1 \n").split(" ")
    return "".join((f"M{_MARGIN} {_MARGIN}.5h{_CORNER}", *map(_steps(code.side).__getitem__, parts)))


class _Steps(dict[str, str]):
    """The steps to runs of dark modules, each from the end of the one before, and their strokes; of parts of rows."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self._side = side

    def __missing__(self, run: str) -> str:
        first, *others = run.replace("10", "1 0").split(" ")
        if others:
            self[run] = steps = "".join([self[each] for each in (first, *others)])
            return steps
        rest_of_row, *rows = run.split("\n")
        light, width = run.rpartition("\n")[2].count("0"), run.count("1")
        across = light if not rows else light + len(rest_of_row) - self._side
        self[run] = step = f"m{across} {len(rows)}h{width}"
        return step


_steps = cache(_Steps)

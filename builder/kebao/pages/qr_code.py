"""QR codes on pages, drawn as inline SVG."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kebao.model.qr_code import QrCode, qr_code

#: Light modules around the code.
_MARGIN = 2
_DARK = re.compile("1+")


def qr_svg(address: str) -> str:
    """An inline SVG QR code of an address, black on white."""
    code = qr_code(address)
    box = code.side + 2 * _MARGIN
    return f'<svg viewBox="0 0 {box} {box}"><path stroke="#000" d="{"".join(_strokes(code))}"/></svg>'


def _strokes(code: QrCode) -> Iterator[str]:
    """A path whose strokes of width 1 are the dark modules, in relative steps: the shortest to write."""
    at_x, at_y = 0, 0
    for y, row in enumerate(code.rows()):
        for run in _DARK.finditer(row):
            width = run.end() - run.start()
            if not at_x and not at_y:
                yield f"M{_MARGIN} {_MARGIN}.5h{width}"
            else:
                yield f"m{run.start() - at_x} {y - at_y}h{width}"
            at_x, at_y = run.end(), y

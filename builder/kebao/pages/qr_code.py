"""QR codes of page addresses: from paper back to the page."""

from __future__ import annotations

import segno


def qr_svg(address: str) -> str:
    """An inline SVG QR code (error correction L: paper that hangs on a wall, not a worn label), black on white."""
    code = segno.make(address, error="l", micro=False, boost_error=False)
    return str(code.svg_inline(border=2, omitsize=True, dark="#000", svgclass=None, lineclass=None))

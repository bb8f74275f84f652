"""QR codes of page addresses: from paper back to the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import segno

from kebao.model.qr_codewords import code_form, form_for
from kebao.model.qr_masks import MASKS, MaskRules, mask_rules


@dataclass(frozen=True, slots=True)
class QrCode:
    """The modules of a code, without a margin.

    Attributes:
        side: Modules in a row, and rows.
        bits: All modules row by row as one number, the first one highest; 1 is dark. A site has a code for
            every page, so they are kept small.
    """

    side: int
    bits: int

    @property
    def modules(self) -> str:
        """All modules row by row as ``0`` and ``1``."""
        return f"{self.bits:0{self.side * self.side}b}"

    def rows(self) -> Sequence[str]:
        """Each row from the top as ``0`` and ``1``."""
        modules, side = self.modules, self.side
        return [modules[start : start + side] for start in range(0, len(modules), side)]


@cache
def qr_code(address: str) -> QrCode:
    """The code of an address (error correction L: paper that hangs on a wall, not a worn label).

    Made once: it stands on the page, in the page's footer and in the list of codes.
    """
    form = form_for(len(address))
    # All that is in capital letters is not written byte by byte.
    if form is None or not address.isascii() or address == address.upper():
        side, modules = _encoded(address)
        return QrCode(side, _rules(side).best(f"{int(modules, 2) ^ _rules(side).frames[0].modules:0{side * side}b}"))
    return QrCode(form.side, _rules(form.side).best(form.modules(address.encode())))


@cache
def _rules(side: int) -> MaskRules:
    # What is the same in all codes of a size is read off one of them.
    version = (side - 17) // 4
    text = int(code_form(version).modules(b"a"), 2)
    return mask_rules(side, [int(_encoded("a", mask=mask, version=version)[1], 2) ^ text for mask in MASKS])


def _encoded(text: str, *, mask: int = 0, version: int | None = None) -> tuple[int, str]:
    """Side and modules. Without a mask, the encoder would try all eight itself, which takes most of its time."""
    code = segno.make(text, error="l", micro=False, boost_error=False, mask=mask, version=version)
    return len(code.matrix), "".join(["1" if module else "0" for row in code.matrix for module in row])

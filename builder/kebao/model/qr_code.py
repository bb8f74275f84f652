"""QR codes of page addresses: from paper back to the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import segno

from kebao.model.qr_masks import MaskRules, mask_rules

#: Codes of a folder for which it is not worth to find out what each bit changes.
_SIMPLY_ENCODED = 12


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

    def rows(self) -> Iterator[str]:
        """Each row from the top as ``0`` and ``1``."""
        modules = f"{self.bits:0{self.side * self.side}b}"
        for start in range(0, len(modules), self.side):
            yield modules[start : start + self.side]


@cache
def qr_code(address: str) -> QrCode:
    """The code of an address (error correction L: paper that hangs on a wall, not a worn label).

    Made once: it stands on the page, in the page's footer and in the list of codes.
    """
    side, modules = _unmasked(address)
    return QrCode(side, _rules(side).best(modules))


@cache
def _rules(side: int) -> MaskRules:
    # What the masks change is the same in all codes of a size.
    return mask_rules(side, lambda mask: _encoded("0", mask=mask, version=_version(side))[1])


def _unmasked(address: str) -> tuple[int, int]:
    """Side and modules with mask 0."""
    if not address.isascii() or address == address.upper():
        # Not written byte by byte.
        return _encoded(address)
    folder, slash, name = address.rpartition("/")
    stem, dot, suffix = name.partition(".")
    return _alike(f"{folder}{slash}{'a' * len(stem)}{dot}{suffix}").unmasked(address)


@dataclass(slots=True)
class _Alike:
    """The codes of addresses of a length in a folder.

    Bits of a text change the same modules in all codes of a size, whatever the other bits are (its check symbols are
    sums, ISO/IEC 18004:2015, 7.5.2). So an address differs from another of its length and folder by what its
    differing bits change, which is known after some dozen codes of a folder. The first ones are simply encoded: where
    most pages are kept there are no more.
    """

    like: str
    _wanted: int = 0
    _first: tuple[int, int] | None = field(default=None)

    def unmasked(self, address: str) -> tuple[int, int]:
        self._wanted += 1
        if self._wanted <= _SIMPLY_ENCODED:
            return _encoded(address)
        side, modules = self._first = self._first or _encoded(self.like)
        for place, (byte, other) in enumerate(zip(address.encode(), self.like.encode(), strict=True)):
            for bit in range(8) if byte != other else ():
                if (byte ^ other) >> bit & 1:
                    modules ^= _changed_by(_version(side), place, bit)
        return side, modules


_alike = cache(_Alike)


@cache
def _changed_by(version: int, place: int, bit: int) -> int:
    """The modules that a bit of the text's byte at ``place`` changes."""
    return _encoded(bytes(place) + bytes([1 << bit]), version=version)[1] ^ _nothing(version, place + 1)


@cache
def _nothing(version: int, length: int) -> int:
    """The modules of a text of so many zero bytes."""
    return _encoded(bytes(length), version=version)[1]


def _version(side: int) -> int:
    return (side - 17) // 4


def _encoded(text: str | bytes, *, mask: int = 0, version: int | None = None) -> tuple[int, int]:
    """Side and modules. Without a mask, the encoder would try all eight itself, which takes most of its time."""
    mode = "byte" if isinstance(text, bytes) else None
    code = segno.make(text, error="l", micro=False, boost_error=False, mask=mask, version=version, mode=mode)
    return len(code.matrix), int("".join(["1" if module else "0" for row in code.matrix for module in row]), 2)

"""Numbers as people read them."""

from __future__ import annotations


def readable_bytes(count: int) -> str:
    """`3.4 MB`."""
    size = float(count)
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError

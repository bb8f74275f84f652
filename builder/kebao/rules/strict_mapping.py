"""Mappings of package data, read strictly: what is missing or unknown raises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def strict(
    written: Any, where: str, *, required: Sequence[str], optional: Sequence[str] | None = None
) -> Mapping[str, Any]:
    """The mapping itself; ValueError when it is none, lacks a required key, or has a key that nobody asked for.

    With nothing required and ``optional`` left out, every key is welcome.
    """
    if not isinstance(written, dict):
        raise ValueError(f"{where}: must be a mapping")
    missing = [key for key in required if key not in written]
    if missing:
        raise ValueError(f"{where}: {', '.join(missing)} missing")
    unknown = [str(key) for key in written if key not in (*required, *(optional or ()))]
    if unknown and (required or optional is not None):
        raise ValueError(f"{where}: unknown {', '.join(unknown)}")
    return written


def strict_text(written: Any, where: str) -> str:
    """The text without blanks around it; ValueError when it is none or empty."""
    if not isinstance(written, str) or not written.strip():
        raise ValueError(f"{where}: must be a text")
    return written.strip()

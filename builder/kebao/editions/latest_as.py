"""How ``latest`` stands in the published tree."""

from __future__ import annotations

from enum import StrEnum


class LatestAs(StrEnum):
    """How ``latest`` stands in the tree: files of its own, names of the edition's, or pages that lead there."""

    COPY = "copy"
    LINK = "link"
    REDIRECT = "redirect"

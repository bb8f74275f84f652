"""How bundles get their interface texts."""

from __future__ import annotations

from typing import Protocol


class Words(Protocol):
    """Says an interface text: keys ``bundle.…`` of site_config/locales, ``{named}`` parameters filled in."""

    def __call__(self, key: str, **params: object) -> str: ...

    def size(self, size_bytes: int) -> str:
        """A file size for people: ``12.4 MB``."""
        ...

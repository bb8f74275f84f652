"""Addresses and folders that people write, as sources."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from kebao.mirror.sources.folder import FolderSource
from kebao.mirror.sources.source import Source
from kebao.mirror.sources.web import WebSource


def open_source(place: str) -> Source:
    """A web source for http(s) addresses, a folder for everything else (`E:\\`, `/media/stick`)."""
    if urlsplit(place).scheme in ("http", "https"):
        return WebSource(place)
    return FolderSource(Path(place).absolute(), place)

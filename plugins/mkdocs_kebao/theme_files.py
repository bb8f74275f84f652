"""The theme's files as MkDocs lists them, without a look at its thousands of icons, which it leaves out in the end."""

from __future__ import annotations

import os

from jinja2 import Environment, FileSystemLoader
from mkdocs.theme import Theme

_ICONS = ".icons"


class _WithoutIcons(FileSystemLoader):
    """Finds every template, and lists those that MkDocs may take: none in a hidden folder at the top."""

    def list_templates(self) -> list[str]:
        found: set[str] = set()
        for folder in self.searchpath:
            for below, folders, names in os.walk(folder, followlinks=self.followlinks):
                if below == folder and _ICONS in folders:
                    folders.remove(_ICONS)
                start = os.path.relpath(below, folder).replace(os.sep, "/")
                found.update(name if start == "." else f"{start}/{name}" for name in names)
        return sorted(found)


class _Theme(Theme):
    def get_env(self) -> Environment:
        environment = super().get_env()
        loader = environment.loader
        if type(loader) is FileSystemLoader:
            environment.loader = _WithoutIcons(loader.searchpath, loader.encoding, loader.followlinks)
        return environment


def list_without_icons(theme: Theme) -> None:
    """From now on the theme's environment does so; not that of a theme that makes its environment itself."""
    if type(theme) is Theme:
        theme.__class__ = _Theme

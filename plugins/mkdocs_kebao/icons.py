"""Icons of a page: each is drawn once, in a sprite at the page's end, and used by reference."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from markupsafe import Markup

_SVG = re.compile(r"<svg[^>]*viewBox=\"(?P<box>[^\"]+)\"[^>]*>(?P<body>.*)</svg>", re.DOTALL)
_OUTLINE = re.compile(r'<path[^>]*\bd="([^"]+)"')
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class PageIcons:
    """Collects the icons that a page's templates use (Material's bundled sets, by name)."""

    def __init__(self, theme_dirs: Sequence[str]) -> None:
        self._theme_dirs = tuple(theme_dirs)
        self._used: dict[str, None] = {}

    def use(self, name: str) -> Markup:
        """The icon where it stands; decorative, so hidden from screen readers."""
        self._used[name] = None
        return _reference(name)

    def sprite(self) -> Markup:
        """The drawings of all icons used so far."""
        symbols = "".join(_symbol(name, self._theme_dirs) for name in self._used)
        return Markup(f'<svg xmlns="http://www.w3.org/2000/svg" hidden>{symbols}</svg>') if symbols else Markup("")


@cache
def _reference(name: str) -> Markup:
    return Markup('<svg class="kb-icon" aria-hidden="true"><use href="#{}"/></svg>').format(_symbol_id(name))


def _symbol_id(name: str) -> str:
    return "kbi-" + name.rpartition("/")[2]


def icon_path(name: str, theme_dirs: Sequence[str]) -> str:
    """The icon's outline, for scripts that draw it: the ``d`` of a path in a box of 24 by 24."""
    return " ".join(_OUTLINE.findall(_symbol(name, tuple(theme_dirs))))


@cache
def _symbol(name: str, theme_dirs: tuple[str, ...]) -> str:
    for folder in theme_dirs:
        path = Path(folder) / ".icons" / f"{name}.svg"
        if path.is_file():
            match = _SVG.search(_COMMENT.sub("", path.read_text(encoding="utf-8")))
            if match:
                return f'<symbol id="{_symbol_id(name)}" viewBox="{match["box"]}">{match["body"]}</symbol>'
    raise FileNotFoundError(f"no icon '{name}' in the theme")

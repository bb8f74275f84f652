"""What decides the bytes of a page, as one key: the page's own values, and what all pages of a shard share."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.nav import Navigation

import mkdocs_kebao
from kebao.assembly.code_digest import code_digest
from kebao.assembly.page_cache import cache_digest
from kebao.assembly.page_values import ValuesDigest
from kebao.pages.texts import texts_for
from mkdocs_kebao.shard_state import ShardState

_LIBRARIES = (
    "mkdocs",
    "mkdocs-material",
    "Jinja2",
    "MarkupSafe",
    "Markdown",
    "pymdown-extensions",
    "nh3",
    "babel",
    "segno",
)
_SHOWN = (".html", ".svg")
_ICONS = ".icons"
#: Settings that templates read.
_SETTINGS = ("site_name", "site_url", "extra", "extra_css", "use_directory_urls", "markdown_extensions")


def page_key(ground: str, page: ValuesDigest, uris: str) -> str:
    """The key of a page; ``ground`` is that of its shard, ``uris`` that of all pages' addresses."""
    around = uris if page.has_links else ""
    return cache_digest(f"{ground} {around}\n{page.values}".encode())


def uris_key(state: ShardState) -> str:
    return cache_digest("\n".join(sorted(page.uri for page in state.pages)).encode())


def ground_key(state: ShardState, config: MkDocsConfig, nav: Navigation, environment: Environment) -> str:
    """The key of what all pages of a shard share: code, libraries, templates, settings, navigation, words."""
    parts = [
        code_key(),
        templates_key(config),
        *(repr(config[name]) for name in _SETTINGS),
        *(str(script) for script in config.extra_javascript),
        _settled(dict(config.theme)),
        config.theme.name or "",
        *_outline(nav.items),
        repr((state.shard, state.files.root, state.is_alone, state.catalog.site.base_url)),
        repr(sorted(shard.uri for shard in state.catalog.built)),
        _settled({name: value for name, value in environment.globals.items() if not callable(value)}),
        repr(sorted(texts_for(state.catalog.site, state.shard.locale).texts.items())),
    ]
    return cache_digest("\0".join(parts).encode("utf-8", "surrogatepass"))


@cache
def code_key() -> str:
    """The key of our own code, and of the libraries that have a part in a page."""
    versions = [platform.python_version(), *(f"{name} {metadata.version(name)}" for name in _LIBRARIES)]
    code = (path.read_bytes() for path in sorted(Path(str(mkdocs_kebao.__file__)).parent.rglob("*.py")))
    return cache_digest("\n".join((code_digest(), *versions)).encode() + b"\0".join(code))


def templates_key(config: MkDocsConfig) -> str:
    """The key of all templates; of a theme's icons where they are ours or the project's own."""
    parts = []
    for place, folder in enumerate(map(Path, config.theme.dirs)):
        is_library = "site-packages" in folder.parts
        shown = _SHOWN[:1] if is_library else _SHOWN
        found: list[str] = []
        for below, folders, names in os.walk(folder):
            if is_library and _ICONS in folders:
                # Thousands of pictures in hundreds of folders, and no template.
                folders.remove(_ICONS)
            found.extend(f"{below}/{name}" for name in names if name.endswith(shown))
        for path in sorted(found):
            parts.append(f"{place} {path[len(str(folder)) :]}".encode() + b"\0" + Path(path).read_bytes())
    return cache_digest(b"\0".join(parts))


def _outline(items: Any) -> Iterator[str]:
    for item in items:
        yield repr((item.title, getattr(item, "url", None), item.children is not None))
        yield from _outline(item.children or ())
        yield "."


def _settled(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=repr)

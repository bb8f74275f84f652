"""The theme's files, kept once for all shards under their digest (DESIGN §1.6)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from jinja2 import pass_context
from jinja2.runtime import Context

from mkdocs_kebao.minifying import can_minify, minified

OWN = "assets/kebao/"
#: What every page loads, in the order in which it must run or count: delivered joined, since each file is a request and
#: each tag a hundred bytes of every page. ``search/texts.js``, the words, comes between ``start.js`` and ``page.js``.
JOINED: Mapping[str, Sequence[str]] = {
    f"{OWN}start.js": (f"{OWN}kebao.js", f"{OWN}data.js", f"{OWN}store.js"),
    f"{OWN}page.js": (f"{OWN}my-list.js", f"{OWN}search-box.js", f"{OWN}editions.js"),
    # A centre's own colours at the end.
    f"{OWN}page.css": tuple(f"{OWN}{name}.css" for name in ("kebao", "search", "my-list", "editions", "accent")),
}
_PARTS = frozenset(uri for parts in JOINED.values() for uri in parts)


def is_own(uri: str) -> bool:
    """Whether a file of the theme is a script or style of Kebao: Material's are small already."""
    return uri.startswith(OWN) and uri.endswith((".js", ".css"))


def delivered(sources: Mapping[str, Path]) -> dict[str, bytes]:
    """The theme's files as readers get them: what every page loads joined, our scripts made small, all else as it is.

    ``sources`` maps the URI of each file in the theme to where it lies.
    """
    contents = {uri: _delivered([path]) for uri, path in sources.items() if uri not in _PARTS}
    for uri, parts in JOINED.items():
        if paths := [sources[part] for part in parts if part in sources]:
            contents[uri] = _delivered(paths)
    if can_minify() and (scripts := {uri: script for uri, script in contents.items() if is_own_script(uri)}):
        contents |= minified(scripts)
    return contents


def is_own_script(uri: str) -> bool:
    return is_own(uri) and uri.endswith(".js")


def _delivered(paths: Sequence[Path]) -> bytes:
    return b"\n".join(path.read_bytes() for path in paths)


def share_assets(sources: Mapping[str, Path], folder: Path) -> str:
    """Copies the files into ``folder/<digest>/`` unless they are there; gives the digest's first 16 characters.

    ``sources`` maps the URI of each file in the theme to where it lies now. Source maps are left out: nobody
    who reads a page needs them, and they are half of the theme.
    """
    wanted = {uri: path for uri, path in sources.items() if not uri.endswith(".map")}
    digest = hashlib.sha256()
    contents = delivered(wanted)
    for uri, content in sorted(contents.items()):
        digest.update(uri.encode() + b"\0" + hashlib.sha256(content).digest())
    name = digest.hexdigest()[:16]
    target = folder / name
    if not target.exists():
        # Shards are built side by side: whoever is first wins, the others find the folder whole.
        staged = folder / f".{name}.{os.getpid()}"
        for uri, content in contents.items():
            (staged / uri).parent.mkdir(parents=True, exist_ok=True)
            (staged / uri).write_bytes(content)
        with contextlib.suppress(OSError):
            staged.rename(target)
        shutil.rmtree(staged, ignore_errors=True)
    return name


def shared_url_filter(stock: Callable[..., str], assets_uri: str, shared: frozenset[str]) -> Callable[..., str]:
    """MkDocs' ``url`` filter, which leads to the shared folder for the theme's own files."""

    @pass_context
    def url(context: Context, value: str) -> str:
        if value in shared:
            page = context.get("page")
            depth = page.file.dest_uri.count("/") if page is not None else 0
            return "../" * depth + f"{assets_uri}/{value}"
        return str(stock(context, value))

    return url

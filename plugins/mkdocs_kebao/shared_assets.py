"""The theme's files, kept once for all shards under their digest (DESIGN §1.6)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from jinja2 import pass_context
from jinja2.runtime import Context


def share_assets(sources: Mapping[str, Path], folder: Path) -> str:
    """Copies the files into ``folder/<digest>/`` unless they are there; gives the digest's first 16 characters.

    ``sources`` maps the URI of each file in the theme to where it lies now. Source maps are left out: nobody
    who reads a page needs them, and they are half of the theme.
    """
    wanted = {uri: path for uri, path in sorted(sources.items()) if not uri.endswith(".map")}
    digest = hashlib.sha256()
    for uri, path in wanted.items():
        digest.update(uri.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    name = digest.hexdigest()[:16]
    target = folder / name
    if not target.exists():
        # Shards are built side by side: whoever is first wins, the others find the folder whole.
        staged = folder / f".{name}.{os.getpid()}"
        for uri, path in wanted.items():
            (staged / uri).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, staged / uri)
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

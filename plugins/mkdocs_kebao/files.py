"""``kebao/files``: the list of pages beside the site, and the stored files of a shard that is built alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Literal

from mkdocs.config import base
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, event_priority

from kebao.assembly.file_store import FileStore
from mkdocs_kebao.shard_state import ShardState, state_of


class FilesConfig(base.Config):
    """No options."""


class FilesPlugin(BasePlugin[FilesConfig]):
    """Writes what is not a page."""

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Being there keeps the plugin object over the rebuilds of ``mkdocs serve``."""

    # Last: the site is complete then.
    @event_priority(-100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        state, site = state_of(config), Path(config.site_dir)
        (site / "pages.json").write_text(pages_json(state), encoding="utf-8", newline="\n")
        if state.own_files is not None:
            _copy_stored(state, state.own_files, site / "_files")


def pages_json(state: ShardState) -> str:
    """The shard's pages with title, and resource id where a page is a resource's; what ``kebao audit`` expects."""
    pages = []
    for page in sorted(state.pages, key=lambda page: page.uri):
        entry = {"uri": page.uri, "title": page.title}
        if page.template == "item.html":
            entry["id"] = page.uri.rpartition("/")[2].removesuffix(".html")
        pages.append(entry)
    shard = state.shard
    data = {"package": shard.package, "locale": shard.locale, "edition": shard.edition, "pages": pages}
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _copy_stored(state: ShardState, store: FileStore, target: Path) -> None:
    pictures = [*state.files.thumbnails.values(), *state.files.posters.values()]
    bundles = [bundle.file for bundle in state.files.bundles.values()]
    for stored in (*state.files.materials.values(), *(picture.file for picture in pictures), *bundles):
        path = target.joinpath(*stored.path_parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(store.path_of(stored), path)

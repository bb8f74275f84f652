"""``kebao/search``: the search index of the shard."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from mkdocs.config import base
from mkdocs.config import config_options as c
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin

from kebao.assembly.checking import cache_folder
from kebao.assembly.search_documents import documents_of, labels_of, listed_entries
from kebao.assembly.token_cache import TokenCache, drop_other_versions, token_cache_path
from kebao.pages.cards import KIND_ICONS
from kebao.pages.shard_pages import desk_for
from kebao.search.facets import catalog_files
from kebao.search.index import build_index
from kebao.search.qr_codes import qr_files
from mkdocs_kebao.icons import icon_path
from mkdocs_kebao.shard_state import ShardState, state_of

SEARCH_FOLDER = "search"


class SearchConfig(base.Config):
    """Options of ``kebao/search``.

    Attributes:
        project: Folder of the project, in whose cache the tokens are kept; that of mkdocs.yml by default.
    """

    project = c.Dir(default=".", exists=True)


class SearchPlugin(BasePlugin[SearchConfig]):
    """Writes the index beside the pages (docs/search-format.md)."""

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Being there keeps the plugin object over the rebuilds of ``mkdocs serve``."""

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        state = state_of(config)
        folder = None if os.environ.get("KEBAO_NO_CACHE") else cache_folder(Path(self.config.project))
        files = search_files(state, folder)
        icons = {kind.value: icon_path(icon, config.theme.dirs) for kind, icon in KIND_ICONS.items()}
        filters = catalog_files(state.catalog, desk_for(state.catalog, state.files).texts, files, icons)
        _write(Path(config.site_dir) / SEARCH_FOLDER, {**files, **filters, **code_files(state)})


def search_files(state: ShardState, cache: Path | None) -> Mapping[str, bytes]:
    """Path below ``search/`` → content; ``cache`` is the project's cache folder."""
    desk = desk_for(state.catalog, state.files)
    path = token_cache_path(cache, state.shard.uri) if cache else None
    kept = TokenCache(path)
    files = build_index(documents_of(desk, state.pages), labels_of(desk), kept)
    kept.save()
    if path is not None:
        drop_other_versions(path)
    return files


def code_files(state: ShardState) -> Mapping[str, bytes]:
    """The QR codes of the resources' pages; none where the site does not know its address."""
    base_url = state.catalog.site.base_url
    if not base_url:
        return {}
    desk = desk_for(state.catalog, state.files)
    addresses = [f"{base_url}{desk.entry_uri(entry)}" for entry in listed_entries(desk)]
    return {file.path: file.script for file in qr_files(addresses)}


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

"""``kebao/search``: the search index of the shard."""

from __future__ import annotations

import gc
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Literal

from mkdocs.config import base
from mkdocs.config import config_options as c
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import Files

from kebao.assembly.checking import cache_folder
from kebao.assembly.code_digest import code_digest
from kebao.assembly.entry_keys import EntryKeys
from kebao.assembly.kept_values import KeptValues
from kebao.assembly.processes import Aside, WorkError, can_split
from kebao.assembly.search_documents import listed_entries
from kebao.assembly.search_index import shard_index
from kebao.assembly.token_cache import TokenCache, drop_other_versions, token_cache_path
from kebao.model.shard import WORKING_EDITION
from kebao.pages.cards import KIND_ICONS, Desk
from kebao.pages.shard_pages import desk_for
from kebao.search.data_file import Scripts
from kebao.search.facets import catalog_files
from kebao.search.qr_codes import qr_files
from mkdocs_kebao.icons import icon_path
from mkdocs_kebao.later_files import LaterFiles, replace_folder, spare_folder
from mkdocs_kebao.page_press import page_jobs
from mkdocs_kebao.shard_state import ShardState, state_of

SEARCH_FOLDER = "search"
#: The library that titles are sorted by.
_READER = "pypinyin"


class SearchConfig(base.Config):
    """Options of ``kebao/search``.

    Attributes:
        project: Folder of the project, in whose cache the tokens are kept; that of mkdocs.yml by default.
    """

    project = c.Dir(default=".", exists=True)


class SearchPlugin(BasePlugin[SearchConfig]):
    """Writes the index beside the pages (docs/search-format.md)."""

    _later: LaterFiles | None = None
    _is_in_place = False
    _aside: Aside | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Being there keeps the plugin object over the rebuilds of ``mkdocs serve``."""
        self._later, self._is_in_place = LaterFiles() if command == "serve" else None, dirty

    def on_config(self, config: MkDocsConfig) -> None:
        if self._later:
            self._later.forget()

    # First: thousands of pages' files, on which nothing of the index depends, are not in that process then.
    @event_priority(100)
    def on_files(self, files: Files, *, config: MkDocsConfig) -> None:
        if is_left_out():
            return
        if self._later is None and page_jobs() > 1 and can_split():
            self._aside = Aside(lambda: self._write(config))

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        if is_left_out():
            return
        if self._aside:
            aside, self._aside = self._aside, None
            try:
                aside.finish()
            except WorkError as error:
                raise BuildError(str(error)) from error
        elif self._later:
            self._later.write(_target(config), lambda: self._files_and_no_more(config), in_place=self._is_in_place)
        else:
            self._write(config)

    def _write(self, config: MkDocsConfig) -> None:
        spare = spare_folder()
        replace_folder(_target(config), self._files(config), spare / SEARCH_FOLDER if spare else None)

    def on_shutdown(self) -> None:
        if self._later:
            self._later.forget()

    def on_build_error(self, *, error: Exception) -> None:
        if self._aside:
            self._aside.give_up()
            self._aside = None

    def _files_and_no_more(self, config: MkDocsConfig) -> Mapping[str, bytes]:
        files = self._files(config)
        # This is the last of a build, whose thousands of pages and files know of each other.
        gc.collect()
        return files

    def _files(self, config: MkDocsConfig) -> Mapping[str, bytes]:
        state = state_of(config)
        folder = None if os.environ.get("KEBAO_NO_CACHE") else cache_folder(Path(self.config.project))
        files = search_files(state, folder)
        icons = {kind.value: icon_path(icon, config.theme.dirs) for kind, icon in KIND_ICONS.items()}
        say, appeared = desk_for(state.catalog, state.files).texts, first_editions(state)
        kept = kept_columns(state, folder)
        filters = catalog_files(state.catalog, say, files, icons, appeared=appeared, kept=kept)
        kept.save()
        return files.beside({**filters, **code_files(state, folder)})


def is_left_out() -> bool:
    """Whether there is to be no index (`kebao build --no-search`): then nothing can be searched or filtered."""
    return bool(os.environ.get("KEBAO_NO_SEARCH"))


def _target(config: MkDocsConfig) -> Path:
    return Path(config.site_dir) / SEARCH_FOLDER


def first_editions(state: ShardState) -> Mapping[str, str]:
    """Resource id → the edition in which it first stood, oldest first; empty where no edition came before this one."""
    path = os.environ.get("KEBAO_APPEARED")
    if not path:
        return {}
    before: dict[str, list[str]] = json.loads(Path(path).read_text(encoding="utf-8"))
    known = {id_: edition for edition, ids in before.items() for id_ in ids}
    return known | {entry.id: state.shard.edition for entry in state.catalog.entries if entry.id not in known}


def search_files(state: ShardState, cache: Path | None) -> Scripts:
    """Path below ``search/`` → content; ``cache`` is the project's cache folder."""
    desk = desk_for(state.catalog, state.files)
    path = token_cache_path(cache, state.shard.uri) if cache else None
    tokens = TokenCache(path)
    keys = EntryKeys(state.catalog, desk.texts, state.folder_digests)
    # What is released is made as a whole.
    before = path.with_suffix(".index") if path and state.shard.edition == WORKING_EDITION else None
    files = shard_index(desk, state.pages, keys, tokens, before)
    tokens.save()
    if path is not None:
        drop_other_versions(path)
    return files


def code_files(state: ShardState, cache: Path | None) -> Mapping[str, bytes]:
    """The QR codes of the resources' pages; none where the site does not know its address."""
    base_url = state.catalog.site.base_url
    if not base_url:
        return {}
    desk = desk_for(state.catalog, state.files)
    addresses = [f"{base_url}{uri}" for uri in _entry_uris(desk)]
    kept, key = KeptValues(_of_this_code(cache, "codes", state)), hashlib.sha256("\n".join(addresses).encode()).digest()
    written = kept.get(key)
    if written is None:
        # Each is one line.
        written = b"".join(file.script for file in qr_files(addresses))
        kept.put(key, written)
        kept.save()
    return {f"q/{number}.js": line + b"\n" for number, line in enumerate(written.split(b"\n")[:-1])}


def kept_columns(state: ShardState, cache: Path | None) -> KeptValues:
    """What of the catalog's filters is kept from build to build."""
    return KeptValues(_of_this_code(cache, "columns", state))


def _of_this_code(cache: Path | None, name: str, state: ShardState) -> Path | None:
    """Where something of a shard is kept until the code or a library that makes it is another one."""
    if cache is None:
        return None
    versions = f"{code_digest()[:16]}-{metadata.version(_READER)}"
    path = cache / name / versions / state.shard.uri.replace("/", "-")
    drop_other_versions(path)
    return path


def _entry_uris(desk: Desk) -> Iterator[str]:
    """The site URIs of the listed entries' pages; they differ in the folder only by package and language."""
    folders: dict[tuple[str, str], str] = {}
    for entry in listed_entries(desk):
        name = (entry.package, entry.language)
        if name not in folders:
            folders[name] = desk.entry_uri(entry).removesuffix(entry.page_uri)
        yield folders[name] + entry.page_uri

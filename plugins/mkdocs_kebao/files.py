"""``kebao/files``: the list of pages beside the site, and the stored files of a shard that is built alone."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from jinja2 import Environment
from mkdocs.config import base
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import Files

from kebao.assembly.file_store import FileStore
from kebao.assembly.spare_site import take_spare
from kebao.pages.site_page import AnyPage
from kebao.pages.translations import TRANSLATIONS_DATA, translations_data
from kebao.pages.whats_new_json import WHATS_NEW_JSON_URI, whats_new_json
from mkdocs_kebao.later_files import LaterFiles, spare_folder, write_files
from mkdocs_kebao.page_press import can_press
from mkdocs_kebao.script_texts import SCRIPT_TEXTS_URI, script_texts_js
from mkdocs_kebao.shard_state import ShardState, state_of

#: A text in quotation marks; ``json.dumps`` makes an encoder anew for each, which takes most of its time.
_quoted = json.JSONEncoder(ensure_ascii=False).encode


class FilesConfig(base.Config):
    """No options."""


class FilesPlugin(BasePlugin[FilesConfig]):
    """Writes what is not a page."""

    _later: LaterFiles | None = None
    _is_in_place = False

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Being there keeps the plugin object over the rebuilds of ``mkdocs serve``."""
        self._later, self._is_in_place = LaterFiles() if command == "serve" else None, dirty

    def on_config(self, config: MkDocsConfig) -> None:
        if self._later:
            self._later.forget()

    # Before pages are made (``kebao/catalog``), and MkDocs writes what is not one of them.
    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> None:
        spare = spare_folder()
        if spare and can_press(config):
            place_spare_pages(spare, Path(config.site_dir), state_of(config).pages)

    # Last: the site is complete then.
    @event_priority(-100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        state, site = state_of(config), Path(config.site_dir)
        if self._later:
            self._later.write(site, lambda: data_files(state), in_place=self._is_in_place)
        else:
            write_files(site, data_files(state))
        if state.own_files is not None:
            # What is served is thrown away: nobody edits it, so it need not be a copy.
            place = os.symlink if self._later and os.name != "nt" else shutil.copyfile
            _place_stored(state, state.own_files, site / "_files", place)

    def on_shutdown(self) -> None:
        if self._later:
            self._later.forget()


def place_spare_pages(spare: Path, site: Path, pages: Iterable[AnyPage]) -> None:
    """Moves folders of an earlier site here, with those pages in them that are made by ``page_press``.

    It puts others in place of those that have changed; MkDocs would write into them, and they may be kept elsewhere.
    """
    folders: dict[str, set[str]] = {}
    for page in pages:
        folder, _, rest = page.uri.partition("/")
        if rest and not page.in_navigation:
            folders.setdefault(folder, set()).add(rest)
    for folder, wanted in folders.items():
        take_spare(spare / folder, site / folder, wanted)


def data_files(state: ShardState) -> Mapping[str, bytes]:
    """Path in the site → content of what stands beside the pages."""
    texts = {
        "pages.json": pages_json(state),
        TRANSLATIONS_DATA: translations_data(state.desk),
        SCRIPT_TEXTS_URI: script_texts_js(state.desk.texts),
        WHATS_NEW_JSON_URI: whats_new_json(state.desk, state.changes),
    }
    return {uri: text.encode() for uri, text in texts.items()}


def pages_json(state: ShardState) -> str:
    """The shard's pages with title, and resource id where a page is a resource's; what ``kebao audit`` expects."""
    shard = state.shard
    data: dict[str, object] = {
        "package": shard.package,
        "locale": shard.locale,
        "edition": shard.edition,
        "pages": [],
    }
    if state.files.sources:
        data["sources"] = unquote(state.files.sources.uri)
    text = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    # They are thousands, which take json twenty times as long where it indents.
    lines = ",\n".join(_page_json(page) for page in sorted(state.pages, key=lambda page: page.uri))
    return text.replace('"pages": []', f'"pages": [\n{lines}\n ]', 1) if lines else text


def _page_json(page: AnyPage) -> str:
    id_ = page.uri.rpartition("/")[2].removesuffix(".html")
    known = f'   "id": {_quoted(id_)},\n' if page.template == "item.html" else ""
    return f'  {{\n{known}   "title": {_quoted(page.title)},\n   "uri": {_quoted(page.uri)}\n  }}'


def _place_stored(state: ShardState, store: FileStore, target: Path, place: Callable[[Path, Path], object]) -> None:
    pictures = [*state.files.thumbnails.values(), *state.files.posters.values()]
    bundles = [bundle.file for bundle in state.files.bundles.values()]
    sources = [state.files.sources] if state.files.sources else []
    for stored in (*state.files.materials.values(), *(picture.file for picture in pictures), *bundles, *sources):
        path = target.joinpath(*stored.path_parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            place(store.path_of(stored).resolve(), path)

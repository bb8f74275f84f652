"""``kebao/catalog``: loads and checks the content, adds its pages, and builds the small navigation."""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

from jinja2 import Environment
from markupsafe import escape
from mkdocs.config import base
from mkdocs.config import config_options as c
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from kebao.assembly.check_cache import checked_project
from kebao.assembly.check_index import HeldIndex
from kebao.assembly.checking import CheckedProject, cache_folder, check_project, with_upstreams
from kebao.assembly.file_store import FileStore
from kebao.assembly.files_index_json import load_files_index
from kebao.assembly.garbage import collecting_seldom
from kebao.assembly.handed_over import handed_over, handed_over_files
from kebao.assembly.stored_files import FileStorer
from kebao.catalog.catalog import build_catalog
from kebao.catalog.snapshots import Snapshot, read_snapshot
from kebao.model.files_index import FilesIndex
from kebao.model.shard import WORKING_EDITION, Shard, shard_at
from kebao.pages.shard_pages import (
    NavigationSection,
    desk_for,
    desk_pages,
    edition_changes,
    navigation,
    tab_titles,
)
from kebao.pages.site_page import AnyPage, SitePage
from kebao.problems import Severity
from kebao.rendering import EXTENSION_CONFIGS, MARKDOWN_EXTENSIONS, sanitize_html
from kebao.words import language_from, words_in
from mkdocs_kebao.first_page import FirstPage
from mkdocs_kebao.hands import own_share
from mkdocs_kebao.page_files import PageFiles, generated_file, src_uri
from mkdocs_kebao.page_press import (
    KeptPages,
    PagePress,
    can_leave_out_files,
    can_press,
    kept_pages,
    known_bodies,
    page_jobs,
)
from mkdocs_kebao.shard_state import ShardState
from mkdocs_kebao.watching import Watch

log = get_plugin_logger(__name__)


class CatalogConfig(base.Config):
    """Options of ``kebao/catalog``.

    Attributes:
        project: Folder of the project; that of mkdocs.yml by default.
        package, locale, edition: The shard; the site's defaults and the working edition when empty.
        shards: URIs of the shards that are built together, apart by blanks; when empty, only this one is.
        published: Pages of the shards that are frozen already and that links may lead to (JSON: URI → pages' URIs).
        previous: Snapshot of the edition before (snapshot.json), with which this one is compared; none when empty.
        files_index: Stored files as ``kebao build`` listed them (JSON); when empty, this build stores its own.
    """

    project = c.Dir(default=".", exists=True)
    package = c.Type(str, default="")
    locale = c.Type(str, default="")
    edition = c.Type(str, default="")
    published = c.Type(str, default="")
    previous = c.Type(str, default="")
    shards = c.Type(str, default="")
    files_index = c.Type(str, default="")


class CatalogPlugin(BasePlugin[CatalogConfig]):
    """Adds the pages of one shard; the other plugins read :attr:`state`."""

    state: ShardState
    _nav: Navigation
    _is_serving = False
    _is_in_place = False
    _downloads: FilesIndex | None = None
    _held: HeldIndex | None = None
    _before: tuple[AnyPage, ...] = ()
    _docs_dir = ""
    _kept: KeptPages | None = None
    _first: FirstPage | None = None
    _press: PagePress | None = None

    def __init__(self) -> None:
        self._quiet = ExitStack()

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Being there keeps the plugin object over the rebuilds of ``mkdocs serve``."""
        self._is_serving = command == "serve"
        # Another server may have used the same object.
        self._downloads, self._before, self._first = None, (), None
        self._held = HeldIndex() if self._is_serving else None
        if self._is_serving:
            self._quiet.enter_context(collecting_seldom())
        self._is_in_place = self._is_serving and dirty
        if self._is_in_place:
            # The site is changed in place, as `kebao serve` asks for, but whole: what MkDocs warns of does not happen.
            logging.getLogger("mkdocs.commands.build").addFilter(lambda record: "'dirty' build" not in str(record.msg))

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: object) -> LiveReloadServer:
        # As MkDocs 1.6 has it; another server goes on looking for itself.
        watched = getattr(server, "_watched_paths", None)
        if isinstance(watched, dict):
            watch = Watch(server.observer)
            server.observer = cast(Any, watch)
            if self._first:
                self._first.serve(server, watch)
            for path in tuple(watched):
                watched.pop(path)
                server.watch(path)
        return server

    def on_shutdown(self) -> None:
        self._quiet.close()

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        root = Path(self.config.project)
        self._press = None
        if self._is_in_place:
            self._first = self._first or FirstPage(root)
            self._first.show(self._held.ground if self._held else None)
        today = date.today()  # noqa: DTZ011 – the day on which the author builds is what is meant
        store = os.environ.get("KEBAO_STORE")
        # Not by !ENV in mkdocs.yml: that reads 2026.10 as a number.
        edition = self.config.edition or os.environ.get("KEBAO_EDITION") or WORKING_EDITION
        no_cache = bool(os.environ.get("KEBAO_NO_CACHE"))
        # What is released is looked at as a whole.
        is_whole = no_cache or edition != WORKING_EDITION
        checked = partial(checked_project, held=self._held)
        check = partial(check_project, use_cache=not no_cache) if is_whole else checked
        project = handed_over(root) or check(root, today=today, store=Path(store) if store else None)
        _report(project)
        project = with_upstreams(project)
        site = project.sound_site()
        package, locale = (
            self.config.package or site.default_package,
            self.config.locale or site.default_locale,
        )
        if package not in site.packages or locale not in project.content.packages[package].locales:
            raise PluginError(f"there is no package '{package}' with a locale '{locale}' in site_config/site.yml")
        shard = Shard(package=package, locale=locale, edition=edition)
        built = [shard_at(uri) for uri in self.config.shards.split()] or [shard]
        catalog = build_catalog(
            project.content,
            site,
            shard=shard,
            facts=project.facts,
            digests=project.digests,
            built=built,
            published=_published(self.config.published),
        )
        files, own_files = self._files(project, shard)
        changes = edition_changes(catalog, _previous(self.config.previous))
        desk = desk_for(catalog, files)
        pages = desk_pages(desk, changes)
        self.state = ShardState(
            desk=desk,
            pages=pages,
            changes=changes,
            own_files=own_files,
            folder_digests=project.folder_digests,
        )
        titles = tab_titles(catalog)
        config.site_name = str(escape(catalog.package.short_title.in_locale(catalog.chain)))
        sections = navigation(self.state.pages, titles)
        config.nav = [_nav_entry(section) for section in sections]
        config.markdown_extensions = list(MARKDOWN_EXTENSIONS)
        config.mdx_configs = EXTENSION_CONFIGS
        config.watch.extend([str(root / "site_config")])
        return config

    def _files(self, project: CheckedProject, shard: Shard) -> tuple[FilesIndex, FileStore | None]:
        if self.config.files_index:
            handed = handed_over_files()
            if handed is not None:
                return handed[shard.package], None
            text = Path(self.config.files_index).read_text(encoding="utf-8")
            return load_files_index(text, shard.package), None
        cache = cache_folder(project.root)
        store = FileStore(cache / "standalone")
        storer = FileStorer(project, store, cache, lambda name: log.debug("stored %s", name))
        files = storer.store_package(shard.package, downloads=self._downloads)
        if self._is_serving:
            # While an author writes, downloads stay those of the start: to make them takes longer than all pages.
            self._downloads = files
        return replace(files, root=f"{shard.uri}/"), store

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        # What lies in docs_dir is the pages' source, not pages: to look through ten thousand folders for some is vain.
        self._docs_dir, config.docs_dir = config.docs_dir, os.devnull

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        config.docs_dir = self._docs_dir
        kept = Files([file for file in files if file.src_dir != config.docs_dir])
        pressed, left_out = can_press(config), can_leave_out_files(config)
        for page in self.state.pages:
            if left_out and not page.in_navigation:
                continue
            text = "" if pressed else self.state.page_at(src_uri(page)).markdown
            kept.append(generated_file(config, page, text, pressed=pressed))
        return kept

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        self._nav = nav
        if can_press(config):
            # MkDocs knows no other pages than those of the navigation then.
            return nav
        by_tab = {page.file.src_uri: page.parent for page in nav.pages}
        for site_page in self.state.pages:
            file = files.get_file_from_path(src_uri(site_page))
            if file is not None and file.page is not None and not site_page.in_navigation:
                # Gives pages outside the navigation their active tab.
                file.page.parent = by_tab.get(site_page.tab.replace(".html", ".md"))
        return nav

    # Last: the environment is complete then.
    @event_priority(-100)
    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        if can_press(config):
            cache = cache_folder(Path(self.config.project))
            kept = kept_pages(cache, self.state, config, self._nav, env)
            linked = PageFiles(files, config, self.state.by_src_uri)
            bodies = partial(known_bodies, cache, self.state, linked)
            press = PagePress(config, linked, self._nav, env, self.state, kept, bodies)
            if share := own_share():
                if kept is not None:
                    press.press_share(self.state.pages, kept, share)
                # The rest of a build is the work of whoever asked for the share.
                raise SystemExit
            press.press(self.state.pages, jobs=1 if self._is_serving else page_jobs())
            self._kept, self._press = kept, press
            for page in self._nav.pages:
                # It is made; MkDocs' own loop is still to come.
                page.file.inclusion = InclusionLevel.EXCLUDED
        # Where a site is changed in place, what is gone is still there.
        gone = {page.uri for page in self._before} - {page.uri for page in self.state.pages}
        if self._first:
            self._first.note_replaced(self._kept.cache.replaced if self._kept else {}, gone)
        for uri in gone:
            Path(config.site_dir, uri).unlink(missing_ok=True)
        self._before = self.state.pages if self._is_serving else ()
        return env

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        kept, self._kept = self._kept, None
        press, self._press = self._press, None
        if self._first:
            self._first.finish(press)
        if kept and self._is_serving:
            # The browser need not wait until the disk has it.
            threading.Thread(target=kept.tidy, daemon=True).start()
        elif kept:
            kept.tidy()

    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        # Of a page in the navigation MkDocs wants the title before anybody knows whether it must be made.
        site_page = self.state.planned_at(page.file.src_uri)
        has_contents = site_page.template in ("item.html", "prose.html")
        page.meta = {
            # Material writes titles into its header as they are.
            "title": str(escape(site_page.title)),
            "description": site_page.description if isinstance(site_page, SitePage) else "",
            "template": f"kebao/{site_page.template}",
            "hide": ["navigation"] if has_contents else ["navigation", "toc"],
        }
        return markdown

    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        return sanitize_html(html) if html else html

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        if self._first:
            self._first.note(page.file.src_uri, output)
        return output


def _previous(path: str) -> Snapshot | None:
    return read_snapshot(Path(path).read_text(encoding="utf-8")) if path else None


def _published(path: str) -> Mapping[str, frozenset[str]]:
    if not path:
        return {}
    listed = json.loads(Path(path).read_text(encoding="utf-8"))
    return {shard: frozenset(pages) for shard, pages in listed.items()}


def _nav_entry(section: NavigationSection) -> dict[str, str | list[str]]:
    """A page where nothing lies below it, else a section: only sections are active for the pages below them."""
    uris = [uri.replace(".html", ".md") for uri in section.uris]
    stands_alone = uris in (["index.md"], ["downloads.md"])
    return {section.title: uris[0] if stands_alone else uris}


def _report(project: CheckedProject) -> None:
    """Logs every problem; a logged error alone would not stop MkDocs, so errors end the build."""
    words = words_in(language_from(os.environ))
    levels = {Severity.ERROR: log.error, Severity.WARNING: log.warning, Severity.NOTICE: log.info}
    for problem in project.problems:
        hint = f" ({words.say(problem.hint)})" if problem.hint else ""
        levels[problem.severity](f"{problem.location} {problem.code} {words.say(problem.message)}{hint}")
    if project.has_errors:
        raise PluginError(words("The content has errors: nothing was built."))

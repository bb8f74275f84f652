"""``kebao/look``: the site's templates, texts and icons, and theme files kept once for all shards."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, cast

from jinja2 import Environment
from mkdocs.config import base
from mkdocs.config import config_options as c
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils.templates import TemplateContext

from kebao.pages.home import edition_label
from kebao.pages.prose import not_found_view
from kebao.pages.qr_code import qr_svg
from mkdocs_kebao.icons import PageIcons
from mkdocs_kebao.indents import without_indents
from mkdocs_kebao.page_press import can_press
from mkdocs_kebao.quick_code import compile_quickly
from mkdocs_kebao.script_texts import script_texts_hash
from mkdocs_kebao.shard_state import state_of
from mkdocs_kebao.shared_assets import JOINED, delivered, is_own, share_assets, shared_url_filter
from mkdocs_kebao.shells import CodeInMemory
from mkdocs_kebao.small_parts import SmallParts
from mkdocs_kebao.theme_files import list_without_icons
from mkdocs_kebao.theme_language import partials_in, theme_source

TEMPLATES = Path(__file__).parent / "templates"


class LookConfig(base.Config):
    """Options of ``kebao/look``.

    Attributes:
        assets_path: Folder for the theme's files of all shards, by digest; when empty they lie in the shard.
        assets_uri: That folder, relative to the shard's root.
    """

    assets_path = c.Type(str, default="")
    assets_uri = c.Type(str, default="")


class LookPlugin(BasePlugin[LookConfig]):
    """Shows the views of ``kebao/catalog``."""

    _assets_uri = ""
    _shared: frozenset[str] = frozenset()
    #: Compiled templates, from rebuild to rebuild.
    _codes: CodeInMemory | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Being there keeps the plugin object over the rebuilds of ``mkdocs serve``."""
        self._codes = CodeInMemory() if command == "serve" else None

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        state = state_of(config)
        locale = state.catalog.locale
        theme = config.theme
        list_without_icons(theme)
        if str(TEMPLATES) not in theme.dirs:
            # After the project's own folder, so that a centre's changes win; before Material.
            theme.dirs.insert(1 if config.theme.custom_dir else 0, str(TEMPLATES))
        theme["language"] = theme_source(state.catalog.site, locale.id, partials_in(theme.dirs))[0]
        theme["direction"] = locale.direction
        # No date, no clock: the same content gives the same bytes. Sitemaps come with editions.
        theme.static_templates.discard("sitemap.xml")
        # Not empty, so that Material's header has the place where search and languages stand (partials/alternate.html).
        config.extra["alternate"] = list(state.catalog.package.locales)
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        # Taken off the templates in on_config, it would be copied as it is.
        files = Files([file for file in files if file.src_uri != "sitemap.xml"])
        if not self.config.assets_path:
            return _delivered_files(config, files)
        theme_files = [f for f in files if f.src_dir in config.theme.dirs and f.src_dir and f.abs_src_path]
        sources = {f.src_uri: Path(str(f.abs_src_path)) for f in theme_files}
        self._assets_uri = f"{self.config.assets_uri}/{share_assets(sources, Path(self.config.assets_path))}"
        self._shared = frozenset((*sources, *JOINED))
        return Files([file for file in files if file not in theme_files])

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        state = state_of(config)
        locale = state.catalog.locale
        texts = state.desk.texts
        # Half of a page would be blank lines otherwise.
        env.trim_blocks = env.lstrip_blocks = True
        env.bytecode_cache = self._codes
        if can_press(config):
            # Else Jinja may be another than is known, or pages are made for comparison.
            compile_quickly(env)
        env.globals["t"] = texts
        env.globals["kb_each"] = SmallParts(texts).each
        own = theme_source(state.catalog.site, locale.id, partials_in(config.theme.dirs))[1]
        env.globals["theme_texts"] = {**(own.theme_texts if own else {}), "direction": locale.direction}
        env.globals["site_locale"] = locale
        env.globals["package_title"] = state.catalog.package.title.in_locale(state.catalog.chain)
        env.globals["package_notice"] = state.catalog.package.notice.in_locale(state.catalog.chain)
        env.globals["site_title"] = state.catalog.site.title.in_locale(state.catalog.chain)
        env.globals["edition"] = edition_label(state.desk)
        env.globals["shard"] = state.shard
        env.globals["script_texts_hash"] = script_texts_hash(texts)
        env.globals["not_found"] = not_found_view(state.desk)
        if self.config.assets_path:
            # Stands in every page, but only in a filter: as a value it is part of the key of kept pages.
            env.globals["assets_uri"] = self._assets_uri
            env.filters["url"] = shared_url_filter(env.filters["url"], self._assets_uri, self._shared)
        return env

    def on_page_context(
        self, context: TemplateContext, *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> TemplateContext:
        state = state_of(config)
        site_page = state.page_at(page.file.src_uri)
        icons = PageIcons(config.theme.dirs)
        base_url, href = state.catalog.site.base_url, state.links_of(site_page.uri)
        # MkDocs' type names only its own values; templates see ours beside them.
        cast(dict[str, Any], context).update(
            kb=site_page,
            view=site_page.view,
            href=href,
            here=lambda uri: href(state.shard.page(uri)),
            kb_icon=icons.use,
            sprite=icons.sprite,
            # Of what is released, the address that always has the current edition is the one to remember.
            canonical_url=f"{base_url}{state.shard.latest(site_page.uri)}"
            if base_url and state.shard.is_released
            else "",
            # The page of a resource shows its own, larger.
            page_qr=qr_svg(f"{base_url}{state.shard.page(site_page.uri)}")
            if base_url and site_page.template != "item.html"
            else "",
        )
        return context

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        return without_indents(output)


def _delivered_files(config: MkDocsConfig, files: Files) -> Files:
    own = {file.src_uri: Path(file.abs_src_path) for file in files if is_own(file.src_uri) and file.abs_src_path}
    generated = (File.generated(config, uri, content=content) for uri, content in delivered(own).items())
    return Files([*(file for file in files if file.src_uri not in own), *generated])

"""``kebao/look``: the site's templates, texts and icons, and theme files kept once for all shards."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from mkdocs.config import base
from mkdocs.config import config_options as c
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page

from kebao.pages.home import edition_label
from kebao.pages.prose import not_found_view
from kebao.pages.shard_pages import desk_for
from mkdocs_kebao.icons import PageIcons
from mkdocs_kebao.shard_state import state_of

TEMPLATES = Path(__file__).parent / "templates"
#: Material's language partial for locales that it does not have itself: ours, filled from the locale's file.
OWN_LANGUAGE = "kebao"


class LookConfig(base.Config):
    """Options of ``kebao/look``.

    Attributes:
        assets_uri: Where the theme's files lie, relative to the shard's root; empty: in the shard itself.
    """

    assets_uri = c.Type(str, default="")


class LookPlugin(BasePlugin[LookConfig]):
    """Shows the views of ``kebao/catalog``."""

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Being there keeps the plugin object over the rebuilds of ``mkdocs serve``."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        state = state_of(config)
        locale = state.catalog.locale
        theme = config.theme
        if str(TEMPLATES) not in theme.dirs:
            # After the project's own folder, so that a centre's changes win; before Material.
            theme.dirs.insert(1 if config.theme.custom_dir else 0, str(TEMPLATES))
        theme["language"] = locale.theme_language or OWN_LANGUAGE
        theme["direction"] = locale.direction
        # No date, no clock: the same content gives the same bytes. Sitemaps come with editions.
        theme.static_templates.discard("sitemap.xml")
        config.extra["alternate"] = [] if state.is_alone else list(state.catalog.package.locales)
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        if not self.config.assets_uri:
            return files
        return Files([file for file in files if not _is_theme_file(file.src_dir, config)])

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        state = state_of(config)
        locale = state.catalog.locale
        texts = desk_for(state.catalog, state.files).texts
        env.globals["t"] = texts
        env.globals["theme_texts"] = {"language": locale.language_tag, "direction": locale.direction} | dict(
            locale.theme_texts
        )
        env.globals["site_locale"] = locale
        env.globals["package"] = state.catalog.package
        env.globals["package_title"] = state.catalog.package.title.in_locale(state.catalog.chain)
        env.globals["package_notice"] = state.catalog.package.notice.in_locale(state.catalog.chain)
        env.globals["site_title"] = state.catalog.site.title.in_locale(state.catalog.chain)
        env.globals["edition"] = edition_label(desk_for(state.catalog, state.files))
        env.globals["shard"] = state.shard
        env.globals["not_found"] = not_found_view(desk_for(state.catalog, state.files))
        if self.config.assets_uri:
            env.filters["url"] = _shared_url_filter(env.filters["url"], self.config.assets_uri, _theme_uris(config))
        return env

    def on_page_context(
        self, context: dict[str, Any], *, page: Page, config: MkDocsConfig, nav: Navigation
    ) -> dict[str, Any]:
        state = state_of(config)
        site_page = state.by_src_uri[page.file.src_uri]
        icons = PageIcons(config.theme.dirs)
        context.update(
            kb=site_page,
            view=site_page.view,
            href=lambda target: state.href(site_page.uri, target),
            here=lambda uri: state.href(site_page.uri, state.shard.page(uri)),
            icon=icons.use,
            sprite=icons.sprite,
        )
        return context


def _theme_uris(config: MkDocsConfig) -> frozenset[str]:
    """URIs of all files that the theme would copy into the site."""
    found: set[str] = set()
    for folder in config.theme.dirs:
        root = Path(folder)
        found.update(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())
    return frozenset(found)


def _is_theme_file(src_dir: str | None, config: MkDocsConfig) -> bool:
    return src_dir in config.theme.dirs


def _shared_url_filter(stock: Callable[..., str], assets_uri: str, theme_uris: frozenset[str]) -> Callable[..., str]:
    """MkDocs' ``url`` filter, which leads to the shared folder for the theme's own files."""

    @pass_context
    def url(context: Context, value: str) -> str:
        if value in theme_uris:
            page = context["page"]
            depth = page.file.dest_uri.count("/") if page is not None else 0
            return posixpath.join(*[".."] * depth, assets_uri, value) if depth else f"{assets_uri}/{value}"
        return str(stock(context, value))

    return url



"""What `mkdocs serve` shows first: the page of the one resource that was saved, before the site is built again.

The build that follows makes everything as it would without this, that page too. Browsers load their page a second time
only where that build changed another page, or made this one otherwise.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import get_plugin_logger

from kebao.assembly.page_cache import cache_digest
from kebao.assembly.quick_check import Ground, resource_now
from kebao.catalog.catalog import Catalog
from kebao.catalog.entries import Entry, entry_for, is_published
from kebao.checks.dependents import resource_home_of
from kebao.loading.digests import source_digest
from kebao.loading.tree import is_text
from kebao.model.resource import Resource
from kebao.pages.items import with_entry
from kebao.pages.shard_pages import desk_for
from kebao.pages.site_page import LaterPage
from mkdocs_kebao.page_press import PagePress
from mkdocs_kebao.watching import Watch

log = get_plugin_logger(__name__)

#: Attributes of MkDocs' server that this sets and waits with, as MkDocs 1.6 has them.
_OF_SERVER = ("_epoch_cond", "_visible_epoch", "_wanted_epoch")


@dataclass(slots=True)
class FirstPage:
    """Between the builds of one server.

    Attributes:
        root: The project's folder.
        press: What made the pages of the build before; None while that is not known to be right.
        pages: Source of a page → the digest of what was last written as it.
    """

    root: Path
    server: LiveReloadServer | None = None
    watch: Watch | None = None
    press: PagePress | None = None
    _written: dict[str, int] = field(default_factory=dict)
    _shown: Mapping[str, str] = field(default_factory=dict)
    _others: bool = False

    def serve(self, server: LiveReloadServer, watch: Watch) -> None:
        if all(hasattr(server, name) for name in _OF_SERVER):
            self.server, self.watch = server, watch

    def show(self, ground: Ground | None) -> bool:
        """Makes the page of the one resource that was written, and lets browsers load it; whether it could."""
        press, self.press = self.press, None
        self._shown, self._others = {}, False
        changed = self.watch.changed() if self.watch else set()
        if press is None or ground is None or self.server is None:
            return False
        try:
            shown = shown_now(self.root, changed, ground, press)
        except Exception as error:
            # Whatever it is, the build that follows says it.
            log.debug("not shown at once: %s", error)
            return False
        if not shown:
            return False
        self._shown = shown
        self._reload(self.server)
        return True

    def note(self, source: str, output: str) -> None:
        """Notes that a page was made."""
        digest = hash(output)
        self._others = self._others or self._written.get(source) != digest
        self._written[source] = digest

    def note_replaced(self, replaced: Mapping[str, str], gone: Iterable[str]) -> None:
        """Notes pages that were put in place of others (path → digest), and such that are gone."""
        self._others = self._others or any(self._shown.get(path) != digest for path, digest in replaced.items())
        self._others = self._others or any(True for _ in gone)

    def finish(self, press: PagePress | None) -> None:
        """The site is built: browsers that loaded the page before that load theirs again where others changed."""
        self.press = press
        server = self.server
        if server is not None and self._shown and self._others:
            with server._epoch_cond:
                # The server publishes what is wanted when the build has come back to it.
                server._wanted_epoch = max(round(time.monotonic() * 1000), server._visible_epoch + 1)

    def _reload(self, server: LiveReloadServer) -> None:
        with server._epoch_cond:
            server._visible_epoch = server._wanted_epoch
            server._epoch_cond.notify_all()
        # Only what the build makes from here on counts.
        self._others = False


def shown_now(root: Path, changed: Iterable[str], ground: Ground, press: PagePress) -> Mapping[str, str]:
    """Writes the page of the one resource that ``changed`` files belong to; its path → digest of its bytes.

    Empty where something else was changed too, or the page is not made of what was written alone.
    """
    uris = {os.path.relpath(path, root).replace(os.sep, "/") for path in changed if not _is_of_editor(path)}
    homes = {resource_home_of(uri) for uri in uris}
    state, home = press.state, homes.pop() if len(homes) == 1 else ""
    catalog = state.catalog
    # Folders have no digests where a package builds on another one.
    if home not in state.folder_digests or home.split("/")[2] != catalog.package.id:
        return {}
    if any(not is_text(uri) and (uri in catalog.facts or (root / uri).exists()) for uri in uris):
        return {}
    before = catalog.by_id.get(home.rpartition("/")[2])
    page = press.page_of(before) if before else None
    now = resource_now(root, home, ground, facts=catalog.facts, today=date.today()) if page else None  # noqa: DTZ011
    if now is None or before is None or page is None or not is_published(now, catalog.site.audience):
        return {}
    entry = _entry_now(catalog, now)
    if entry.page_uri != page.uri or entry.language != before.language:
        return {}
    return _pressed(press, page, entry)


def _is_of_editor(path: str) -> bool:
    """Editors note beside a file that they have it open; such names are nowhere looked at."""
    return os.path.basename(path).startswith((".", "~$"))


def _entry_now(catalog: Catalog, resource: Resource) -> Entry:
    locale = catalog.shard.locale
    # Only translations are compared with it.
    digest = source_digest(resource) if locale in resource.translations else ""
    return entry_for(resource, catalog.package, locale, digest)


def _pressed(press: PagePress, page: LaterPage, entry: Entry) -> Mapping[str, str]:
    catalog = press.state.catalog
    now = replace(
        catalog,
        by_id={**catalog.by_id, entry.id: entry},
        entries=tuple(entry if each.id == entry.id else each for each in catalog.entries),
    )
    made = with_entry(page, entry).made(desk_for(now, press.state.files))
    return {press.target(made): cache_digest(press.press_alone(made))}

"""The start pages of a site: which package, which language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from string import Template
from urllib.parse import urlsplit

from kebao.model.package import Content
from kebao.model.shard import Shard, relative_uri
from kebao.model.site import SiteConfig
from kebao.model.text import LocalizedText
from kebao.pages.plain_page import plain_page
from kebao.pages.texts import Texts, texts_for

#: A server shows 404.html at the address that was asked for: links must start at the site's root, which is what
#: stands before a package's name in the address, or else where the site is published.
FIND_ROOT = """<script>
(function () {
  if (location.protocol === "file:") { return; }
  var path = location.pathname, root = $root;
  $packages.forEach(function (name) {
    var at = path.indexOf("/" + name + "/");
    if (at >= 0) { root = path.slice(0, at + 1); }
  });
  var base = document.createElement("base");
  base.href = root;
  document.head.appendChild(base);
})();
</script>
"""
_TILES = """\
main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); }
section { background: #fff; border: 1px solid #d9e0dc; border-radius: 10px; padding: 1rem 1.25rem; }
h2 { margin: 0 0 .4rem; font-size: 1.2rem; } section p { color: #52605b; margin: 0 0 .8rem; font-size: .95rem; }
@media (prefers-color-scheme: dark) {
  section { background: #1b2320; border-color: #35433d; } section p { color: #a9b6b0; }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LandingPackage:
    """A package on the start pages; ``homes`` are site URIs of its home pages by locale, in order."""

    id: str
    title: LocalizedText
    summary: LocalizedText
    homes: Mapping[str, str]


def landing_packages(content: Content, shards: Sequence[Shard]) -> tuple[LandingPackage, ...]:
    """The packages of shards that are built together."""
    return tuple(
        LandingPackage(
            id=package,
            title=content.packages[package].title,
            summary=content.packages[package].summary,
            homes={shard.locale: shard.page("index.html") for shard in shards if shard.package == package},
        )
        for package in dict.fromkeys(shard.package for shard in shards)
    )


def landing_pages(site: SiteConfig, packages: Sequence[LandingPackage]) -> Mapping[str, bytes]:
    """Site URI → HTML: the site's ``index.html`` and ``404.html``, and one page a package and locale."""
    texts = texts_for(site, site.default_locale)
    pages = {"index.html": _choice(site, packages, "index.html", texts)}
    script = _find_root([package.id for package in packages], site.base_url)
    title = texts("not_found.title")
    pages["404.html"] = _choice(site, packages, "404.html", texts, title=title, script=script)
    for package in packages:
        uri = f"{package.id}/index.html"
        pages[uri] = _choice(site, [package], uri, texts)
        for locale, home in package.homes.items():
            uri = f"{package.id}/{locale}/index.html"
            only = replace(package, homes={locale: home})
            pages[uri] = _choice(site, [only], uri, texts_for(site, locale))
    return pages


def _find_root(packages: Sequence[str], base_url: str) -> str:
    """The script of a page that a server shows at any address; names and paths are ASCII without ``<``."""
    root = urlsplit(base_url).path or "/"
    return Template(FIND_ROOT).substitute(root=json.dumps(root), packages=json.dumps(list(packages)))


def _choice(
    site: SiteConfig,
    packages: Sequence[LandingPackage],
    uri: str,
    texts: Texts,
    title: str | None = None,
    script: str = "",
) -> bytes:
    """A page that leads to the home pages, package by package."""
    sections = []
    for package in packages:
        links = "".join(
            f'<li><a href="{escape(relative_uri(uri, home))}" '
            f'lang="{site.locales[locale].language_tag}">{escape(site.locales[locale].name)}</a></li>'
            for locale, home in package.homes.items()
        )
        heading = escape(package.title.in_locale(texts.locale.chain))
        summary = escape(package.summary.in_locale(texts.locale.chain))
        sections.append(f"<section><h2>{heading}</h2><p>{summary}</p><ul>{links}</ul></section>")
    return plain_page(
        texts,
        title=title or site.title.in_locale(texts.locale.chain),
        lead=texts("landing.choose"),
        main="".join(sections),
        style=_TILES,
        head=script,
    )

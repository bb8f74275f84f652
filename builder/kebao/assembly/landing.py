"""The start pages of a site: which package, which language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from string import Template
from urllib.parse import urlsplit

from kebao.assembly.checking import CheckedProject
from kebao.model.shard import Shard, relative_uri
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


def landing_pages(project: CheckedProject, shards: Sequence[Shard]) -> Mapping[str, bytes]:
    """Site URI → HTML: the site's ``index.html`` and ``404.html``, and one page a package and locale."""
    site = project.sound_site()
    texts = texts_for(site, site.default_locale)
    packages = list(dict.fromkeys(shard.package for shard in shards))
    pages = {"index.html": _choice(project, shards, packages, "index.html", texts)}
    pages["404.html"] = _choice(
        project,
        shards,
        packages,
        "404.html",
        texts,
        title=texts("not_found.title"),
        script=_find_root(packages, site.base_url),
    )
    for package in packages:
        uri = f"{package}/index.html"
        pages[uri] = _choice(project, shards, [package], uri, texts)
    for shard in shards:
        uri = f"{shard.package}/{shard.locale}/index.html"
        pages[uri] = _choice(project, [shard], [shard.package], uri, texts_for(site, shard.locale))
    return pages


def _find_root(packages: Sequence[str], base_url: str) -> str:
    """The script of a page that a server shows at any address; names and paths are ASCII without ``<``."""
    root = urlsplit(base_url).path or "/"
    return Template(FIND_ROOT).substitute(root=json.dumps(root), packages=json.dumps(list(packages)))


def _choice(
    project: CheckedProject,
    shards: Sequence[Shard],
    packages: Sequence[str],
    uri: str,
    texts: Texts,
    title: str | None = None,
    script: str = "",
) -> bytes:
    """A page that leads to the home pages of the shards, package by package."""
    site = project.sound_site()
    sections = []
    for package_id in packages:
        package = project.content.packages[package_id]
        links = "".join(
            f'<li><a href="{escape(relative_uri(uri, shard.page("index.html")))}" '
            f'lang="{site.locales[shard.locale].language_tag}">{escape(site.locales[shard.locale].name)}</a></li>'
            for shard in shards
            if shard.package == package_id
        )
        heading = escape(package.title.in_locale(texts.locale.chain))
        summary = escape(package.summary.in_locale(texts.locale.chain))
        sections.append(f"<section><h2>{heading}</h2><p>{summary}</p><ul>{links}</ul></section>")
    page = Template((resources.files("kebao") / "assembly" / "landing.html").read_text(encoding="utf-8"))
    return page.substitute(
        lang=texts.locale.language_tag,
        dir=texts.locale.direction,
        site=escape(site.title.in_locale(texts.locale.chain)),
        title=escape(title or site.title.in_locale(texts.locale.chain)),
        script=script,
        lead=escape(texts("landing.choose")),
        sections="".join(sections),
    ).encode()

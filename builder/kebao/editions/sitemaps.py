"""Sitemaps of what ``latest`` holds (https://www.sitemaps.org/protocol.html), with the languages of each page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote
from xml.sax.saxutils import escape

from kebao.editions.packages_in_store import PackageLocale, StoredPackage
from kebao.model.shard import LATEST_EDITION

SITEMAP_INDEX = "sitemap-index.xml"
_PLAIN = re.compile(r"[A-Za-z0-9/:._-]+")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


def sitemap_files(packages: Sequence[StoredPackage], base_url: str) -> Mapping[str, bytes]:
    """Site URI → file: one sitemap a package and language, their index, and ``robots.txt``.

    Without ``base_url`` there are no sitemaps: they name whole addresses.
    """
    robots = "User-agent: *\nAllow: /\n"
    if not base_url:
        return {"robots.txt": robots.encode()}
    files = {
        f"{view.uri}/sitemap.xml": _sitemap(package, view, base_url)
        for package in packages
        for view in package.locales
        if view.latest
    }
    dates = {f"{v.uri}/sitemap.xml": v.latest.record.released for p in packages for v in p.locales if v.latest}
    entries = "".join(
        f"<sitemap><loc>{escape(base_url + uri)}</loc><lastmod>{dates[uri]}</lastmod></sitemap>\n" for uri in files
    )
    index = f'{_HEAD}<sitemapindex xmlns="{_SCHEMA}">\n{entries}</sitemapindex>\n'
    robots += f"Sitemap: {base_url}{SITEMAP_INDEX}\n"
    return {**files, SITEMAP_INDEX: index.encode(), "robots.txt": robots.encode()}


def selector_sitemap(uri: str, paths: Iterable[str], base_url: str) -> Mapping[str, bytes]:
    """``sitemap.xml`` in an edition's own folder at ``uri``; nothing without ``base_url``.

    The version selector of mkdocs-material asks for it to stay on the page that the reader is on. It looks for the
    page below what all addresses begin with, and only where that, the folder, is an address of its own. No index
    names this file: search engines are told of ``latest`` alone.
    """
    if not base_url:
        return {}
    start = f"{base_url}{uri}/"
    locations = (f"<url><loc>{_in_xml(address)}</loc></url>\n" for address in (start, *(start + p for p in paths)))
    return {"sitemap.xml": f'{_HEAD}<urlset xmlns="{_SCHEMA}">\n{"".join(locations)}</urlset>\n'.encode()}


def _sitemap(package: StoredPackage, view: PackageLocale, base_url: str) -> bytes:
    entries = "".join(_entry(package, view, path, base_url) for path in _pages(view))
    return f'{_HEAD}<urlset xmlns="{_SCHEMA}" xmlns:xhtml="{_XHTML}">\n{entries}</urlset>\n'.encode()


def _pages(view: PackageLocale) -> tuple[str, ...]:
    return view.latest.page_uris[view.locale] if view.latest else ()


def _entry(package: StoredPackage, view: PackageLocale, path: str, base_url: str) -> str:
    alternates = list(_alternates(package, view, path))
    links = ""
    if len(alternates) > 1 and any(other == view.locale for _, other, _ in alternates):
        addresses = [(tag, _address(base_url, view.package, other, its_path)) for tag, other, its_path in alternates]
        # The source language comes first: whoever reads none of them gets what was written.
        addresses.append(("x-default", addresses[0][1]))
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{tag}" href="{address}"/>' for tag, address in addresses
        )
    return f"<url><loc>{_address(base_url, view.package, view.locale, path)}</loc>{links}</url>\n"


def _alternates(package: StoredPackage, view: PackageLocale, path: str) -> Iterator[tuple[str, str, str]]:
    """Language tag, locale and path of every language that really has the page, the source language first.

    Reciprocal: each of these pages gives the same list. A page whose text is not translated counts only in the
    language of its text.
    """
    latest = view.latest
    if latest is None:
        return
    known = latest.ids[view.locale].get(path)
    source = latest.record.source_locale
    for other in sorted(package.locales, key=lambda each: each.locale != source):
        if other.latest is None or other.latest.id != latest.id:
            continue
        tag = latest.record.locales[other.locale]["language_tag"]
        if known:
            place = latest.place(*known, other.locale)
            if place and place.get("language", other.locale) == other.locale:
                yield tag, other.locale, place["path"]
        elif path in latest.page_uris[other.locale]:
            yield tag, other.locale, path


def _address(base_url: str, package: str, locale: str, path: str) -> str:
    return _in_xml(f"{base_url}{package}/{locale}/{LATEST_EDITION}/{path}")


def _in_xml(whole: str) -> str:
    """Addresses of ours mostly are as they must be there, since ids are ASCII (ADR 0005)."""
    return whole if _PLAIN.fullmatch(whole) else escape(quote(whole, safe="/:?=%"))

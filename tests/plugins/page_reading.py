"""Built pages and trees, read back: what the tests of this folder ask about."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html

Tag = tuple[str, tuple[tuple[str, str], ...]]

_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page of a built site; ``uri`` is relative to the site's root."""

    uri: str
    size_bytes: int
    root: html.HtmlElement

    def all(self, xpath: str) -> list[html.HtmlElement]:
        return [node for node in self.root.xpath(xpath) if isinstance(node, html.HtmlElement)]

    def texts(self, xpath: str) -> list[str]:
        """Visible words of the elements, white space made single."""
        return [words_of(element) for element in self.all(xpath)]

    def text(self, xpath: str) -> str:
        (only,) = self.texts(xpath)
        return only

    def links(self, xpath: str = "//a") -> list[str]:
        """Site URIs, decoded and without fragments, that the elements lead to inside of the site."""
        targets = (element.get("href") for element in self.all(xpath))
        return [self.target(target) for target in targets if target and not urlsplit(target).scheme]

    def target(self, href: str) -> str:
        path = unquote(urlsplit(href).path)
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.uri), path)) if path else self.uri


def words_of(element: html.HtmlElement) -> str:
    return _SPACES.sub(" ", element.text_content()).strip()


def classed(name: str) -> str:
    """XPath condition: the element has this class."""
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"


def read_page(site: Path, uri: str) -> ReadPage:
    data = (site / uri).read_bytes()
    # Without it lxml would take the bytes for Latin-1.
    parser = html.HTMLParser(encoding="utf-8")
    return ReadPage(uri, len(data), html.document_fromstring(data, parser=parser))


def read_pages(site: Path) -> Mapping[str, ReadPage]:
    """Every page of a site by its URI; what lies in ``_files`` is not a page."""
    uris = (path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html")))
    return {uri: read_page(site, uri) for uri in uris if not uri.split("/")[0].startswith("_")}


def tree_bytes(folder: Path) -> Mapping[str, bytes]:
    """Every file by its path; empty folders with a slash at the end."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file():
            found[name] = path.read_bytes()
        elif not any(path.iterdir()):
            found[f"{name}/"] = b""
    return found


def different(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """Paths that only one tree has, or whose bytes differ."""
    return sorted(path for path in {*one, *other} if one.get(path) != other.get(path))


def texts_in_site(site: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a site, and every page and list inside its ZIPs, by a path that names both."""
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        name = path.relative_to(site).as_posix()
        yield name, path.read_bytes()
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for member in archive.namelist():
                    text = archive.read(member) if member.endswith((".html", ".csv", ".txt")) else b""
                    yield f"{name}!{member}", text


class TagReader(HTMLParser):
    """Start tags with their attributes, and what stands in ``script`` elements, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self.scripts: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple((name, value or "") for name, value in attrs)))
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data


def read_tags(text: str) -> TagReader:
    reader = TagReader()
    reader.feed(text)
    reader.close()
    return reader

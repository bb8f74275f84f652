"""HTML to PageFacts, in one pass."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from sys import intern

from kebao.audit.css import css_urls
from kebao.audit.page_facts import Mark, PageFacts, Reference
from kebao.audit.references import REFERRING_TAGS, element_urls, relations
from kebao.audit.scripts import script_urls

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_READ_WITHOUT_ATTRIBUTES = frozenset({*_HEADINGS, "a", "img", "script", "style", "title"})
_VERBATIM = frozenset({"code", "pre", "script", "style", "template", "textarea"})
_NAVIGATION_CLASS = "md-nav--primary"
_LEFTOVER = re.compile(r"\{\{|\{%|\bundefined\b")
_NONE_AT_END = re.compile(r"\bNone$")
_MACHINE_PATH = re.compile(
    r"(?:(?<![\w/.%~-])|(?<=file://))/(?:root|home)/\w[^\s\"'<>]*|\b[A-Za-z]:\\Users\\[^\s\"'<>]*"
)


def parse_page(text: str) -> PageFacts:
    """The facts of a page. Never raises: where the parser gives up, ``unreadable`` says so."""
    parser = _PageParser()
    unreadable = False
    try:
        parser.feed(text)
        parser.close()
    except (
        AssertionError,
        ValueError,
    ):  # broken declarations; numbers too long for int()
        unreadable = True
    return parser.facts(unreadable=unreadable)


class _PageParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._title: list[str] | None = None
        self._language = self._base_url = ""
        self._ids: dict[str, bool] = {}
        self._names: set[str] = set()
        self._references: list[Reference] = []
        self._nav_links = 0
        self._duplicate_ids: list[Mark] = []
        self._modules: list[Mark] = []
        self._nameless_images: list[Mark] = []
        self._skipped_headings: list[Mark] = []
        self._leftovers: list[Mark] = []
        self._machine_paths: list[Mark] = []
        self._inside_title = False
        self._inside_none = False
        self._depth = {"nav": 0, "content": 0, "verbatim": 0, "sample": 0, "svg": 0}
        self._nav_tag = ""
        self._heading = 0
        self._raw_tag = ""
        self._raw: list[Mark] = []

    def facts(self, *, unreadable: bool) -> PageFacts:
        self._read_raw()
        return PageFacts(
            title="".join(self._title or ()).strip(),
            language=self._language,
            base_url=self._base_url,
            anchors=frozenset(map(intern, (*self._ids, *self._names))),
            references=tuple(self._references),
            nav_links=self._nav_links,
            duplicate_ids=tuple(self._duplicate_ids),
            modules=tuple(self._modules),
            nameless_images=tuple(self._nameless_images),
            skipped_headings=tuple(self._skipped_headings),
            leftovers=tuple(self._leftovers),
            machine_paths=tuple(self._machine_paths),
            unreadable=unreadable,
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside_none = False
        self._enter(tag)
        if not attrs and tag not in _READ_WITHOUT_ATTRIBUTES:
            return
        # The first of two attributes with the same name counts (HTML §13.2.5.33).
        attributes = {name: value or "" for name, value in reversed(attrs)}
        if attributes.get("id"):
            self._name_place(attributes["id"])
        if "style" in attributes:
            self._refer((url, True) for url, _ in css_urls(attributes["style"]))
        if tag in REFERRING_TAGS:
            self._refer(element_urls(tag, attributes))
        if not self._depth["nav"] and _NAVIGATION_CLASS in attributes.get("class", "").split():
            self._nav_tag, self._depth["nav"] = tag, 1
        self._read_element(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if self._inside_none:
            self._leftovers.append(self._mark("None</"))
            self._inside_none = False
        if tag == "title":
            self._inside_title = False
        elif tag == self._raw_tag:
            self._read_raw()
        if tag == self._nav_tag:
            self._leave("nav")
        for region in _regions(tag):
            self._leave(region)

    def handle_data(self, data: str) -> None:
        self._inside_none = False
        if self._raw_tag:
            self._raw.append(self._mark(data))
        if data.isspace():
            return
        if self._inside_title and self._title is not None:
            self._title.append(data)
        if not self._depth["verbatim"]:
            self._leftovers.extend(self._found(_LEFTOVER, data))
            self._inside_none = _NONE_AT_END.search(data) is not None
        if not self._depth["sample"]:
            self._machine_paths.extend(self._found(_MACHINE_PATH, data))

    def handle_comment(self, data: str) -> None:
        self._machine_paths.extend(self._found(_MACHINE_PATH, data, shift=len("<!--")))

    def parse_html_declaration(self, i: int) -> int:
        # Browsers read <![…> as a comment (HTML §13.2.5.42); html.parser stops at words it does not know.
        if self.rawdata.startswith("<![", i):
            return self.parse_bogus_comment(i)
        return super().parse_html_declaration(i)

    def _enter(self, tag: str) -> None:
        if tag == self._nav_tag and self._depth["nav"]:
            self._depth["nav"] += 1
        for region in _regions(tag):
            self._depth[region] += 1

    def _leave(self, region: str) -> None:
        self._depth[region] = max(0, self._depth[region] - 1)

    def _read_element(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "a":
            self._nav_links += 1 if self._depth["nav"] else 0
            if attributes.get("name"):
                self._names.add(attributes["name"])
        elif tag == "img" and "alt" not in attributes:
            self._nameless_images.append(self._mark(attributes.get("src", "")))
        elif tag == "script" or tag == "style":
            self._read_raw()
            self._raw_tag = "" if "json" in attributes.get("type", "") else tag
            if tag == "script" and attributes.get("type", "").strip().lower() == "module":
                self._modules.append(self._mark('<script type="module">'))
        elif tag == "link" and "modulepreload" in relations(attributes):
            self._modules.append(self._mark('<link rel="modulepreload">'))
        elif tag == "html":
            self._language = self._language or attributes.get("lang", "").strip()
        elif tag == "base":
            self._base_url = self._base_url or attributes.get("href", "").strip()
        elif tag == "title" and self._title is None and not self._depth["svg"]:
            self._title, self._inside_title = [], True
        elif tag in _HEADINGS and self._depth["content"]:
            self._read_heading(_HEADINGS[tag])

    def _read_heading(self, level: int) -> None:
        if self._heading and level > self._heading + 1:
            self._skipped_headings.append(self._mark(f"h{level} h{self._heading}"))
        self._heading = level

    def _read_raw(self) -> None:
        """Takes the addresses out of the script or style element that ends here."""
        if self._raw:
            text, first = "".join(mark.text for mark in self._raw), self._raw[0]
            urls = script_urls(text) if self._raw_tag == "script" else css_urls(text)
            for url, offset in urls:
                line, column = _moved(first.line, first.column, text, offset)
                self._references.append(Reference(url, line, column, True))
        self._raw_tag, self._raw = "", []

    def _refer(self, urls: Iterable[tuple[str, bool]]) -> None:
        line, column = self.getpos()
        self._references.extend(Reference(url, line, column + 1, loads) for url, loads in urls)

    def _name_place(self, name: str) -> None:
        if self._ids.get(name) is False:
            self._duplicate_ids.append(self._mark(name))
        self._ids[name] = name in self._ids

    def _mark(self, text: str) -> Mark:
        line, column = self.getpos()
        return Mark(text, line, column + 1)

    def _found(self, pattern: re.Pattern[str], data: str, *, shift: int = 0) -> Iterable[Mark]:
        line, column = self.getpos()
        for match in pattern.finditer(data):
            yield Mark(match[0], *_moved(line, column + 1 + shift, data, match.start()))


def _regions(tag: str) -> tuple[str, ...]:
    """What a tag begins and ends, apart from the navigation."""
    if tag in ("code", "pre"):
        return ("verbatim", "sample")
    if tag in _VERBATIM:
        return ("verbatim",)
    if tag in ("main", "article"):
        return ("content",)
    return ("svg",) if tag == "svg" else ()


def _moved(line: int, column: int, text: str, offset: int) -> tuple[int, int]:
    """Line and column of ``text[offset]`` when ``text`` begins at the given ones."""
    newlines = text.count("\n", 0, offset)
    if newlines:
        return line + newlines, offset - text.rfind("\n", 0, offset)
    return line, column + offset

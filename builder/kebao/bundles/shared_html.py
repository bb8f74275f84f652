"""A text's HTML, made once for all places where it stands: they differ only in where its links lead.

The text is converted with a mark in place of each target that differs from place to place; each place then gets its own
targets. A text in which a mark would come out as anything but a link's whole target is converted for each place.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from kebao.model.markdown_links import RESOURCE_SCHEME, MarkdownLink, with_targets
from kebao.rendering import render_markdown, render_plain_text, render_with_headings
from kebao.rendering.plain_texts import Headings

#: A target that leads nowhere: the allowlist does not know the scheme, so the link reads as plain text.
NOWHERE = RESOURCE_SCHEME

# Letters and digits only, so that neither Markdown nor the allowlist sees anything in it.
_MARK = "kebaotarget{}end"
_ANY_MARK = "kebaotarget"
_MARKED = re.compile(rf' (href|src)="{_ANY_MARK}([0-9]+)end"')
#: Targets that come out of Markdown and the allowlist as they are: no quote, no scheme, no host, nothing to be encoded.
_PLAIN = re.compile(r"(?!/[/\\])[A-Za-z0-9._~%/#-][A-Za-z0-9._~%/#-]*\Z")

#: Targets of which is known that no scheme is in them, without taking them apart.
_PATH = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._~%/#?=&-]*\Z")


class KeptHtml(Protocol):
    """Where the HTML of texts that were converted before comes from."""

    def get(self, key: bytes) -> bytes | None: ...

    def put(self, key: bytes, value: bytes) -> None: ...

    def __contains__(self, key: bytes, /) -> bool: ...


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text with marks, the links whose targets they stand for, and the text as it was.

    Attributes:
        key: Digest of the text with marks.
    """

    text: str
    links: tuple[MarkdownLink, ...]
    source: str
    key: bytes = field(init=False)

    def __post_init__(self) -> None:
        key = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).digest()
        object.__setattr__(self, "key", key)


def marked(markdown: str) -> MarkedText:
    """Marks in place of targets in the project or the site; addresses and places in the text itself stay."""
    links: list[MarkdownLink] = []

    def mark(link: MarkdownLink) -> str:
        links.append(link)
        return _MARK.format(len(links) - 1)

    return MarkedText(_with_inner_targets(markdown, mark), tuple(links), markdown)


def unmarked(text: MarkedText, targets: Sequence[str]) -> str:
    """The text with targets in place of its marks."""
    following = iter(targets)
    return _with_inner_targets(text.source, lambda link: next(following))


def _with_inner_targets(markdown: str, target_for: Callable[[MarkdownLink], str]) -> str:
    if "](" not in markdown:
        return markdown
    return with_targets(markdown, lambda link: target_for(link) if _leads_inside(link.target) else link.target)


def _leads_inside(target: str) -> bool:
    if _PATH.match(target):
        return True
    if target.startswith(("#", RESOURCE_SCHEME)):
        return not target.startswith("#")
    try:
        return not urlsplit(target).scheme
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class SharedHtml:
    """HTML with marks, and the headings in it; ``html`` is None for a text that must be converted for each place."""

    html: str | None
    headings: Headings = ()

    def filled(self, targets: Sequence[str]) -> str | None:
        """The HTML with these targets; None where they, or the text, must be converted together."""
        if self.html is None or not all(target == NOWHERE or _PLAIN.match(target) for target in targets):
            return None
        if not targets:
            return self.html

        def attribute(match: re.Match[str]) -> str:
            target = targets[int(match[2])]
            return f' {match[1]}="{target}"' if target != NOWHERE else ""

        return _MARKED.sub(attribute, self.html)


def shared_html(text: MarkedText) -> SharedHtml:
    """Converts a text."""
    html, headings = render_with_headings(text.text)
    # What headings say of themselves is shown beside the text, where no link is.
    is_shared = _has_only_targets(html, text) and _ANY_MARK not in json.dumps(headings)
    return SharedHtml(html, headings) if is_shared else SharedHtml(None)


def _plain(text: MarkedText) -> SharedHtml | None:
    """The same for a text that takes next to no time, in whose headings no link is; None for others."""
    if found := render_plain_text(text.text):
        return SharedHtml(*found) if _has_only_targets(found[0], text) else SharedHtml(None)
    return None


def _has_only_targets(html: str, text: MarkedText) -> bool:
    """Whether each mark came out as the whole target of a link."""
    if _ANY_MARK not in text.text:
        return True
    return html.count(_ANY_MARK) == len(_MARKED.findall(html)) and text.text.count(_ANY_MARK) == len(text.links)


@dataclass(slots=True)
class Converter:
    """Converts texts, each once: what was converted before is taken from ``kept``.

    Plain texts are not kept: to convert one takes no longer than to read what was kept of it.
    """

    kept: KeptHtml | None = None
    _made: dict[bytes, SharedHtml] = field(default_factory=dict)
    _last: tuple[bytes, SharedHtml | None] = (b"", None)
    #: Without headings: bundles ask for a text again and again, but not for these.
    _ready: dict[bytes, SharedHtml] = field(default_factory=dict)

    def shared(self, text: MarkedText) -> SharedHtml:
        key = text.key
        found = self._made.get(key) or self._as_plain(text) or self._from_kept(key)
        if found is None:
            found = shared_html(text)
            if self.kept is not None:
                self.kept.put(key, _to_bytes(found))
        if self.kept is None:
            self._made[key] = found
        return found

    def knows(self, text: MarkedText) -> bool:
        """Whether the text was converted before, or takes no time."""
        is_made = text.key in self._made or self._as_plain(text) is not None
        return is_made or (self.kept is not None and text.key in self.kept)

    def unknown(self, texts: Iterable[MarkedText]) -> list[MarkedText]:
        """The texts that take time to convert; the others are ready from now on."""
        unknown = []
        for text in texts:
            if plain := self._as_plain(text):
                self._ready[text.key] = SharedHtml(plain.html)
            elif not self.knows(text):
                unknown.append(text)
        return unknown

    def written(self, text: MarkedText) -> str:
        """The converted text in writing, for :meth:`remember` in another process."""
        return _to_bytes(shared_html(text)).decode("utf-8", "surrogatepass")

    def remember(self, text: MarkedText, written: str) -> None:
        value = written.encode("utf-8", "surrogatepass")
        if self.kept is not None:
            self.kept.put(text.key, value)
        elif found := _from_bytes(value):
            self._made[text.key] = found

    def html(self, text: MarkedText, targets: Sequence[str]) -> str:
        """The HTML with the targets of one place, as many as the text has links."""
        filled = (self._ready.get(text.key) or self.shared(text)).filled(targets)
        return filled if filled is not None else render_markdown(unmarked(text, targets))

    def _as_plain(self, text: MarkedText) -> SharedHtml | None:
        # Whoever asks whether it is known wants it next.
        last = self._last
        if last[0] != text.key:
            last = self._last = text.key, _plain(text)
        return last[1]

    def _from_kept(self, key: bytes) -> SharedHtml | None:
        value = self.kept.get(key) if self.kept is not None else None
        return _from_bytes(value) if value is not None else None


def _to_bytes(shared: SharedHtml) -> bytes:
    return json.dumps([shared.html, shared.headings], ensure_ascii=False).encode("utf-8", "surrogatepass")


def _from_bytes(value: bytes) -> SharedHtml | None:
    try:
        html, headings = json.loads(value.decode("utf-8", "surrogatepass"))
        return SharedHtml(html, headings)
    except (ValueError, TypeError):
        return None

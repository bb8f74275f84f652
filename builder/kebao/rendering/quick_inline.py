"""Python-Markdown's inline patterns, each tried only on texts with a sign that it cannot match without.

Python-Markdown tries every pattern on every piece of text, which is a third of its work; most pieces have no sign of
any. The output is the same: a pattern is left out only where its regular expression, which is known here letter for
letter, has nothing to match. With another version of Python-Markdown its own way of going through patterns is left
alone, and a pattern that is not known here is always tried.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import markdown
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: Whose way of going through patterns is followed here.
KNOWN_VERSION = (3, 11)
_NAME, _PRIORITY = "inline", 20

# Regular expressions (markdown.inlinepatterns, markdown.extensions.footnotes) → one of these is in all that they match.
_SIGNS: dict[str, tuple[str, ...]] = {
    r"(?:(?<!\\)((?:\\{2})+)(?=`+)|(?<!\\)`)": ("`",),
    r"\\(.)": ("\\",),
    r"\[\^([^\]]*)\]": ("[^",),
    r"(?<!\!)\[": ("[",),
    r"\!\[": ("![",),
    r"<([A-Za-z][A-Za-z0-9+.-]*://[^<>]*)>": ("<",),
    r"<([^<> !]+@[^@<> ]+)>": ("<",),
    r"  \n": ("  \n",),
    markdown.inlinepatterns.HTML_RE: ("<",),
    r"(&(?:\#[0-9]+|\#x[0-9a-fA-F]+|[a-zA-Z0-9]+);)": ("&",),
    r"\*|_": ("*", "_"),
}
_ALWAYS = ("",)


class QuickInlineProcessor(InlineProcessor):
    """Does what its base class does."""

    _patterns: list[tuple[Any, tuple[str, ...]]]

    def run(self, tree: Element, ancestors: list[str] | None = None) -> Element:
        # Anew for each text: whoever has the converter may add patterns.
        patterns: Iterable[Any] = self.inlinePatterns
        self._patterns = [(pattern, _SIGNS.get(pattern.pattern, _ALWAYS)) for pattern in patterns]
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(self, data: str, patternIndex: int = 0) -> str:
        if isinstance(data, AtomicString):
            return data
        apply = self._InlineProcessor__applyPattern  # type: ignore[attr-defined]
        patterns = self._patterns
        for place in range(patternIndex, len(patterns)):
            pattern, signs = patterns[place]
            for sign in signs:
                if sign in data:
                    break
            else:
                continue
            start, is_matched = 0, True
            while is_matched:
                data, is_matched, start = apply(pattern, data, place, start)
        return data


def quicken(converter: markdown.Markdown) -> markdown.Markdown:
    """The converter, which goes on to give the same output."""
    known = markdown.__version_info__[:2] == KNOWN_VERSION
    if known and type(converter.treeprocessors[_NAME]) is InlineProcessor:
        converter.treeprocessors.register(QuickInlineProcessor(converter), _NAME, _PRIORITY)
    return converter

"""What bundles say of a resource, made once: a package's resource stands in five of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from kebao.bundles.html_page import facts_list, joined_labels
from kebao.bundles.names import safe_name
from kebao.bundles.shared_html import MarkedText, marked
from kebao.bundles.words import Words
from kebao.catalog.catalog import Catalog
from kebao.catalog.entries import Entry


@dataclass(frozen=True, slots=True)
class EntryTexts:
    """The texts of a catalog's entries.

    Attributes:
        text_name: Name of the file of a resource's text.
    """

    catalog: Catalog
    words: Words
    text_name: str = field(init=False)
    _bodies: dict[str, MarkedText] = field(default_factory=dict)
    _folders: dict[str, str] = field(default_factory=dict)
    _rows: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _facts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        text_name = f"{safe_name(self.words('bundle.text_name'), fallback='text')}.html"
        object.__setattr__(self, "text_name", text_name)

    def body(self, entry: Entry) -> MarkedText:
        """The text, with marks for its links."""
        if entry.id not in self._bodies:
            self._bodies[entry.id] = marked(entry.body)
        return self._bodies[entry.id]

    def facts(self, entry: Entry) -> str:
        """See :func:`kebao.bundles.html_page.facts_list`."""
        if entry.id not in self._facts:
            self._facts[entry.id] = facts_list(self.catalog, self.words, entry)
        return self._facts[entry.id]

    def folder_name(self, entry: Entry) -> str:
        """The folder of its text and files, perhaps not unique."""
        if entry.id not in self._folders:
            kind = self.words(f"kind.{entry.resource.kind.value}.one")
            self._folders[entry.id] = safe_name(f"{kind}_{entry.title}", fallback=entry.id)
        return self._folders[entry.id]

    def head(self, entry: Entry) -> str:
        """The start of its page, as HTML."""
        parts = (
            f'<p class="note"><a href="../../index.html">{escape(self.words("bundle.back"))}</a></p>',
            f"<h1>{escape(entry.title)}</h1>",
            f"<p>{escape(entry.summary)}</p>",
            self.facts(entry),
        )
        return "\n".join(parts)

    def row(self, entry: Entry) -> tuple[str, ...]:
        """Kind, subject, grades, organisation and licence in words."""
        if entry.id not in self._rows:
            resource, catalog = entry.resource, self.catalog
            self._rows[entry.id] = (
                self.words(f"kind.{resource.kind.value}.one"),
                catalog.label("subjects", resource.subject) if resource.subject else "",
                joined_labels(catalog, self.words, "grades", resource.grades),
                catalog.organisation_name(resource.organisation),
                catalog.label("licences", resource.licence),
            )
        return self._rows[entry.id]

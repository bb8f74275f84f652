"""The page that opens a bundle: what is inside, by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby

from kebao.bundles.bundle_plan import Part
from kebao.bundles.entry_texts import EntryTexts
from kebao.bundles.html_page import html_frame
from kebao.bundles.layout import PlacedFile, PlacedResource
from kebao.bundles.names import quoted_path
from kebao.bundles.sheet import Sheet
from kebao.bundles.words import Words
from kebao.catalog.catalog import Catalog
from kebao.catalog.entries import Entry


def index_page(
    texts: EntryTexts,
    *,
    title: str,
    lead: str,
    inventory: str,
    entries: Sequence[Entry],
    parts: Mapping[str, Part],
) -> Sheet:
    """``index.html``; ``inventory`` names the file list beside it, ``entries`` are sorted by kind."""
    catalog, words = texts.catalog, texts.words
    start, end = html_frame(catalog.locale, title=title)
    sheet = Sheet()
    sheet.add(start, f"<h1>{escape(title)}</h1>\n".encode())
    if lead:
        sheet.add(f"<p>{escape(lead)}</p>\n".encode())
    sheet.add(f"<p>{escape(_summary(words, parts))}</p>\n".encode())
    for kind, group in groupby(entries, key=lambda entry: entry.resource.kind):
        of_kind = list(group)
        heading = words("bundle.kind_heading", kind=words(f"kind.{kind.value}"), number=len(of_kind))
        sheet.add(f"<h2>{escape(heading)}</h2>\n".encode())
        for part in (parts[entry.id] for entry in of_kind):
            sheet.add_part(part.id, part.article)
    sheet.add(_footer(catalog, words, inventory).encode(), end)
    return sheet


def _summary(words: Words, parts: Mapping[str, Part]) -> str:
    return words(
        "bundle.lead",
        resources=len(parts),
        files=sum(part.file_count for part in parts.values()),
        size=words.size(sum(part.file_bytes for part in parts.values())),
    )


def article(texts: EntryTexts, placed: PlacedResource) -> bytes:
    """What the page says of a resource, and a line end."""
    entry, words = placed.entry, texts.words
    lines = [
        f"<article><h3>{_link(placed.text_path, entry.title)}</h3>",
        f"<p>{escape(entry.summary)}</p>",
        texts.facts(entry),
        f"<p>{_link(placed.text_path, words('bundle.read'))}</p>",
    ]
    if placed.files or placed.left_out:
        lines.append('<ul class="files">')
        lines.extend(f"<li>{_link(file.path, file.title)} {_note(words, file)}</li>" for file in placed.files)
        missing = words("bundle.left_out")
        lines.extend(f"<li>{escape(file.title)} {_note(words, file, missing)}</li>" for file in placed.left_out)
        lines.append("</ul>")
    return "\n".join((*lines, "</article>\n")).encode()


def _note(words: Words, file: PlacedFile, *more: str) -> str:
    facts = (file.type_name, words.size(file.size_bytes), *more)
    return f'<span class="note">{escape(" · ".join(facts))}</span>'


def _link(path: str, text: str) -> str:
    return f'<a href="{escape(quoted_path(path))}">{escape(text)}</a>'


def _footer(catalog: Catalog, words: Words, inventory: str) -> str:
    package = catalog.package
    publisher = catalog.organisation_name(package.publisher)
    lines = (
        words("bundle.from", package=package.title.in_locale(catalog.chain), publisher=publisher),
        package.notice.in_locale(catalog.chain),
        words("bundle.check"),
    )
    texts = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return f'<footer class="note"><p>{_link(inventory, words("bundle.inventory"))}</p>{texts}</footer>'

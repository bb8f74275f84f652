"""The page that opens a bundle: what is inside, by kind."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby
from urllib.parse import quote

from kebao.bundles.entry_texts import EntryTexts
from kebao.bundles.html_page import html_page
from kebao.bundles.layout import PlacedFile, PlacedResource
from kebao.bundles.words import Words
from kebao.catalog.catalog import Catalog


def index_page(
    texts: EntryTexts,
    *,
    title: str,
    lead: str,
    inventory: str,
    resources: tuple[PlacedResource, ...],
) -> bytes:
    """``index.html``; ``inventory`` names the file list beside it, ``resources`` are sorted by kind."""
    catalog, words = texts.catalog, texts.words
    return html_page(
        catalog.locale,
        title=title,
        body="\n".join(
            (
                f"<h1>{escape(title)}</h1>",
                *([f"<p>{escape(lead)}</p>"] if lead else []),
                f"<p>{escape(_summary(words, resources))}</p>",
                *_groups(texts, resources),
                _footer(catalog, words, inventory),
            )
        ),
    )


def _summary(words: Words, resources: tuple[PlacedResource, ...]) -> str:
    files = [file for resource in resources for file in resource.files]
    return words(
        "bundle.lead",
        resources=len(resources),
        files=sum(not file.is_captions for file in files),
        size=words.size(sum(file.size_bytes for file in files)),
    )


def _groups(texts: EntryTexts, resources: tuple[PlacedResource, ...]) -> Iterator[str]:
    words = texts.words
    for kind, group in groupby(resources, key=lambda placed: placed.entry.resource.kind):
        of_kind = list(group)
        heading = words("bundle.kind_heading", kind=words(f"kind.{kind.value}"), number=len(of_kind))
        yield f"<h2>{escape(heading)}</h2>"
        yield from (_article(texts, placed) for placed in of_kind)


def _article(texts: EntryTexts, placed: PlacedResource) -> str:
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
    return "\n".join((*lines, "</article>"))


def _note(words: Words, file: PlacedFile, *more: str) -> str:
    facts = (file.type_name, words.size(file.size_bytes), *more)
    return f'<span class="note">{escape(" · ".join(facts))}</span>'


def _link(path: str, text: str) -> str:
    return f'<a href="{escape(quote(path))}">{escape(text)}</a>'


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

"""The frame of a bundle's HTML pages, readable from disk, on a phone, on paper; and a resource's facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape

from kebao.bundles.words import Words
from kebao.catalog.catalog import Catalog, contributors_of
from kebao.catalog.entries import Entry
from kebao.model.resource import AiUse
from kebao.model.shard import WORKING_EDITION
from kebao.model.site import Locale

_CSS = """
:root{color-scheme:light dark}
body{max-width:46rem;margin:0 auto;padding:1rem;line-height:1.7;overflow-wrap:anywhere;
font-family:system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","UKIJ Tuz Tom",sans-serif}
h1{font-size:1.6rem;line-height:1.3}h2{margin-top:2.2rem;border-bottom:1px solid #8886}h3{margin-bottom:.3rem}
dl.facts{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;font-size:.9rem;margin:.5rem 0}
dl.facts dt{opacity:.75}dl.facts dd{margin:0}
ul.files{padding-inline-start:1.2rem}.note{opacity:.75;font-size:.9rem}
img{max-width:100%;height:auto}pre{overflow:auto;padding:.6rem;border:1px solid #8886}
table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{border:1px solid #8888;padding:.25rem .6rem}
blockquote,.admonition,details{margin-inline:0;padding-inline-start:.9rem;
border-inline-start:.2rem solid #8888}
.admonition-title,summary{font-weight:bold}
article{break-inside:avoid}footer{margin-top:3rem}
@media print{body{max-width:none;padding:0}a{color:inherit;text-decoration:none}table{display:table}}
""".strip()


def html_page(locale: Locale, *, title: str, body: str) -> bytes:
    """A whole page; ``body`` is HTML, ``title`` is text."""
    start, end = html_frame(locale, title=title)
    return b"".join((start, body.encode(), end))


def html_frame(locale: Locale, *, title: str) -> tuple[bytes, bytes]:
    """What stands around the body of a page."""
    lines = (
        "<!DOCTYPE html>",
        f'<html lang="{escape(locale.language_tag)}" dir="{escape(locale.direction)}">',
        '<head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>",
        f"<style>{_CSS}</style></head>",
        "<body>",
    )
    return "\n".join(lines).encode(), b"</body></html>\n"


def facts_list(catalog: Catalog, words: Words, entry: Entry) -> str:
    """What a catalogue card says of a resource, as a definition list."""
    return f'<dl class="facts">{"".join(_pair(term, text) for term, text in _facts(catalog, words, entry))}</dl>'


# Thousands of resources have the same stage, subject or licence.
@lru_cache(maxsize=1 << 12)
def _pair(term: str, text: str) -> str:
    return f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>"


def joined_labels(catalog: Catalog, words: Words, vocabulary: str, terms: Iterable[str]) -> str:
    return words("bundle.list_separator").join(catalog.label(vocabulary, term) for term in terms)


def _facts(catalog: Catalog, words: Words, entry: Entry) -> Iterator[tuple[str, str]]:
    resource = entry.resource
    yield words("bundle.fact.stage"), joined_labels(catalog, words, "stages", resource.stages)
    if resource.grades:
        yield words("bundle.fact.grade"), joined_labels(catalog, words, "grades", resource.grades)
    if resource.subject:
        yield words("bundle.fact.subject"), catalog.label("subjects", resource.subject)
    yield words("bundle.fact.organisation"), catalog.organisation_name(resource.organisation)
    people = [catalog.person_name(person) for person in contributors_of(resource)]
    if people:
        # CC BY 4.0 §3(a)(1)(A): copies name the creators.
        yield words("bundle.fact.contributors"), words("bundle.list_separator").join(people)
    day = resource.date
    yield words("bundle.fact.date"), words("bundle.day", year=day.year, month=day.month, day=day.day)
    yield words("bundle.fact.licence"), catalog.label("licences", resource.licence)
    if entry.origin:
        title = entry.origin.title.in_locale(catalog.chain)
        released = entry.origin.edition != WORKING_EDITION
        yield words("bundle.fact.origin"), f"{title} {entry.origin.edition}" if released else title
    for note in entry.notes:
        said = note.text.in_locale(catalog.chain)
        yield words("bundle.fact.note"), f"{said} ({catalog.person_name(note.by)}, {note.on.isoformat()})"
    if resource.ai_generated is not AiUse.NONE:
        yield words("bundle.fact.ai"), words(f"bundle.ai.{resource.ai_generated.value}")

"""Pages that are mostly words: about, how to mirror, accessibility, not found. Their texts are the locale's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kebao.model.resource import LessonCaseDetails
from kebao.pages.cards import Desk, Link, licence_link, origin_name
from kebao.pages.home import edition_label
from kebao.pages.site_page import SitePage

ABOUT_URI = "about.html"
OVERLAY_URI = "overlay.html"
MIRROR_URI = "mirror.html"
ACCESSIBILITY_URI = "accessibility.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProseView:
    """A page of words with a box of facts beside it."""

    lead: str
    facts: tuple[tuple[str, Link], ...] = ()
    links: tuple[Link, ...] = ()


def prose_pages(desk: Desk) -> Iterator[SitePage]:
    texts = desk.texts
    package = desk.catalog.package
    chain = desk.catalog.chain
    about = package.about.in_locale(chain)
    # Not filled in as other texts are: the body is Markdown, whose {#anchors} stay as they are.
    body = texts("about.body").replace("{publisher}", _publisher(desk))
    yield _page(desk, ABOUT_URI, "about", body=f"{about}\n\n{body}", facts=_about_facts(desk))
    yield _page(desk, MIRROR_URI, "mirror", body=texts("mirror.body"))
    yield _page(desk, ACCESSIBILITY_URI, "accessibility", body=texts("accessibility.body"))


def not_found_view(desk: Desk) -> ProseView:
    """The 404 page lives at the shard's root; its links are the sections people most likely wanted."""
    texts = desk.texts
    links = (
        Link(text=texts("nav.home"), uri=desk.page("index.html")),
        Link(text=texts("nav.catalog"), uri=desk.page("catalog/index.html")),
        Link(text=texts("nav.topics"), uri=desk.page("topics/index.html")),
        Link(text=texts("nav.downloads"), uri=desk.page("downloads.html")),
    )
    return ProseView(lead=texts("not_found.lead"), links=links)


def _publisher(desk: Desk) -> str:
    return desk.catalog.organisation_name(desk.catalog.package.publisher)


def _page(desk: Desk, uri: str, key: str, *, body: str, facts: tuple[tuple[str, Link], ...] = ()) -> SitePage:
    lead = desk.texts(f"{key}.lead")
    return SitePage(
        uri=uri,
        title=desk.texts(f"{key}.title"),
        template="prose.html",
        view=ProseView(lead=lead, facts=facts),
        tab=ABOUT_URI,
        description=lead,
        markdown=body,
        in_navigation=True,
    )


def _upstream_fact(desk: Desk) -> Iterator[tuple[str, Link]]:
    """The package that this one builds on, leading to what was taken from it."""
    provenance = desk.catalog.package.provenance
    origin = next(iter((*provenance.origins.values(), *(each.origin for each in provenance.left_out))), None)
    if origin:
        yield desk.texts("about.upstream"), Link(text=origin_name(desk, origin), uri=desk.page(OVERLAY_URI))


def _about_facts(desk: Desk) -> tuple[tuple[str, Link], ...]:
    catalog, texts = desk.catalog, desk.texts
    package = catalog.package
    translated = [e for e in catalog.entries if e.language == catalog.shard.locale]
    awarded = catalog.select(lambda r: isinstance(r.details, LessonCaseDetails) and r.details.award is not None)
    return (
        (texts("about.publisher"), Link(text=_publisher(desk))),
        (texts("about.region"), Link(text=package.region.in_locale(catalog.chain))),
        (texts("about.edition"), Link(text=edition_label(desk))),
        *_upstream_fact(desk),
        (texts("about.licence"), licence_link(desk, package.licence)),
        (
            texts("about.resources"),
            Link(text=texts.number(len(catalog.entries)), uri=desk.page("catalog/index.html")),
        ),
        (texts("about.translated"), Link(text=texts.number(len(translated)), uri=desk.page("translations.html"))),
        (texts("about.awarded"), Link(text=texts.number(len(awarded)))),
        (
            texts("about.schools"),
            Link(text=texts.number(len(catalog.schools())), uri=desk.page("schools/index.html")),
        ),
    )

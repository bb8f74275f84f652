"""What can be found in a shard: its resources, the texts of their files, and its other pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kebao.assembly.search_attachments import attachment_documents
from kebao.catalog.catalog import ancestors, contributors_of
from kebao.catalog.entries import Entry, TopicEntry
from kebao.model.organisation import Organisation, Person
from kebao.model.programme import Programme
from kebao.model.resource import CourseDetails, Kind, LessonCaseDetails
from kebao.model.shard import relative_uri
from kebao.model.text import LocalizedText
from kebao.pages.cards import Desk, facts_line, minutes_of
from kebao.pages.organisations import organisation_uri, person_uri, shown_organisations
from kebao.pages.programmes import programme_uri
from kebao.pages.site_page import AnyPage, SitePage, made_page
from kebao.search.document import FILE_PARTS, Document, Part, ResourceRow
from kebao.search.plain_text import paragraphs, plain_text
from kebao.search.repeated_lines import without_repeated_lines
from kebao.search.root import Labels

_BETWEEN_FACTS = " · "
_PROSE_TEMPLATE = "prose.html"


def documents_of(desk: Desk, pages: Iterable[AnyPage]) -> list[Document]:
    """Every document of a shard; ``pages`` are its pages, of which those of words are searched."""
    of_resources = (document for entry in listed_entries(desk) for document in resource_documents(desk, entry))
    return without_repeated_lines([*of_resources, *other_documents(desk, pages)])


def listed_entries(desk: Desk) -> tuple[Entry, ...]:
    """The entries that are documents 0 … r−1, in that order: current ones by their page's URI."""
    return tuple(sorted(desk.catalog.entries, key=lambda entry: entry.page_uri))


def labels_of(desk: Desk) -> Labels:
    vocabularies = desk.catalog.content.vocabularies
    return Labels(
        kinds={
            **{kind.value: desk.texts(f"kind.{kind.value}") for kind in Kind},
            # The parts of files stand under their resources.
            **{part.value: desk.texts(f"search.kinds.{part.value}") for part in Part if part not in FILE_PARTS},
        },
        subjects={term: desk.catalog.label("subjects", term) for term in vocabularies["subjects"].terms},
        stages={term: desk.catalog.label("stages", term) for term in vocabularies["stages"].terms},
    )


def resource_documents(desk: Desk, entry: Entry) -> Iterator[Document]:
    """A resource, then the parts of its files; repeated lines are still in them."""
    yield _resource(desk, entry)
    yield from attachment_documents(desk, entry, _row_uri(desk, desk.entry_uri(entry)))


def other_documents(desk: Desk, pages: Iterable[AnyPage]) -> list[Document]:
    """What is not of a resource; repeated lines are still in it."""
    return list(_other_documents(desk, pages))


def _row_uri(desk: Desk, site_uri: str) -> str:
    """A site URI relative to the shard's root."""
    return relative_uri(desk.page("index.html"), site_uri)


def _resource(desk: Desk, entry: Entry) -> Document:
    resource, catalog = entry.resource, desk.catalog
    body = plain_text(entry.body)
    organisation = catalog.organisation_name(resource.organisation)
    people = [catalog.person_name(person) for person in contributors_of(resource)]
    names = (*entry.keywords, *people, organisation)
    facts = (desk.kind_name(resource.kind), *facts_line(desk, resource), organisation)
    materials = [entry.material_title(material.file) for material in resource.materials]
    details = [*_details(desk, entry), *materials]
    return Document(
        kind=resource.kind,
        title=entry.title,
        uri=_row_uri(desk, desk.entry_uri(entry)),
        order=(entry.page_uri, 0),
        facts=_BETWEEN_FACTS.join(facts),
        names=names,
        strong=(entry.summary, *body.headings, *details),
        text=paragraphs((entry.summary, *body.text.split("\n"), *details, " ".join(names))),
        subject=resource.subject or "",
        stages=resource.stages,
        resource=_resource_row(desk, entry),
    )


def _details(desk: Desk, entry: Entry) -> Iterator[str]:
    details, translation = entry.resource.details, entry.translation
    if isinstance(details, LessonCaseDetails):
        yield (translation and translation.unit) or details.unit
        yield (translation and translation.lesson) or details.lesson
    if isinstance(details, CourseDetails):
        yield from (entry.listed("sections", i, section.title) for i, section in enumerate(details.sections))


def _resource_row(desk: Desk, entry: Entry) -> ResourceRow:
    resource = entry.resource
    bundle = desk.files.bundle("resource", resource.id)
    course = resource.details if isinstance(resource.details, CourseDetails) else None
    return ResourceRow(
        language=entry.language,
        bundle_uri=_row_uri(desk, desk.files.root + bundle.file.uri) if bundle else "",
        bundle_size=bundle.file.size_bytes if bundle else 0,
        bundle_crc32=bundle.crc32 if bundle else 0,
        hours=course.hours if course else 0,
        credits=course.credits if course else 0,
        minutes=minutes_of(resource) or 0,
    )


def _other_documents(desk: Desk, pages: Iterable[AnyPage]) -> Iterator[Document]:
    catalog = desk.catalog
    yield from (_topic(desk, topic) for topic in catalog.topics)
    yield from (_programme(desk, catalog.content.programmes[id]) for id in catalog.package.programmes)
    yield from (_organisation(desk, organisation) for organisation in shown_organisations(desk))
    yield from (_contributor(desk, catalog.content.people[id]) for id in catalog.by_contributor)
    yield from (_prose(desk, made_page(page, desk)) for page in pages if page.template == _PROSE_TEMPLATE)


def _topic(desk: Desk, topic: TopicEntry) -> Document:
    body = plain_text(topic.body)
    return _page(
        desk,
        Part.TOPIC,
        topic.page_uri,
        title=topic.title,
        strong=(topic.summary, *body.headings),
        texts=(topic.summary, *body.text.split("\n")),
    )


def _programme(desk: Desk, programme: Programme) -> Document:
    def said(*texts: LocalizedText) -> list[str]:
        return [text.in_locale(desk.catalog.chain) for text in texts]

    parts = said(*(module.title for module in programme.modules))
    parts += said(*(phase.summary for phase in programme.phases), *(window.title for window in programme.windows))
    for rule in programme.rules:
        parts += said(rule.title, rule.text)
    for role in programme.roles:
        parts += said(role.title, *role.duties)
    for assessment in programme.assessments:
        parts += said(assessment.title, *(part.title for part in assessment.parts))
    parts += said(*(award.title for award in programme.awards))
    strong = said(programme.summary, programme.region, programme.organiser, programme.audience)
    names = (*said(programme.short_title), programme.source.title, programme.source.number or "")
    return _page(
        desk,
        Part.PROGRAMME,
        programme_uri(programme.id),
        title=said(programme.title)[0],
        names=names,
        strong=strong,
        texts=(*strong, *parts, " ".join(names)),
    )


def _organisation(desk: Desk, organisation: Organisation) -> Document:
    catalog = desk.catalog
    above = ancestors(organisation, catalog.content.organisations)
    facts = (
        catalog.label("organisation-types", organisation.type),
        *(catalog.organisation_name(each) for each in above[:1]),
    )
    stages = [catalog.label("stages", stage) for stage in organisation.stages]
    return _page(
        desk,
        Part.SCHOOL,
        organisation_uri(organisation.id),
        title=catalog.organisation_name(organisation.id),
        facts=facts,
        texts=(" ".join(facts), " ".join(stages), organisation.county or ""),
    )


def _contributor(desk: Desk, person: Person) -> Document:
    organisation = desk.catalog.organisation_name(person.organisation)
    return _page(
        desk,
        Part.CONTRIBUTOR,
        person_uri(person.id),
        title=desk.catalog.person_name(person.id),
        facts=(organisation,),
        texts=(organisation,),
    )


def _prose(desk: Desk, page: SitePage) -> Document:
    body = plain_text(page.markdown)
    strong = (page.description, *body.headings)
    texts = (page.description, *body.text.split("\n"))
    return _page(desk, Part.PAGE, page.uri, title=page.title, strong=strong, texts=texts)


def _page(
    desk: Desk,
    part: Part,
    uri: str,
    *,
    title: str,
    texts: Sequence[str],
    facts: Sequence[str] = (),
    names: tuple[str, ...] = (),
    strong: Sequence[str] = (),
) -> Document:
    """A document of a page of this shard; its kind stands before its facts."""
    kind = desk.texts(f"search.kind.{part.value}")
    return Document(
        kind=part,
        title=title,
        uri=uri,
        order=(uri, 0),
        facts=_BETWEEN_FACTS.join((kind, *filter(None, facts))),
        names=tuple(filter(None, names)),
        strong=tuple(strong),
        text=paragraphs(texts),
    )

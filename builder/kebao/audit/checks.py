"""What a single page must and must not be (KBA05–KBA09, KBA14–KBA16)."""

from __future__ import annotations

from collections.abc import Iterator

from kebao.audit.page_facts import Mark, PageFacts
from kebao.model.site import Policy
from kebao.problems import Location, Message, Problem, Severity

_KIBIBYTE = 1 << 10


def check_page(uri: str, facts: PageFacts, *, size_bytes: int, policy: Policy) -> Iterator[Problem]:
    """Everything about one page that needs no other page."""
    yield from _modules(uri, facts)
    yield from _budgets(uri, facts, size_bytes, policy)
    yield from _images(uri, facts)
    yield from _document(uri, facts)
    yield from _headings(uri, facts)
    yield from _leftovers(uri, facts)
    if facts.unreadable:
        yield unreadable_page(uri)


def unreadable_page(uri: str) -> Problem:
    """KBA16."""
    hint = Message("save it as UTF-8, or build it again")
    message = Message("the page cannot be read as HTML in UTF-8")
    return Problem(location=Location(path=uri), code="KBA16", message=message, hint=hint)


def _modules(uri: str, facts: PageFacts) -> Iterator[Problem]:
    for mark in facts.modules:
        message = Message("{tag} does not work without a server", {"tag": mark.text})
        hint = Message("use a classic script: <script src=…> without type=module")
        yield Problem(location=_at(uri, mark), code="KBA05", message=message, hint=hint)


def _budgets(uri: str, facts: PageFacts, size_bytes: int, policy: Policy) -> Iterator[Problem]:
    if size_bytes > policy.page_kilobytes * _KIBIBYTE:
        params = {"size": f"{size_bytes / _KIBIBYTE:.1f}", "limit": f"{policy.page_kilobytes:g}"}
        message = Message("the page has {size} KB of HTML, more than {limit}", params)
        hint = Message("split the page, or list fewer entries on it (limits are in site_config/policy.yml)")
        yield Problem(location=Location(path=uri), code="KBA06", message=message, hint=hint)
    if facts.nav_links > policy.nav_links:
        params = {"count": str(facts.nav_links), "limit": str(policy.nav_links)}
        message = Message("the navigation holds {count} links, more than {limit}", params)
        hint = Message("keep sections and lists in the navigation, and leave resources out of it")
        yield Problem(location=Location(path=uri), code="KBA07", message=message, hint=hint)


def _images(uri: str, facts: PageFacts) -> Iterator[Problem]:
    for mark in facts.nameless_images:
        message = Message("the image '{url}' has no alt text", {"url": mark.text})
        hint = Message('say in words what it shows; alt="" when it is decoration only')
        yield Problem(location=_at(uri, mark), code="KBA08", message=message, hint=hint)


def _document(uri: str, facts: PageFacts) -> Iterator[Problem]:
    whole = Location(path=uri)
    if not facts.title:
        message = Message("the page has no title")
        hint = Message("give it a <title>: browsers, bookmarks and screen readers show it")
        yield Problem(location=whole, code="KBA09", message=message, hint=hint)
    if not facts.language:
        message = Message("the page does not say its language")
        hint = Message("write lang on <html>, for example lang=zh-CN; screen readers choose a voice by it")
        yield Problem(location=whole, code="KBA09", message=message, hint=hint)
    for mark in facts.duplicate_ids:
        message = Message("the id '{id}' stands twice in the page", {"id": mark.text})
        hint = Message("links always lead to the first one; give the other a different id")
        yield Problem(location=_at(uri, mark), code="KBA09", message=message, hint=hint)


def _headings(uri: str, facts: PageFacts) -> Iterator[Problem]:
    for mark in facts.skipped_headings:
        heading, _, before = mark.text.partition(" ")
        params = {"heading": heading, "before": before}
        message = Message("{heading} follows {before}: a level is skipped", params)
        hint = Message("go down one heading level at a time")
        yield _warning(_at(uri, mark), "KBA09", message, hint)


def _leftovers(uri: str, facts: PageFacts) -> Iterator[Problem]:
    for mark in facts.leftovers:
        message = Message("the text holds '{text}', left over from a template", {"text": mark.text})
        hint = Message("a value was missing when the page was made; in an example, write it as code")
        yield _warning(_at(uri, mark), "KBA14", message, hint)
    for mark in facts.machine_paths:
        message = Message("the page names a path of the computer it was built on: '{path}'", {"path": mark.text})
        hint = Message("nobody else has this path; take it out, or write it as code when it is an example")
        yield _warning(_at(uri, mark), "KBA15", message, hint)


def _warning(place: Location, code: str, message: Message, hint: Message) -> Problem:
    return Problem(location=place, code=code, message=message, severity=Severity.WARNING, hint=hint)


def _at(uri: str, mark: Mark) -> Location:
    return Location(path=uri, line=mark.line, column=mark.column)

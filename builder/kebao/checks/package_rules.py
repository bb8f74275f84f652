"""Rules about whole resources and packages: sums, limits, emptiness, translations (KB6xx, KB9xx)."""

from __future__ import annotations

from collections.abc import Iterator

from kebao.checks.context import CheckContext, problem
from kebao.model.markdown_prose import headings
from kebao.model.package import Package, Topic, TopicTranslation
from kebao.model.resource import CourseDetails, LessonCaseDetails, Lifecycle, Resource, ReviewState, Translation
from kebao.model.translated_texts import TextState, field_states, is_stale
from kebao.problems import Location, Message, Problem, Severity


def check_packages(context: CheckContext) -> Iterator[Problem]:
    """KB601: a package has something to show."""
    for package in context.content.packages.values():
        shown = [r for r in package.resources.values() if r.lifecycle is not Lifecycle.DRAFT]
        unreadable = context.found_ids[package.id] - set(package.resources)
        if not shown and not unreadable:
            hint = Message("add a resource with 'kebao new', or take the package out of site_config/site.yml")
            yield problem(context.at(package.path), "KB601", Message("the package is empty"), hint=hint)


def check_resources(context: CheckContext) -> Iterator[Problem]:
    """KB602–KB605: sums and limits inside one resource."""
    for package in context.content.packages.values():
        for resource in package.resources.values():
            yield from _resource(context, resource)


def _resource(context: CheckContext, resource: Resource) -> Iterator[Problem]:
    path = resource.path_of("index.md")
    details = resource.details
    if isinstance(details, CourseDetails):
        total = sum(item.weight for item in details.assessment)
        if abs(total - 100) > 1e-9:
            message = Message("the weights add up to {total}, not to 100", {"total": f"{total:g}"})
            yield problem(context.at(path, "assessment", at_key=True), "KB602", message)
    if isinstance(details, LessonCaseDetails):
        most = context.site.policy.guiding_teachers
        if len(details.guiding_teachers) > most:
            message = Message("more than {most} guiding teachers", {"most": str(most)})
            yield problem(context.at(path, "guiding_teachers", at_key=True), "KB603", message)
    if resource.review.state is ReviewState.ACCEPTED and not (resource.review.by and resource.review.on):
        message = Message("an accepted review says who accepted it ('by') and when ('on')")
        yield problem(context.at(path, "review", at_key=True), "KB604", message)
    if not resource.body.strip():
        yield problem(context.at(path), "KB605", Message("the page has no text below the front matter"))


def check_translations(context: CheckContext) -> Iterator[Problem]:
    """KB901–KB903, KB908: translations belong to a locale of the package and to the source as it is now."""
    for package in context.content.packages.values():
        for resource in package.resources.values():
            for locale, translation in resource.translations.items():
                path = resource.path_of(f"index.{locale}.md")
                source = resource.path_of("index.md")
                yield from _translation(context, package, path, locale, translation)
                yield from _state(context, path, source, resource, translation)
                yield from _sections(path, resource, translation)
        for topic in package.topics.values():
            for locale, topic_translation in topic.translations.items():
                path = f"{topic.path.removesuffix('.md')}.{locale}.md"
                yield from _translation(context, package, path, locale, topic_translation)
                yield from _state(context, path, topic.path, topic, topic_translation)
                yield from _sections(path, topic, topic_translation)


def _translation(
    context: CheckContext, package: Package, path: str, locale: str, translation: Translation | TopicTranslation
) -> Iterator[Problem]:
    if locale not in package.locales or locale == package.source_locale:
        message = Message("the package has no translations into '{locale}'", {"locale": locale})
        hint = Message("its locales are in package.yml: {locales}", {"locales": ", ".join(package.locales)})
        yield problem(context.at(path), "KB901", message, hint=hint)
    if translation.of != package.source_locale:
        message = Message("a translation is made from '{locale}'", {"locale": package.source_locale})
        yield problem(context.at(path, "translation", "of"), "KB903", message)


def _state(
    context: CheckContext,
    path: str,
    source_path: str,
    source: Resource | Topic,
    translation: Translation | TopicTranslation,
) -> Iterator[Problem]:
    # Made only where it is compared with.
    source_digest = context.digests[source_path] if translation.digest and not translation.digests else ""
    if not is_stale(source, translation, source_digest):
        return
    hint = Message("compare the two; then run: kebao i18n accept {path}", {"path": path})
    field, message = "digest", Message("the source has changed since this translation was made")
    if translation.digests:
        states = field_states(source, translation, source_digest)
        fields = ", ".join(state.field for state in states if state.state is TextState.STALE)
        field = "digests"
        message = Message("the source has changed since this translation was made: {fields}", {"fields": fields})
    elif not translation.digest:
        message = Message("it is not said which state of the source this translation was made from")
    yield problem(context.at(path, "translation", field), "KB902", message, hint=hint, severity=Severity.NOTICE)


def _sections(path: str, source: Resource | Topic, translation: Translation | TopicTranslation) -> Iterator[Problem]:
    theirs, own = tuple(headings(source.body)), tuple(headings(translation.body))
    # A text without any heading is short, or hardly begun: nobody leads to its sections.
    if not own or [heading.level for heading in theirs] == [heading.level for heading in own]:
        return
    same = (one.level == other.level for one, other in zip(theirs, own, strict=False))
    first = next((number for number, is_same in enumerate(same) if not is_same), min(len(theirs), len(own)))
    line, column, end = 1, 0, 0
    if first < len(own):
        line, column = own[first].line, own[first].column
        end = len(translation.body.split("\n")[line - 1].rstrip()) + 1
    params = {"own": str(len(own)), "count": str(len(theirs))}
    message = Message("its headings ({own}) are not those of the source ({count}), in number or in level", params)
    hint = Message("give both the same headings, one for one: then links to a section work in every language")
    line += translation.body_line - 1
    place = Location(path=path, line=line, column=column, end_line=line if end else 0, end_column=end)
    yield problem(place, "KB908", message, hint=hint, severity=Severity.NOTICE)

"""Rules about whole resources and packages: sums, limits, emptiness, translations (KB6xx, KB9xx)."""

from __future__ import annotations

from collections.abc import Iterator

from kebao.checks.context import CheckContext, problem
from kebao.model.package import Package
from kebao.model.resource import CourseDetails, LessonCaseDetails, Lifecycle, Resource, ReviewState
from kebao.problems import Message, Problem, Severity


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
    """KB901–KB903: translations belong to a locale of the package and to the source as it is now."""
    for package in context.content.packages.values():
        for resource in package.resources.values():
            for locale, translation in resource.translations.items():
                path = resource.path_of(f"index.{locale}.md")
                source = resource.path_of("index.md")
                yield from _translation(context, package, path, source, locale, translation.of, translation.digest)
        for topic in package.topics.values():
            for locale, topic_translation in topic.translations.items():
                path = f"{topic.path.removesuffix('.md')}.{locale}.md"
                of, digest = topic_translation.of, topic_translation.digest
                yield from _translation(context, package, path, topic.path, locale, of, digest)


def _translation(
    context: CheckContext, package: Package, path: str, source: str, locale: str, of: str, digest: str
) -> Iterator[Problem]:
    if locale not in package.locales or locale == package.source_locale:
        message = Message("the package has no translations into '{locale}'", {"locale": locale})
        hint = Message("its locales are in package.yml: {locales}", {"locales": ", ".join(package.locales)})
        yield problem(context.at(path), "KB901", message, hint=hint)
    if of != package.source_locale:
        message = Message("a translation is made from '{locale}'", {"locale": package.source_locale})
        yield problem(context.at(path, "translation", "of"), "KB903", message)
    if digest != context.digests[source]:
        message = Message("the source has changed since this translation was made")
        hint = Message("compare the two; then write digest: {digest}", {"digest": context.digests[source]})
        severity = Severity.NOTICE
        yield problem(context.at(path, "translation", "digest"), "KB902", message, hint=hint, severity=severity)

"""All texts that authors write: resources and topics, in every language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kebao.model.package import Package

#: No more faults of a kind are told of one text: what has more was not written by hand, and takes minutes to tell.
MOST_FAULTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthoredPage:
    """A Markdown page with front matter.

    Attributes:
        locale: Of its text.
        body_line: 1-based line of the file on which the body starts.
    """

    path: str
    locale: str
    title: str
    summary: str
    body: str
    body_line: int


def pages_of(package: Package) -> Iterator[AuthoredPage]:
    """The package's pages: each topic, then each resource, every one before its translations."""
    for topic in package.topics.values():
        yield AuthoredPage(
            path=topic.path,
            locale=package.source_locale,
            title=topic.title,
            summary=topic.summary,
            body=topic.body,
            body_line=topic.body_line,
        )
        for locale, topic_translation in topic.translations.items():
            yield AuthoredPage(
                path=f"{topic.path.removesuffix('.md')}.{locale}.md",
                locale=locale,
                title=topic_translation.title,
                summary=topic_translation.summary,
                body=topic_translation.body,
                body_line=topic_translation.body_line,
            )
    for resource in package.resources.values():
        yield AuthoredPage(
            path=resource.path_of("index.md"),
            locale=package.source_locale,
            title=resource.title,
            summary=resource.summary,
            body=resource.body,
            body_line=resource.body_line,
        )
        for locale, translation in resource.translations.items():
            yield AuthoredPage(
                path=resource.path_of(f"index.{locale}.md"),
                locale=locale,
                title=translation.title,
                summary=translation.summary,
                body=translation.body,
                body_line=translation.body_line,
            )

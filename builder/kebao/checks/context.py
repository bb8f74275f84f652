"""What a rule may look at: the content, the facts about files, and where everything stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from kebao.checks.known_texts import KnownTexts
from kebao.model.material import FileFacts
from kebao.model.package import Content, Package, Topic, UpstreamPackage
from kebao.model.site import SiteConfig
from kebao.model.source_map import SourceMap
from kebao.model.vocabulary import Vocabulary
from kebao.problems import Location, Message, Problem, Severity

#: Where something stands, found when it is asked for.
Place = Callable[[], Location]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckContext:
    """Everything that rules see.

    Attributes:
        facts: Facts of every file that is not a text, by POSIX path relative to the project root.
        text_paths: Paths of the YAML and Markdown files.
        links: Symbolic links in the tree.
        digests: Path of a resource's or topic's source → digest of what is translated.
        found_ids: Package → ids of all its resource folders, also those that could not be read.
        texts: The YAML and Markdown files as they are.
        today: The day of the check; None when nothing runs out.
        known_texts: What an earlier check knows of texts; what this one tells is added.
        upstreams: Package → the one that it builds on, where that was found. ``found_ids`` hold its resources too.
    """

    content: Content
    site: SiteConfig
    facts: Mapping[str, FileFacts]
    text_paths: frozenset[str]
    links: tuple[str, ...]
    source_maps: Mapping[str, SourceMap]
    digests: Mapping[str, str]
    found_ids: Mapping[str, frozenset[str]]
    texts: Mapping[str, bytes] = field(default_factory=dict)
    today: date | None = None
    known_texts: KnownTexts = field(default_factory=KnownTexts)
    upstreams: Mapping[str, UpstreamPackage] = field(default_factory=dict)

    def vocabulary(self, vocabulary_id: str) -> Vocabulary:
        return self.content.vocabularies[vocabulary_id]

    def topics_of(self, package: Package) -> Mapping[str, Topic]:
        """The topics that the package's resources may belong to: its own, and those of the package it builds on."""
        above = self.upstreams.get(package.id)
        return {**above.package.topics, **package.topics} if above else package.topics

    def at(self, path: str, *pointer: str | int, at_key: bool = False) -> Location:
        """The place of a value in a YAML or front matter document."""
        source_map = self.source_maps.get(path) or SourceMap(path)
        return source_map.location(*pointer, at_key=at_key)

    def place(self, path: str, *pointer: str | int) -> Place:
        """The same as :meth:`at`, looked up only when a problem is there: it makes the whole page be read again."""
        return partial(self.at, path, *pointer)


def problem(
    location: Location | Place,
    code: str,
    message: Message,
    *,
    hint: Message | None = None,
    severity: Severity = Severity.ERROR,
) -> Problem:
    found = location if isinstance(location, Location) else location()
    return Problem(location=found, code=code, message=message, hint=hint, severity=severity)

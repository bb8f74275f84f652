"""What a rule may look at: the content, the facts about files, and where everything stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kebao.model.material import FileFacts
from kebao.model.package import Content
from kebao.model.site import SiteConfig
from kebao.model.source_map import SourceMap
from kebao.model.vocabulary import Vocabulary
from kebao.problems import Location, Message, Problem, Severity


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

    def vocabulary(self, vocabulary_id: str) -> Vocabulary:
        return self.content.vocabularies[vocabulary_id]

    def at(self, path: str, *pointer: str | int, at_key: bool = False) -> Location:
        """The place of a value in a YAML or front matter document."""
        source_map = self.source_maps.get(path) or SourceMap(path)
        return source_map.location(*pointer, at_key=at_key)


def problem(
    location: Location,
    code: str,
    message: Message,
    *,
    hint: Message | None = None,
    severity: Severity = Severity.ERROR,
) -> Problem:
    return Problem(location=location, code=code, message=message, hint=hint, severity=severity)

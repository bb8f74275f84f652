"""Parsed documents of a project: each file is read once, its problems and places are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel

from kebao.loading.front_matter import MarkdownPage, read_markdown_page
from kebao.loading.tree import SourceTree
from kebao.loading.validation import validate
from kebao.loading.yaml_text import YamlDocument, decode_utf8, read_yaml
from kebao.model.source_map import SourceMap
from kebao.problems import Problem

Authored = TypeVar("Authored", bound=BaseModel)


@dataclass(slots=True)
class DocumentReader:
    """Reads documents out of a tree and gathers what was wrong and where things stand."""

    tree: SourceTree
    problems: list[Problem] = field(default_factory=list)
    source_maps: dict[str, SourceMap] = field(default_factory=dict)

    def yaml(self, path: str, schema: type[Authored]) -> Authored | None:
        text, problems = decode_utf8(path, self.tree.texts[path])
        if problems:
            self.problems.extend(problems)
            return None
        return self._validated(read_yaml(path, text), schema)

    def markdown(self, path: str, schema: type[Authored]) -> tuple[Authored | None, MarkdownPage]:
        page = read_markdown_page(path, self.tree.texts[path])
        return self._validated(page.front, schema), page

    def _validated(self, document: YamlDocument, schema: type[Authored]) -> Authored | None:
        self.source_maps[document.source_map.path] = document.source_map
        authored, problems = validate(document, schema)
        self.problems.extend(problems)
        return authored

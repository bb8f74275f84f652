"""A Markdown page: its YAML front matter between two ``---`` lines, and its body."""

from __future__ import annotations

from dataclasses import dataclass

from kebao.loading.yaml_text import YamlDocument, decode_utf8, read_yaml
from kebao.model.source_map import SourceMap
from kebao.problems import Location, Message, Problem


@dataclass(frozen=True, slots=True)
class MarkdownPage:
    """Front matter and body; ``body_line`` is the 1-based line on which the body starts."""

    front: YamlDocument
    body: str
    body_line: int


def read_markdown_page(path: str, data: bytes) -> MarkdownPage:
    """The page in ``data``; its problems are those of ``front``. Never raises."""
    text, problems = decode_utf8(path, data)
    if problems:
        return MarkdownPage(YamlDocument(None, SourceMap(path), problems), "", 1)
    lines = text.split("\n")
    end = next((i for i, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), 0)
    if lines[0].rstrip() != "---" or not end:
        message = Message("the page does not start with front matter between two lines of '---'")
        hint = Message("begin with a line '---', then the fields, then a line '---'; 'kebao new' writes an example")
        problem = Problem(location=Location(path=path, line=1), code="KB107", message=message, hint=hint)
        return MarkdownPage(YamlDocument(None, SourceMap(path), (problem,)), text, 1)
    document = read_yaml(path, "\n".join(lines[1:end]), first_line=2)
    if document.value is None and not document.problems:
        problem = Problem(
            location=Location(path=path, line=1), code="KB107", message=Message("the front matter is empty")
        )
        document = YamlDocument(None, document.source_map, (problem,))
    body = "\n".join(lines[end + 1 :])
    blank_lines = len(body) - len(body.lstrip("\n"))
    return MarkdownPage(document, body.strip("\n") + "\n", end + 2 + blank_lines)

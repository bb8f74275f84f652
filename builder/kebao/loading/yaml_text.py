"""Strict YAML: bytes to plain values with the place of each, or problems; nothing raises.

What authors trip over is refused or read as text: duplicate keys, aliases, tags, implicit booleans, dates and
sexagesimal numbers (YAML 1.1). Every scalar is text, except an empty one or ``null``, which is None; the model
says which texts must be numbers, dates or booleans.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from kebao.model.source_map import Pointer, SourceMap, Span
from kebao.problems import Location, Message, Problem

MAX_BYTES = 1 << 20
MAX_NODES = 100_000
MAX_DEPTH = 30
# libyaml's composer recurses in C: refuse what is nested absurdly before it gets there.
_NESTED_BLOCK = re.compile(r"^[ ]*(?:[-?][ ]+){%d}" % MAX_DEPTH, re.MULTILINE)
_DEEP_INDENT = re.compile(r"^ {400}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """One YAML document: its plain values, the place of each, and what is wrong with it."""

    value: Any
    source_map: SourceMap
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Walk:
    path: str
    first_line: int
    spans: dict[Pointer, Span] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def place(self, mark: yaml.Mark) -> tuple[int, int]:
        return mark.line + self.first_line, mark.column + 1

    def report(self, mark: yaml.Mark, code: str, message: Message, hint: Message | None = None) -> None:
        line, column = self.place(mark)
        location = Location(path=self.path, line=line, column=column)
        self.problems.append(Problem(location=location, code=code, message=message, hint=hint))

    def value(self, node: yaml.Node, pointer: Pointer, key: tuple[int, int] | None = None) -> Any:
        if len(self.seen) >= MAX_NODES or len(pointer) > MAX_DEPTH:
            raise _TooComplexError(node.start_mark)
        if id(node) in self.seen:
            hint = Message("write the value out again where it is needed")
            self.report(node.start_mark, "KB104", Message("YAML aliases (*name) are not allowed"), hint)
            return None
        self.seen.add(id(node))
        self.spans[pointer] = Span(self.place(node.start_mark), key)
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
            self.report(node.start_mark, "KB104", Message("YAML tags ({tag}) are not allowed", {"tag": node.tag}))
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, pointer)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*pointer, i)) for i, child in enumerate(node.value)]
        if node.style is None and node.value in ("", "~", "null"):
            return None
        return node.value

    def mapping(self, node: yaml.MappingNode, pointer: Pointer) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.report(key_node.start_mark, "KB102", Message("a key must be one word"))
                continue
            key = key_node.value
            if key in result:
                first = self.spans[(*pointer, key)].key or (0, 0)
                message = Message("'{key}' stands twice", {"key": key})
                hint = Message("the first is in line {line}; keep one of them", {"line": str(first[0])})
                self.report(key_node.start_mark, "KB103", message, hint)
                continue
            result[key] = self.value(value_node, (*pointer, key), self.place(key_node.start_mark))
        return result


class _TooComplexError(Exception):
    def __init__(self, mark: yaml.Mark) -> None:
        super().__init__()
        self.mark = mark


def decode_utf8(path: str, data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """The text of a file without its BOM and with ``\\n`` line ends; a problem when it is not UTF-8 text."""
    if len(data) > MAX_BYTES:
        message = Message("the file is larger than {limit} bytes", {"limit": str(MAX_BYTES)})
        return "", (Problem(location=Location(path=path), code="KB105", message=message),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        hint = Message("save the file again with the encoding UTF-8 (in Notepad: Save as, Encoding, UTF-8)")
        if _reads_as_gbk(data):
            hint = Message("it looks like GBK: save it again as UTF-8 (in Notepad: Save as, Encoding, UTF-8)")
        location = Location(path=path, line=line)
        return "", (Problem(location=location, code="KB101", message=Message("not UTF-8 text"), hint=hint),)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line_text in enumerate(text.split("\n"), start=1):
        bad = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", line_text)
        if bad:
            location = Location(path=path, line=number, column=bad.start() + 1)
            message = Message("an invisible control character (U+{code})", {"code": f"{ord(bad.group()):04X}"})
            hint = Message("delete it; it may have come in with a copy from another program")
            return "", (Problem(location=location, code="KB106", message=message, hint=hint),)
    return text, ()


def _reads_as_gbk(data: bytes) -> bool:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def read_yaml(path: str, text: str, *, first_line: int = 1) -> YamlDocument:
    """The document in ``text``; ``first_line`` is the file's line on which the text starts."""
    walk = _Walk(path, first_line)
    if _NESTED_BLOCK.search(text) or _DEEP_INDENT.search(text) or _flow_depth(text) > MAX_DEPTH:
        return _too_complex(walk, first_line, 1)
    loader = yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
        value = walk.value(node, ()) if node is not None else None
    except _TooComplexError as error:
        return _too_complex(walk, *walk.place(error.mark))
    except (yaml.YAMLError, ValueError) as error:
        walk.problems.append(_syntax_problem(walk, text, error))
        value = None
    finally:
        loader.dispose()
    return YamlDocument(value, SourceMap(path, walk.spans), tuple(walk.problems))


def _flow_depth(text: str) -> int:
    depth = deepest = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}" and depth:
            depth -= 1
        elif character == "\n" and depth > 4 * MAX_DEPTH:
            break
    return deepest


def _too_complex(walk: _Walk, line: int, column: int) -> YamlDocument:
    message = Message("the YAML is too large or nested too deeply")
    location = Location(path=walk.path, line=line, column=column)
    problem = Problem(location=location, code="KB105", message=message)
    return YamlDocument(None, SourceMap(walk.path), (*walk.problems, problem))


_FULL_WIDTH_COLON = re.compile(r"^\s*(?:- )?[\w-]+：")
_NO_SPACE = re.compile(r"^\s*(?:- )?[\w-]+:[^\s/]")


def _syntax_problem(walk: _Walk, text: str, error: Exception) -> Problem:
    """The fault where the author made it: libyaml often notices one line later."""
    mark = getattr(error, "problem_mark", None)
    lines = text.split("\n")
    at = min(mark.line, len(lines) - 1) if mark else 0
    column = mark.column + 1 if mark else 1
    hint: Message | None = None
    for candidate in (at, at - 1):
        if candidate < 0:
            continue
        line = lines[candidate]
        if _FULL_WIDTH_COLON.match(line):
            at, column = candidate, line.index("：") + 1
            hint = Message("use the half-width colon and a space, 'title: …', not the full-width '：'")
        elif "\t" in line[: len(line) - len(line.lstrip())]:
            at, column = candidate, line.index("\t") + 1
            hint = Message("indent with spaces, not with tabs")
        elif _NO_SPACE.match(line):
            at, column = candidate, line.index(":") + 1
            hint = Message("put a space after the colon")
        elif line.count(": ") > 1:
            hint = Message('put the text in quotation marks when it contains ": "')
        if hint:
            break
    message = Message("this is not valid YAML ({detail})", {"detail": str(getattr(error, "problem", error) or error)})
    location = Location(path=walk.path, line=at + walk.first_line, column=column)
    return Problem(location=location, code="KB102", message=message, hint=hint)

"""Strict YAML: bytes to plain values with the place of each, or problems; nothing raises.

What authors trip over is refused or read as text: duplicate keys, aliases, tags, implicit booleans, dates and
sexagesimal numbers (YAML 1.1). Every scalar is text, except an empty one or ``null``, which is None; the model
says which texts must be numbers, dates or booleans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml

from kebao.loading.quick_yaml import NotPlainError, quick_value
from kebao.loading.yaml_faults import syntax_problem
from kebao.model.source_map import UNKNOWN, Place, Pointer, SourceMap, Span, dotted
from kebao.problems import Location, Message, Problem, Severity

MAX_BYTES = 1 << 20
MAX_NODES = 100_000
MAX_DEPTH = 30
# libyaml's composer recurses in C: refuse what is nested absurdly before it gets there.
_NESTED_BLOCK = re.compile(rf"^[ ]*(?:[-?][ ]+){{{MAX_DEPTH}}}", re.MULTILINE)
_DEEP_INDENT = re.compile(r"^ {400}", re.MULTILINE)
# A remark right behind a text, without a blank after its sign: '分数 #1' may have been meant as text.
_REMARK = re.compile(r"(?<=[^\s#])[ \t]+(#[^\s#].*)")
# What YAML 1.1 refuses (§5.1), and what only YAML takes for a line end (§5.4): lines would be miscounted.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


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
    has_aliases: bool = False

    def place(self, mark: yaml.Mark) -> Place:
        return mark.line + self.first_line, mark.column + 1

    def end(self, node: yaml.Node) -> Place:
        """After the last character of a scalar, or of a list or mapping in brackets that is on one line."""
        start, end = node.start_mark, node.end_mark
        if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
            # A block scalar ends where the next key starts: its first line stands for it.
            return start.line + self.first_line, start.column + 2
        is_on_one_line = start.line == end.line and start.column < end.column
        is_scalar = isinstance(node, yaml.ScalarNode) and start.line < end.line
        return self.place(end) if is_on_one_line or is_scalar else UNKNOWN

    def report(
        self,
        at: Span,
        code: str,
        message: Message,
        hint: Message | None = None,
        pointer: Pointer = (),
        severity: Severity = Severity.ERROR,
    ) -> None:
        (line, column), (end_line, end_column) = at.value, at.value_end
        location = Location(
            path=self.path,
            line=line,
            column=column,
            pointer=dotted(pointer),
            end_line=end_line,
            end_column=end_column,
        )
        self.problems.append(Problem(location=location, code=code, message=message, severity=severity, hint=hint))

    def report_aliases(self, text: str) -> None:
        """Each name once, where it first stands for its anchor: a bomb has billions of places."""
        told: set[str] = set()
        for token in yaml.scan(text, yaml.CSafeLoader):
            if isinstance(token, yaml.AliasToken) and token.value not in told:
                told.add(token.value)
                at = Span(self.place(token.start_mark), value_end=self.place(token.end_mark))
                hint = Message("write the value out again where it is needed")
                self.report(at, "KB104", Message("YAML aliases (*name) are not allowed"), hint)

    def report_remarks(self, text: str) -> None:
        """What may have been meant as text: YAML takes it for a remark, and nobody would miss it."""
        if not _has_remark(text):
            return
        lines = text.split("\n")
        for token in yaml.scan(text, yaml.CSafeLoader):
            # One that is in quotation marks says clearly where it ends.
            if not isinstance(token, yaml.ScalarToken) or not token.plain:
                continue
            end = token.end_mark
            remark = _REMARK.match(lines[end.line], end.column)
            if remark:
                line = end.line + self.first_line
                at = Span((line, remark.start(1) + 1), value_end=(line, remark.end(1) + 1))
                message = Message("# after a blank begins a remark: this is not a part of the text")
                hint = Message("put the text in quotation marks when # belongs to it; else put a blank after #")
                self.report(at, "KB111", message, hint, severity=Severity.WARNING)

    def value(self, node: yaml.Node, pointer: Pointer, key_node: yaml.Node | None = None) -> Any:
        if len(self.seen) >= MAX_NODES or len(pointer) > MAX_DEPTH:
            raise _TooComplexError(node.start_mark)
        if id(node) in self.seen:
            # An alias is composed as the very node of its anchor: only the tokens say where it stands.
            self.has_aliases = True
            self.spans[pointer] = self.span(key_node or node, key_node)
            return None
        self.seen.add(id(node))
        self.spans[pointer] = self.span(node, key_node)
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
            written = node.tag.replace("tag:yaml.org,2002:", "!!")
            message = Message("YAML tags ({tag}) are not allowed", {"tag": written})
            hint = Message("take it out; a text that begins with '!' stands in quotation marks")
            self.report(self.spans[pointer], "KB104", message, hint, pointer)
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, pointer)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*pointer, i)) for i, child in enumerate(node.value)]
        # libyaml gives a plain scalar the style "", the Python parser None.
        if isinstance(node, yaml.ScalarNode) and not node.style and node.value in ("", "~", "null"):
            return None
        return node.value

    def span(self, node: yaml.Node, key_node: yaml.Node | None = None) -> Span:
        start, end = self.place(node.start_mark), self.end(node)
        if key_node is None:
            return Span(start, value_end=end)
        return Span(start, self.place(key_node.start_mark), end, self.end(key_node))

    def mapping(self, node: yaml.MappingNode, pointer: Pointer) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.report(self.span(key_node), "KB102", Message("a key must be one word"))
                continue
            key = key_node.value
            if key in result:
                first = self.spans[(*pointer, key)].key or (0, 0)
                message = Message("'{key}' stands twice", {"key": key})
                hint = Message("the first is in line {line}; keep one of them", {"line": str(first[0])})
                self.report(self.span(key_node), "KB103", message, hint, (*pointer, key))
                continue
            result[key] = self.value(value_node, (*pointer, key), key_node)
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
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not _CONTROL.search(text):
        return text, ()
    for number, line_text in enumerate(text.split("\n"), start=1):
        bad = _CONTROL.search(line_text)
        if bad:
            column = bad.start() + 1
            location = Location(path=path, line=number, column=column, end_line=number, end_column=column + 1)
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


class _LaterSpans(Mapping[Pointer, Span]):
    """The places of a sound document, found when somebody asks: most documents have nothing to report."""

    def __init__(self, path: str, text: str, first_line: int) -> None:
        self._path, self._text, self._first_line = path, text, first_line

    @cached_property
    def _found(self) -> Mapping[Pointer, Span]:
        return _read_with_care(self._path, self._text, first_line=self._first_line).source_map.spans

    def __getitem__(self, pointer: Pointer) -> Span:
        return self._found[pointer]

    def __iter__(self) -> Iterator[Pointer]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def read_yaml(path: str, text: str, *, first_line: int = 1) -> YamlDocument:
    """The document in ``text``; ``first_line`` is the file's line on which the text starts."""
    if not _is_nested_absurdly(text) and not _has_remark(text):
        try:
            return YamlDocument(quick_value(text), SourceMap(path, _LaterSpans(path, text, first_line)))
        except NotPlainError:
            pass
    return _read_with_care(path, text, first_line=first_line)


def _has_remark(text: str) -> bool:
    # Searching for the two characters alone takes next to no time, and most texts do not have them.
    return " #" in text and bool(_REMARK.search(text))


def _is_nested_absurdly(text: str) -> bool:
    return bool(_NESTED_BLOCK.search(text) or _DEEP_INDENT.search(text) or _flow_depth(text) > MAX_DEPTH)


def _read_with_care(path: str, text: str, *, first_line: int) -> YamlDocument:
    walk = _Walk(path, first_line)
    if _is_nested_absurdly(text):
        line, column = _nesting_place(text)
        return _too_complex(walk, line + first_line, column + 1)
    loader = yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
        value = walk.value(node, ()) if node is not None else None
        if walk.has_aliases:
            walk.report_aliases(text)
        walk.report_remarks(text)
    except _TooComplexError as error:
        return _too_complex(walk, *walk.place(error.mark))
    except (yaml.YAMLError, ValueError) as error:
        walk.problems.append(syntax_problem(path, text, error, first_line=first_line))
        value = None
    finally:
        loader.dispose()
    return YamlDocument(value, SourceMap(path, walk.spans), tuple(walk.problems))


def _flow_depth(text: str) -> int:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
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


def _nesting_place(text: str) -> Place:
    """0-based line and column of what is nested absurdly."""
    found = _NESTED_BLOCK.search(text) or _DEEP_INDENT.search(text)
    at = found.end() - len(found[0].lstrip()) if found else _nested_brackets(text)
    return text.count("\n", 0, at), at - (text.rfind("\n", 0, at) + 1)


def _nested_brackets(text: str) -> int:
    """Index of the outermost bracket of too many."""
    opened: list[int] = []
    for index, character in enumerate(text):
        if character in "[{":
            opened.append(index)
        elif character in "]}" and opened:
            opened.pop()
        if len(opened) > MAX_DEPTH:
            return opened[-MAX_DEPTH - 1]
    return 0


def _too_complex(walk: _Walk, line: int, column: int) -> YamlDocument:
    message = Message("the YAML is too large or nested too deeply")
    hint = Message("write it flatter: no field needs so many levels")
    location = Location(path=walk.path, line=line, column=column, end_line=line, end_column=column + 1)
    problem = Problem(location=location, code="KB105", message=message, hint=hint)
    return YamlDocument(None, SourceMap(walk.path), (*walk.problems, problem))

"""What is wrong with authored content, as data: a place, a stable code, a message and a hint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters: an error stops the build, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Location:
    """A place in an authored file.

    Attributes:
        path: POSIX path relative to the project root.
        line: 1-based; 0 when the whole file is meant.
        column: 1-based, counted in characters (a Han character is one); 0 when the whole line is meant.
        pointer: Dotted path of the field, e.g. ``materials[2].role``; empty outside of YAML.
        end_line, end_column: Where it ends, the column being that after its last character; both 0 when unknown.
            They only help to show the place: two places with the same start are the same.
    """

    path: str
    line: int = 0
    column: int = 0
    pointer: str = ""
    end_line: int = field(default=0, compare=False)
    end_column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        parts = [self.path, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence that can be said in any language of the catalogue.

    Attributes:
        template: The English sentence with ``{named}`` parameters; also the key of its translations.
        params: What stands in for the names.
    """

    template: str
    params: Mapping[str, str] = field(default_factory=dict)

    def in_english(self) -> str:
        return self.template.format_map(self.params)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault in authored content.

    Attributes:
        code: Stable, e.g. ``KB203``; the first digit is the group: 1 form of the file, 2 fields, 3 vocabularies,
            4 references, 5 materials, 6 rules, 7 privacy, 8 safety, 9 translations; ``KBA…`` are findings of the audit.
        hint: What to do about it, when that can be said.
    """

    location: Location
    code: str
    message: Message
    severity: Severity = Severity.ERROR
    hint: Message | None = None

    def sort_key(self) -> tuple[Location, str, str]:
        return (self.location, self.code, self.message.in_english())


def sorted_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems by file, line and column; the same problem said twice is kept once."""
    unique = {problem.sort_key(): problem for problem in problems}
    return tuple(unique[key] for key in sorted(unique))


def has_errors(problems: Iterable[Problem]) -> bool:
    return any(problem.severity is Severity.ERROR for problem in problems)


def make_fail(problems: Iterable[Problem]) -> bool:
    """Whether a command that finds them fails; notices alone do not make it."""
    return any(problem.severity is not Severity.NOTICE for problem in problems)

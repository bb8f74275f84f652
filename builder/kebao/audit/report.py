"""What an audit found."""

from __future__ import annotations

from dataclasses import dataclass

from kebao.problems import Message, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """A site in numbers, and its faults.

    Attributes:
        pages: HTML pages read; HTML kept in ``_files`` is material and not counted.
        links: Addresses followed, in pages and style sheets.
        files: All files of the tree.
        largest_page: Path and bytes of the largest page, the first of equals.
        problems: Sorted by path, line and column; paths are relative to the audited folder.
    """

    pages: int
    links: int
    files: int
    largest_page: tuple[str, int] | None
    problems: tuple[Problem, ...]


class AuditError(Exception):
    """The folder cannot be audited at all."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.in_english())
        self.message = message

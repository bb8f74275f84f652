"""Examples of codes: a small change to a good project, which the documentation shows and the tests really make."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kebao.model.text import LocalizedText
from kebao.rules.strict_mapping import strict
from kebao.words import LANGUAGES

_ENCODINGS = ("utf-8", "gb18030")


class Change(StrEnum):
    """What happens to a file of the project."""

    LINES = "lines"  # nothing: these lines are in it
    REPLACE = "replace"  # a part of its text becomes another
    TEXT = "text"  # this is its whole text
    COPY_OF = "copy_of"  # it is a copy of another file of the project
    LINK_TO = "link_to"  # it is a symbolic link
    REMOVE = "remove"  # it is not there


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change of one file.

    Attributes:
        file: POSIX path relative to the project root (for codes of the audit: to the site's).
        text: The lines, the new part, the whole text, or the path of the other file.
        old: The part that ``text`` replaces; it is there once.
        times: How often ``text`` stands there.
    """

    file: str
    change: Change
    text: str = ""
    old: str = ""
    times: int = 1
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A good project or site, after one change that is shown and others that make it possible.

    Attributes:
        note: What cannot be seen in the lines shown.
    """

    shown: Step
    others: tuple[Step, ...] = ()
    note: LocalizedText = LocalizedText()

    @property
    def lines(self) -> str:
        """The lines to show, with control characters made visible; empty when the note says it all."""
        if self.shown.change in (Change.COPY_OF, Change.LINK_TO, Change.REMOVE):
            return ""
        text = self.shown.text.strip("\n")
        return "".join(chr(0x2400 + ord(c)) if c < " " and c != "\n" else c for c in text)


def example_of(written: Any, where: str) -> Example:
    """The example as a file of codes says it; ValueError when that is not as it must be."""
    if not isinstance(written, dict):
        raise ValueError(f"{where}: must be a mapping")
    note = written.get("note")
    texts = strict(note, f"{where}: note", required=LANGUAGES) if note is not None else {}
    others = written.get("with", [])
    shown = {key: value for key, value in written.items() if key not in ("note", "with")}
    return Example(
        shown=_step(shown, where),
        others=tuple(_step(step, f"{where}: with[{index}]") for index, step in enumerate(others)),
        note=LocalizedText(dict(texts)),
    )


def _step(written: Any, where: str) -> Step:
    changes = tuple(change.value for change in Change)
    fields = strict(written, where, required=("file",), optional=(*changes, "times", "encoding"))
    given = [change for change in Change if change.value in fields]
    if len(given) != 1:
        raise ValueError(f"{where}: exactly one of {', '.join(changes)} is wanted")
    encoding = fields.get("encoding", "utf-8")
    if encoding not in _ENCODINGS:
        raise ValueError(f"{where}: the encoding is one of {', '.join(_ENCODINGS)}")
    text, old = fields[given[0].value], ""
    if given[0] is Change.REPLACE:
        parts = strict(text, f"{where}: replace", required=("from", "to"))
        text, old = parts["to"], parts["from"]
    elif given[0] is Change.REMOVE:
        text = ""
    if not isinstance(text, str) or not isinstance(old, str):
        raise ValueError(f"{where}: {given[0].value} must be a text")
    times = fields.get("times", 1)
    return Step(file=fields["file"], change=given[0], text=text, old=old, times=times, encoding=encoding)

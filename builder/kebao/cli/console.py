"""What the commands print: problems, progress, results. Results go to standard output, the rest to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol

from rich.console import Console as RichConsole
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kebao.problems import Message, Problem, Severity
from kebao.words import Words

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTICE: "cyan"}
SEVERITIES = {
    Severity.ERROR: Message("error"),
    Severity.WARNING: Message("warning"),
    Severity.NOTICE: Message("notice"),
}


class Step(Protocol):
    """Moves a progress bar on by one; ``text`` is what is being worked on."""

    def __call__(self, text: str, total: int | None = None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """Says things in the reader's language.

    Attributes:
        verbosity: -1 quiet, 0 normal, 1 verbose.
    """

    words: Words
    out: RichConsole
    err: RichConsole
    verbosity: int = 0

    def result(self, template: str, **params: object) -> None:
        """A line of the command's result."""
        if self.verbosity >= 0:
            self.out.print(escape(self.words(template, **params)), highlight=False, soft_wrap=True)

    def detail(self, text: str) -> None:
        if self.verbosity > 0:
            self.err.print(escape(text), style="dim", highlight=False, soft_wrap=True)

    def fault(self, template: str, **params: object) -> None:
        """Why the command could not run, and what to do."""
        self.err.print(escape(self.words(template, **params)), style="bold red", highlight=False, soft_wrap=True)

    def failure(self, message: Message) -> None:
        """The same, for a message that comes from below."""
        self.fault(message.template, **message.params)

    def problems(self, problems: Iterable[Problem]) -> None:
        """Each problem on a line of its own, its hint below it."""
        for problem in problems:
            style = _STYLES[problem.severity]
            severity = self.words.say(SEVERITIES[problem.severity])
            head = f"{escape(str(problem.location))}: [{style}]{severity} {problem.code}[/] "
            self.out.print(head + escape(self.words.say(problem.message)), highlight=False, soft_wrap=True)
            if problem.hint:
                self.out.print(f"    → {escape(self.words.say(problem.hint))}", highlight=False, soft_wrap=True)

    def count(self, problems: Iterable[Problem]) -> None:
        """How many problems of each severity; nothing when there are none."""
        found = [problem.severity for problem in problems]
        counts = [(severity, found.count(severity)) for severity in Severity]
        said = [f"{self.words.say(SEVERITIES[severity])} × {n}" for severity, n in counts if n]
        if said:
            self.out.print(self.words("Problems: {counts}", counts=", ".join(said)), highlight=False)

    @contextmanager
    def progress(self, template: str) -> Iterator[Step]:
        """A progress bar on a terminal, a line a step when verbose; nothing in logs and when quiet."""
        if self.verbosity > 0:
            yield lambda text, total=None: self.detail(text) if text else None
            return
        if self.verbosity < 0 or not self.err.is_terminal:
            yield lambda text, total=None: None
            return
        columns = (
            TextColumn("{task.fields[title]}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.description}"),
        )
        with Progress(*columns, console=self.err, transient=True) as progress:
            task = progress.add_task("", total=None, title=escape(self.words(template)))

            def step(text: str, total: int | None = None) -> None:
                progress.update(task, advance=1, description=escape(text)[:40], total=total)

            yield step


def console_for(words: Words, verbosity: int) -> Console:
    """The console on this process's streams; colours follow ``NO_COLOR`` and whether they are terminals."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console in a national code page must not stop on a character that it lacks.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    # Rich alone would leave out colours only, and still write bold.
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    out, err = RichConsole(color_system=colours), RichConsole(color_system=colours, stderr=True)
    return Console(words=words, out=out, err=err, verbosity=verbosity)

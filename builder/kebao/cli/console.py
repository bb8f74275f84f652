"""What the commands print: problems, progress, results. Results go to standard output, the rest to standard error."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Literal, Protocol, cast

from rich.console import Console as RichConsole
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from kebao.problems import Message, Problem, Severity
from kebao.reports.excerpt import WIDTH
from kebao.reports.report import counts_in_words
from kebao.reports.safe_text import encodable
from kebao.reports.text import NO_SOURCES, text_entry
from kebao.words import Words

# Cells before an excerpt's line: its number and a bar.
_GUTTER = 10
#: How often a progress bar is drawn.
_SECONDS_BETWEEN = 0.1
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTICE: "cyan"}


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
        self.line(self.words(template, **params))

    def line(self, text: str) -> None:
        """A line of the result that is in the reader's language already."""
        if self.verbosity >= 0:
            self.out.print(escape(text), highlight=False, soft_wrap=True)

    def detail(self, text: str) -> None:
        if self.verbosity > 0:
            self.err.print(escape(text), style="dim", highlight=False, soft_wrap=True)

    def fault(self, template: str, **params: object) -> None:
        """Why the command could not run, and what to do."""
        self.err.print(escape(self.words(template, **params)), style="bold red", highlight=False, soft_wrap=True)

    def failure(self, message: Message) -> None:
        """The same, for a message that comes from below."""
        self.fault(message.template, **message.params)

    def problems(self, problems: Iterable[Problem], sources: Mapping[str, str] = NO_SOURCES) -> None:
        """Each problem on a line of its own, below it its line in ``sources`` (path → text) and its hint."""
        width = min(WIDTH, max(self.out.width - _GUTTER, _GUTTER)) if self.out.is_terminal else WIDTH
        for problem in problems:
            style = _STYLES[problem.severity]
            entry = text_entry(problem, self.words, sources=sources, width=width)
            head, *rest = entry.lines
            # No markup: what authors wrote is not for rich to read.
            line = Text(head)
            line.stylize(style, len(entry.place) + 2, len(entry.place) + 2 + len(entry.severity))
            self.out.print(line, soft_wrap=True)
            for text in rest:
                marks = text in entry.excerpt[1:]
                self.out.print(Text(text, style=style if marks else ""), soft_wrap=True)

    def count(self, problems: Iterable[Problem]) -> None:
        """How many problems of each severity; nothing when there are none."""
        counts = counts_in_words(problems, self.words)
        if counts:
            self.out.print(self.words("Problems: {counts}", counts=counts), highlight=False)

    def document(self, text: str) -> None:
        """A whole document for another program: UTF-8, as it is, and nothing else."""
        stream = self.out.file
        stream.flush()
        buffer = getattr(stream, "buffer", None)
        if buffer is None:
            stream.write(text)
        else:
            # Not in a Windows console's code page, and without its line ends.
            buffer.write(encodable(text).encode("utf-8"))
        (buffer or stream).flush()

    def on_paper(self, say: Callable[[Console], object]) -> str:
        """What would be said on standard output."""
        colours = cast("Literal['standard', '256', 'truecolor', 'windows'] | None", self.out.color_system)
        paper = RichConsole(
            file=io.StringIO(),
            color_system=colours,
            force_terminal=self.out.is_terminal,
            width=self.out.width,
            no_color=self.out.no_color,
        )
        with paper.capture() as captured:
            say(replace(self, out=paper))
        return captured.get()

    def aside(self, template: str, **params: object) -> None:
        """What is said when the result is not for people: on standard error."""
        if self.verbosity >= 0:
            self.err.print(escape(self.words(template, **params)), highlight=False, soft_wrap=True)

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
        # No thread draws it: a process with threads cannot be split, and everything would be done on one processor.
        bar = Progress(
            *columns,
            console=self.err,
            transient=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        with bar as progress:
            task = progress.add_task("", total=None, title=escape(self.words(template)))
            process, drawn = os.getpid(), time.monotonic()

            def step(text: str, total: int | None = None) -> None:
                nonlocal drawn
                # Split processes have the bar, too; there is one terminal.
                if os.getpid() != process:
                    return
                progress.update(task, advance=1, description=escape(text)[:40], total=total)
                if time.monotonic() - drawn > _SECONDS_BETWEEN:
                    drawn = time.monotonic()
                    progress.refresh()

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

"""The progress bar: on terminals only, and never in the way of processes that are split off."""

from __future__ import annotations

import io
import os
import threading

import pytest
from rich.console import Console as RichConsole

from kebao.cli.console import Console
from kebao.words import words_in


def on_a_terminal() -> Console:
    screen = RichConsole(file=io.StringIO(), force_terminal=True, width=100)
    return Console(words=words_in("en"), out=screen, err=screen)


def shown(console: Console) -> str:
    assert isinstance(console.err.file, io.StringIO)
    return console.err.file.getvalue()


def test_the_bar_starts_no_thread_so_that_processes_can_be_split(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kebao.cli.console._SECONDS_BETWEEN", 0.0)
    console, threads = on_a_terminal(), threading.active_count()
    with console.progress("Bundles") as step:
        step("one.zip", 2)
        assert threading.active_count() == threads
        assert "one.zip" in shown(console)
        assert "1/2" in shown(console)


def test_a_split_process_leaves_the_bar_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kebao.cli.console._SECONDS_BETWEEN", 0.0)
    console, process = on_a_terminal(), os.getpid()
    with console.progress("Bundles") as step:
        with monkeypatch.context() as split:
            split.setattr(os, "getpid", lambda: process + 1)
            step("its.zip")
        step("ours.zip")
    assert "its.zip" not in shown(console)
    assert "ours.zip" in shown(console)


def test_what_is_said_on_paper_is_what_is_said_on_the_terminal() -> None:
    console = on_a_terminal()
    console.result("{count} bundles in {path}", count=3, path="[bold]sticks[/]")
    said = shown(console)
    paper = console.on_paper(lambda paper: paper.result("{count} bundles in {path}", count=3, path="[bold]sticks[/]"))
    assert paper == said == "3 bundles in [bold]sticks[/]\n"

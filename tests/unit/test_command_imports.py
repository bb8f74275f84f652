"""A command imports what it needs, and says why it could not do its work."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from rich.console import Console as RichConsole

from kebao.assembly.changed_paths import ChangesUnknownError
from kebao.assembly.output_folder import OutputFolderError
from kebao.assembly.site_build import BuildError
from kebao.assembly.site_parts import PartError
from kebao.audit.report import AuditError
from kebao.bundles.archive import BundleError
from kebao.cli.console import Console
from kebao.cli.faults import say_why
from kebao.pages.texts import MissingTextError
from kebao.problems import Message
from kebao.words import words_in


@pytest.mark.parametrize(
    ("module", "unneeded"),
    [
        ("kebao.cli.check", ("kebao.assembly.site_build", "kebao.bundles.archive", "kebao.editions.store")),
        (
            "kebao.cli.command_line",
            ("kebao.assembly.checking", "kebao.reports.sarif", "kebao.editions.plan", "pydantic"),
        ),
        ("kebao.loading.probe_worker", ("kebao.loading.project", "pydantic", "yaml")),
    ],
)
def test_what_is_not_needed_is_not_imported(module: str, unneeded: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print([name for name in {unneeded!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


@pytest.mark.parametrize(
    "error",
    [
        OutputFolderError("the reason"),
        AuditError(Message("the reason")),
        ChangesUnknownError(Message("the reason")),
        PartError(Message("the reason")),
        BuildError("the reason"),
        BundleError("the reason"),
        MissingTextError("the reason"),
    ],
)
def test_every_expected_fault_is_said_in_words(error: Exception) -> None:
    out, err = io.StringIO(), io.StringIO()
    console = Console(words=words_in("en"), out=RichConsole(file=out), err=RichConsole(file=err, width=200))
    assert say_why(error, console)
    assert "the reason" in err.getvalue()
    assert not out.getvalue()


def test_a_fault_of_our_own_is_not_said_in_words() -> None:
    console = Console(words=words_in("en"), out=RichConsole(file=io.StringIO()), err=RichConsole(file=io.StringIO()))
    assert not say_why(ZeroDivisionError("the reason"), console)

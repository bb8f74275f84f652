"""The edition store that a command's options name."""

from __future__ import annotations

import argparse
from pathlib import Path

from kebao.cli.console import Console
from kebao.editions.errors import EditionError
from kebao.editions.store import EditionStore


def store_at(options: argparse.Namespace) -> EditionStore:
    return EditionStore(Path(options.root) / options.store)


def say_fault(error: EditionError, console: Console) -> None:
    """The fault, and what to do next."""
    console.failure(error.message)
    if error.hint:
        console.failure(error.hint)

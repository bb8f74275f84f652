"""``kebao check --fix``: writes what can be mended, and shows it."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.text import Text

from kebao.assembly.file_store import atomic_writer
from kebao.cli.console import Console
from kebao.loading.tree import entries_below
from kebao.loading.yaml_text import MAX_BYTES
from kebao.mending.mend import SUFFIXES, mended
from kebao.model.personal_data import without_personal_data
from kebao.reports.format_names import TEXT
from kebao.reports.safe_text import encodable, visible, without_long_numbers

_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def mend_files(options: argparse.Namespace, console: Console, within: Callable[[str], bool]) -> None:
    """Mends the wanted texts of the project, or only shows how with ``--dry-run``; links are never followed."""
    # A report for programs keeps standard output to itself.
    out = console.out if options.format == TEXT or options.output else console.err
    count = 0
    for uri in _texts(options.root, within):
        path = options.root / uri
        before = path.read_bytes()
        after = mended(uri, before)
        if after == before:
            continue
        count += 1
        for line in diff_lines(uri, before, after):
            out.print(Text(line, style=_STYLES.get(line[0], "")), soft_wrap=True)
        if not options.dry_run:
            _write(path, after)
    say = console.result if out is console.out else console.aside
    if options.dry_run:
        say("{count} files can be mended; nothing was written.", count=count)
    else:
        say("{count} files mended.", count=count)


def _texts(root: Path, within: Callable[[str], bool]) -> Iterator[str]:
    for uri, entry in entries_below(root):
        is_text = uri.endswith(SUFFIXES) and entry.is_file(follow_symlinks=False)
        if is_text and within(uri) and entry.stat(follow_symlinks=False).st_size <= MAX_BYTES:
            yield uri


def diff_lines(uri: str, before: bytes, after: bytes) -> Iterator[str]:
    """A unified diff; characters that cannot be seen (carriage returns …) are replaced, personal data masked."""
    old, new = (data.decode("utf-8").split("\n") for data in (before, after))
    for line in difflib.unified_diff(old, new, f"a/{uri}", f"b/{uri}", n=1, lineterm=""):
        yield encodable(without_long_numbers(visible(without_personal_data(line))))


def _write(path: Path, data: bytes) -> None:
    mode = path.stat().st_mode & 0o7777
    with atomic_writer(path) as stream:
        stream.write(data)
    path.chmod(mode)

"""What would break a site in a school: names no disk can hold, dead links, pages that load from the internet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kebao.mirror.names import name_problems
from kebao.mirror.publisher.page_links import Reference, page_references, style_references, target_path

FAT32_MAX_BYTES = (4 << 30) - 1
_MAX_READ_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class SiteProblem:
    """Something to mend before signing.

    Attributes:
        message: the id of its text.
        parameters: of the text.
        is_error: whether it must be mended; else it is only worth knowing.
    """

    message: str
    parameters: tuple[tuple[str, object], ...]
    is_error: bool = True


def problem(message: str, *, is_error: bool = True, **parameters: object) -> SiteProblem:
    """A problem of its text's id and parameters."""
    return SiteProblem(message, tuple(parameters.items()), is_error)


def check_site(root: Path, paths: Sequence[str]) -> Iterator[SiteProblem]:
    """All problems of a site: names first, then page by page."""
    yield from check_names(paths)
    known = frozenset(paths)
    folders = {folder for path in paths for folder in _folders_of(path)}
    for path in paths:
        size = (root / path).stat().st_size
        if size > FAT32_MAX_BYTES:
            yield problem("file-too-big-for-fat32", is_error=False, path=path, size=size)
        if path.endswith((".html", ".htm", ".css")) and size <= _MAX_READ_BYTES:
            text = (root / path).read_text(encoding="utf-8", errors="replace")
            find = style_references if path.endswith(".css") else page_references
            yield from _reference_problems(path, find(text), known, folders)


def check_names(paths: Sequence[str]) -> Iterator[SiteProblem]:
    """The names alone."""
    for found in name_problems(paths):
        if found.other:
            yield problem(found.fault.value, path=found.path, other=found.other)
        else:
            yield problem(found.fault.value, path=found.path)


def _reference_problems(
    page: str, references: Iterator[Reference], known: frozenset[str], folders: set[str]
) -> Iterator[SiteProblem]:
    said: set[str] = set()
    for reference in references:
        if reference.address in said:
            continue
        said.add(reference.address)
        if reference.is_external:
            if reference.loads:
                yield problem("loads-from-outside", path=page, address=reference.address)
            continue
        target = target_path(reference.address, page)
        if target is None:
            continue
        if reference.address.startswith("/"):
            # Right on a server's root only; a page for errors cannot do without.
            yield problem("address-from-root", is_error=False, path=page, address=reference.address)
        if target in known or f"{target}/index.html".lstrip("/") in known:
            continue
        yield problem(
            "folder-without-index" if target in folders else "dead-link", path=page, address=reference.address
        )


def _folders_of(path: str) -> Iterator[str]:
    end = path.rfind("/")
    while end > 0:
        path = path[:end]
        yield path
        end = path.rfind("/")

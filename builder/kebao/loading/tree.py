"""The files of a project, read once: texts whole, materials as facts."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kebao.loading.probe_files import facts_of
from kebao.model.material import FileFacts

#: Folders that hold what authors and the site's owner write, relative to the project root.
CONTENT_FOLDER = "content"
CONFIG_FOLDER = "site_config"
_TEXT_SUFFIXES = (".yml", ".yaml", ".md")
# What editors, desktops and version control leave lying about; never content.
_IGNORED_NAMES = (
    "Thumbs.db",
    "desktop.ini",
    ".DS_Store",
    ".gitkeep",
    ".gitattributes",
    "LICENSE",
    "README.md",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTree:
    """A project's files by POSIX path relative to its root.

    Attributes:
        texts: YAML and Markdown files, as bytes.
        facts: All other files, probed.
        links: Symbolic links; never followed.
    """

    texts: Mapping[str, bytes]
    facts: Mapping[str, FileFacts] = field(default_factory=dict)
    links: tuple[str, ...] = ()
    _paths: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Sorted once: a project of ten thousand resources asks for each of their folders.
        object.__setattr__(self, "_paths", tuple(sorted((*self.texts, *self.facts, *self.links))))

    def under(self, folder: str) -> tuple[str, ...]:
        """Paths of texts, files and links below a folder, sorted."""
        prefix = folder.rstrip("/") + "/"
        # "0" is the character after "/".
        return self._paths[bisect_left(self._paths, prefix) : bisect_left(self._paths, prefix[:-1] + "0")]


def read_tree(
    root: Path, *, cache: Path | None = None, on_progress: Callable[[int, int], None] | None = None
) -> SourceTree:
    """The project's content and configuration.

    ``cache`` keeps the facts of files by digest; ``on_progress(done, total)`` counts the files probed.
    """
    texts: dict[str, bytes] = {}
    links: list[str] = []
    others: list[str] = []
    for uri, entry in entries_below(root):
        if entry.is_symlink():
            links.append(uri)
        elif is_text(uri):
            with open(entry.path, "rb") as stream:
                texts[uri] = stream.read()
        else:
            others.append(uri)
    facts = facts_of([root / uri for uri in others], cache=cache, on_progress=on_progress)
    return SourceTree(texts=texts, facts=dict(zip(others, facts, strict=True)), links=tuple(links))


def is_text(uri: str) -> bool:
    """Whether a file is read as a text; all others are probed."""
    return uri.endswith(_TEXT_SUFFIXES)


def entries_below(root: Path) -> list[tuple[str, os.DirEntry[str]]]:
    """Files and links of the project with their paths relative to ``root``, in the order of the paths' parts."""
    found: list[tuple[str, os.DirEntry[str]]] = []
    for top in (CONTENT_FOLDER, CONFIG_FOLDER):
        _gather(str(root / top), top, found)
    return sorted(found, key=_steps)


def entries_in(root: Path, folder: str) -> list[tuple[str, os.DirEntry[str]]]:
    """The same of one folder of the project."""
    found: list[tuple[str, os.DirEntry[str]]] = []
    _gather(str(root / folder), folder, found)
    return sorted(found, key=_steps)


def _steps(found: tuple[str, os.DirEntry[str]]) -> list[str]:
    return found[0].split("/")


def _gather(folder: str, uri: str, found: list[tuple[str, os.DirEntry[str]]]) -> None:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        name = entry.name
        # A link out of the package is reported, never read nor walked through.
        if entry.is_dir(follow_symlinks=False):
            if not name.startswith("."):
                _gather(entry.path, f"{uri}/{name}", found)
        elif (entry.is_symlink() and entry.is_dir()) or (_is_file_or_link(entry) and not _is_ignored(uri, name)):
            found.append((f"{uri}/{name}", entry))


def _is_file_or_link(entry: os.DirEntry[str]) -> bool:
    # Reading a pipe or a device may never come to an end.
    return entry.is_file(follow_symlinks=False) or entry.is_symlink()


def _is_ignored(folder: str, name: str) -> bool:
    return name in _IGNORED_NAMES or name.startswith((".", "~$")) or folder.startswith(f"{CONFIG_FOLDER}/theme")

"""What an edition is made from: its sources and its tools, each with a digest that needs no build."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata, util
from pathlib import Path
from platform import python_version

import kebao
from kebao.editions.frozen_file import sha256_of
from kebao.loading.tree import CONFIG_FOLDER, CONTENT_FOLDER, entries_below

PACKAGES_FOLDER = f"{CONTENT_FOLDER}/packages"
THEME_FOLDER = f"{CONFIG_FOLDER}/theme"
BUILD_FILE = "mkdocs.yml"
TEXT_SUFFIXES = (".yml", ".yaml", ".md")
#: Beside the versions of these, the version of Python is noted; it does not decide what pages look like.
_TOOLS = {
    "mkdocs": "mkdocs",
    "material": "mkdocs-material",
    "markdown": "Markdown",
    "pymdown": "pymdown-extensions",
    "nh3": "nh3",
    "babel": "Babel",
    "pillow": "Pillow",
    "pdfium": "pypdfium2",
}
_CODE_SUFFIXES = (".pyc", ".pyo")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file that an edition is made from; ``path`` is relative to the project's root."""

    path: str
    sha256: str
    size_bytes: int

    @property
    def is_text(self) -> bool:
        """Texts and the site's set-up travel in the source archive; the rest lies in the store once."""
        return self.path.endswith(TEXT_SUFFIXES) or not self.path.startswith(f"{CONTENT_FOLDER}/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """The sources of one package and the tools that are installed.

    Attributes:
        packages: Ids of the package and of those that it names.
        files: Sorted by path.
        tools: Name → version.
    """

    packages: tuple[str, ...]
    files: tuple[SourceFile, ...]
    tools: Mapping[str, str]
    code: str

    @property
    def sources_digest(self) -> str:
        return _digest(f"{file.sha256} {file.path}" for file in self.files)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all that decides the edition's bytes."""
        tools = (f"{name} {version}" for name, version in sorted(self.tools.items()))
        return _digest((self.sources_digest, self.code, *tools))


def read_inputs(root: Path, package: str) -> Inputs:
    """The inputs of a package's edition in the project at ``root``."""
    found = {uri: Path(entry.path) for uri, entry in entries_below(root) if not entry.is_symlink()}
    packages = _needed_packages(found, package)
    wanted = {uri: path for uri, path in found.items() if _is_needed(uri, packages)}
    wanted.update({path.relative_to(root).as_posix(): path for path in _theme_files(root)})
    if (root / BUILD_FILE).is_file():
        wanted[BUILD_FILE] = root / BUILD_FILE
    files = tuple(
        SourceFile(path=uri, sha256=sha256_of(path), size_bytes=path.stat().st_size)
        for uri, path in sorted(wanted.items())
    )
    return Inputs(packages=packages, files=files, tools=tool_versions(), code=_code_digest())


def _needed_packages(found: Mapping[str, Path], package: str) -> tuple[str, ...]:
    """The package, and those whose ids stand in the texts of a needed one: links and ``extends`` lead there."""
    texts: dict[str, list[Path]] = {}
    for uri, path in found.items():
        if uri.startswith(f"{PACKAGES_FOLDER}/") and uri.endswith(TEXT_SUFFIXES):
            texts.setdefault(uri.split("/")[2], []).append(path)
    needed, waiting = {package}, [package]
    while waiting:
        others = sorted(set(texts) - needed)
        pattern = re.compile(rb"(?<![\w-])(" + b"|".join(re.escape(o.encode()) for o in others) + rb")(?![\w-])")
        if not others:
            break
        for path in texts.get(waiting.pop(), []):
            named = {match.decode() for match in pattern.findall(path.read_bytes())} - needed
            needed |= named
            waiting.extend(sorted(named))
    return (package, *sorted(needed - {package}))


def _is_needed(uri: str, packages: tuple[str, ...]) -> bool:
    if uri.startswith(f"{PACKAGES_FOLDER}/"):
        return uri.split("/")[2] in packages
    return True


def _theme_files(root: Path) -> Iterable[Path]:
    # Only what the site's own look is made of; a key that somebody left there has no business in an archive.
    folder = root / THEME_FOLDER
    hidden = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return (path for path in hidden if not any(part.startswith(".") for part in path.relative_to(root).parts))


def tool_versions() -> Mapping[str, str]:
    """What is installed here of all that has a say in what pages look like."""
    versions = {"kebao": kebao.__version__}
    for name, distribution in _TOOLS.items():
        try:
            versions[name] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            versions[name] = ""
    return versions


def built_with() -> Mapping[str, str]:
    """The versions for an edition's record."""
    return {**tool_versions(), "python": python_version()}


@cache
def _code_digest() -> str:
    """Kebao's own code, texts and templates: one digest of all files."""
    adapter = util.find_spec("mkdocs_kebao")
    folders = [Path(kebao.__file__).parent]
    folders += [Path(place) for place in (adapter.submodule_search_locations or ())] if adapter else []
    lines = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in _CODE_SUFFIXES:
                lines.append(f"{sha256_of(path)} {folder.name}/{path.relative_to(folder).as_posix()}")
    return _digest(lines)


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")).hexdigest()

"""What a build is made from: the files that it reads, and the tools that are installed."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from kebao import __version__
from kebao.assembly.build_plan import InputFile, Surroundings
from kebao.assembly.checking import CheckedProject
from kebao.assembly.site_build import BuildOptions
from kebao.loading.facts_cache import sha256_of
from kebao.loading.tree import CONFIG_FOLDER, CONTENT_FOLDER

#: The settings of MkDocs in a project's root.
BUILD_FILE = "mkdocs.yml"
#: What a build reads of a project.
_SOURCES = (CONTENT_FOLDER, CONFIG_FOLDER, BUILD_FILE)
_EXTRAS = ("site", "media")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def surroundings(project: CheckedProject, options: BuildOptions) -> Surroundings:
    """What decides the bytes of a build of this project as it lies on the disk now."""
    return Surroundings(
        generator=f"kebao {__version__}",
        files=tuple(_input_files(project)),
        tools=build_tools(),
        previous={package: sha256_of(path) for package, path in options.previous.items()},
        # Without splicing the bytes are the same, but whoever asks for it wants to see that.
        options=" ".join(sorted(options.environment)),
    )


def _input_files(project: CheckedProject) -> Iterator[InputFile]:
    for place in _SOURCES:
        for path in _files_below(project.root / place):
            uri = path.relative_to(project.root).as_posix()
            facts = project.facts.get(uri)
            sha256 = facts.sha256 if facts else sha256_of(path)
            yield InputFile(path=uri, sha256=sha256, size_bytes=path.stat().st_size)


def _files_below(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for folder, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        # Links are never followed: what they lead to may lie anywhere.
        yield from (path for name in sorted(names) if not (path := Path(folder, name)).is_symlink())


@cache
def build_tools() -> Mapping[str, str]:
    """Name → version of the libraries that Kebao asks for and has, and a digest of its own code."""
    wanted = (_NAME.match(line) for line in metadata.requires("kebao") or () if _is_used(line))
    tools = {}
    for name in sorted({match.group().lower() for match in wanted if match}):
        try:
            tools[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            # Such as av: videos then have another cover.
            tools[name] = ""
    python = ".".join(platform.python_version_tuple()[:2])
    return tools | {"kebao": f"{__version__} {_code_digest()}", "python": python}


def _is_used(requirement: str) -> bool:
    return "extra ==" not in requirement or any(f'"{extra}"' in requirement.replace("'", '"') for extra in _EXTRAS)


def _code_digest() -> str:
    digest = hashlib.sha256()
    for package in ("kebao", "mkdocs_kebao"):
        found = importlib.util.find_spec(package)
        folder = Path(found.origin).parent if found and found.origin else Path()
        for path in _files_below(folder):
            digest.update(f"{package}/{path.relative_to(folder).as_posix()}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]

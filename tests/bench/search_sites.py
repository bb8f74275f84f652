"""The same pages made searchable three ways: by us, by Material for MkDocs with jieba, by Pagefind."""

from __future__ import annotations

import gzip
import html
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kebao.model.shard import Shard

from . import bench_search

#: Installed into an environment of its own, not into the project's.
RIVALS = ("mkdocs==1.6.1", "mkdocs-material==9.8.1", "jieba==0.42.1", "pagefind[extended]==1.5.2")
SHARD = Shard(package="shulin", locale="zh")
_MARKDOWN_SIGN = re.compile(r"([\\`*_{}\[\]()#+.!|<>&~=^:-])")
_MKDOCS = """\
site_name: bench
use_directory_urls: false
theme: {name: material, language: zh, font: false}
plugins: [{search: {lang: [zh], separator: '[\\s\\u200b\\-]'}}]
nav: [index.md]
validation: {omitted_files: ignore}
"""
# The box waits as long as ours before it searches.
_PAGEFIND = """\
<!doctype html><html lang="zh"><meta charset="utf-8"><title>bench</title>
<link href="pagefind/pagefind-ui.css" rel="stylesheet"><script src="pagefind/pagefind-ui.js"></script>
<div id="search"></div>
<script>new PagefindUI({ element: "#search", showImages: false, pageSize: 10, debounceTimeoutMs: 120 });</script>
"""

Pages = Sequence[tuple[str, str]]


class NotFinishedError(Exception):
    """What did not come to an end, and when it was given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a build takes.

    Attributes:
        cpu_seconds: Of all its processes.
        peak_mb: Of its largest process.
    """

    cpu_seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Pages that can be searched.

    Attributes:
        index: Everything that stands there for the search alone, without its scripts.
    """

    folder: Path
    index: tuple[Path, ...]
    cost: Cost

    def size(self) -> tuple[int, int, int]:
        """Files of the index, their bytes, and bytes when each is compressed."""
        packed = sum(len(gzip.compress(path.read_bytes(), 6)) for path in self.index)
        return len(self.index), sum(path.stat().st_size for path in self.index), packed


def build_ours(pages: Pages, sample: Path, folder: Path) -> Site:
    """The sample's built site with the index of these pages in the place of its own."""
    site, scratch = folder / "ours", folder / "index"
    shutil.copytree(sample, site)
    (folder / "pages.json").write_text(json.dumps(pages), "utf-8")
    cpu, _, peak = bench_search.timed(folder / "pages.json", folder / "tokens", scratch)
    search = site / SHARD.uri / "search"
    # What other pages load, and the texts of the scripts, stay.
    for part in scratch.iterdir():
        path = search / part.name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    index = []
    for path in sorted(scratch.rglob("*.js")):
        target = search / path.relative_to(scratch)
        target.parent.mkdir(exist_ok=True)
        index.append(path.rename(target))
    return Site(folder=site, index=tuple(index), cost=Cost(cpu_seconds=cpu, peak_mb=peak))


def build_material(pages: Pages, python: Path, folder: Path, *, patience: float) -> Site:
    """Built by MkDocs; the pages are in no navigation, which would hold a list of all of them on each."""
    project, site = folder / "material", folder / "material" / "site"
    (project / "docs" / "p").mkdir(parents=True)
    (project / "mkdocs.yml").write_text(_MKDOCS, "utf-8")
    (project / "docs" / "index.md").write_text("# bench\n", "utf-8")
    for number, (title, text) in enumerate(pages):
        heading = _MARKDOWN_SIGN.sub(r"\\\1", title.strip())
        (project / "docs" / "p" / f"{number:05}.md").write_text(f"# {heading}\n\n{_paragraphs(text)}\n", "utf-8")
    cost = _run([python, "-m", "mkdocs", "build", "--quiet"], project, patience)
    return Site(folder=site, index=(site / "search" / "search_index.json",), cost=cost)


def build_pagefind(pages: Pages, python: Path, folder: Path, *, patience: float) -> Site:
    site = folder / "pagefind"
    (site / "p").mkdir(parents=True)
    for number, (title, text) in enumerate(pages):
        body = f"<h1>{html.escape(title)}</h1>\n{_paragraphs(text)}"
        (site / "p" / f"{number:05}.html").write_text(
            f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{html.escape(title)}</title>\n'
            f"<main data-pagefind-body>{body}</main></html>\n",
            "utf-8",
        )
    cost = _run([python, "-m", "pagefind", "--site", ".", "--silent"], site, patience)
    (site / "index.html").write_text(_PAGEFIND, "utf-8")
    scripts = (".js", ".css")
    index = (path for path in (site / "pagefind").rglob("*") if path.is_file() and path.suffix not in scripts)
    return Site(folder=site, index=tuple(sorted(index)), cost=cost)


def install_rivals(folder: Path) -> Path:
    """The Python of an environment that has them."""
    python = folder.resolve() / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *RIVALS], check=True)
    return python


def _paragraphs(text: str) -> str:
    return "\n\n".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in text.split("\n") if paragraph.strip())


def _run(command: Sequence[str | Path], folder: Path, patience: float) -> Cost:
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    process = subprocess.Popen(command, cwd=folder, env=quiet, stderr=subprocess.DEVNULL)
    end = time.monotonic() + patience
    while True:
        # Not `wait`: only this tells what the one process and its children used.
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        if time.monotonic() > end:
            process.kill()
            os.wait4(process.pid, 0)
            process.returncode = -1
            raise NotFinishedError(f"building, given up after {patience:.0f} s")
        time.sleep(0.1)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(map(str, command)))
    return Cost(cpu_seconds=used.ru_utime + used.ru_stime, peak_mb=used.ru_maxrss / 1024)

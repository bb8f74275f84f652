"""Other generators of sites, on the same texts and files: the page of each resource with its facts, and a start page.

None of them makes lists, people, topics, bundles, QR codes or filters. Hugo and Eleventy have no search and a page
frame of a few lines; notes are quotations there, which CommonMark has.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.npm_packages import NotInstalledError, npm_package

from .corpus_pages import CorpusPage
from .search_sites import RIVALS

#: The same versions of what both need as in the project's own environment.
CONSTRAINTS = Path(__file__).parents[2] / "constraints.txt"
_LINK = re.compile(r"\(kebao:([a-z0-9-]+)\)")
_NOTE = re.compile(r'(?m)^!!! note "(.*)"\n\n    (.*)$')
_MKDOCS = """\
site_name: peer
use_directory_urls: false
theme: {{name: material, language: zh, font: false, features: [navigation.tabs, navigation.indexes]}}
plugins: [{search}]
markdown_extensions: [admonition, attr_list, def_list, footnotes, sane_lists, tables, toc, pymdownx.details,
  pymdownx.superfences, pymdownx.tasklist]
"""
_OUT_OF_NAV = 'not_in_nav: "/items/"\nnav: [index.md]\n'
# What Material asks for in Chinese: https://squidfunk.github.io/mkdocs-material/blog/2022/chinese-search-support/
_SEARCH = r"{search: {lang: zh, separator: '[\s\u200b\-]'}}"
_FRAME = """\
<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>%s</title></head>
<body><header><a href="/">首页</a></header><main><h1>%s</h1>%s</main></body></html>
"""
_HUGO = """\
baseURL = "https://example.org/"
languageCode = "zh"
title = "peer"
disableKinds = ["taxonomy", "term", "RSS"]
"""
_ELEVENTY = """\
module.exports = (config) => {
  config.addPassthroughCopy("src/**/*.{png,docx}");
  return { dir: { input: "src", output: "site" }, markdownTemplateEngine: false };
};
"""
_ELEVENTY_VERSION = "3.0.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A generator that is installed.

    Attributes:
        key: Its name on the command line.
        write: Puts the pages into a folder as it wants them.
        command: What makes the site in that folder.
        site: Where it makes the site.
        most: More pages than these are not given to it.
    """

    key: str
    name: str
    write: Callable[[Path, Iterable[CorpusPage]], None]
    command: Sequence[str]
    site: str = "site"
    most: int = sys.maxsize


def plain_mkdocs() -> Peer:
    """MkDocs with Material and its search as the project's own environment has them: without word segmentation."""
    return Peer(
        key="mkdocs-here",
        name="MkDocs, Material, search, no word segmentation",
        write=_mkdocs_writer(_MKDOCS.format(search=_SEARCH) + _OUT_OF_NAV),
        command=[sys.executable, "-m", "mkdocs", "build", "-q"],
    )


#: The peers' names on the command line, in the order in which they are measured.
PEER_KEYS = ("mkdocs", "mkdocs-no-search", "mkdocs-in-nav", "hugo", "eleventy", "zensical")


def installed_peers(folder: Path, keys: Sequence[str], *, most_in_navigation: int) -> tuple[list[Peer], list[str]]:
    """The peers with these keys that can be had here, installed below ``folder``; and why others cannot."""
    peers, missing = list[Peer](), list[str]()
    ways: dict[str, Callable[[], list[Peer]]] = {
        "mkdocs": lambda: _mkdocs_peers(folder / "mkdocs", most_in_navigation),
        "hugo": _hugo,
        "eleventy": _eleventy,
        "zensical": lambda: _zensical(folder),
    }
    for key, installed in ways.items():
        if not any(wanted.partition("-")[0] == key for wanted in keys):
            continue
        try:
            peers += (peer for peer in installed() if peer.key in keys)
        except (NotInstalledError, subprocess.CalledProcessError) as error:
            missing.append(str(error))
    return peers, missing


def _environment(folder: Path, packages: Sequence[str]) -> str:
    """The Python of an environment with these packages."""
    python = folder.resolve() / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--constraint", str(CONSTRAINTS), *packages]
        subprocess.run(command, check=True, capture_output=True)
    return str(python)


def _mkdocs_peers(folder: Path, most_in_navigation: int) -> list[Peer]:
    wanted = [each for each in RIVALS if not each.startswith("pagefind")]
    command = [_environment(folder, wanted), "-m", "mkdocs", "build", "-q"]
    out_of_nav = _MKDOCS.format(search=_SEARCH) + _OUT_OF_NAV
    return [
        Peer(key="mkdocs", name="MkDocs, Material, search", write=_mkdocs_writer(out_of_nav), command=command),
        Peer(
            key="mkdocs-no-search",
            name="MkDocs, Material, no search",
            write=_mkdocs_writer(_MKDOCS.format(search="") + _OUT_OF_NAV),
            command=command,
        ),
        Peer(
            key="mkdocs-in-nav",
            name="MkDocs, Material, search, all in navigation",
            write=_mkdocs_writer(_MKDOCS.format(search=_SEARCH)),
            command=command,
            most=most_in_navigation,
        ),
    ]


def _hugo() -> list[Peer]:
    hugo = shutil.which("hugo")
    if hugo is None:
        raise NotInstalledError("no hugo found (Debian: apt install hugo)")
    return [Peer(key="hugo", name="Hugo", write=_write_hugo, command=[hugo, "--quiet"], site="public")]


def _eleventy() -> list[Peer]:
    node = shutil.which("node")
    if node is None:
        raise NotInstalledError("no node found to run Eleventy with")
    command = npm_package("@11ty/eleventy", _ELEVENTY_VERSION) / "cmd.cjs"
    return [Peer(key="eleventy", name="Eleventy", write=_write_eleventy, command=[node, str(command), "--quiet"])]


def _zensical(folder: Path) -> list[Peer]:
    python = _environment(folder / "zensical", ["zensical"])
    command = [python, "-m", "zensical", "build"]
    write = _mkdocs_writer(_MKDOCS.format(search=_SEARCH) + _OUT_OF_NAV)
    return [Peer(key="zensical", name="Zensical", write=write, command=command)]


def _mkdocs_writer(settings: str) -> Callable[[Path, Iterable[CorpusPage]], None]:
    def write(folder: Path, pages: Iterable[CorpusPage]) -> None:
        (folder / "docs").mkdir(parents=True)
        (folder / "mkdocs.yml").write_text(settings, encoding="utf-8")
        (folder / "docs/index.md").write_text("# 首页\n", encoding="utf-8")
        for page in pages:
            body = _LINK.sub(r"(../\1/index.md)", page.markdown)
            _write_page(folder / "docs/items", page, f"# {page.title}\n\n{_facts(page)}\n{body}")

    return write


def _write_hugo(folder: Path, pages: Iterable[CorpusPage]) -> None:
    layouts = folder / "layouts" / "_default"
    layouts.mkdir(parents=True)
    single = _FRAME % ("{{ .Title }}", "{{ .Title }}", "{{ .Content }}")
    (layouts / "single.html").write_text(single, encoding="utf-8")
    (layouts / "list.html").write_text(_FRAME % ("{{ .Title }}", "{{ .Title }}", ""), encoding="utf-8")
    (folder / "config.toml").write_text(_HUGO, encoding="utf-8")
    for page in pages:
        _write_page(folder / "content/items", page, _front_matter(page))


def _write_eleventy(folder: Path, pages: Iterable[CorpusPage]) -> None:
    (folder / "src/_includes").mkdir(parents=True)
    frame = _FRAME % ("{{ title }}", "{{ title }}", "{{ content | safe }}")
    (folder / "src/_includes/page.njk").write_text(frame, encoding="utf-8")
    (folder / "src/src.json").write_text('{"layout": "page.njk"}\n', encoding="utf-8")
    (folder / "src/index.md").write_text("---\ntitle: 首页\n---\n", encoding="utf-8")
    (folder / ".eleventy.js").write_text(_ELEVENTY, encoding="utf-8")
    for page in pages:
        _write_page(folder / "src/items", page, _front_matter(page))


def _front_matter(page: CorpusPage) -> str:
    body = _NOTE.sub(r"> **\1** \2", _LINK.sub(r"(../\1/)", page.markdown))
    return f"---\ntitle: {page.title}\n---\n\n{_facts(page)}\n{body}"


def _facts(page: CorpusPage) -> str:
    rows = "".join(f"| {name} | {value.replace('|', '/')} |\n" for name, value in page.facts.items())
    return f"| 项目 | 内容 |\n|--|--|\n{rows}"


def _write_page(items: Path, page: CorpusPage, text: str) -> None:
    folder = items / page.id
    folder.mkdir(parents=True)
    (folder / "index.md").write_text(text, encoding="utf-8")
    for name, path in page.files.items():
        shutil.copyfile(path, folder / name)

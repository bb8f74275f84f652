"""How long `kebao build` takes beside MkDocs with Material and its search on the same pages: `make bench`.

Each run is a process of its own, everything counted, what it starts too. The peer has each page's text with its title
and facts, all pages of resources out of its navigation, and the search of Material. Prints a Markdown table and, with
``--json``, the figures; exits with 1 when a budget is not kept. Ratios hold on any machine, seconds only on this one.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from .corpus import MINIMAL_PROJECT, resource_path, write_corpus

PROJECT = Path(__file__).parents[2]
SIZES = (1000, 3000)
#: Files that were just written are not trusted to be unchanged: see kebao.assembly.build_stamp.
_SETTLING = 2.5
_PEER = """\
site_name: peer
use_directory_urls: false
theme: {name: material, language: zh, font: false, features: [navigation.tabs, navigation.indexes]}
plugins: [{search: {lang: zh}}]
markdown_extensions: [admonition, attr_list, def_list, footnotes, sane_lists, tables, toc, pymdownx.details,
  pymdownx.superfences, pymdownx.tasklist]
not_in_nav: "/items/"
nav: [index.md]
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What a command cost: processor and wall time in seconds, the largest process in megabytes."""

    cpu: float
    wall: float
    peak: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table; ``budget`` is the most that ``ratio`` may be."""

    what: str
    ratio: float
    budget: float | None

    @property
    def is_kept(self) -> bool:
        return self.budget is None or self.ratio <= self.budget


def run(command: Sequence[str], folder: Path, **environment: str) -> Run:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KEBAO_")}
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=kept | {"NO_MKDOCS_2_WARNING": "1"} | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    said = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(said.decode("utf-8", "replace"))
    return Run(usage.ru_utime + usage.ru_stime, time.perf_counter() - started, _megabytes(usage))


def _megabytes(usage: resource.struct_rusage) -> float:
    # Bytes on macOS, kilobytes elsewhere.
    return usage.ru_maxrss / ((1 << 20) if sys.platform == "darwin" else 1024)


def kebao(folder: Path, *options: str) -> Run:
    command = [sys.executable, "-m", "kebao", "-C", str(folder), "build", "--package", "demo", "--locale", "zh"]
    return run([*command, *options], folder)


def write_project(folder: Path, count: int) -> Path:
    write_corpus(folder, count)
    shutil.copyfile(PROJECT / "mkdocs.yml", folder / "mkdocs.yml")
    shutil.copytree(PROJECT / "site_config/theme", folder / "site_config/theme", dirs_exist_ok=True)
    for name in ("zh.yml", "en.yml"):
        shutil.copyfile(PROJECT / "site_config/locales" / name, folder / "site_config/locales" / name)
    return folder


def write_peer(folder: Path, project: Path, count: int) -> Path:
    """The same texts for MkDocs alone."""
    (folder / "docs/items").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(_PEER, encoding="utf-8")
    (folder / "docs/index.md").write_text("# 首页\n", encoding="utf-8")
    for number in range(count):
        _, head, body = (project / resource_path(number)).read_text(encoding="utf-8").split("---\n", 2)
        facts = {name: value for name, value in yaml.safe_load(head).items() if name not in ("title", "summary")}
        rows = "".join(f"| {name} | {str(value).replace('|', '/')} |\n" for name, value in facts.items())
        title = yaml.safe_load(head)["title"]
        text = f"# {title}\n\n| | |\n|--|--|\n{rows}\n{body.replace('(kebao:', '(').replace(')。', '.md)。')}"
        (folder / f"docs/items/{Path(resource_path(number)).parent.name}.md").write_text(text, encoding="utf-8")
    return folder


def measure(folder: Path, count: int) -> dict[str, Run]:
    """Cold, unchanged, one body changed, one title changed; then plain pages, and the peer."""
    project = write_project(folder / "project", count)
    peer = write_peer(folder / "peer", project, count)
    runs = {"cold": kebao(project)}
    time.sleep(_SETTLING)
    kebao(project)
    runs["unchanged"] = kebao(project)
    changed = project / resource_path(count // 2)
    changed.write_text(changed.read_text(encoding="utf-8") + "\n再说一句。\n", encoding="utf-8")
    runs["one body"] = kebao(project)
    changed.write_text(changed.read_text(encoding="utf-8").replace("title: ", "title: 新", 1), encoding="utf-8")
    runs["one title"] = kebao(project)
    runs["without cache and splicing"] = kebao(project, "--no-cache", "--no-splice")
    runs["MkDocs, Material, search"] = run([sys.executable, "-m", "mkdocs", "build", "-q"], peer)
    return runs


def judged(runs: Mapping[str, Run]) -> list[Measured]:
    cold, peer = runs["cold"], runs["MkDocs, Material, search"]
    return [
        Measured("cold, CPU, of MkDocs'", cold.cpu / peer.cpu, 0.35),
        Measured("cold, wall, of MkDocs'", cold.wall / peer.wall, 0.25),
        Measured("one body, CPU, of cold", runs["one body"].cpu / cold.cpu, 0.03),
        Measured("one title, CPU, of cold", runs["one title"].cpu / cold.cpu, 0.06),
        Measured("unchanged, CPU, of cold", runs["unchanged"].cpu / cold.cpu, 0.01),
        Measured("largest process, of 400 MB", max(run.peak for run in runs.values()) / 400, 1.0),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    assert MINIMAL_PROJECT.is_dir()
    everything: dict[int, dict[str, Run]] = {}
    lines = ["| resources | build | CPU s | wall s | peak MB |", "|--|--|--|--|--|"]
    for count in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            everything[count] = measure(Path(folder), count)
        for what, each in everything[count].items():
            lines.append(f"| {count} | {what} | {each.cpu:.2f} | {each.wall:.2f} | {each.peak:.0f} |")
    found = judged(everything[options.sizes[-1]])
    if len(options.sizes) > 1:
        small, large = options.sizes[0], options.sizes[-1]
        growth = math.log(everything[large]["cold"].cpu / everything[small]["cold"].cpu) / math.log(large / small)
        found.append(Measured(f"growth exponent, {small} to {large}", growth, 1.05))
    lines += [
        "",
        f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} CPUs",
        "",
        "| ratio | measured | budget |",
        "|--|--|--|",
    ]
    for line in found:
        lines.append(f"| {line.what} | {line.ratio:.3f}{'' if line.is_kept else ' **over**'} | {line.budget} |")
    print("\n".join(lines))  # noqa: T201
    if options.json:
        figures = {count: {what: asdict(each) for what, each in runs.items()} for count, runs in everything.items()}
        options.json.write_text(json.dumps(figures, indent=1, sort_keys=True), encoding="utf-8")
    return 0 if all(line.is_kept for line in found) else 1


if __name__ == "__main__":
    sys.exit(main())

"""How long `kebao build` takes beside other generators of sites on the same pages: `make bench-build`.

Each run is a process of its own, everything counted, what it starts too; the runs of one size follow each other, all
of them several times, and medians are told. Without ``--peers`` the only peer is MkDocs with Material and its search as
they are installed here, without word segmentation. Prints a Markdown table and, with ``--json``, all figures; exits
with 1 when a budget is not kept. Ratios hold on any machine, seconds only on this one. A few minutes take
``--sizes 1000 --peers FOLDER --only mkdocs hugo --kebao cold no-search``.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .corpus import MINIMAL_PROJECT, PACKAGE, resource_path, write_corpus
from .corpus_pages import pages, write_pages
from .peers import PEER_KEYS, Peer, installed_peers, plain_mkdocs
from .serving import saved_to_served

PROJECT = Path(__file__).parents[2]
SIZES = (1000, 3000)
#: Files that were just written are not trusted to be unchanged: see kebao.assembly.build_stamp.
_SETTLING = 2.5
_COLD = "Kebao, cold"
_COLD_NO_SEARCH = "Kebao, cold, no search"
_UNCHANGED, _BODY, _TITLE = "Kebao, unchanged", "Kebao, one body changed", "Kebao, one title changed"
_SERVE = "Kebao serve, from save to new page"
#: What of `kebao build` is measured, by its name on the command line; the last is plain MkDocs doing all of our work.
_KEBAO_KEYS = ("cold", "no-search", "changes", "serve", "slow-way")
#: Peer → the most that a cold build may be of its CPU and of its wall time.
_BUDGETS = {
    "MkDocs, Material, search": (0.35, 0.25),
    "MkDocs, Material, search, all in navigation": (0.04, 0.04),
    "Hugo": (2.5, None),
}
#: Peers that make no index: our build without one stands beside them.
_WITHOUT_SEARCH = ("Hugo", "Eleventy", "MkDocs, Material, no search")
#: The most seconds of wall time from save to the new page.
_SERVE_BUDGET = 1.5
#: Row → the most that it may be of a cold build's CPU.
_CHANGE_BUDGETS = {_BODY: 0.03, _TITLE: 0.06, _UNCHANGED: 0.01}
#: Below, starting up weighs as much as pages.
_LEAST_TO_GROW = 1000


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


#: Starts a command and says what it used: the memory of a new process is never told as less than that of the process
#: which started it, and this one here is large.
_STARTER = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
process.returncode = os.waitstatus_to_exitcode(status)
print(json.dumps([process.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


def run(command: Sequence[str], folder: Path, **environment: str) -> Run:
    # Everybody's modules are compiled once, as they are where a program is installed.
    left_out = ("KEBAO_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", _STARTER, *command],
        cwd=folder,
        env=kept | {"NO_MKDOCS_2_WARNING": "1"} | environment,
        capture_output=True,
        check=True,
    )
    wall = time.perf_counter() - started
    status, cpu, memory = json.loads(done.stdout)
    if status:
        raise RuntimeError(f"{command}: {done.stderr.decode('utf-8', 'replace')}")
    # Bytes on macOS, kilobytes elsewhere.
    return Run(cpu, wall, memory / ((1 << 20) if sys.platform == "darwin" else 1024))


def kebao_run(folder: Path, *arguments: str) -> Run:
    return run([sys.executable, "-m", "kebao", "-C", str(folder), *arguments], folder)


def kebao(folder: Path, *options: str) -> Run:
    return kebao_run(folder, "build", "--package", "demo", "--locale", "zh", *options)


def write_project(folder: Path, count: int, *, texts_only: bool = True) -> Path:
    (write_corpus if texts_only else write_pages)(folder, count)
    shutil.copyfile(PROJECT / "mkdocs.yml", folder / "mkdocs.yml")
    shutil.copytree(PROJECT / "site_config/theme", folder / "site_config/theme", dirs_exist_ok=True)
    for name in ("zh.yml", "en.yml"):
        shutil.copyfile(PROJECT / "site_config/locales" / name, folder / "site_config/locales" / name)
    return folder


def measure(folder: Path, count: int, peers: Sequence[Peer], options: argparse.Namespace) -> dict[str, list[Run]]:
    """Ours and the peers in turn, and all of it several times."""
    project = write_project(folder / "project", count, texts_only=options.texts_only)
    found: dict[str, list[Run]] = {}
    for turn in range(options.runs):
        for what, each in kebao_runs(project, count, turn, options.kebao):
            found.setdefault(what, []).append(each)
            _tell(count, what, each)
        for peer in peers:
            if count <= peer.most:
                place = folder / "peer"
                peer.write(place, pages(project, count))
                found.setdefault(peer.name, []).append(run(peer.command, place))
                _tell(count, peer.name, found[peer.name][-1])
                made = len(list((place / peer.site / "items").glob("*/index.html")))
                assert made == count, f"{peer.name} made {made} pages of {count}"
                shutil.rmtree(place)
    return found


def _tell(count: int, what: str, each: Run) -> None:
    # A run of everything takes hours: what is known is said at once.
    print(f"{count}: {what}: {each.cpu:.2f} s CPU, {each.wall:.2f} s", file=sys.stderr, flush=True)  # noqa: T201


def kebao_runs(project: Path, count: int, turn: int, keys: Sequence[str]) -> Iterator[tuple[str, Run]]:
    if "no-search" in keys:
        _clear(project)
        yield _COLD_NO_SEARCH, kebao(project, "--no-search")
    _clear(project)
    yield _COLD, kebao(project)
    if "changes" in keys:
        yield from _changes(project, count, turn)
    if "serve" in keys:
        number = (count // 2 + turn) % count
        uri = resource_path(number).removeprefix(f"{PACKAGE}/").replace("/index.md", ".html")
        for wall, cpu in saved_to_served(project, project / resource_path(number), uri, changes=2):
            yield _SERVE, Run(cpu, wall, 0)
    if "slow-way" in keys:
        yield "Kebao, no cache, no splicing", kebao(project, "--no-cache", "--no-splice")


def _clear(project: Path) -> None:
    for name in ("site", ".kebao"):
        shutil.rmtree(project / name, ignore_errors=True)


def _changes(project: Path, count: int, turn: int) -> Iterator[tuple[str, Run]]:
    time.sleep(_SETTLING)
    kebao(project)
    yield _UNCHANGED, kebao(project)
    changed = project / resource_path((count // 2 + turn) % count)
    changed.write_text(changed.read_text(encoding="utf-8") + "\n再说一句。\n", encoding="utf-8")
    yield _BODY, kebao(project)
    changed.write_text(changed.read_text(encoding="utf-8").replace("title: ", "title: 新", 1), encoding="utf-8")
    yield _TITLE, kebao(project)


def median(runs: Sequence[Run]) -> Run:
    return Run(*(statistics.median(getattr(run, name) for run in runs) for name in ("cpu", "wall", "peak")))


def judged(runs: Mapping[str, Run]) -> list[Measured]:
    """The ratios of one size."""
    cold, most = runs[_COLD], max(run.peak for name, run in runs.items() if "Kebao" in name)
    found = [
        Measured(f"{name}, CPU, of cold", runs[name].cpu / cold.cpu, budget)
        for name, budget in _CHANGE_BUDGETS.items()
        if name in runs
    ]
    found.append(Measured("Kebao's largest process, of 400 MB", most / 400, 1.0))
    if _SERVE in runs:
        found.append(Measured(f"{_SERVE}, seconds", runs[_SERVE].wall, _SERVE_BUDGET))
    for name, peer in runs.items():
        if "Kebao" not in name:
            ours = _COLD_NO_SEARCH if name in _WITHOUT_SEARCH and _COLD_NO_SEARCH in runs else _COLD
            cpu, wall = _BUDGETS.get(name, (None, None))
            found.append(Measured(f"{ours}, CPU, of {name}", runs[ours].cpu / peer.cpu, cpu))
            found.append(Measured(f"{ours}, wall, of {name}", runs[ours].wall / peer.wall, wall))
    return found


def growth(everything: Mapping[int, Mapping[str, Run]]) -> list[Measured]:
    """How CPU grows with the number of resources: 1 is in proportion to it."""
    found = []
    for name in next(iter(everything.values())):
        sizes = sorted(size for size, runs in everything.items() if name in runs and size >= _LEAST_TO_GROW)
        if len(sizes) > 1:
            small, large = sizes[0], sizes[-1]
            exponent = math.log(everything[large][name].cpu / everything[small][name].cpu) / math.log(large / small)
            budget = 1.05 if name == _COLD else None
            found.append(Measured(f"{name}: growth exponent, {small} to {large}", exponent, budget))
    return found


def table(everything: Mapping[int, Mapping[str, Run]], found: Mapping[str, Sequence[Measured]]) -> Iterator[str]:
    yield from ("| resources | build | CPU s | wall s | peak MB |", "|--|--|--|--|--|")
    for count, runs in everything.items():
        for what, each in runs.items():
            peak = f"{each.peak:.0f}" if each.peak else ""
            yield f"| {count} | {what} | {each.cpu:.2f} | {each.wall:.2f} | {peak} |"
    yield from ("", f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} CPUs", "")
    yield from ("| resources | ratio | measured | budget |", "|--|--|--|--|")
    for size, lines in found.items():
        for line in lines:
            over = "" if line.is_kept else " **over**"
            yield f"| {size} | {line.what} | {line.ratio:.3f}{over} | {'' if line.budget is None else line.budget} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--runs", type=int, default=1, help="how often each size is measured")
    parser.add_argument("--peers", type=Path, help="a folder for other generators; they are installed there")
    parser.add_argument("--only", nargs="*", choices=PEER_KEYS, default=PEER_KEYS, help="these of them")
    parser.add_argument("--kebao", nargs="+", choices=_KEBAO_KEYS, default=_KEBAO_KEYS[:-1], help="what beside cold")
    parser.add_argument("--most-in-nav", type=int, default=3000, help="more pages are not put into MkDocs' navigation")
    parser.add_argument(
        "--texts-only", action="store_true", help="shorter texts without tables, pictures and materials"
    )
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    assert MINIMAL_PROJECT.is_dir()
    peers, missing = [plain_mkdocs()], list[str]()
    if options.peers:
        peers, missing = installed_peers(options.peers, options.only, most_in_navigation=options.most_in_nav)
    measured: dict[int, dict[str, list[Run]]] = {}
    for count in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            measured[count] = measure(Path(folder), count, peers, options)
    medians = {count: {what: median(runs) for what, runs in each.items()} for count, each in measured.items()}
    found = {str(count): judged(runs) for count, runs in medians.items()}
    found["all"] = growth(medians)
    print("\n".join([*table(medians, found), *(f"\nNot measured: {reason}" for reason in missing)]))  # noqa: T201
    if options.json:
        figures = {
            c: {what: [asdict(run) for run in runs] for what, runs in each.items()} for c, each in measured.items()
        }
        options.json.write_text(json.dumps(figures, indent=1, sort_keys=True, ensure_ascii=False), encoding="utf-8")
    return 0 if all(line.is_kept for lines in found.values() for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())

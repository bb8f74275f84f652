"""What mirroring costs a line, a disk and a memory, beside rsync on the same data: `make bench-mirror`.

Needs a built sample (`make site`), nginx and rsync; a real slow line needs root and the kernel's netem. Prints a
Markdown table and exits with 1 when a budget is not kept.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from county_nginx import Asked, county_nginx
from kebao.mirror import dcz, zstd
from kebao.mirror.errors import ExitCode
from kebao.mirror.school.context import School
from kebao.mirror.school.points import Point
from kebao.mirror.school.pull import PullOptions, pull

from .bench_build import Run, run
from .mirror_sites import change_navigation, change_sentences, copy_tree, write_gigabyte, write_many
from .slow_line import DELAY_MS, HOST, MEGABITS, kernel_line, relayed

ROOT = Path(__file__).parents[2]
_MEGABYTE = 1_000_000
_FILES = 100_000
_ROUNDS = 3
PARTS = ("delta", "gigabyte", "memory")


@dataclass(frozen=True)
class Figure:
    """One line of the table; ``most`` is a budget from above, ``least`` one from below."""

    what: str
    measured: float
    unit: str = ""
    most: float | None = None
    least: float | None = None

    @property
    def is_kept(self) -> bool:
        return (self.most is None or self.measured <= self.most) and (self.least is None or self.measured >= self.least)

    def row(self) -> str:
        budget = f"≤ {self.most:,.4g}" if self.most is not None else f"≥ {self.least:,.4g}" if self.least else ""
        over = "" if self.is_kept else " **missed**"
        return f"| {self.what} | {self.measured:,.4g} {self.unit}{over} | {budget} |"


@dataclass
class Bench:
    """The county of the benchmark: keys, releases, and the folder that its server shows."""

    folder: Path
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def mirror(self, *arguments: object, within: Sequence[str] = ()) -> Run:
        command = [*within, sys.executable, "-m", "kebao.mirror", "--lang", "en", *map(str, arguments)]
        return run(command, self.folder)

    def found(self, name: str) -> Path:
        """A new county with keys and a signed root; gives its folder."""
        out = self.folder / name
        for key in ("root", "targets", "timestamp"):
            if not (self.folder / f"{key}.pem").exists():
                self.mirror("keygen", "--out", f"{key}.pem", "--no-password")
        keys = [part for key in ("root", "targets", "timestamp") for part in (f"--{key}-key", f"{key}.pem.pub")]
        self.mirror("init", "--out", out, *keys)
        self.mirror("sign", "--out", out, "--key", "root.pem")
        return out

    def release(self, out: Path, site: Path, version: str) -> Run:
        staged = self.mirror("release", site, "--out", out, "--version", version, "--skip-links")
        self.mirror("sign", "--out", out, "--key", "targets.pem", "--key", "timestamp.pem")
        return staged

    def join(self, out: Path, school: Path, url: str) -> None:
        root = hashlib.sha256((out / ".mirror/metadata/1.root.json").read_bytes()).hexdigest()
        school.mkdir(exist_ok=True)
        self.mirror("join", "--mirror", school, url, "--root-sha256", root)

    def nothing_new(self, school: Path) -> None:
        command = [sys.executable, "-m", "kebao.mirror", "pull", "--mirror", str(school)]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode != ExitCode.NOTHING_NEW:
            raise RuntimeError(done.stderr.decode())

    def add(self, what: str, measured: float, unit: str = "", **budget: float) -> None:
        self.figures.append(Figure(what, measured, unit, **budget))
        print(self.figures[-1].row(), file=sys.stderr, flush=True)  # noqa: T201


def measure_delta(bench: Bench, site: Path) -> None:
    """No-op, requests and bytes of 500 changed pages, against the ideal and rsync; and the slow line."""
    trees = [bench.folder / f"tree-{number}" for number in range(3)]
    copy_tree(site, trees[0])
    copy_tree(site, trees[1])
    navigation = change_navigation(trees[1], 500)
    copy_tree(trees[1], trees[2])
    sentences = change_sentences(trees[2], 500)
    out, school = bench.found("out"), bench.folder / "school"
    bench.release(out, trees[0], "1")
    with county_nginx(out, bench.folder / "nginx") as server:
        bench.join(out, school, server.url)
        bench.mirror("pull", "--mirror", school)
        server.asked()
        bench.nothing_new(school)
        asked = server.asked()
        bench.add("nothing new: requests", asked.requests, most=3)
        bench.add("nothing new: received", asked.sent_bytes, "bytes", most=2000)
        bench.release(out, trees[1], "2")
        bench.mirror("pull", "--mirror", school)
        navigated = server.asked()
        bench.release(out, trees[2], "3")
        bench.mirror("pull", "--mirror", school)
        reworded = server.asked()
    what = "navigation of 500 pages"
    bench.add(f"{what}, 7 units: requests", navigated.requests, most=10)
    bench.add(f"{what}: received, of 1.15 × ideal + 60 KB", of_ideal(bench, trees, navigation, navigated), most=1)
    bench.add(f"{what}: up and down, of rsync -z", of_rsync(bench, trees, navigated), most=0.25)
    what = "a new sentence on each of 500 pages"
    bench.add(f"{what}: requests", reworded.requests, most=10)
    bench.add(f"{what}: received, of 1.15 × ideal + 60 KB", of_ideal(bench, trees[1:], sentences, reworded), most=1)
    bench.add(f"{what}: up and down, of rsync -z", of_rsync(bench, trees[1:], reworded))
    measure_line(bench, out)


def of_ideal(bench: Bench, trees: Sequence[Path], changed: Sequence[str], asked: Asked) -> float:
    """What was received, of the budget."""
    ideal = ideal_bytes(trees[0], trees[1], changed)
    bench.notes.append(
        f"{len(changed)} changed pages: {asked.sent_bytes:,} bytes down, {asked.received_bytes:,} up; ideal {ideal:,}"
    )
    return asked.sent_bytes / (1.15 * ideal + 60_000)


def of_rsync(bench: Bench, trees: Sequence[Path], asked: Asked) -> float:
    """What went over the line in both directions, of what rsync needs."""
    down, up = rsync_bytes(bench.folder, trees[0], trees[1])
    bench.notes.append(f"the same by rsync -z: {down:,} bytes down, {up:,} up")
    return (asked.sent_bytes + asked.received_bytes) / (down + up)


def ideal_bytes(before: Path, after: Path, changed: Sequence[str]) -> int:
    """Σ min(zstd, zstd with the old file as prefix) of the changed files."""
    total = 0
    for path in changed:
        old, new = (before / path).read_bytes(), (after / path).read_bytes()
        total += min(len(zstd.compress(new)), len(dcz.make_delta(old, new)) - dcz.HEADER_BYTES)
    return total


def rsync_bytes(folder: Path, before: Path, after: Path) -> tuple[int, int]:
    """What a school that mirrors by `rsync -az --delete` receives and sends for the same change."""
    mirror = folder / "rsynced"
    shutil.rmtree(mirror, ignore_errors=True)
    shutil.copytree(before, mirror, copy_function=shutil.copy2)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    conf = folder / "rsyncd.conf"
    conf.write_text(f"use chroot = no\nuid = {os.getuid()}\n[site]\npath = {after}\nread only = yes\n", "utf-8")
    command = ["rsync", "--daemon", "--no-detach", "--address=127.0.0.1", f"--port={port}", f"--config={conf}"]
    daemon = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        command = ["rsync", "-az", "--delete", "--stats", f"rsync://127.0.0.1:{port}/site/", f"{mirror}/"]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    finally:
        daemon.terminate()
        daemon.wait(10)
    sums = [re.search(rf"Total bytes {way}: ([\d,]+)", told) for way in ("received", "sent")]
    down, up = (int(found[1].replace(",", "")) if found else 0 for found in sums)
    return down, up


def measure_line(bench: Bench, out: Path) -> None:
    """The first pull of the sample over a slow line."""
    school = bench.folder / "far-school"
    with contextlib.ExitStack() as stack:
        line = stack.enter_context(kernel_line())
        host = HOST if line else "127.0.0.1"
        server = stack.enter_context(county_nginx(out, bench.folder / "nginx-far", host=host))
        url = server.url if line else stack.enter_context(relayed(int(server.url.rsplit(":", 1)[1].strip("/"))))
        within = line.within if line else ()
        kind = line.kind if line else "a relay: the kernel has no netem, or we are not root"
        root = hashlib.sha256((out / ".mirror/metadata/1.root.json").read_bytes()).hexdigest()
        school.mkdir()
        bench.mirror("join", "--mirror", school, url, "--root-sha256", root, within=within)
        server.asked()
        pulled = bench.mirror("pull", "--mirror", school, within=within)
        asked = server.asked()
    seconds = asked.sent_bytes * 8 / (MEGABITS * 1e6)
    bench.notes.append(
        f"{MEGABITS} Mbit/s, {DELAY_MS} ms ({kind}): {asked.sent_bytes / _MEGABYTE:.1f} MB in "
        f"{asked.requests} requests, {pulled.wall:.1f} s; the bytes alone take {seconds:.1f} s"
    )
    bench.add("first pull over the slow line, of 1.05 × bytes/rate + 5 s", pulled.wall / (1.05 * seconds + 5), most=1)


def measure_gigabyte(bench: Bench) -> None:
    """A gigabyte in 3,000 files beside rsync, verifying it, and the switch with readers."""
    site, school = bench.folder / "gigabyte", bench.folder / "big-school"
    write_gigabyte(site)
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    files = sum(path.is_file() for path in site.rglob("*"))
    out = bench.found("big-out")
    bench.release(out, site, "1")
    with county_nginx(out, bench.folder / "nginx-big") as server:
        tried = [_gigabyte_once(bench, site, out, school, server.url) for _ in range(_ROUNDS)]
        runs = {
            name: sorted((each[name] for each in tried), key=lambda run: run.wall)[_ROUNDS // 2] for name in tried[0]
        }
        bench.notes.append(
            f"{size / _MEGABYTE:,.0f} MB in {files:,} files, the middle one of {_ROUNDS} runs: "
            + ", ".join(f"{name} {each.wall:.1f} s" for name, each in runs.items())
        )
        bench.add("a gigabyte pulled, verified, synced: time of rsync -a", _ratio(runs, "rsync -a"), most=2.5)
        bench.add("the same: time of rsync -a --fsync", _ratio(runs, "rsync -a --fsync"), most=1)
        bench.add("the same: memory", runs["pull"].peak, "MB", most=100)
        bench.add("verify", size / _MEGABYTE / runs["verify"].wall, "MB/s", least=200)
        change_navigation(site, 500)
        bench.release(out, site, "2")
        measure_switch(bench, school)


def _gigabyte_once(bench: Bench, site: Path, out: Path, school: Path, url: str) -> dict[str, Run]:
    """Each in turn, so that what else the computer does falls on all of them; the school starts from nothing."""
    runs: dict[str, Run] = {}
    target = bench.folder / "copied"
    for name, options in (("rsync -a", ["-a"]), ("rsync -a --fsync", ["-a", "--fsync"])):
        os.sync()
        runs[name] = run(["rsync", *options, f"{site}/", f"{target}/"], bench.folder)
        shutil.rmtree(target)
    shutil.rmtree(school, ignore_errors=True)
    bench.join(out, school, url)
    os.sync()
    runs["pull"] = bench.mirror("pull", "--mirror", school)
    runs["verify"] = bench.mirror("verify", "--mirror", school)
    return runs


def _middle(runs: Sequence[Run]) -> Run:
    return sorted(runs, key=lambda run: run.wall)[len(runs) // 2]


def _ratio(runs: dict[str, Run], name: str) -> float:
    return runs["pull"].wall / runs[name].wall


def measure_switch(bench: Bench, mirror: Path) -> None:
    """Readers ask for pages without a pause while the school goes from one release to the next."""
    moments: dict[Point, float] = {}
    school = School(mirror, reached=lambda point: moments.__setitem__(point, time.perf_counter()))
    watching = threading.Event()
    seen: list[tuple[int, bool]] = []
    with _serving(mirror) as url:

        def read(number: int) -> None:
            while not watching.is_set():
                try:
                    with urllib.request.urlopen(f"{url}pages/{number}.html") as answer:
                        seen.append((answer.status, "2026 年秋季新增" in answer.read().decode()))
                except urllib.error.HTTPError as error:
                    seen.append((error.code, False))

        reader = threading.Thread(target=lambda: read(0))
        reader.start()
        pull(school, PullOptions())
        time.sleep(0.5)
        watching.set()
        reader.join()
    kinds = [is_new for _, is_new in seen]
    first_new = kinds.index(True)
    wrong = sum(status != 200 for status, _ in seen) + sum(not is_new for is_new in kinds[first_new:])
    bench.notes.append(f"{len(seen):,} pages read during the pull, {first_new:,} of the old release")
    bench.add("switch", moments[Point.SWITCHED] - moments[Point.STATE_WRITTEN], "s", most=0.5)
    bench.add("readers that got an error, or the old release after the new one", wrong, most=0)


@contextlib.contextmanager
def _serving(mirror: Path) -> Iterator[str]:
    """In a process of its own, as a school has it."""
    command = [sys.executable, "-m", "kebao.mirror", "serve", "--mirror", str(mirror), "--host", "127.0.0.1", "--port"]
    process = subprocess.Popen([*command, "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().rsplit(':', 1)[1].partition('/')[0]}/"
    finally:
        process.terminate()
        process.communicate(timeout=10)


def measure_memory(bench: Bench) -> None:
    """A hundred thousand files at the publisher's and at the school's."""
    site, school, www = bench.folder / "many", bench.folder / "many-school", bench.folder / "many-www"
    write_many(site, _FILES)
    out = bench.found("many-out")
    bench.release(out, site, "1")
    first = bench.mirror("publish", out, www)
    with county_nginx(www, bench.folder / "nginx-many") as server:
        bench.join(out, school, server.url)
        runs = {"first pull": bench.mirror("pull", "--mirror", school)}
        change_navigation(site, 500)
        runs["release"] = bench.release(out, site, "2")
        runs["publish"] = bench.mirror("publish", out, www)
        runs["pull of 500 changed"] = bench.mirror("pull", "--mirror", school)
        runs["verify"] = bench.mirror("verify", "--mirror", school)
    bench.notes.append(
        f"{_FILES:,} files: published in {first.wall:.1f} s; then "
        + ", ".join(f"{name} {each.wall:.1f} s" for name, each in runs.items())
    )
    for name, each in runs.items():
        bench.add(f"{_FILES:,} files: memory of {name}", each.peak, "MB", most=100)


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server does not answer")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path, default=ROOT / "site", help="a built sample")
    parser.add_argument("--folder", type=Path, default=ROOT / ".kebao", help="where the temporary files go: 8 GB")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="some of the figures")
    options = parser.parse_args()
    if not (options.site / "index.html").is_file():
        print(f"there is no {options.site}: make site", file=sys.stderr)  # noqa: T201
        return 1
    options.folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-mirror-", dir=options.folder) as folder:
        bench = Bench(Path(folder))
        if "delta" in options.only:
            measure_delta(bench, options.site.absolute())
        if "gigabyte" in options.only:
            measure_gigabyte(bench)
        if "memory" in options.only:
            measure_memory(bench)
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}\n")  # noqa: T201
    print("\n".join(f"- {note}" for note in bench.notes))  # noqa: T201
    print("\n| what | measured | budget |\n|---|---|---|")  # noqa: T201
    print("\n".join(figure.row() for figure in bench.figures))  # noqa: T201
    return 0 if all(figure.is_kept for figure in bench.figures) else 1


if __name__ == "__main__":
    sys.exit(main())

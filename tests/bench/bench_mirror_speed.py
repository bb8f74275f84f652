"""How fast a gigabyte in 3,000 files is pulled from localhost, verified and synced to disk, beside rsync.

rsync reads the same files from its own daemon, with and without `--fsync`; the school reads them from nginx. They take
turns, with `sync` before each, and the medians of all turns are compared. Prints a Markdown table; exits with 1 when a
budget is not kept.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mirror.county import County, noise
from tests.mirror.test_nginx import nginx

_TIMES_RSYNC = 2.5
_TIMES_RSYNC_FSYNC = 1.0
_SCHOOL = "pull"
_PLAIN = "rsync -a"
_SYNCED = "rsync -a --fsync"


def sizes(files: int, total: int) -> list[int]:
    """Pages, office files and some films, as a county has them; the same each time."""
    draw = random.Random(7)
    drawn = [draw.lognormvariate(0, 2) for _ in range(files)]
    return [max(200, int(total * each / sum(drawn))) for each in drawn]


def write_county(root: Path, files: int, megabytes: int) -> County:
    """A release of files that do not compress."""
    block = noise(8 << 20)
    contents = {}
    for number, size in enumerate(sizes(files, megabytes << 20)):
        head = f"{number:08d}".encode()
        content = (head + block * (size // len(block) + 1))[:size]
        contents[f"p{number % 40}/zh/topic-{number % 400}/file-{number}.bin"] = content
    county = County(root)
    county.release("2026.1", {("site", "und"): contents}, tree=True)
    return county


@contextmanager
def rsync_daemon(folder: Path, work: Path) -> Iterator[str]:
    """rsync's own server for the folder; gives the address of its module."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    work.mkdir()
    (work / "rsyncd.conf").write_text(
        f"use chroot = no\nuid = {os.getuid()}\ngid = {os.getgid()}\n[site]\npath = {folder}\nread only = yes\n",
        "utf-8",
    )
    command = ["rsync", "--daemon", "--no-detach", "--address=127.0.0.1", f"--port={port}"]
    process = subprocess.Popen([*command, f"--config={work / 'rsyncd.conf'}"])
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"rsync://127.0.0.1:{port}/site/"
    finally:
        process.terminate()
        process.wait(10)


def timed(work: Callable[[Path], None], folder: Path) -> float:
    """Seconds of one run into a folder that does not exist yet."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    os.sync()
    start = time.perf_counter()
    work(folder)
    return time.perf_counter() - start


def pulling(url: str, fingerprint: str) -> Callable[[Path], None]:
    def work(folder: Path) -> None:
        command = [sys.executable, "-m", "kebao.mirror"]
        for arguments in (["join", url, "--root-sha256", fingerprint], ["pull"]):
            subprocess.run([*command, *arguments, "--mirror", folder], check=True, stdout=subprocess.DEVNULL)

    return work


def copying(url: str, *options: str) -> Callable[[Path], None]:
    def work(folder: Path) -> None:
        subprocess.run(["rsync", "-a", *options, url, folder], check=True)

    return work


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="a folder for the published site, used again when it is there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        root = options.keep or work / "county"
        if not (root / ".mirror").is_dir():
            write_county(root, options.files, options.megabytes)
        fingerprint = County(root, versions={"root": 1}).fingerprint
        with (
            nginx("nginx-county.conf", root, work / "nginx") as web,
            rsync_daemon(root / "r" / "00001", work / "rsyncd") as module,
        ):
            ways = {
                _SCHOOL: pulling(web, fingerprint),
                _PLAIN: copying(module),
                _SYNCED: copying(module, "--fsync"),
            }
            seconds: dict[str, list[float]] = {way: [] for way in ways}
            for _ in range(options.turns):
                for way, run in ways.items():
                    seconds[way].append(timed(run, work / "copy"))
    middle = {way: statistics.median(each) for way, each in seconds.items()}
    sys.stdout.write("| way | seconds, each turn | median | pull / this |\n|---|---|---|---|\n")
    for way, each in seconds.items():
        turns = ", ".join(f"{second:.1f}" for second in each)
        sys.stdout.write(f"| {way} | {turns} | {middle[way]:.2f} | {middle[_SCHOOL] / middle[way]:.2f} |\n")
    kept = middle[_SCHOOL] <= _TIMES_RSYNC * middle[_PLAIN] and middle[_SCHOOL] <= _TIMES_RSYNC_FSYNC * middle[_SYNCED]
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())

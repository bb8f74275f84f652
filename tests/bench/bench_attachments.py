"""How long it takes to look into four hundred attachments, one after another and in several processes: `make bench`.

The attachments are the sample's, each copied until there are enough, with bytes of its own where its format ignores
them. Nothing is known from before. Prints a Markdown table; exits with 1 when a budget is not kept.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from kebao.loading.facts_cache import sha256_of
from kebao.loading.probe_files import facts_of
from kebao.loading.probing import probe
from kebao.model.material import MEDIA_TYPE_BY_SUFFIX

_RUNS = 3
_SAMPLE = Path(__file__).parents[2] / "content"


def write_attachments(folder: Path, count: int) -> list[Path]:
    """Files of all types, no two of them equal."""
    sample = [path for path in sorted(_SAMPLE.rglob("*")) if path.suffix in MEDIA_TYPE_BY_SUFFIX]
    written: list[Path] = []
    for number in range(count):
        source = sample[number % len(sample)]
        written.append(folder / f"{number:04}{source.suffix}")
        written[-1].write_bytes(altered(source.read_bytes(), source.suffix, number))
    return written


def altered(data: bytes, suffix: str, number: int) -> bytes:
    mark = b"%016d" % number
    if suffix in (".docx", ".pptx", ".xlsx"):
        # The comment of the archive (PKWARE APPNOTE, 4.3.16), whose length is said before it.
        return data[:-2] + len(mark).to_bytes(2, "little") + mark
    if suffix == ".mp4":
        return data + (8 + len(mark)).to_bytes(4, "big") + b"free" + mark
    return data + b"\n" + mark


def seconds_of(task: Callable[[], object]) -> float:
    started = time.perf_counter()
    task()
    return time.perf_counter() - started


def bench(paths: Sequence[Path], cache: Path) -> bool:
    """Prints the table; whether all budgets are kept."""
    assert facts_of(paths) == tuple(probe(path, sha256_of(path)) for path in paths), "both must say the same"
    facts_of(paths, cache=cache)
    runs = [
        (
            seconds_of(lambda: [probe(path, sha256_of(path)) for path in paths]),
            seconds_of(lambda: facts_of(paths)),
            seconds_of(lambda: facts_of(paths, cache=cache)),
        )
        for _ in range(_RUNS)
    ]
    one, many, known = (statistics.median(run[task] for run in runs) for task in range(3))
    rows = (
        ("one after another", one, "1", "", True),
        ("in processes", many, f"{many / one:.2f} ×", "0.8 ×", many <= 0.8 * one),
        ("known from before", known, f"{known / one:.2f} ×", "0.2 ×", known <= 0.2 * one),
    )
    lines = [
        f"{len(paths)} attachments, {os.cpu_count()} CPUs, medians of {_RUNS} runs",
        "",
        "| | s | ratio | budget | kept |",
        "|---" * 5 + "|",
        *(
            f"| {name} | {took:.2f} | {said} | {budget} | {'yes' if kept else '**no**'} |"
            for name, took, said, budget, kept in rows
        ),
    ]
    print("\n".join(lines))  # noqa: T201
    return all(row[-1] for row in rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=400)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "files").mkdir()
        paths = write_attachments(Path(folder) / "files", options.count)
        return 0 if bench(paths, Path(folder) / "cache") else 1


if __name__ == "__main__":
    sys.exit(main())

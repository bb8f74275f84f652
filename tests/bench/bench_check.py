"""How long `kebao check` takes for ten thousand resources, beside reading and parsing their YAML: `make bench`.

Each run is a process of its own; its imports are not counted. Prints a Markdown table; exits with 1 when a budget
is not kept.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import yaml

from kebao.assembly.changed_paths import changed_paths
from kebao.assembly.check_cache import check_result
from kebao.assembly.checking import cache_folder
from kebao.checks.dependents import affected_by

from .corpus import resource_path, write_corpus

_TODAY = date(2026, 1, 1)
_RUNS = 3
_PROJECT = Path(__file__).parents[2]
#: Files that were just written are not trusted to be unchanged: see kebao.assembly.check_cache.
_SETTLING = 2.5


def parse_yaml(root: Path) -> int:
    """Reads every file and parses its YAML; the number of files."""
    count = 0
    for top in ("content", "site_config"):
        for folder, _, names in os.walk(root / top):
            for name in names:
                if name.endswith((".yml", ".md")):
                    text = Path(folder, name).read_text("utf-8")
                    yaml.load(text.split("---\n", 2)[1] if text.startswith("---") else text, yaml.CSafeLoader)
                    count += 1
    return count


def check_all(root: Path) -> int:
    return len(check_result(root, today=_TODAY, use_cache=False).problems)


def check_kept(root: Path) -> int:
    return len(check_result(root, today=_TODAY).problems)


def check_since(root: Path) -> int:
    changed = changed_paths(root, "main")
    result = check_result(root, today=_TODAY)
    affected = affected_by(changed, result.named_in)
    return sum(affected.concerns(problem) for problem in result.problems)


_TASKS: Mapping[str, Callable[[Path], int]] = {
    "yaml": parse_yaml,
    "full": check_all,
    "kept": check_kept,
    "since": check_since,
}


def timed(task: str, root: Path) -> tuple[float, float, int]:
    """Seconds, peak memory in MB and result of a task in a process of its own."""
    command = [sys.executable, "-m", __spec__.name, "--task", task, "--root", str(root)]
    done = subprocess.run(command, cwd=_PROJECT, check=True, capture_output=True, text=True)
    seconds, kilobytes, found = json.loads(done.stdout)
    return seconds, kilobytes / 1024, found


def run_task(task: str, root: Path) -> None:
    started = time.perf_counter()
    found = _TASKS[task](root)
    seconds = time.perf_counter() - started
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, found]))  # noqa: T201


def git(root: Path, *arguments: str) -> None:
    names = ("-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *names, *arguments], cwd=root, check=True, capture_output=True)


def bench(root: Path, count: int) -> bool:
    """Prints the table; whether all budgets are kept."""
    write_corpus(root, count)
    (root / ".gitignore").write_text("/.kebao/\n", "utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "corpus")
    time.sleep(_SETTLING)
    runs: dict[str, list[tuple[float, float, int]]] = {task: [] for task in _TASKS}
    for _ in range(_RUNS):
        runs["yaml"].append(timed("yaml", root))
        runs["full"].append(timed("full", root))
    assert all(found == 0 for _, _, found in runs["full"]), "the corpus must have no problem"
    shutil.rmtree(cache_folder(root), ignore_errors=True)
    timed("kept", root)
    runs["kept"] = [timed("kept", root) for _ in range(_RUNS)]
    for number in range(_RUNS):
        page = root / resource_path(count // 2 + number)
        page.write_text(page.read_text("utf-8").replace("licence: CC-BY-4.0", "licence: CC-BY"), "utf-8")
        runs["since"].append(timed("since", root))
        assert runs["since"][-1][2] == 1, "the fault must be found"
        git(root, "checkout", "-q", ".")
        time.sleep(_SETTLING)
        timed("kept", root)
    return _report(count, runs)


def _report(count: int, runs: Mapping[str, list[tuple[float, float, int]]]) -> bool:
    seconds = {task: statistics.median(run[0] for run in of_task) for task, of_task in runs.items()}
    memory = {task: max(run[1] for run in of_task) for task, of_task in runs.items()}
    ratio, share = seconds["full"] / seconds["yaml"], seconds["kept"] / seconds["full"]
    most_memory = max(memory.values())
    rows = (
        ("reading and parsing with CSafeLoader", seconds["yaml"], memory["yaml"], "1", "", True),
        ("full check, no cache", seconds["full"], memory["full"], f"{ratio:.2f} ×", "2 ×", ratio <= 2),
        ("unchanged, second run", seconds["kept"], memory["kept"], f"{share:.1%} of full", "10 %", share <= 0.1),
        ("--since, one file changed", seconds["since"], memory["since"], "", "1 s", seconds["since"] <= 1),
        ("memory, the most of all", 0.0, most_memory, "", "400 MB", most_memory <= 400),
    )
    lines = [
        f"{count} resources, medians of {_RUNS} runs",
        "",
        "| | s | MB | ratio | budget | kept |",
        "|---" * 6 + "|",
    ]
    for name, took, megabytes, said, budget, is_kept in rows:
        took_text = f"{took:.2f}" if took else ""
        lines.append(
            f"| {name} | {took_text} | {megabytes:.0f} | {said} | {budget} | {'yes' if is_kept else '**no**'} |"
        )
    print("\n".join(lines))  # noqa: T201
    return all(row[-1] for row in rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--task", choices=_TASKS)
    parser.add_argument("--root", type=Path)
    options = parser.parse_args()
    if options.task:
        run_task(options.task, options.root)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return 0 if bench(Path(folder) / "corpus", options.count) else 1


if __name__ == "__main__":
    sys.exit(main())

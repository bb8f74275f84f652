"""What editions cost: `python -m tests.bench.bench_editions [RESOURCES] [EDITIONS]` (1,000 and 10 by default).

Ten editions of a package in two languages, 5 % of the resources changed from each to the next. Prints a Markdown
table; exits with 1 when a budget is not kept. It takes a minute or more an edition: every page is built.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from kebao.editions.publish import publish
from kebao.editions.release import ReleaseOptions, release
from kebao.editions.store import SITE, EditionStore

from .corpus import resource_path, write_corpus

ROOT = Path(__file__).parents[2]
MOST_PUBLISH_SHARE = 0.05
MOST_UNCHANGED_SECONDS = 2.0
#: Beside HTML, index and materials: lists of files, snapshots, texts of the sources; and whole blocks of the disk.
MOST_DISK_RATIO = 1.25
CHANGED_SHARE = 20

_TRANSLATION = f"""---
title: Resource {{number}}
summary: What resource {{number}} is about, and how it was used in class.
translation: {{{{of: zh, digest: {"0" * 64}, state: reviewed}}}}
---

## Situation

Resource {{number}} in English.
"""

Value = TypeVar("Value")


def write_project(root: Path, count: int) -> None:
    """The corpus with the sample's look and a second language for every fourth resource."""
    write_corpus(root, count)
    shutil.copyfile(ROOT / "mkdocs.yml", root / "mkdocs.yml")
    shutil.copytree(ROOT / "site_config" / "theme", root / "site_config" / "theme", dirs_exist_ok=True)
    for name in ("zh.yml", "en.yml"):
        shutil.copyfile(ROOT / "site_config" / "locales" / name, root / "site_config" / "locales" / name)
    for number in range(0, count, 4):
        source = root / resource_path(number)
        text = _TRANSLATION.format(number=number)
        source.with_name("index.en.md").write_text(text, encoding="utf-8")


def change(root: Path, count: int, edition: int) -> None:
    """Another word in every twentieth resource."""
    for number in range(edition % CHANGED_SHARE, count, CHANGED_SHARE):
        path = root / resource_path(number)
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"\n## 结果\n", f"\n## 结果\n\n第{edition}版改过的一句话。\n", text), encoding="utf-8")


def timed(work: Callable[[], Value]) -> tuple[Value, float]:
    start = time.perf_counter()
    value = work()
    return value, time.perf_counter() - start


def disk_bytes(*folders: Path) -> int:
    """Bytes of all files below, each inode once: hard links cost nothing."""
    seen: dict[int, int] = {}
    for path in (path for folder in folders for path in folder.rglob("*")):
        facts = path.lstat()
        if path.is_file():
            seen[facts.st_ino] = facts.st_size
    return sum(seen.values())


def needed_bytes(store: EditionStore) -> int:
    """HTML and index of each edition, and everything that they share once."""
    pages = sum(
        file.size_bytes
        for package in store.packages()
        for edition in store.editions(package)
        for file in store.record(package, edition).files
        if file.path.startswith(f"{SITE}/")
    )
    return pages + disk_bytes(*(store.root / name for name in ("_files", "_assets", "_sources")))


def rows(count: int, editions: int, folder: Path) -> Iterator[tuple[str, str, str, bool]]:
    root, store, out = folder / "project", EditionStore(folder / "editions"), folder / "public"
    write_project(root, count)
    wanted = ReleaseOptions(package="demo", edition="", jobs=os.cpu_count() or 1)
    names = [f"{2025 + number // 2}.{number % 2 + 1}" for number in range(editions)]
    seconds = []
    for number, name in enumerate(names):
        if number == editions - 1:
            publish(root, store, out)
        change(root, count, number)
        _, spent = timed(lambda name=name: release(root, store, _named(wanted, name)))  # type: ignore[misc]
        seconds.append(spent)
        print(f"released {name} in {spent:.0f} s", file=sys.stderr)  # noqa: T201
    yield "release, on average", f"{sum(seconds) / editions:.0f} s", "", True
    _, unchanged = timed(lambda: release(root, store, _named(wanted, names[-1])))
    yield (
        "release of what is unchanged",
        f"{unchanged:.2f} s",
        f"≤ {MOST_UNCHANGED_SECONDS:g} s",
        (unchanged <= MOST_UNCHANGED_SECONDS),
    )
    _, added = timed(lambda: publish(root, store, out))
    _, again = timed(lambda: publish(root, store, out))
    _, anew = timed(lambda: publish(root, store, folder / "anew"))
    yield "publish from nothing", f"{anew:.2f} s", "", True
    yield (
        "publish after one new edition",
        f"{added:.2f} s = {added / anew:.1%}",
        f"≤ {MOST_PUBLISH_SHARE:.0%}",
        (added <= MOST_PUBLISH_SHARE * anew),
    )
    yield "publish again", f"{again:.2f} s = {again / anew:.1%}", "writes nothing", True
    needed, taken = needed_bytes(store), disk_bytes(store.root, out)
    yield "HTML and index of each edition, shared files once", f"{needed / 1e6:.0f} MB", "", True
    yield (
        "store and public folder on the disk",
        f"{taken / 1e6:.0f} MB = {taken / needed:.2f}",
        (f"≤ {MOST_DISK_RATIO:g}"),
        taken <= MOST_DISK_RATIO * needed,
    )


def _named(options: ReleaseOptions, edition: str) -> ReleaseOptions:
    return ReleaseOptions(package=options.package, edition=edition, jobs=options.jobs)


def main() -> int:
    count, editions = (int(text) for text in (*sys.argv[1:], *("1000", "10")[len(sys.argv) - 1 :]))
    with TemporaryDirectory(prefix="kebao-bench-") as folder:
        found = list(rows(count, editions, Path(folder)))
    print(f"{editions} editions × 2 languages, {count} resources, {100 // CHANGED_SHARE} % changed in each\n")  # noqa: T201
    print("| what | measured | aim |\n|---|---|---|")  # noqa: T201
    for what, measured, aim, _ in found:
        print(f"| {what} | {measured} | {aim} |")  # noqa: T201
    return 0 if all(kept for *_, kept in found) else 1


if __name__ == "__main__":
    sys.exit(main())

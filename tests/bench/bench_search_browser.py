"""How searching feels in a browser, beside Material's search and Pagefind on the same pages: `make bench-search`.

Text is generated, or real with `--corpus DIR`. Chromium runs with its processor slowed down four times where times are
measured. Prints Markdown tables; exits with 1 when a budget is not kept. Without `--rivals` only ours is measured;
where Material's search does not come to an end, everything is measured again with half of the pages.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import mean, median

from playwright.sync_api import Browser, sync_playwright

from kebao.assembly.checking import check_project
from kebao.assembly.site_build import BuildOptions, build_site
from kebao.search.simplified import simplified_characters
from kebao.search.tokens import Normaliser

from . import bench_search, search_drivers
from .search_drivers import MATERIAL, OURS, PAGEFIND, SLOWDOWN, Answer, Driver, Typed
from .search_sites import (
    SHARD,
    NotFinishedError,
    Pages,
    Site,
    build_material,
    build_ours,
    build_pagefind,
    install_rivals,
)

_PROJECT = Path(__file__).parents[2]
_LENGTHS = (2, 3, 4, 6, 8)
_SHOWN = 10
_TITLE_LENGTH = 60
#: Typed into fresh pages: of each length so many, and what phrases are not.
_TYPED = 3
_OTHERS = ("题", "法", "可以", "数据 结构", "css 布局")
#: Typed one after another into the same page.
_NEXT = 6
_BATCH = 10
#: Where a page is ready later than this (ms), only one fresh one is looked at.
_SLOW = 10_000
#: So long an engine that is ready may take.
_ANSWER_MS = 8_000
#: The engines that are no rival's own box: a phrase in quotation marks.
_QUOTED = "Pagefind, quoted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What phrases really stand in: length → phrase → numbers of pages."""

    pages: Mapping[int, Mapping[str, frozenset[int]]]

    def typed(self) -> tuple[str, ...]:
        return (*(phrase for found in self.pages.values() for phrase in list(found)[:_TYPED]), *_OTHERS)


def truth_of(pages: Pages, count: int) -> Truth:
    normalise = Normaliser(simplified_characters())
    texts = [f"{normalise(title)}\n{normalise(text)}" for title, text in pages]
    found: dict[int, dict[str, frozenset[int]]] = {}
    for length in _LENGTHS:
        phrases = bench_search.phrases(texts, length)[:count]
        found[length] = {
            phrase: frozenset(number for number, text in enumerate(texts) if phrase in text) for phrase in phrases
        }
    return Truth(pages=found)


# Measuring


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Means over phrases of one length; ``recall_of_set`` is ``None`` where the engine does not tell its set."""

    recall_at_10: float
    recall_of_set: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One engine, reached one way.

    Attributes:
        ready: Milliseconds until a slowed down page could have answered.
        following: What was typed into a page that had answered before.
        heap_mb, private_mb: After those; of scripts, and of the page's whole process.
        load: The machine's load average when the times were taken, first and last.
    """

    name: str
    site: Site
    ready: float
    typed: Sequence[Typed]
    following: Sequence[Typed]
    heap_mb: float
    private_mb: float
    load: tuple[float, float]
    qualities: Mapping[int, Quality]


def quality_of(answers: Mapping[str, Answer], truth: Mapping[str, frozenset[int]]) -> Quality:
    shares = [
        len(truth[phrase].intersection(answer.shown[:_SHOWN])) / min(_SHOWN, len(truth[phrase]))
        for phrase, answer in answers.items()
    ]
    sets = [len(truth[phrase] & answer.all) / len(truth[phrase]) for phrase, answer in answers.items() if answer.all]
    told = all(answer.all is not None for answer in answers.values())
    # An empty set found nothing of what is there: it counts.
    return Quality(recall_at_10=mean(shares), recall_of_set=sum(sets) / len(answers) if told else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Measures sites in one browser."""

    browser: Browser
    truth: Truth
    patience: float

    def measure(self, name: str, driver: Driver, site: Site, base_url: str) -> Measured:
        print(f"{name} …", file=sys.stderr, flush=True)  # noqa: T201
        load, queries = search_drivers.load_average(), self.truth.typed()
        with self._window(driver, site, base_url) as window:
            ready = search_drivers.wait_until_ready(window, self.patience)
            following = [search_drivers.type_query(window, query, within=_ANSWER_MS) for query in self._spread(queries)]
            heap, private = search_drivers.memory(self.browser, window)
        typed = []
        for query in queries if ready < _SLOW else queries[:1]:
            with self._window(driver, site, base_url) as window:
                typed.append(search_drivers.type_query(window, query, within=_ANSWER_MS + 2 * ready))
        after = search_drivers.load_average()
        return Measured(
            name=name,
            site=site,
            ready=ready,
            typed=typed,
            following=following[1:],
            heap_mb=heap,
            private_mb=private,
            load=(load, after),
            qualities=self.qualities(driver, site, base_url, str),
        )

    def qualities(
        self, driver: Driver, site: Site, base_url: str, written: Callable[[str], str]
    ) -> Mapping[int, Quality]:
        """By length of phrases; ``written``: how a phrase is put to the engine."""
        found: dict[int, Quality] = {}
        with search_drivers.open_window(
            self.browser, driver, site, base_url, slowdown=1, patience=self.patience
        ) as window:
            search_drivers.wait_until_ready(window, self.patience)
            for length, truth in self.truth.pages.items():
                phrases, answers = list(truth), dict[str, Answer]()
                for start in range(0, len(phrases), _BATCH):
                    batch = phrases[start : start + _BATCH]
                    given = search_drivers.ask(window, [written(phrase) for phrase in batch])
                    answers |= dict(zip(batch, given, strict=True))
                found[length] = quality_of(answers, truth)
        return found

    def _window(self, driver: Driver, site: Site, base_url: str) -> search_drivers.OpenedWindow:
        return search_drivers.open_window(
            self.browser, driver, site, base_url, slowdown=SLOWDOWN, patience=self.patience
        )

    def _spread(self, queries: Sequence[str]) -> Sequence[str]:
        return queries[:: max(1, len(queries) // _NEXT)]


# The report


def _times(values: Sequence[float | None], form: str = "{:.0f} / {:.0f}") -> str:
    """Median and worst, and how often nothing was found."""
    known = [value for value in values if value is not None]
    said = form.format(median(known), max(known)) if known else "–"
    return said if len(known) == len(values) else f"{said} ({len(values) - len(known)} without)"


def _bytes(values: Sequence[int]) -> str:
    return f"{mean(values) / 1024:,.0f} / {max(values) / 1024:,.0f}"


def comparison(measured: Sequence[Measured], pages: int) -> list[str]:
    """Columns are engines."""
    rows: tuple[tuple[str, Callable[[Measured], str]], ...] = (
        ("build, CPU s", lambda m: f"{m.site.cost.cpu_seconds:,.1f}"),
        ("build, CPU ms a page", lambda m: f"{1000 * m.site.cost.cpu_seconds / pages:.2f}"),
        ("build, peak MB", lambda m: f"{m.site.cost.peak_mb:,.0f}"),
        ("index, files", lambda m: f"{m.site.size()[0]:,}"),
        ("index, MB raw / gz", lambda m: f"{m.site.size()[1] / 1e6:.1f} / {m.site.size()[2] / 1e6:.1f}"),
        ("page and its scripts, before typing, KB", lambda m: _before(m)),
        ("a query loads, KB raw, mean / worst", lambda m: _bytes([each.raw for each in m.typed])),
        ("a query loads, KB gz, mean / worst", lambda m: _bytes([each.packed for each in m.typed])),
        ("page ready to answer, ms", lambda m: f"{m.ready:,.0f}"),
        ("fresh page: titles, ms, median / worst", lambda m: _times([each.titles for each in m.typed])),
        ("fresh page: snippets, ms, median / worst", lambda m: _times([each.snippets for each in m.typed])),
        ("fresh pages looked at", lambda m: str(len(m.typed))),
        ("next query: titles, ms, median / worst", lambda m: _times([each.titles for each in m.following])),
        ("next query: snippets, ms, median / worst", lambda m: _times([each.snippets for each in m.following])),
        ("scripts' memory, MB", lambda m: f"{m.heap_mb:.1f}"),
        ("the page's whole process, MB", lambda m: f"{m.private_mb:.0f}"),
        ("load average when timed", lambda m: f"{m.load[0]:.1f} – {m.load[1]:.1f}"),
    )
    lines = [f"| | {' | '.join(each.name for each in measured)} |", "|---" * (len(measured) + 1) + "|"]
    return [*lines, *(f"| {name} | {' | '.join(map(said, measured))} |" for name, said in rows)]


def _before(measured: Measured) -> str:
    return f"{mean(sum(path.stat().st_size for path in each.before) for each in measured.typed) / 1024:,.0f}"


def recalls(qualities: Mapping[str, Mapping[int, Quality]]) -> list[str]:
    lines = [
        f"| recall@10 of phrases of | {' | '.join(map(str, _LENGTHS))} | mean |",
        "|---" * (len(_LENGTHS) + 2) + "|",
    ]
    for name, by_length in qualities.items():
        values = [by_length[length].recall_at_10 for length in _LENGTHS]
        lines.append(f"| {name} | {' | '.join(f'{value:.3f}' for value in values)} | {mean(values):.3f} |")
    return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    what: str
    value: float
    limit: float
    form: str = "{:,.0f}"
    is_least: bool = False

    @property
    def is_kept(self) -> bool:
        return self.value >= self.limit if self.is_least else self.value <= self.limit


def budgets(ours: Sequence[Measured], pages: Pages, *, is_real: bool) -> list[Budget]:
    """``ours``: on ``file://`` first, then over http."""
    disk = ours[0]
    raw, packed = [each.raw for each in disk.typed], [each.packed for each in disk.typed]
    text_bytes = sum(len(text.encode()) for _, text in pages)
    index = sum(path.stat().st_size for path in disk.site.index if path.name == "root.js" or path.parent.name == "s")
    root = next(path.stat().st_size for path in disk.site.index if path.name == "root.js")
    found = [quality.recall_at_10 for each in ours for quality in each.qualities.values()]
    sets = [quality.recall_of_set or 0.0 for each in ours for quality in each.qualities.values()]
    # Generated words stand beside each other by chance, so that pairs say less of a phrase than in real text.
    least_mean, least = (0.98, 0.96) if is_real else (0.95, 0.90)
    return [
        Budget(what="titles on file://, median ms", value=_median(disk, "titles"), limit=250),
        Budget(what="snippets on file://, median ms", value=_median(disk, "snippets"), limit=400),
        Budget(what="a query, KB raw, mean", value=mean(raw) / 1024, limit=200),
        Budget(what="a query, KB raw, worst", value=max(raw) / 1024, limit=250),
        Budget(what="a query, KB gz, worst", value=max(packed) / 1024, limit=150),
        Budget(what="root, bytes", value=root, limit=60 * 1024),
        Budget(what="scripts' memory, MB", value=max(each.heap_mb for each in ours), limit=100),
        Budget(what="index / text", value=index / text_bytes, limit=0.36, form="{:.3f}"),
        Budget(what="recall of the AND set", value=min(sets), limit=1, form="{:.4f}", is_least=True),
        Budget(what="recall@10, mean", value=mean(found), limit=least_mean, form="{:.3f}", is_least=True),
        Budget(what="recall@10, worst length", value=min(found), limit=least, form="{:.3f}", is_least=True),
    ]


def _median(measured: Measured, name: str) -> float:
    """What was never shown took forever."""
    return median(float("inf") if (value := getattr(each, name)) is None else value for each in measured.typed)


def budget_table(rows: Sequence[Budget]) -> list[str]:
    lines = ["| ours | is | budget | kept |", "|---|---|---|---|"]
    for row in rows:
        sign = "≥" if row.is_least else "≤"
        kept = "yes" if row.is_kept else "**no**"
        lines.append(f"| {row.what} | {row.form.format(row.value)} | {sign} {row.form.format(row.limit)} | {kept} |")
    return lines


def bench(pages: Pages, folder: Path, options: argparse.Namespace) -> tuple[bool, bool]:
    """Prints the tables; whether all budgets are kept, and whether Material came to an end."""
    truth = truth_of(pages, options.phrases)
    ours = build_ours(pages, options.site, folder)
    measured: list[Measured] = []
    qualities: dict[str, Mapping[int, Quality]] = {}
    notes: list[str] = []
    with sync_playwright() as playwright:
        path = search_drivers.chromium_path()
        browser = playwright.chromium.launch(executable_path=path, args=["--disable-gpu"])
        this = Bench(browser=browser, truth=truth, patience=options.patience)
        with search_drivers.served(ours.folder) as url:
            measured.append(this.measure("ours, file://", OURS, ours, f"{ours.folder.as_uri()}/"))
            measured.append(this.measure("ours, http", OURS, ours, url))
        if options.rivals:
            python = install_rivals(options.rivals)
            try:
                material = build_material(pages, python, folder, patience=options.patience)
                with search_drivers.served(material.folder) as url:
                    measured.append(this.measure("Material + jieba, http", MATERIAL, material, url))
            except NotFinishedError as error:
                notes.append(f"Material's search did not finish with {len(pages)} pages: {error}.")
            pagefind = build_pagefind(pages, python, folder, patience=options.patience)
            with search_drivers.served(pagefind.folder) as url:
                measured.append(this.measure("Pagefind, http", PAGEFIND, pagefind, url))
                qualities[_QUOTED] = this.qualities(PAGEFIND, pagefind, url, '"{}"'.format)
        version = browser.version
        browser.close()
    rows = budgets(measured[:2], pages, is_real=bool(options.corpus))
    by_name = {each.name: each.qualities for each in measured} | qualities
    title = f"{len(pages):,} pages, {sum(len(text.encode()) for _, text in pages) / 1e6:.1f} MB of text"
    title += f"; Chromium {version}, CPU {SLOWDOWN}× slower; {options.phrases} phrases of each length"
    parts = ([title, *notes], comparison(measured, len(pages)), recalls(by_name), budget_table(rows))
    print("\n\n".join("\n".join(part) for part in parts), flush=True)  # noqa: T201
    return all(row.is_kept for row in rows), not notes


def chosen_pages(corpus: Sequence[Path], count: int) -> Pages:
    """From all folders alike; titles as short as ours are."""
    if not corpus:
        return [(title[:_TITLE_LENGTH], text) for title, text in bench_search.generated_pages(count)]
    pages = [page for folder in corpus for page in bench_search.pages_of(folder)]
    count = min(count, len(pages))
    chosen = (pages[place * len(pages) // count] for place in range(count))
    return [(title[:_TITLE_LENGTH], text) for title, text in chosen]


def build_sample(out: Path) -> Path:
    project = check_project(_PROJECT, today=date(2026, 11, 21))
    build_site(project, BuildOptions(out=out, package=SHARD.package, locale=SHARD.locale))
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--phrases", type=int, default=100, help="of each length")
    parser.add_argument("--corpus", type=Path, nargs="*", default=[], help="folders of Markdown files")
    parser.add_argument("--site", type=Path, help="a site of the sample that is built already; it is copied")
    parser.add_argument("--rivals", type=Path, help="a folder for their environment; they are installed there")
    parser.add_argument("--patience", type=float, default=600, help="seconds after which something is given up")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        options.site = options.site or build_sample(Path(scratch) / "sample")
        count, is_kept, is_finished = options.count, True, False
        while not is_finished:
            folder = Path(scratch) / str(count)
            folder.mkdir()
            kept, is_finished = bench(chosen_pages(options.corpus, count), folder, options)
            shutil.rmtree(folder)
            is_kept, count = is_kept and kept, count // 2
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())

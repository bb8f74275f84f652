"""How the catalog's filters feel with ten thousand resources on an old PC: `python -m tests.bench.bench_catalog`.

The page is the sample's; its search files are written anew for resources that vary the sample's. Chromium opens it
from the disk with the processor slowed down four times. Prints a Markdown table; exits with 1 when a budget is not
kept.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from kebao.assembly.checking import check_project
from kebao.assembly.site_build import BuildOptions, build_site
from kebao.catalog.catalog import Catalog, build_catalog
from kebao.catalog.entries import Entry
from kebao.model.resource import Resource
from kebao.model.shard import Shard
from kebao.pages.texts import texts_for
from kebao.search.document import Document, ResourceRow
from kebao.search.facets import catalog_files
from kebao.search.rows import row_files

PROJECT = Path(__file__).parents[2]
SHARD = Shard(package="shulin", locale="zh")
PAGE = f"{SHARD.uri}/catalog/index.html"
SLOWDOWN = 4
RUNS = 5
MORE = 40
KILOBYTE, MEGABYTE = 1024, 1024 * 1024
_WORDS = "分数比例小数面积体积统计对称方程习作阅读古诗声音磁铁种子电路乡土剪纸合唱接力作业评价家访值日板书学具课间午读"

# Counts change while a click is handled; a screen of rows comes first, all are there when the list is no longer busy.
_CLICK = """
async ({facet, place}) => {
  const box = document.querySelector(`.kb-facet[data-facet="${facet}"]`);
  box.open = true;
  await new Promise((done) => setTimeout(done, 400));
  const inputs = Array.from(box.querySelectorAll("li:not([hidden]) input"));
  const input = inputs[place % inputs.length];
  const list = document.querySelector(".kb-found"), before = list.firstChild;
  const start = performance.now();
  input.click();
  list.parentNode.offsetHeight;
  const counted = performance.now() - start;
  while ((list.firstChild === before || list.hidden) && performance.now() < start + 10000) {
    await new Promise((done) => setTimeout(done, 1));
  }
  list.parentNode.offsetHeight;
  const screen = performance.now() - start;
  while (list.hasAttribute("aria-busy") && performance.now() < start + 10000) {
    await new Promise((done) => setTimeout(done, 1));
  }
  list.parentNode.offsetHeight;
  const drawn = performance.now() - start;
  return { counted, screen, drawn, rows: list.querySelectorAll("tbody tr, .kb-nothing").length };
}
"""
_MORE = """
async () => {
  const list = document.querySelector(".kb-found tbody"), before = list.children.length;
  const start = performance.now();
  document.querySelector(".kb-found__more button").click();
  while (list.children.length === before && performance.now() < start + 10000) {
    await new Promise((done) => setTimeout(done, 1));
  }
  list.offsetHeight;
  return performance.now() - start;
}
"""
_USABLE = "performance.now() * (document.querySelector('.kb-facet input') ? 1 : NaN)"
_SHIFTS = """
new PerformanceObserver((seen) => {
  for (const shift of seen.getEntries()) { window.shifted = (window.shifted || 0) + shift.value; }
}).observe({ type: "layout-shift", buffered: true });
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One line of the table; ``budget`` is the most that ``value`` may be."""

    what: str
    value: float
    budget: float | None
    unit: str

    @property
    def is_kept(self) -> bool:
        return self.budget is None or self.value <= self.budget


def many_resources(sample: Mapping[str, Resource], count: int) -> Iterator[Resource]:
    """Resources that vary the sample's: other titles, days and topics, so that they mix as real ones would."""
    choose = random.Random(20261121)
    models = list(sample.values())
    topics = sorted({topic for model in models for topic in model.topics})
    organisations = sorted({model.organisation for model in models})
    for number in range(count):
        model = models[number % len(models)]
        yield replace(
            model,
            # Neighbours in the index are not neighbours in the sample: nothing but the kind comes in runs.
            id=f"r-{number * 7919 % count:05}",
            title="".join(choose.choices(_WORDS, k=choose.randint(6, 18))),
            topics=tuple(sorted(choose.sample(topics, choose.randint(1, min(3, len(topics)))))),
            organisation=choose.choice(organisations),
            date=date(2021, 1, 1) + timedelta(days=choose.randrange(1800)),
            translations={},
        )


def large_catalog(count: int) -> Catalog:
    project = check_project(PROJECT, today=date(2026, 11, 21))
    site = project.sound_site()
    package = project.content.packages[SHARD.package]
    resources = {each.id: each for each in many_resources(package.resources, count)}
    # What the sample features may not be among them.
    larger = replace(package, resources=resources, featured=())
    content = replace(project.content, packages={SHARD.package: larger})
    only = replace(site, packages=(SHARD.package,))
    return build_catalog(content, only, shard=SHARD, facts=project.facts, digests=project.digests, built=[SHARD])


def document_of(catalog: Catalog, entry: Entry) -> Document:
    """As long as the index's own rows are, a bundle's address among them."""
    organisation = catalog.organisation_name(entry.resource.organisation)
    bundle = f"../../../_files/00/{'0' * 64}/{'%E8%AF%BE' * 12}.zip"
    row = ResourceRow(language="zh", bundle_uri=bundle, bundle_size=1_234_567, bundle_crc32=1, minutes=40)
    return Document(
        kind=entry.resource.kind,
        title=entry.title,
        uri=entry.page_uri,
        order=(entry.page_uri, 0),
        facts=f"课例 · 小学三年级 · 数学 · 40 分钟 · {organisation}",
        text=entry.summary,
        resource=row,
    )


def write_search_files(catalog: Catalog, folder: Path) -> tuple[int, int]:
    """The files that the catalog's page loads; the sizes of ``facets.js`` and of all rows."""
    entries = sorted(catalog.entries, key=lambda entry: entry.page_uri)
    documents = [document_of(catalog, entry) for entry in entries]
    numbers = {document.order: number for number, document in enumerate(documents)}
    files = {file.path: file.script for file in row_files(documents, numbers)}
    files |= catalog_files(catalog, texts_for(catalog.site, SHARD.locale), files, {})
    for path, script in files.items():
        (folder / path).write_bytes(script)
    facets = len(files["facets.js"])
    return facets, sum(map(len, files.values())) - facets


def open_catalog(page: Page, url: str) -> tuple[float, float]:
    """Milliseconds until the filters stand, and how much has moved by then (Chromium's layout shift score)."""
    page.goto("about:blank")
    page.add_init_script(_SHIFTS)
    page.goto(url, wait_until="commit")
    page.wait_for_function("() => document.querySelector('.kb-facet input')", polling="raf")
    usable = float(page.evaluate(_USABLE))
    page.wait_for_timeout(500)
    return usable, float(page.evaluate("window.shifted || 0"))


def measure(page: Page, session: CDPSession, url: str, sizes: tuple[int, int]) -> list[Measure]:
    facets, rows = sizes
    opened = [open_catalog(page, url) for _ in range(RUNS)]
    clicks: list[dict[str, Any]] = []
    for place, facet in enumerate(("stage", "subject", "grade", "kind", "topic", "organisation", "stage", "level") * 2):
        clicks.append(page.evaluate(_CLICK, {"facet": facet, "place": place}))
        if place % 3 == 2:
            page.locator(".kb-active .kb-link").click()
            page.wait_for_timeout(100)
    page.goto("about:blank")
    page.goto(f"{url}#sort=title")
    page.locator(".kb-found__more button").wait_for()
    more = [page.evaluate(_MORE) for _ in range(MORE)]
    session.send("HeapProfiler.collectGarbage")
    heap = {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}
    counted = [click["counted"] for click in clicks]
    screens = [click["screen"] for click in clicks]
    drawn = [click["drawn"] for click in clicks]
    return [
        Measure(what="facets.js", value=facets / KILOBYTE, budget=250, unit="KB"),
        Measure(what="catalog usable, median", value=statistics.median(t for t, _ in opened), budget=1500, unit="ms"),
        Measure(what="catalog usable, worst", value=max(t for t, _ in opened), budget=None, unit="ms"),
        Measure(what="moved while it loads", value=max(shift for _, shift in opened), budget=0.1, unit=""),
        Measure(what="filter click to new counts, median", value=statistics.median(counted), budget=100, unit="ms"),
        Measure(what="filter click to new counts, worst", value=max(counted), budget=None, unit="ms"),
        Measure(
            what="filter click to a screen of rows, median", value=statistics.median(screens), budget=100, unit="ms"
        ),
        Measure(what="filter click to a screen of rows, worst", value=max(screens), budget=None, unit="ms"),
        Measure(what="filter click to rows drawn, median", value=statistics.median(drawn), budget=None, unit="ms"),
        Measure(what="filter click to rows drawn, worst", value=max(drawn), budget=None, unit="ms"),
        Measure(what="60 more rows, median", value=statistics.median(more), budget=None, unit="ms"),
        Measure(what="60 more rows, worst", value=max(more), budget=None, unit="ms"),
        Measure(
            what=f"script memory with {page.locator('.kb-found tbody tr').count()} rows shown",
            value=heap["JSHeapUsedSize"] / MEGABYTE,
            budget=100,
            unit="MB",
        ),
        Measure(what="rows of all files", value=rows / MEGABYTE, budget=None, unit="MB"),
    ]


def bench(site: Path, count: int) -> bool:
    """Prints the table; whether all budgets are kept."""
    sizes = write_search_files(large_catalog(count), site / SHARD.uri / "search")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 844})
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
        measures = measure(page, session, (site / PAGE).as_uri(), sizes)
        browser.close()
    print(f"| {count} resources, CPU {SLOWDOWN}× slower, file:// | measured | budget |\n|--|--|--|")  # noqa: T201
    for each in measures:
        budget = "" if each.budget is None else f"≤ {each.budget:g} {each.unit}"
        mark = "" if each.is_kept else " **over**"
        print(f"| {each.what} | {each.value:.3g} {each.unit}{mark} | {budget} |")  # noqa: T201
    return all(each.is_kept for each in measures)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--site", type=Path, help="a site of the sample that is built already; it is copied")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        if arguments.site:
            shutil.copytree(arguments.site, site)
        else:
            project = check_project(PROJECT, today=date(2026, 11, 21))
            build_site(project, BuildOptions(out=site, package=SHARD.package))
        return 0 if bench(site, arguments.count) else 1


if __name__ == "__main__":
    sys.exit(main())

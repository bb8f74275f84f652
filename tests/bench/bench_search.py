"""How large the search index is, how long it takes and what it finds: `make bench`, or with real text `--corpus DIR`.

Each build is a process of its own; reading the corpus is not counted. Prints a Markdown table; exits with 1 when a
budget is not kept.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from kebao.assembly.token_cache import TokenCache
from kebao.model.resource import Kind
from kebao.search.coding import classes_of
from kebao.search.document import Document, ResourceRow
from kebao.search.index import build_index
from kebao.search.plain_text import plain_text
from kebao.search.root import Labels
from kebao.search.shards import read_shard
from kebao.search.simplified import simplified_characters
from kebao.search.tokens import Normaliser, query_terms
from mkdocs_kebao.shared_assets import OWN, delivered

from .corpus import COMMON

_PROJECT = Path(__file__).parents[2]
_ENGINE = _PROJECT / "tests/plugins/engine.cjs"
_SCRIPTS = _PROJECT / "plugins/mkdocs_kebao/templates/assets/kebao"
_PAGE_LENGTH = 2_000
_WORDS = 30_000
_PHRASE_LENGTHS = (2, 3, 4, 6, 8)
_PHRASES = 200
_SHOWN = 10
_LABELS = Labels(kinds={kind.value: kind.value for kind in Kind}, subjects={}, stages={})
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
#: In the order of their addresses, so that pages keep their numbers.
_KINDS = sorted(Kind)


# The corpus


def pages_of(folder: Path) -> Iterator[tuple[str, str]]:
    """Title and text of pages of about two thousand characters, cut at paragraphs out of Markdown files."""
    for path in sorted(folder.rglob("*.md")):
        plain = plain_text(_without_front_matter(path.read_text("utf-8", "replace")))
        title = plain.headings[0] if plain.headings else path.stem
        page: list[str] = []
        for paragraph in plain.text.split("\n"):
            if sum(map(len, page)) + len(paragraph) > _PAGE_LENGTH and sum(map(len, page)) > _PAGE_LENGTH // 2:
                yield title, "\n".join(page)
                page = []
            if paragraph in plain.headings and not page:
                title = paragraph
            page.append(paragraph)
        if page:
            yield title, "\n".join(page)


def _without_front_matter(text: str) -> str:
    return text.split("\n---", 1)[1] if text.startswith("---\n") and "\n---" in text[4:] else text


def generated_pages(count: int) -> Iterator[tuple[str, str]]:
    """Pages of words whose n-th is n times rarer than the first, as in real text, and of its subject's."""
    choose = random.Random(20250318)
    words = ["".join(choose.choices(COMMON, k=choose.choice((1, 2, 2, 2, 2, 3, 4)))) for _ in range(_WORDS)]
    shares = list(itertools.accumulate(1 / (rank + 5) for rank in range(_WORDS)))
    for _ in range(count):
        subject = choose.choices(words, k=40)
        drawn = choose.choices(words, cum_weights=shares, k=600) + choose.choices(subject, k=150)
        choose.shuffle(drawn)
        clauses = ["".join(drawn[at : at + 5]) for at in range(0, len(drawn), 5)]
        text = "\n".join("，".join(clauses[at : at + 6]) + "。" for at in range(0, len(clauses), 6))
        yield "".join(choose.sample(subject, 4)), text


def documents_of(pages: Sequence[tuple[str, str]]) -> list[Document]:
    """Resources of seven kinds, as a province would have them."""
    documents: list[Document] = []
    for number, (title, text) in enumerate(pages):
        kind = _KINDS[number * len(_KINDS) // len(pages)]
        uri = f"{kind.value}/resource-{number:05}.html"
        paragraphs = text.split("\n")
        documents.append(
            Document(
                kind=kind,
                title=title[:60],
                uri=uri,
                order=(uri, 0),
                facts="课例 · 小学三年级 · 数学 · 40 分钟 · 第一小学",
                strong=tuple(p for p in paragraphs if len(p) < 30),
                text=text,
                resource=ResourceRow(
                    language="zh",
                    bundle_uri=f"../../../_files/{number % 256:02x}/{number:064x}/{'%E8%AF%BE' * 20}.zip",
                    bundle_size=1_234_567,
                    bundle_crc32=4_000_000_000 + number,
                ),
            )
        )
    return documents


# Building: `--task`


def run_task(pages: Path, cache: Path, out: Path) -> None:
    """Builds in this process and prints how long it took; writes the files for the parent."""
    documents = documents_of(json.loads(pages.read_text("utf-8")))
    # What is there before: the interpreter and the texts.
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    kept = TokenCache(cache)
    files = build_index(documents, _LABELS, kept)
    kept.save()
    seconds = time.process_time() - started
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for path, content in files.items():
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    print(json.dumps([seconds, before / 1024, after / 1024]))  # noqa: T201


def timed(pages: Path, cache: Path, out: Path) -> tuple[float, float, float]:
    """CPU seconds, peak memory in MB before and after building."""
    command = [sys.executable, "-m", __spec__.name, "--task", str(pages), str(cache), str(out)]
    done = subprocess.run(command, cwd=_PROJECT, check=True, capture_output=True, text=True)
    seconds, before, after = json.loads(done.stdout)
    return seconds, before, after


# Searching


class Reader:
    """Reads the written files as a browser does."""

    def __init__(self, folder: Path) -> None:
        self.root = read_payload(folder / "root.js")
        self.entries: dict[str, str] = {}
        for path in (folder / "s").iterdir():
            self.entries.update(read_shard(read_payload(path)))

    def found(self, query: str, normalise: Normaliser) -> set[int]:
        """The documents with all terms."""
        terms = query_terms(f"{query} ", normalise)
        matches = [classes_of(self.entries.get(term[1:], ""), self.root["n"]) for term in terms]
        return {document for document in range(self.root["n"]) if all(match[document] for match in matches)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the scripts answer to a query that is the first on its page; bytes without the root's.

    Attributes:
        packed: What is loaded, each file compressed.
    """

    documents: tuple[int, ...]
    loaded: int
    packed: int


def answers_of(folder: Path, queries: Sequence[str]) -> list[Answer]:
    """The delivered scripts, run by Node over the index in ``folder/search``."""
    scripts = folder / "scripts"
    scripts.mkdir(exist_ok=True)
    for uri, content in delivered({f"{OWN}{path.name}": path for path in _SCRIPTS.glob("*.js")}).items():
        (scripts / uri.removeprefix(OWN)).write_bytes(content)
    asked = {"scripts": str(scripts), "shard": str(folder), "queries": list(queries), "fresh": True}
    done = subprocess.run(
        ["node", str(_ENGINE)], input=json.dumps(asked), check=True, capture_output=True, encoding="utf-8"
    )
    return [
        Answer(
            documents=tuple(_number(hit["uri"]) for hit in answer["hits"] if not hit["group"]),
            loaded=answer["bytes"],
            packed=answer["packed"],
        )
        for answer in json.loads(done.stdout)["answers"]
    ]


def _number(uri: str) -> int:
    return int(uri.removesuffix(".html").rpartition("-")[2])


def read_payload(path: Path) -> dict:  # type: ignore[type-arg]
    return json.loads(path.read_text("utf-8").split(",", 2)[2].removesuffix(");\n"))  # type: ignore[no-any-return]


def phrases(texts: Sequence[str], length: int) -> list[str]:
    """Phrases that begin or end a clause somewhere in the texts, the same every time."""
    choose = random.Random(length)
    found: list[str] = []
    while len(found) < _PHRASES:
        runs = [run for run in _HAN_RUN.findall(choose.choice(texts)) if len(run) >= length]
        if runs:
            run = choose.choice(runs)
            found.append(choose.choice((run[:length], run[-length:])))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    length: int
    recall_of_set: float
    precision_of_set: float
    recall_at_10: float
    loaded: float
    most_loaded: int
    most_packed: int


def quality(reader: Reader, folder: Path, texts: Sequence[str], length: int, normalise: Normaliser) -> Quality:
    """Against the truth of substring search, on average over the phrases."""
    of_set, precision, at_10 = [], [], []
    asked = phrases(texts, length)
    answers = answers_of(folder, asked)
    for phrase, answer in zip(asked, answers, strict=True):
        truth = {number for number, text in enumerate(texts) if phrase in text}
        found = reader.found(phrase, normalise)
        of_set.append(len(truth & found) / len(truth))
        precision.append(len(truth & found) / max(1, len(found)))
        at_10.append(len(truth & set(answer.documents[:_SHOWN])) / min(_SHOWN, len(truth)))
    return Quality(
        length=length,
        recall_of_set=mean(of_set),
        precision_of_set=mean(precision),
        recall_at_10=mean(at_10),
        loaded=mean(answer.loaded for answer in answers),
        most_loaded=max(answer.loaded for answer in answers),
        most_packed=max(answer.packed for answer in answers),
    )


# The report


def sizes(folder: Path) -> Mapping[str, tuple[int, int, int]]:
    """Part → files, bytes, bytes when each file is compressed."""
    found: dict[str, tuple[int, int, int]] = {}
    for path in sorted(folder.rglob("*.js")):
        part = path.relative_to(folder).parts[0]
        data = path.read_bytes()
        files, raw, packed = found.get(part, (0, 0, 0))
        found[part] = files + 1, raw + len(data), packed + len(gzip.compress(data, 6))
    return found


def bench(pages: Sequence[tuple[str, str]], folder: Path, *, mean_found: float, least_found: float) -> bool:
    """Prints the tables; whether all budgets are kept, and so much of the ten best pages found."""
    (folder / "pages.json").write_text(json.dumps(pages), "utf-8")
    (folder / "tokens").unlink(missing_ok=True)
    for earlier in ("search", "again"):
        shutil.rmtree(folder / earlier, ignore_errors=True)
    cold = timed(folder / "pages.json", folder / "tokens", folder / "search")
    warm = timed(folder / "pages.json", folder / "tokens", folder / "again")
    same = all((folder / "again" / p.relative_to(folder / "search")).read_bytes() == p.read_bytes()
               for p in (folder / "search").rglob("*.js"))  # fmt: skip
    normalise = Normaliser(simplified_characters())
    texts = [f"{normalise(title[:60])}\n{normalise(text)}" for title, text in pages]
    reader = Reader(folder / "search")
    qualities = [quality(reader, folder, texts, length, normalise) for length in _PHRASE_LENGTHS]
    text_bytes = sum(len(text.encode()) for _, text in pages)
    of_parts = sizes(folder / "search")
    index = sum(of_parts[part][1] for part in ("s", "root.js"))
    packed = sum(of_parts[part][2] for part in ("s", "root.js"))
    largest = max(path.stat().st_size for path in (folder / "search" / "s").iterdir())
    milliseconds = [1000 * seconds / len(pages) for seconds in (cold[0], warm[0])]
    memory = max(cold[2] - cold[1], warm[2] - warm[1])
    recalls = [q.recall_at_10 for q in qualities]
    # The budgets are for pages of two thousand characters; the root's is for ten thousand of them.
    root_budget = max(20_000, 6.144 * len(pages))
    rows = (
        ("index / text", index / text_bytes, 0.36, "{:.3f}"),
        ("index, compressed / text", packed / text_bytes, 0.30, "{:.3f}"),
        ("root, bytes", of_parts["root.js"][1], root_budget, "{:,.0f}"),
        ("largest shard, bytes", largest, 16_384, "{:,.0f}"),
        ("cold, CPU ms a page", milliseconds[0], 2.2, "{:.2f}"),
        ("warm, CPU ms a page", milliseconds[1], 1.0, "{:.2f}"),
        ("memory, MB above the texts", memory, 300, "{:.0f}"),
        ("lost by AND sets", 1 - min(q.recall_of_set for q in qualities), 0, "{:.4f}"),
        ("lost of ten after verifying, mean", 1 - mean(recalls), 1 - mean_found, "{:.3f}"),
        ("lost of ten after verifying, worst length", 1 - min(recalls), 1 - least_found, "{:.3f}"),
        ("bytes of a query without the root, mean", mean(q.loaded for q in qualities), 200 * 1024, "{:,.0f}"),
        ("bytes of a query, worst", max(q.most_loaded for q in qualities), 250 * 1024, "{:,.0f}"),
        ("bytes of a query, compressed, worst", max(q.most_packed for q in qualities), 150 * 1024, "{:,.0f}"),
        ("warm build differs", 0 if same else 1, 0, "{:.0f}"),
    )
    _print_report(len(pages), text_bytes, of_parts, rows, qualities)
    return all(value <= budget for _, value, budget, _ in rows)


def _print_report(
    pages: int,
    text_bytes: int,
    of_parts: Mapping[str, tuple[int, int, int]],
    rows: Sequence[tuple[str, float, float, str]],
    qualities: Sequence[Quality],
) -> None:
    lines = [f"{pages} pages, {text_bytes / 1e6:.1f} MB of text", "", "| | is | budget | kept |", "|---|---|---|---|"]
    for name, value, budget, form in rows:
        is_kept = "yes" if value <= budget else "**no**"
        lines.append(f"| {name} | {form.format(value)} | {form.format(budget)} | {is_kept} |")
    lines += ["", "| part | files | KB | KB compressed |", "|---|---|---|---|"]
    lines += [f"| {part} | {n} | {raw / 1e3:,.1f} | {gz / 1e3:,.1f} |" for part, (n, raw, gz) in of_parts.items()]
    lines += ["", "| length | recall of the AND set | its precision | recall@10 | KB | worst | compressed |"]
    lines += ["|---|---|---|---|---|---|---|"]
    lines += [
        f"| {q.length} | {q.recall_of_set:.4f} | {q.precision_of_set:.3f} | {q.recall_at_10:.3f} "
        f"| {q.loaded / 1024:.0f} | {q.most_loaded / 1024:.0f} | {q.most_packed / 1024:.0f} |"
        for q in qualities
    ]
    print("\n".join(lines))  # noqa: T201


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--corpus", type=Path, nargs="*", help="folders of Markdown files instead of generated text")
    parser.add_argument("--keep", type=Path, help="write the index there")
    parser.add_argument("--task", type=Path, nargs=3, metavar=("PAGES", "CACHE", "OUT"))
    options = parser.parse_args()
    if options.task:
        run_task(*options.task)
        return 0
    # Generated words stand beside each other by chance, so that pairs say less of a phrase than in real text.
    mean_found, least_found = (0.98, 0.96) if options.corpus else (0.95, 0.90)
    if options.corpus:
        pages = [page for folder in options.corpus for page in pages_of(folder)][: options.count]
    else:
        pages = list(generated_pages(options.count))
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        return 0 if bench(pages, folder, mean_found=mean_found, least_found=least_found) else 1


if __name__ == "__main__":
    sys.exit(main())

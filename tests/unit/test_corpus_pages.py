"""The corpus that benchmarks build: the same every time, without a problem, and with all that pages hold."""

from __future__ import annotations

from pathlib import Path

from tests.bench.corpus_pages import pages, write_pages

from kebao.assembly.checking import check_project

COUNT = 30


def test_the_corpus_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_pages(tmp_path / name, COUNT)
    one, two = (
        {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (tmp_path / "one", tmp_path / "two")
    )
    assert one == two
    contents = [data for path, data in one.items() if path.suffix in (".png", ".docx") and "packages" in path.parts]
    assert len(contents) == len(set(contents)) == 16, "ten pictures and six plans, each with bytes of its own"


def test_the_corpus_has_no_problem_and_texts_of_the_size_of_real_ones(tmp_path: Path) -> None:
    write_pages(tmp_path / "project", COUNT)
    assert check_project(tmp_path / "project").problems == ()
    written = list(pages(tmp_path / "project", COUNT))
    assert all(1500 <= len(page.markdown.encode()) <= 3400 for page in written)
    assert all("| 环节 |" in page.markdown and "(kebao:resource-" in page.markdown for page in written)
    assert any("!!! note" in page.markdown for page in written)
    assert any("](board.png)" in page.markdown for page in written)

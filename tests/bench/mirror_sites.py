"""Sites for the benchmark of the mirror: one of many small files, one of a gigabyte, and changes to a built one."""

from __future__ import annotations

import os
import random
from pathlib import Path

_WORDS = ("教师", "课堂", "分数", "折纸", "研修", "观察", "活动", "学生", "问题", "lesson", "paper", "school", "topic")
_HEAD = "<!doctype html><meta charset=utf-8><title>{title}</title><nav>首页 课程 课例 微课例 学校 简报</nav>"
UNITS = 40


def page(chance: random.Random, title: str, words: int = 60) -> str:
    """A page with words of its own."""
    return _HEAD.format(title=title) + "<p>" + " ".join(chance.choices(_WORDS, k=words))


def write_many(root: Path, count: int) -> None:
    """So many pages in forty units, some hundred to a folder."""
    chance = random.Random(7)
    for unit in range(UNITS):
        base = root / f"package-{unit // 2}" / ("zh", "en")[unit % 2]
        base.mkdir(parents=True)
        (base / "versions.json").write_text("[]", "utf-8")
        for number in range(count // UNITS):
            folder = base / f"lesson-cases-{number // 100}"
            folder.mkdir(exist_ok=True)
            path = folder / f"fractions-first-steps-{number}.html"
            path.write_text(page(chance, f"{unit} {number}"), "utf-8")
    (root / "index.html").write_text(page(chance, "index"), "utf-8")


def write_gigabyte(root: Path) -> None:
    """A gigabyte in 3,000 files: pages, documents, and videos that do not compress."""
    chance = random.Random(8)
    for folder in ("pages", "documents", "videos"):
        (root / folder).mkdir(parents=True)
    for number in range(2400):
        text = page(chance, str(number), chance.randrange(1000, 5000))
        (root / "pages" / f"{number}.html").write_text(text, "utf-8")
    for number in range(585):
        (root / "documents" / f"{number}.pptx").write_bytes(os.urandom(chance.randrange(200_000, 1_400_000)))
    for number in range(14):
        (root / "videos" / f"{number}.mp4").write_bytes(os.urandom(chance.randrange(30_000_000, 40_000_000)))
    (root / "index.html").write_text(page(chance, "index"), "utf-8")


def change(path: Path, old: str, new: str) -> None:
    """Replaces text; the file may be a link to one that must stay."""
    content = path.read_bytes().replace(old.encode(), new.encode(), 1)
    path.unlink()
    path.write_bytes(content)


def change_navigation(root: Path, count: int) -> list[str]:
    """A page is added, and so many pages name it: what most updates of a site consist of. Gives the changed paths."""
    paths = _pages(root, count)
    for path in paths:
        change(path, "<p", "<p><a href='#'>2026 年秋季新增</a></p><p")
    return [path.relative_to(root).as_posix() for path in paths]


def change_sentences(root: Path, count: int) -> list[str]:
    """Forty characters that only that page has, on so many pages: what no delta can make small."""
    chance = random.Random(9)
    paths = _pages(root, count)
    for path in paths:
        sentence = "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(40))
        change(path, "<p", f"<p>{sentence}</p><p")
    return [path.relative_to(root).as_posix() for path in paths]


def _pages(root: Path, count: int) -> list[Path]:
    return [path for path in sorted(root.rglob("*.html")) if b"<p" in path.read_bytes()][:count]


def copy_tree(source: Path, target: Path) -> None:
    """Linked, so that unchanged files keep their dates, as rsync likes it."""
    for folder, _, names in os.walk(source):
        into = target / Path(folder).relative_to(source)
        into.mkdir(parents=True, exist_ok=True)
        for name in names:
            os.link(Path(folder, name), into / name)

"""The corpus with all that pages hold: tables, lists, notes, links, pictures and materials; the same every time.

A text has 1.5 to 3 KB; every third has a picture, every fifth a lesson plan. No two files have the same bytes.
"""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from PIL import Image

from .bench_attachments import altered
from .corpus import resource_id, resource_path, sentence, write_corpus

_SAMPLE = Path(__file__).parents[2] / "content"
_SEED = 20250321
_PICTURE = (640, 480)
_EVERY_PICTURE, _EVERY_PLAN = 3, 5
#: Bytes of UTF-8, of which a Chinese character has three.
_SIZES = (1500, 3000)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusPage:
    """A resource as any generator of sites can have it.

    Attributes:
        facts: The other fields of the front matter as text.
        files: Pictures and materials, by name.
    """

    id: str
    title: str
    facts: dict[str, str]
    markdown: str
    files: dict[str, Path]


def write_pages(root: Path, count: int) -> None:
    """A project with ``count`` such resources at ``root``, which must not exist."""
    write_corpus(root, count)
    with (root / "site_config/policy.yml").open("a", encoding="utf-8") as policy:
        policy.write("\ndocument_authors: [Kebao sample]\n")
    for number in range(count):
        _enrich(root / resource_path(number), number, count)


def pages(root: Path, count: int) -> Iterator[CorpusPage]:
    """The resources of the project."""
    for number in range(count):
        path = root / resource_path(number)
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        fields = yaml.safe_load(head)
        files = {file.name: file for file in sorted(path.parent.iterdir()) if file.name != path.name}
        facts = {name: str(value) for name, value in fields.items() if name not in ("title", "materials")}
        yield CorpusPage(id=resource_id(number), title=fields["title"], facts=facts, markdown=body, files=files)


def _enrich(path: Path, number: int, count: int) -> None:
    choose = random.Random(_SEED + number)
    _, head, _ = path.read_text(encoding="utf-8").split("---\n", 2)
    materials = []
    if number % _EVERY_PICTURE == 0:
        _write_picture(path.with_name("board.png"), number)
        materials.append("  - {file: board.png, role: picture, title: 板书}")
    if number % _EVERY_PLAN == 0:
        path.with_name("plan.docx").write_bytes(altered(_lesson_plan(), ".docx", number))
        materials.append("  - {file: plan.docx, role: lesson-plan, title: 教学设计}")
    if materials:
        head += "materials:\n" + "\n".join(materials) + "\n"
    path.write_text(f"---\n{head}---\n\n{_body(number, count, choose)}", encoding="utf-8", newline="\n")


def _body(number: int, count: int, choose: random.Random) -> str:
    size = choose.randint(*_SIZES)
    parts = ["## 情况\n", _paragraph(choose), _links(number, count, choose), "## 做法\n", _list(choose), _table(choose)]
    if number % _EVERY_PICTURE == 0:
        parts.append("![板书：左边是问题，右边是学生的三种做法](board.png)\n")
    if number % 2:
        parts += ["## 结果\n", _paragraph(choose), f'!!! note "提醒"\n\n    {sentence(choose)}\n']
    parts.append("## 想一想\n")
    while sum(len(part.encode()) for part in parts) < size:
        parts.append(f"{sentence(choose)}{sentence(choose)}**{sentence(choose)}**\n")
    return "\n".join(parts)


def _paragraph(choose: random.Random) -> str:
    return f"{sentence(choose)}{sentence(choose)}\n"


def _links(number: int, count: int, choose: random.Random) -> str:
    others = {(number + 1 + choose.randrange(count - 1)) % count for _ in range(choose.randint(1, 3))}
    led = "、".join(f"[另一节课的做法 {other}](kebao:{resource_id(other)})" for other in sorted(others))
    return f"可以对照{led}来看。\n"


def _list(choose: random.Random) -> str:
    mark = choose.choice(("1.", "-"))
    return "".join(f"{mark} {sentence(choose)}\n" for _ in range(choose.randint(3, 5)))


def _table(choose: random.Random) -> str:
    rows = "".join(f"| {step} | {sentence(choose)} | {choose.randint(3, 12)} |\n" for step in ("导入", "探究", "练习"))
    return f"| 环节 | 做法 | 分钟 |\n|---|---|---|\n{rows}"


def _write_picture(path: Path, number: int) -> None:
    stream = io.BytesIO()
    Image.new("RGB", _PICTURE, (number % 251, number // 251 % 251, 120)).save(stream, "PNG")
    path.write_bytes(stream.getvalue())


@cache
def _lesson_plan() -> bytes:
    return min(_SAMPLE.rglob("*.docx"), key=lambda path: path.stat().st_size).read_bytes()

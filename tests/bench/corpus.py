"""A large project of pure text, the same every time: what a province's content is in size, and without a problem."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

MINIMAL_PROJECT = Path(__file__).parents[1] / "golden" / "minimal_project"
TOPICS = 40
SCHOOLS = 30
PEOPLE = 300
#: Resources of each kind in turn: those that need no materials.
KINDS = ("micro-cases", "micro-stories", "lesson-cases", "bulletins")
PACKAGE = "content/packages/demo"

# Words of two characters out of some hundreds, so that no two texts have a line in common: as in real ones.
COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之"
    "进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样"
    "与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位"
    "入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南"
    "给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务"
)
_CHARACTERS = "山水田林路桥河村春夏秋冬晨光新芽青石白云红果书声灯火书房学步竹叶松风梅雪江月星空海棠桂花荷塘柳岸杏坛"


def write_corpus(root: Path, count: int, *, seed: int = 20250318) -> None:
    """A project with ``count`` resources at ``root``, which must not exist."""
    shutil.copytree(MINIMAL_PROJECT, root, ignore=shutil.ignore_patterns(".kebao", "packages"))
    choose = random.Random(seed)
    _write(root / "content/organisations.yml", _organisations())
    _write(root / "content/people.yml", _people())
    _write(root / PACKAGE / "package.yml", (MINIMAL_PROJECT / PACKAGE / "package.yml").read_text("utf-8"))
    for number in range(TOPICS):
        _write(root / PACKAGE / f"topics/topic-{number:02}.md", _topic(number, count, choose))
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        _write(root / PACKAGE / kind / resource_id(number) / "index.md", _resource(number, count, kind, choose))


def resource_id(number: int) -> str:
    return f"resource-{number:05}"


def resource_path(number: int) -> str:
    return f"{PACKAGE}/{KINDS[number % len(KINDS)]}/{resource_id(number)}/index.md"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def _organisations() -> str:
    lines = ["- {id: county-centre, type: county-centre, name: {zh: 示例县教师发展中心, en: County Centre}}"]
    for number in range(SCHOOLS):
        name = f"{{zh: 第{number + 1}小学, en: School {number + 1}}}"
        lines.append(
            f"- {{id: school-{number:02}, type: school, parent: county-centre, name: {name}, stages: [primary]}}"
        )
    return "\n".join(lines) + "\n"


def _people() -> str:
    lines = (
        f"- {{id: person-{n:03}, name: {{zh: 教师{n + 1}, en: T{n + 1}}}, organisation: school-{n % SCHOOLS:02}}}"
        for n in range(PEOPLE)
    )
    return "\n".join(lines) + "\n"


def _topic(number: int, count: int, choose: random.Random) -> str:
    suggested = ", ".join(resource_id(choose.randrange(count)) for _ in range(5))
    return f"""---
title: 专题{number + 1}
summary: 第{number + 1}个研修专题，收集本县教师在课堂里的做法。
order: {number + 1}
stages: [primary]
subjects: [mathematics]
suggested: [{suggested}]
---

{_paragraph(choose)}
"""


def _resource(number: int, count: int, kind: str, choose: random.Random) -> str:
    person = choose.randrange(PEOPLE)
    other = (number + 1 + choose.randrange(count - 1)) % count
    topics = ", ".join(f"topic-{t:02}" for t in sorted(choose.sample(range(TOPICS), choose.randint(1, 3))))
    name = "".join(choose.sample(_CHARACTERS, 6))
    body = _body(choose, resource_id(other))
    return f"""---
title: {name}里的一课
summary: {sentence(choose)}
topics: [{topics}]
subject: {choose.choice(("mathematics", "chinese"))}
stages: [primary]
grades: [{choose.choice(("grade-3", "grade-4"))}]
programme: county-2025
phase: {choose.choice(("lesson-study", "wrap-up"))}
contributors:
  - {{person: person-{person:03}, role: {choose.choice(("author", "teacher"))}}}
organisation: school-{person % SCHOOLS:02}
date: 2025-{choose.randint(1, 12):02}-{choose.randint(1, 28):02}
licence: CC-BY-4.0
keywords: [{", ".join("".join(choose.sample(_CHARACTERS, 2)) for _ in range(3))}]
relations:
  - {{type: related, target: {resource_id(other)}}}
review: {{state: accepted, by: person-{choose.randrange(PEOPLE):03}, on: 2025-12-29}}
ai_generated: none
{_details(kind, number, name)}---

{body}"""


def _details(kind: str, number: int, name: str) -> str:
    if kind == "lesson-cases":
        return f"textbook: pep\nunit: 三年级上册第{number % 8 + 1}单元\nlesson: {name}\n"
    if kind == "bulletins":
        return f"issue: {number + 1}\nperiod: {{from: 2025-01-01, to: 2025-12-31}}\n"
    return ""


def _body(choose: random.Random, other: str) -> str:
    parts: list[str] = []
    size = choose.randint(700, 2200)
    for heading in ("情况", "做法", "结果", "想一想"):
        parts.append(f"## {heading}\n")
        while sum(len(part.encode()) for part in parts) < size * len([p for p in parts if p.startswith("#")]) / 4:
            parts.append(f"{_paragraph(choose)}\n")
    parts.append(f"另见[相关的一课](kebao:{other})。\n")
    return "\n".join(parts)


def _paragraph(choose: random.Random) -> str:
    return "".join(sentence(choose) for _ in range(choose.randint(2, 5)))


def sentence(choose: random.Random) -> str:
    clauses = ("".join(choose.choices(COMMON, k=choose.randint(6, 14))) for _ in range(choose.randint(2, 3)))
    return f"{'，'.join(clauses)}。"

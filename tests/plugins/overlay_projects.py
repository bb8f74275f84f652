"""A school on a county on a province: three packages, each building on the one before."""

from __future__ import annotations

from pathlib import Path

import yaml

from .projects import write_small_project

PROVINCE, COUNTY, SCHOOL = "base", "demo", "village"
_PACKAGES = "content/packages"
_TOPIC = (
    "---\ntitle: 省里的专题\nsummary: 只有省级包才有的一个专题，县里的包没有写过。\norder: 1\n---\n\n先动手，再动口。\n"
)
COUNTY_OVERLAY = """\
hide:
  - {resource: clay, reason: {zh: 本县没有这种泥。}}
replace:
  - {resource: water, by: newspaper}
annotate:
  - {resource: paper, note: {zh: 本县用方格纸。}, by: li-shan, on: 2025-04-01}
"""
SCHOOL_OVERLAY = """\
hide:
  - {resource: every-type, reason: {zh: 学校放不了录像。}}
replace:
  - {resource: newspaper, by: stone}
annotate:
  - {resource: paper, note: {zh: 我校只有八个学生，一人一张。}, by: wang-lan, on: 2025-05-01}
"""


def story(title: str, body: str, topic: str = "hands-on-maths", **more: str) -> str:
    fields = "".join(f"{name}: {value}\n" for name, value in more.items())
    return f"""---
title: {title}
summary: 教师写下的一个微故事，说的是{title}的来历。
topics: [{topic}]
stages: [primary]
programme: county-2025
phase: lesson-study
contributors: [{{person: wang-lan, role: teacher}}]
organisation: willow-school
date: 2025-03-18
licence: CC-BY-4.0
review: {{state: submitted}}
ai_generated: none
{fields}---

{body}
"""


def write(root: Path, path: str, text: str) -> None:
    target = root / _PACKAGES / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def package(title: str, extends: str = "") -> str:
    line = f"extends: {extends}\n" if extends else ""
    return f"""title: {{zh: {title}资源包}}
short_title: {{zh: {title}包}}
summary: {{zh: 测试用的一个资源包。}}
publisher: county-centre
region: {{zh: {title}}}
source_locale: zh
locales: [zh]
licence: CC-BY-4.0
{line}programmes: [county-2025]
"""


def write_three_levels(folder: Path) -> Path:
    """The project; one locale, so that it is built quickly."""
    root = write_small_project(folder)
    picture = (root / _PACKAGES / COUNTY / "lesson-cases/fractions/board.png").read_bytes()
    write(root, f"{PROVINCE}/package.yml", package("省级"))
    write(root, f"{PROVINCE}/topics/province-topic.md", _TOPIC)
    write(root, f"{PROVINCE}/topics/hands-on-maths.md", _TOPIC.replace("省里的专题", "动手学数学"))
    paper = "一张旧挂历有了新用处，比[那团泥](kebao:clay)好用，也比[那碗水](kebao:water)好拿。"
    materials = "[{file: board.png, role: picture, title: 省里的板书}]"
    write(root, f"{PROVINCE}/micro-stories/paper/index.md", story("一张纸", paper, materials=materials))
    (root / _PACKAGES / PROVINCE / "micro-stories/paper/board.png").write_bytes(picture + b"province")
    write(root, f"{PROVINCE}/micro-stories/clay/index.md", story("一团泥", "孩子们捏出了两个一样重的球，然后压扁。"))
    write(root, f"{PROVINCE}/micro-stories/water/index.md", story("一碗水", "端平的人说，水面自己会找平。"))
    topic = "province-topic"
    write(root, f"{PROVINCE}/micro-stories/rope/index.md", story("一根绳", "打十二个结，就能在操场上画直角。", topic))
    write(root, f"{PROVINCE}/micro-stories/draft/index.md", story("草稿", "还没有写完。", lifecycle="{state: draft}"))
    write(root, f"{COUNTY}/package.yml", package("示例县", f"{{package: {PROVINCE}, edition: next}}"))
    write(root, f"{COUNTY}/overlay.yml", COUNTY_OVERLAY)
    write(root, f"{COUNTY}/micro-stories/newspaper/index.md", story("一张报纸", "铺到第九张，教室还剩一小截。"))
    write(root, f"{SCHOOL}/package.yml", package("杨树小学", f"{{package: {COUNTY}, edition: next}}"))
    write(root, f"{SCHOOL}/overlay.yml", SCHOOL_OVERLAY)
    write(
        root,
        f"{SCHOOL}/micro-stories/stone/index.md",
        story("一块石头", "见[省里的故事](kebao:paper)，我们换成了石头。"),
    )
    site = root / "site_config" / "site.yml"
    settings = yaml.safe_load(site.read_text("utf-8")) | {"packages": [COUNTY, PROVINCE, SCHOOL]}
    site.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    for translation in (root / _PACKAGES / COUNTY).rglob("*.en.md"):
        translation.unlink()
    return root

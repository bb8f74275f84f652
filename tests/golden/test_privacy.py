"""Personal data and hazards in a project: told once, at their place, masked; what policy allows is silent."""

from __future__ import annotations

import io
import shutil
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest

from kebao.assembly.checking import check_project
from kebao.checks import file_safety, privacy
from kebao.cli.mend_files import diff_lines
from kebao.problems import Problem
from kebao.reports.format_names import FORMATS
from kebao.reports.formats import MACHINE_FORMATS
from kebao.reports.report import Report
from kebao.reports.text import render_text
from kebao.words import words_in

MINIMAL_PROJECT = Path(__file__).parent / "minimal_project"
FOLDER = "content/packages/demo/lesson-cases/fractions"
PAGE = f"{FOLDER}/index.md"
COURSE = "content/packages/demo/courses/ethics-basics/index.md"
IDENTITY = "231281201506151003"
PHONE = "13612345678"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MINIMAL_PROJECT, tmp_path / "project"))


def change(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (root / file).write_bytes(text.replace(old, new).encode())


def problems(root: Path, today: date | None = None) -> list[Problem]:
    return list(check_project(root, today=today, use_cache=False).problems)


def at(problem: Problem) -> tuple[str, int, int, int]:
    place = problem.location
    return problem.code, place.line, place.column, place.end_column


def test_a_number_in_the_body_is_at_its_line_and_column(root: Path) -> None:
    change(root, PAGE, "每人一张纸，先对折", f"每人一张纸（{PHONE}），先对折")
    lines = (root / PAGE).read_text(encoding="utf-8").split("\n")
    line = next(i for i, text in enumerate(lines, start=1) if PHONE in text)
    (problem,) = problems(root)
    assert at(problem) == ("KB702", line, 7, 18)
    assert problem.location.pointer == ""


def test_windows_line_ends_and_a_byte_order_mark_move_nothing(root: Path) -> None:
    change(root, PAGE, "每人一张纸，先对折", f"每人一张纸（{PHONE}），先对折")
    before = [at(problem) for problem in problems(root)]
    text = (root / PAGE).read_text(encoding="utf-8")
    (root / PAGE).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert [at(problem) for problem in problems(root)] == before


def test_a_number_in_the_title_of_a_material_names_the_field(root: Path) -> None:
    change(root, PAGE, "title: 教学设计}", f"title: 教学设计 {PHONE}}}")
    (problem,) = problems(root)
    assert (problem.code, problem.location.pointer) == ("KB702", "materials[0].title")


def test_a_number_in_people_yml_names_the_field(root: Path) -> None:
    path = root / "content/people.yml"
    path.write_text(path.read_text(encoding="utf-8") + f"# 王老师 {PHONE}\n", encoding="utf-8")
    assert [problem.code for problem in problems(root)] == ["KB702"], "comments are in the repository too"


def test_public_contacts_are_silent_however_written(root: Path) -> None:
    change(root, PAGE, "每人一张纸", "电话 0455-5612345、136 1234 5678，邮箱 a@b.edu.cn、c@d.cn。每人一张纸")
    assert [problem.code for problem in problems(root)] == ["KB702", "KB702", "KB704", "KB704"]
    policy = "public_contacts: [（0455）5612345, '13612345678', '@b.edu.cn', C@d.cn]\n"
    (root / "site_config/policy.yml").write_text(policy, encoding="utf-8")
    assert problems(root) == []


def material(root: Path, name: str, document: object) -> str:
    document.save(root / FOLDER / name)  # type: ignore[attr-defined]
    if name != "lesson-plan.docx":
        entry = "  - {file: board.png, role: picture, title: 板书}\n"
        change(root, PAGE, entry, f"{entry}  - {{file: {name}, role: lesson-plan, title: 表}}\n")
    return f"{FOLDER}/{name}"


def test_a_number_in_a_hidden_sheet_is_told_with_its_cell_in_both_languages(root: Path) -> None:
    workbook = openpyxl.Workbook()
    hidden = workbook.create_sheet("名单")
    hidden.sheet_state = "hidden"
    hidden["B7"] = IDENTITY
    path = material(root, "list.xlsx", workbook)
    (problem,) = problems(root)
    assert (problem.code, problem.location.path, problem.location.pointer) == ("KB701", path, "sheet 名单!B7")
    assert words_in("zh").say(problem.message) == "工作表“名单”的 B7 格：疑似有身份证号：231*************03"
    assert problem.hint is not None
    assert words_in("zh").say(problem.hint) == "请看工作表“名单”的 B7 格；工作表或这一行可能被隐藏了"


def test_a_number_in_the_notes_of_a_slide_is_told_with_the_slide_in_both_languages(root: Path) -> None:
    show = pptx.Presentation()
    for _ in range(3):
        slide = show.slides.add_slide(show.slide_layouts[6])
    slide.notes_slide.notes_text_frame.text = f"致电 {PHONE}"
    slide.shapes.add_textbox(0, 0, 9, 9).text_frame.text = IDENTITY
    path = material(root, "talk.pptx", show)
    found = {problem.location.pointer: problem for problem in problems(root) if problem.code != "KB706"}
    assert {problem.location.path for problem in found.values()} == {path}
    said = {
        pointer: (problem.code, words_in("zh").say(problem.message), words_in("en").say(problem.message))
        for pointer, problem in found.items()
    }
    assert said == {
        "slide 3": (
            "KB701",
            "第 3 张幻灯片：疑似有身份证号：231*************03",
            "slide 3: what looks like an identity number: 231*************03",
        ),
        "slide 3 notes": (
            "KB702",
            "第 3 张幻灯片的备注：有手机号：136******78",
            "slide 3 notes: a mobile phone number: 136******78",
        ),
    }


def test_authors_that_say_nothing_or_are_allowed_are_silent(root: Path) -> None:
    document = docx.Document()
    material(root, "lesson-plan.docx", document)
    assert problems(root) == [], "python-docx is nobody"
    document.core_properties.author = "王兰"
    material(root, "lesson-plan.docx", document)
    (problem,) = problems(root)
    assert problem.message.params == {"names": "王*"}
    (root / "site_config/policy.yml").write_text("document_authors: [王兰]\n", encoding="utf-8")
    assert problems(root) == []


def test_a_trap_is_told_once(root: Path) -> None:
    stream = io.BytesIO(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    (root / FOLDER / "lesson-plan.docx").write_bytes(stream.getvalue())
    assert [problem.code for problem in problems(root)] == ["KB805"]


CONSENT = "ai_generated: none\nconsent: {who: 学生的监护人, scope: 本县, until: 2025-06-30}"


def test_a_consent_holds_up_to_its_last_day(root: Path) -> None:
    change(root, PAGE, "ai_generated: none", CONSENT)
    assert problems(root, date(2025, 6, 30)) == []
    assert problems(root, None) == []
    (problem,) = problems(root, date(2025, 7, 1))
    assert (problem.code, problem.location.pointer) == ("KB709", "consent.until")


def test_a_missing_consent_is_told_at_the_first_role(root: Path) -> None:
    (root / "site_config/policy.yml").write_text("consent_roles: [picture, lesson-plan]\n", encoding="utf-8")
    (problem,) = problems(root)
    assert (problem.code, problem.location.pointer) == ("KB708", "materials[0].role")


EMAIL = "a.person@school.cn"
SPACED = "136 1234 5678"


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_shows_what_stands_where_something_else_belongs(name: str, root: Path) -> None:
    change(root, PAGE, "topics: [hands-on-maths]", f"topics: ['{PHONE}']")
    change(root, PAGE, "每人一张纸", f"{SPACED}。每人一张纸")
    change(root, PAGE, "subject: mathematics", f"subject: '{IDENTITY}'")
    change(root, COURSE, "required: true", f"required: true\n{EMAIL}: x")
    found = check_project(root, use_cache=False).problems
    assert {"KB203", "KB301", "KB401"} <= {problem.code for problem in found}
    for language in ("zh", "en"):
        report = Report(problems=found, words=words_in(language))
        sources = {path: (root / path).read_text(encoding="utf-8") for path in (PAGE, COURSE)}
        text = MACHINE_FORMATS[name](report) if name in MACHINE_FORMATS else render_text(report, sources=sources)
        assert "KB301" in text
        assert [secret for secret in (IDENTITY, PHONE, SPACED, EMAIL, "a.person") if secret in text] == []


def test_what_is_mended_is_shown_without_a_match(root: Path) -> None:
    change(root, PAGE, "每人一张纸", f"{IDENTITY}，{SPACED}，{EMAIL}。每人一张纸")
    before = (root / PAGE).read_bytes().replace("教学过程".encode(), f"教学过程 {EMAIL}".encode())
    shown = "\n".join(diff_lines(PAGE, before.replace(b"\n", b"\r\n"), before))
    assert "�" in shown
    assert [secret for secret in (IDENTITY, SPACED, EMAIL) if secret in shown] == []


def test_no_report_shows_a_match(root: Path) -> None:
    change(root, PAGE, "每人一张纸", f"{IDENTITY}，{PHONE}，a.person@school.cn。每人一张纸")
    said = [
        words_in(language).say(message)
        for problem in problems(root)
        for language in ("zh", "en")
        for message in (problem.message, problem.hint)
        if message
    ]
    assert not [text for text in said if IDENTITY in text or PHONE in text or "person" in text]
    assert len(said) == 12


def test_every_sentence_of_the_tables_has_its_chinese() -> None:
    told = [sentence for words in privacy._WORDS.values() for sentence in (words.in_text, words.in_file, words.hint)]
    told += [sentence for words in file_safety._WORDS.values() for sentence in (words.message, words.hint)]
    assert [sentence for sentence in told if sentence not in words_in("zh").catalogue] == []

"""A translation's digest changes with what is translated, and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kebao.loading.digests import source_digest
from kebao.model.material import Material
from kebao.model.package import Topic
from kebao.model.resource import (
    Approval,
    AssessmentItem,
    Contribution,
    CourseDetails,
    CourseSection,
    Kind,
    LessonCaseDetails,
    Resource,
)

LESSON = Resource(
    id="fractions",
    kind=Kind.LESSON_CASE,
    folder="content/packages/demo/lesson-cases/fractions",
    title="分数",
    summary="折一张纸。",
    topics=("maths",),
    stages=("primary",),
    contributors=(Contribution(person="a", role="author"),),
    organisation="school",
    date=date(2025, 3, 18),
    licence="CC-BY-4.0",
    programme="county",
    phase="lesson-study",
    keywords=("分数", "折纸"),
    materials=(Material(file="plan.docx", role="plan", title="教学设计"),),
    body="先对折。\n\n再对折。\n",
    body_line=20,
    details=LessonCaseDetails(textbook="pep", unit="第八单元", lesson="分数"),
)
COURSE = CourseDetails(
    module="ethics",
    required=True,
    hours=6,
    credits=0.5,
    delivery="online",
    sections=(CourseSection(part="theory", title="三件小事"),),
    assessment=(AssessmentItem(item="出勤", weight=100),),
    approval=Approval(by="专家组", on=date(2025, 3, 10)),
)
TOPIC = Topic(id="t", path="t.md", title="专题", summary="简介", order=1, body="正文\n", body_line=5)


@pytest.mark.parametrize(
    "changed",
    [
        replace(LESSON, title="分数的认识"),
        replace(LESSON, summary="折两张纸。"),
        replace(LESSON, body="先对折。\n\n再对折。\n\n展开。\n"),
        replace(LESSON, keywords=("分数",)),
        replace(LESSON, materials=(Material(file="plan.docx", role="plan", title="教案"),)),
        replace(LESSON, details=LessonCaseDetails(textbook="pep", unit="第八单元", lesson="几分之一")),
    ],
)
def test_a_changed_text_changes_the_digest(changed: Resource) -> None:
    assert source_digest(changed) != source_digest(LESSON)


@pytest.mark.parametrize(
    "changed",
    [
        replace(LESSON, date=date(2026, 1, 1)),
        replace(LESSON, licence="internal-use"),
        replace(LESSON, topics=("reading",)),
        replace(LESSON, keywords=("折纸", "分数")),
        replace(LESSON, body_line=21),
        replace(LESSON, body="先对折。  \n\n再对折。\n"),
        replace(LESSON, materials=(Material(file="plan.docx", role="slides", title="教学设计"),)),
        replace(LESSON, details=LessonCaseDetails(textbook="bnu", unit="第八单元", lesson="分数", level="good")),
    ],
)
def test_what_is_not_translated_does_not_change_the_digest(changed: Resource) -> None:
    assert source_digest(changed) == source_digest(LESSON)


def test_composed_and_decomposed_characters_have_one_digest() -> None:
    composed, decomposed = replace(LESSON, title="caf\u00e9"), replace(LESSON, title="cafe\u0301")
    assert source_digest(composed) == source_digest(decomposed)


def test_a_course_counts_its_sections_and_assessment_but_not_their_weights() -> None:
    course = replace(LESSON, kind=Kind.COURSE, details=COURSE)
    weighed = replace(course, details=replace(COURSE, assessment=(AssessmentItem(item="出勤", weight=50),)))
    renamed = replace(course, details=replace(COURSE, sections=(CourseSection(part="theory", title="一"),)))
    assert source_digest(weighed) == source_digest(course)
    assert source_digest(renamed) != source_digest(course)


def test_a_topic_has_a_digest_of_its_texts() -> None:
    assert source_digest(replace(TOPIC, order=2)) == source_digest(TOPIC)
    assert source_digest(replace(TOPIC, body="别的正文\n")) != source_digest(TOPIC)


def test_a_digest_is_lower_case_hexadecimal() -> None:
    digest = source_digest(LESSON)
    assert len(digest) == 64
    assert set(digest) <= set("0123456789abcdef")

"""A translation knows which fields and parts of its source have changed, and which it lacks."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.loading.digests import source_digest
from kebao.model.material import Material
from kebao.model.package import TopicTranslation
from kebao.model.resource import LessonCaseDetails, Resource, SchoolSummaryDetails, SummaryNumber, Translation
from kebao.model.translated_texts import (
    FIELDS,
    TextState,
    field_states,
    is_stale,
    source_digests,
    source_texts,
    text_counts,
)

from .test_digests import COURSE, LESSON, TOPIC

BODY = "导语。\n\n## 目标 {#aims}\n\n折纸。\n\n```\n## 不是标题\n```\n\n## 过程\n\n对折。\n"
SOURCE = replace(LESSON, body=BODY)
TRANSLATION = Translation(
    of="zh",
    digest="",
    digests=source_digests(SOURCE),
    title="Fractions",
    summary="Folding.",
    body="Text.\n",
    keywords=("fractions",),
    unit="Unit 8",
    lesson="Fractions",
    material_titles={"plan.docx": "Plan"},
)


def states_of(source: Resource, translation: Translation = TRANSLATION) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The fields that are not current: state and parts."""
    states = field_states(source, translation, source_digest(source))
    return {s.field: (s.state.value, s.parts) for s in states if s.state is not TextState.CURRENT}


def test_what_was_accepted_is_current() -> None:
    assert states_of(SOURCE) == {}
    assert not is_stale(SOURCE, TRANSLATION, "")
    assert set(source_texts(SOURCE)) == {"title", "summary", "keywords", "unit", "lesson", "materials", "body"}


@pytest.mark.parametrize(
    "changed, stale",
    [
        (replace(SOURCE, title="分数的认识"), {"title": ()}),
        (replace(SOURCE, summary="折两张纸。"), {"summary": ()}),
        (replace(SOURCE, keywords=("分数",)), {"keywords": ()}),
        (replace(SOURCE, body=BODY.replace("对折。", "再对折。")), {"body": ("过程",)}),
        (replace(SOURCE, body=BODY.replace("导语。", "前言。")), {"body": ()}),
        (replace(SOURCE, body=BODY.replace("## 过程", "## 步骤")), {"body": ("步骤",)}),
        (replace(SOURCE, body=f"{BODY}\n## 反思\n\n好。\n"), {"body": ("反思",)}),
        (replace(SOURCE, body=BODY.partition("\n## 过程")[0]), {"body": ()}),
        (
            replace(SOURCE, materials=(Material(file="plan.docx", role="plan", title="教案"),)),
            {"materials": ("plan.docx",)},
        ),
        (
            replace(SOURCE, details=LessonCaseDetails(textbook="pep", unit="第八单元", lesson="几分之一")),
            {"lesson": ()},
        ),
        (replace(SOURCE, keywords=()), {"keywords": ()}),
    ],
)
def test_a_changed_text_makes_its_field_stale_and_no_other(
    changed: Resource, stale: dict[str, tuple[str, ...]]
) -> None:
    assert states_of(changed) == {field: ("stale", parts) for field, parts in stale.items()}
    assert is_stale(changed, TRANSLATION, "")


def test_moved_sections_make_the_body_stale_without_naming_one() -> None:
    first, second = "## 一\n\n甲。\n", "## 二\n\n乙。\n"
    source = replace(SOURCE, body=f"{first}\n{second}")
    translation = replace(TRANSLATION, digests=source_digests(source))
    assert states_of(replace(source, body=f"{second}\n{first}"), translation) == {"body": ("stale", ())}


@pytest.mark.parametrize(
    "same",
    [
        replace(SOURCE, keywords=tuple(reversed(SOURCE.keywords))),
        replace(SOURCE, body=BODY.replace("\n", "  \n")),
        replace(SOURCE, body=f"{BODY}\n\n"),
        replace(SOURCE, date=SOURCE.date.replace(year=2020), licence="CC0-1.0"),
    ],
)
def test_what_a_translator_does_not_translate_makes_nothing_stale(same: Resource) -> None:
    assert states_of(same) == {}
    assert not is_stale(same, TRANSLATION, "")


def test_a_field_without_a_translation_is_missing_and_makes_nothing_stale() -> None:
    bare = replace(TRANSLATION, keywords=(), unit="", material_titles={}, body=" \n")
    assert states_of(SOURCE, bare) == {
        "keywords": ("missing", ()),
        "unit": ("missing", ()),
        "materials": ("missing", ("plan.docx",)),
        "body": ("missing", ()),
    }
    assert not is_stale(SOURCE, bare, "")


def test_entries_of_lists_are_missing_one_by_one() -> None:
    course = replace(SOURCE, details=COURSE)
    translation = replace(TRANSLATION, digests=source_digests(course), lists={"sections": ("Three things",)})
    assert states_of(course, translation) == {"assessment": ("missing", ("1",))}


def test_units_that_are_no_words_need_no_translation() -> None:
    numbers = (SummaryNumber(label="课", value=3, unit="节"), SummaryNumber(label="率", value=3, unit="%"))
    details = SchoolSummaryDetails(period=None, numbers=numbers, next_plan=())  # type: ignore[arg-type]
    summary = replace(SOURCE, details=details)
    lists = {"numbers": ("Lessons", "Rate")}
    translation = replace(TRANSLATION, digests=source_digests(summary), lists=lists)
    assert states_of(summary, translation) == {"number_units": ("missing", ("1",))}


def test_with_one_digest_of_the_whole_all_fields_are_current_or_stale_together() -> None:
    old = replace(TRANSLATION, digests={}, digest=source_digest(SOURCE))
    assert states_of(SOURCE, old) == {}
    changed = replace(SOURCE, title="分数的认识")
    assert set(states_of(changed, old)) == set(source_texts(SOURCE))
    assert is_stale(changed, old, source_digest(changed))


def test_a_translation_that_does_not_say_what_it_was_made_from_is_stale() -> None:
    unknown = replace(TRANSLATION, digests={})
    assert set(states_of(SOURCE, unknown)) == set(source_texts(SOURCE))
    assert is_stale(SOURCE, unknown, "")


def test_topics_have_a_title_a_summary_and_a_body() -> None:
    translation = TopicTranslation(of="zh", digest="", digests=source_digests(TOPIC), title="T", summary="S", body="B")
    states = field_states(replace(TOPIC, summary="别的简介"), translation, "")
    assert [(s.field, s.state.value) for s in states] == [
        ("title", "current"),
        ("summary", "stale"),
        ("body", "current"),
    ]


@given(st.text(max_size=60))
def test_line_ends_trailing_blanks_and_unicode_form_do_not_count(body: str) -> None:
    written_otherwise = unicodedata.normalize("NFD", body).replace("\n", " \t\n") + "\n\n"
    bodies = (source_digests(replace(TOPIC, body=text)).get("body") for text in (body, written_otherwise))
    assert len(set(bodies)) == 1


@given(st.lists(st.sampled_from(["## 标题", "```", "~~~", "文字", "", "# 一", "### 三"]), max_size=12))
def test_the_sections_of_a_body_hold_every_line_that_says_something(lines: list[str]) -> None:
    parts = source_texts(replace(TOPIC, body="\n".join(lines))).get("body", ())
    said = [line for part in parts for line in part.text.split("\n") if line]
    assert said == [line for line in lines if line]


def test_every_field_that_is_compared_can_be_written() -> None:
    from kebao.loading.authored_resource import AuthoredDigests, AuthoredTranslation

    assert tuple(AuthoredDigests.model_fields) == FIELDS
    assert set(FIELDS) - {"body"} == set(AuthoredTranslation.model_fields) - {"translation"}


LINES = st.sampled_from(["", " ", "## 做法", "## ", "##做法", " ## 做法", "正文。", "```", "~~~text", "### 小节"])


@given(st.lists(LINES, max_size=9), st.booleans())
def test_parts_are_counted_as_they_are_cut_out(lines: list[str], of_topic: bool) -> None:
    body = "\n".join(lines)
    source = replace(TOPIC, body=body) if of_topic else replace(LESSON, body=body)
    cut_out = source_texts(source)
    assert list(text_counts(source).items()) == [(field, len(parts)) for field, parts in cut_out.items()]

"""What to write instead: the values and names that authors really write."""

from __future__ import annotations

import pytest

from kebao.loading.value_hints import field_hint, value_hint
from kebao.problems import Message

FIELDS = ("title", "summary", "keywords", "licence", "date")


def said(hint: Message | None) -> str:
    return hint.in_english() if hint else ""


@pytest.mark.parametrize(
    "error_type, written, wanted",
    [
        ("kb_boolean", "yes", "true"),
        ("kb_boolean", "TRUE", "true"),
        ("kb_boolean", "是", "true"),
        ("kb_boolean", "ｏｆｆ", "false"),
        ("kb_boolean", "否", "false"),
        ("kb_number", "６", "6"),
        ("kb_number", "六", "6"),
        ("kb_number", "6 学时", "6"),
        ("kb_number", "1,200", "1200"),
        ("kb_whole_number", "45分钟", "45"),
        ("kb_date", "2025年3月8日", "2025-03-08"),
        ("kb_date", "2025/3/8", "2025-03-08"),
        ("kb_date", "2025.03.08", "2025-03-08"),
        ("kb_date", "20250308", "2025-03-08"),
        ("kb_date", "２０２５－０３－０８", "2025-03-08"),
        ("kb_date", "2025-03-08 09:30", "2025-03-08"),
        ("kb_moment", "2025年3月", "2025-03"),
        ("kb_moment", "2025年", "2025"),
        ("list_type", "分数、折纸", "[分数, 折纸]"),
        ("list_type", "【分数，折纸】", "[分数, 折纸]"),
        ("list_type", "primary", "[primary]"),
        ("kb_localized", "示例包", "{zh: 示例包}"),
    ],
)
def test_the_value_that_is_meant_is_said(error_type: str, written: str, wanted: str) -> None:
    assert said(value_hint(error_type, written, ())) == f"write '{wanted}'"


@pytest.mark.parametrize(
    "error_type, written",
    [
        ("kb_boolean", "maybe"),
        ("kb_number", "12:30"),
        ("kb_number", "6-8"),
        ("kb_number", "十二"),
        ("kb_date", "2025-02-30"),
        ("kb_date", "3月8日"),
        ("list_type", "a: b"),
        ("kb_localized", "甲, 乙: {丙}"),
        ("kb_number", "字" * 100),
    ],
)
def test_nothing_is_guessed(error_type: str, written: str) -> None:
    assert value_hint(error_type, written, ()) is None


def test_personal_data_is_not_said_again() -> None:
    assert value_hint("list_type", "王岚 13800138000", ()) is None


def test_a_mapping_is_told_with_its_fields() -> None:
    assert said(value_hint("model_type", "submitted", ("state", "by"))) == "what can stand in it: state, by"


@pytest.mark.parametrize(
    "written, hint",
    [
        ("标题", "did you mean 'title'?"),
        ("关键字", "did you mean 'keywords'?"),
        ("Title", "did you mean 'title'?"),
        ("ｔｉｔｌｅ", "did you mean 'title'?"),
        ("licnce", "did you mean 'licence'?"),
        ("date：2025", "write 'date: …', with a half-width colon and a space"),
        ("date:2025", "write 'date: …', with a half-width colon and a space"),
        ("da\u200bte", "write 'date' anew: something that cannot be seen stands in it"),
        ("xyz", "use one of: title, summary, keywords, licence, date"),
    ],
)
def test_the_field_that_is_meant_is_said(written: str, hint: str) -> None:
    assert said(field_hint(written, FIELDS)) == hint


def test_a_field_that_is_like_none_is_to_be_taken_out() -> None:
    many = tuple(f"field_{letter}" for letter in "abcdefghijklmn")
    assert said(field_hint("学分", many)) == "this kind of file has no such field: take it out"

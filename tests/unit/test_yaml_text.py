"""Strict YAML: text stays text, and every value knows its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kebao.loading import yaml_text
from kebao.loading.front_matter import read_markdown_page
from kebao.loading.plain_lines import plain_value
from kebao.loading.yaml_text import MAX_BYTES, YamlDocument, decode_utf8, read_yaml


def read(text: str) -> YamlDocument:
    return read_yaml("a.yml", text)


def codes(document: YamlDocument) -> list[str]:
    return [problem.code for problem in document.problems]


@pytest.mark.parametrize("written", ["yes", "no", "on", "2025-03-18", "12:30", "0x1F", "1e3", "010", ".nan", "true"])
def test_what_yaml_1_1_reads_as_something_else_stays_text(written: str) -> None:
    assert read(f"a: {written}").value == {"a": written}


@pytest.mark.parametrize("written", ["", "null", "~"])
def test_an_empty_value_is_none(written: str) -> None:
    assert read(f"a: {written}").value == {"a": None}


@pytest.mark.parametrize("written", ["''", '"null"', "'~'"])
def test_a_value_in_quotation_marks_is_text(written: str) -> None:
    assert read(f"a: {written}").value == {"a": written[1:-1]}


def test_an_empty_document_is_none_without_problem() -> None:
    assert read("# nothing yet\n") == read("")
    assert read("").value is None


def test_places_count_han_characters_as_one() -> None:
    document = read("标题: {中文: 分数, b: x}\n")
    assert document.source_map.spans[("标题", "b")].key == (1, 14)
    assert document.source_map.spans[("标题", "b")].value == (1, 17)


def test_places_start_at_the_line_that_is_given() -> None:
    document = read_yaml("a.md", "a:\n  - x\n  - y\n", first_line=2)
    assert document.source_map.spans[("a", 1)].value == (4, 5)


def test_the_first_of_two_equal_keys_is_kept() -> None:
    document = read("a: 1\na: 2\n")
    assert document.value == {"a": "1"}
    assert codes(document) == ["KB103"]


def test_an_alias_is_reported_where_it_is_used() -> None:
    document = read("a: &x 1\nb: *x\n")
    assert [(p.code, p.location.line, p.location.column) for p in document.problems] == [("KB104", 2, 4)]


@pytest.mark.parametrize("text", ["a: !!python/object/apply:os.system [x]", "a: !x y", "!local {}"])
def test_tags_are_refused(text: str) -> None:
    assert codes(read(text)) == ["KB104"]


@pytest.mark.parametrize("text", ["[" * 31, "[" * 100_000, "{a: " * 100_000, "- " * 1_000 + "x", "? " * 31 + "x"])
def test_absurd_nesting_is_refused(text: str) -> None:
    assert codes(read(text)) == ["KB105"]


def test_twenty_levels_are_fine() -> None:
    assert codes(read("[" * 20 + "]" * 20)) == []


def test_two_documents_in_one_file_are_refused() -> None:
    assert codes(read("a: 1\n---\nb: 2\n")) == ["KB102"]


def test_a_key_must_be_a_word() -> None:
    assert codes(read("? [a, b]\n: c\n")) == ["KB102"]


def test_line_ends_of_windows_and_a_byte_order_mark_do_not_matter() -> None:
    assert decode_utf8("a.yml", b"\xef\xbb\xbfa: 1\r\nb: 2\r\n") == ("a: 1\nb: 2\n", ())


def test_a_file_over_a_mebibyte_is_refused() -> None:
    text, problems = decode_utf8("a.yml", b"a" * (MAX_BYTES + 1))
    assert (text, [problem.code for problem in problems]) == ("", ["KB105"])


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x85", "\u2028", "\u2029", "\ufeff", "\uffff"])
def test_a_character_that_would_shift_the_lines_is_refused(character: str) -> None:
    _, problems = decode_utf8("a.yml", f"a: 1\nb: x{character}y\n".encode())
    assert [(p.code, p.location.line, p.location.column) for p in problems] == [("KB106", 2, 5)]


def test_joiners_of_right_to_left_scripts_are_kept() -> None:
    assert decode_utf8("a.yml", "\u200c\u200d\u200f\u061c".encode())[1] == ()


def test_a_body_starts_on_its_first_line_that_is_not_blank() -> None:
    page = read_markdown_page("index.md", b"---\na: 1\n---\n\n\ntext\nmore\n")
    assert (page.body, page.body_line) == ("text\nmore\n", 6)


def test_a_body_right_below_the_front_matter_starts_there() -> None:
    page = read_markdown_page("index.md", b"---\na: 1\n---\ntext\n")
    assert (page.body, page.body_line) == ("text\n", 4)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "a: ",
                    "b: ",
                    "c:",
                    "- ",
                    "x",
                    "null",
                    "~",
                    '""',
                    "'y'",
                    "[",
                    "]",
                    "{",
                    "}",
                    ", ",
                    "\n",
                    "\n  ",
                    "|\n  ",
                ),
                *("&a ", "*a", "!x ", "!!str ", "# c\n", "---\n", "...\n", "? ", "<<: ", "1.0", "yes", ": "),
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_the_quick_reader_gives_what_the_careful_one_gives(text: str) -> None:
    careful = yaml_text._read_with_care("x.yml", text, first_line=1)
    quick = read_yaml("x.yml", text)
    assert (quick.value, quick.problems) == (careful.value, careful.problems)
    assert dict(quick.source_map.spans) == dict(careful.source_map.spans)


_WORDS = (
    "a",
    "b",
    "kept-1",
    "null",
    "~",
    "字",
    "“字”",
    "一 二",
    "1.0",
    "-1",
    "-",
    "a b ",
    " c",
    "a: b",
    "a #b",
    "'q'",
    "｛",
    "",
    "...",
)
_KEYS = ("a", "b", "c-d", "E_1", "null", "1", "字", "<<", "?")


@st.composite
def front_matter(draw: st.DrawFn) -> str:
    def words(joint: str = ", ") -> str:
        return joint.join(draw(st.lists(st.sampled_from(_WORDS), max_size=3)))

    def pairs() -> str:
        return ", ".join(
            f"{draw(st.sampled_from(_KEYS))}: {draw(st.sampled_from(_WORDS))}" for _ in range(draw(st.integers(0, 3)))
        )

    lines = []
    for _ in range(draw(st.integers(0, 5))):
        key = draw(st.sampled_from(_KEYS))
        kind = draw(st.integers(0, 6))
        lines += {
            0: [f"{key}: {words(' ')}"],
            1: [f"{key}: [{words()}]"],
            2: [f"{key}: {{{pairs()}}}"],
            3: [f"{key}:"],
            4: [f"{key}:", f"  - {words(' ')}", f"  - {{{pairs()}}}"],
            5: [f"  - {words(' ')}"],
            6: [draw(st.sampled_from(("", "  b: c", "- d", "# e", "\t", "---", "  - - f", "  -")))],
        }[kind]
    return "\n".join(lines) + draw(st.sampled_from(("", "\n", "\n\n")))


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(front_matter())
def test_plain_lines_are_what_the_parser_reads(text: str) -> None:
    value = plain_value(text)
    careful = yaml_text._read_with_care("x.yml", text, first_line=1)
    if value is not None:
        assert (value, ()) == (careful.value, careful.problems)


def test_front_matter_as_it_is_mostly_written_is_plain() -> None:
    text = """title: 暴风雨夜：“讲一个晚上” (2)
topics: [lesson-design, digital-literacy]
contributors:
  - {person: jiang-wanqiu, role: teacher}
  - null
date: 2025-04-09
review: {state: accepted, by: he-ruolan}
unit:
relations:
"""
    assert plain_value(text) == {
        "title": "暴风雨夜：“讲一个晚上” (2)",
        "topics": ["lesson-design", "digital-literacy"],
        "contributors": [{"person": "jiang-wanqiu", "role": "teacher"}, None],
        "date": "2025-04-09",
        "review": {"state": "accepted", "by": "he-ruolan"},
        "unit": None,
        "relations": None,
    }


@pytest.mark.parametrize(
    "text", ["a: b\n" * 2, "a: {b: c, b: d}", f"{'a' * 2000}: b", "a: b\n  - c", "a:\n- b", "a: b: c", "a: b "]
)
def test_what_a_parser_may_refuse_or_read_in_another_way_is_not_plain(text: str) -> None:
    assert plain_value(text) is None

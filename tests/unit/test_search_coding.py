"""Numbers and postings in printable digits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.search.coding import (
    DIGITS,
    EntryCoder,
    bit_column,
    classes_of,
    number,
    numbers,
    posting,
    postings_of,
    run_column,
)

GOLDEN: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[1] / "golden" / "search" / "tokens.json").read_text("utf-8")
)


def test_digits_need_no_escape_in_json_and_html() -> None:
    assert len(DIGITS) == 85
    assert not set(DIGITS) & set("\"'\\<` !#")
    assert sorted(DIGITS) == list(DIGITS)


@pytest.mark.parametrize(
    "value, text", [(0, "&"), (1, "("), (59, "e"), (60, "f&"), (85, "f("), (1_559, "~e"), (1_560, "ff&")]
)
def test_numbers_as_the_format_says(value: int, text: str) -> None:
    assert number(value) == text


def test_every_shared_number_and_entry_holds() -> None:
    for case in GOLDEN["numbers"]:
        assert number(case["value"]) == case["digits"]
    for case in GOLDEN["entries"]:
        classes = classes_of(case["entry"], case["n"])
        found = [[document, c] for document, c in enumerate(classes) if c]
        wanted = case.get("documents") or [[d, int(c)] for d, c in enumerate(case["classes"]) if c != "0"]
        assert found == wanted
        assert EntryCoder(case["n"]).entry([posting(d, c) for d, c in wanted]) == case["entry"]


@given(st.lists(st.integers(0, 10**7)))
def test_numbers_are_read_as_they_were_written(values: list[int]) -> None:
    assert list(numbers("".join(map(number, values)))) == values


@given(st.lists(st.integers(0, 3), min_size=1, max_size=400))
def test_entries_are_read_as_they_were_written(classes: list[int]) -> None:
    postings = [posting(document, c) for document, c in enumerate(classes) if c]
    if postings:
        entry = EntryCoder(len(classes)).entry(postings)
        assert list(classes_of(entry, len(classes))) == classes
        assert postings_of(entry, len(classes)) == postings
        assert " " not in entry


def test_an_entry_of_every_document_takes_a_digit_for_three() -> None:
    entry = EntryCoder(3_000).entry([posting(document, 1) for document in range(3_000)])
    assert entry[0] == "#"
    assert len(entry) == 1 + 1_000


def test_runs_say_a_value_once() -> None:
    assert run_column([1, 1, 1, 0, 2, 2]) == "(*" + "&(" + ")" + ")"


@given(st.text(st.sampled_from("01"), max_size=200))
def test_a_digit_says_six_bits(bits: str) -> None:
    column = bit_column(bits)
    assert len(column) == -(-len(bits) // 6)
    read = "".join(f"{DIGITS.index(digit):06b}" for digit in column)
    assert (read[: len(bits)], set(read[len(bits) :]) - {"0"}) == (bits, set())

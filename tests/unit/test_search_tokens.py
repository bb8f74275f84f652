"""What texts are found by. search.js is held to the same cases (tests/golden/search/tokens.json)."""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.search.simplified import fold_table, fold_text, simplified_characters
from kebao.search.tokens import PLAIN, Normaliser, Tokeniser, TokenStream, pair_keys, query_terms, tokens

GOLDEN: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[1] / "golden" / "search" / "tokens.json").read_text("utf-8")
)
#: Texts in which every rule has something to do, and runs touch each other.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("分数的初步认识教学設計臺々〇𠮷 ，。\n·"),
        st.sampled_from("abZ09Ａ１ﬁÉé_-'"),
        st.sampled_from("هەھكکى٣ـ\u064e\u200bبترﻩ"),
        st.sampled_from("བོདསྐ་༌།༡ི"),
        st.sampled_from("ᠮᠣᠩ\u180e\u180bёЁς한"),
        st.characters(),
    ),
    max_size=60,
)


def test_every_shared_case_holds() -> None:
    assert len(GOLDEN["tokens"]) >= 200
    for case in GOLDEN["tokens"]:
        assert list(tokens(case["text"])) == case["tokens"], case["text"]
    for case in GOLDEN["queries"]:
        assert list(query_terms(case["query"])) == case["terms"], case["query"]


def test_shared_cases_with_traditional_characters_hold() -> None:
    for case in GOLDEN["folded"]:
        fold = dict(zip(case["fold"][::2], case["fold"][1::2], strict=True))
        assert list(tokens(case["text"], Normaliser(fold))) == case["tokens"], case["text"]
        assert list(tokens(case["text"], Normaliser(simplified_characters()))) == case["tokens"], case["text"]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("分数的意义", "分数 数的 的意 意义 义"),
        ("第3单元", "第 3 单元 元"),
        ("ＰＰＴ课件", "ppt 课件 件"),
        ("𠮷野", "𠮷野 野"),
        ("don't re-use", "don t re use"),
        ("wordthatisverymuchlongerthantwentyfour", "wordthatisverymuchlonger"),
        ("مەكتهپ", "مەكتەپ"),
        ("٣-سىنىپ", "3 سىنىپ"),
        ("བོད་སྐད་ཡིག", "བོད བོད་སྐད སྐད སྐད་ཡིག ཡིག"),
        ("ᠮᠣᠩᠭᠣᠯ᠎ᠠ", "ᠮᠣᠩᠭᠣᠯᠠ"),
        ("Ёлка", "елка"),
        ("……", ""),
    ],
)
def test_tokens_of_each_script(text: str, expected: str) -> None:
    assert list(tokens(text)) == expected.split()


@given(TEXTS | st.text(st.sampled_from("我们的課，。：（）…１ＡЁ\u0301ﾞｶ\n "), max_size=40))
def test_normalising_is_folding_character_by_character(text: str) -> None:
    for table in (Normaliser(), Normaliser(simplified_characters())):
        assert table(text) == unicodedata.normalize("NFKC", text).lower().translate(table)


def read(stream: TokenStream) -> Counter[str]:
    return Counter([*filter(None, pair_keys(stream.pairs())), *stream.others])


@given(st.lists(TEXTS | st.text(st.sampled_from("我们的課，。：（）…１ＡЁ\u0301ﾞｶ㈱⼀\0\n "), max_size=40), max_size=4))
def test_a_stream_has_the_tokens_of_reading(texts: list[str]) -> None:
    for normalise in (Normaliser(), Normaliser(simplified_characters())):
        tokenise = Tokeniser(normalise)
        for text in texts:
            expected = Counter(tokens(text, normalise))
            stream = tokenise(text)
            assert read(stream) == expected
            assert stream.length == expected.total()


def test_a_stream_has_the_same_tokens_when_what_was_kept_of_texts_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "第3单元，分数的初步认识。Unit 3，分数"
    expected = Tokeniser(PLAIN)(text)
    monkeypatch.setattr("kebao.search.tokens._MOST_KEPT", 3)
    tokenise = Tokeniser(PLAIN)
    assert [tokenise(text), tokenise("另一个，第3"), tokenise(text)][::2] == [expected, expected]


def test_no_character_that_is_taken_for_steady_changes_with_its_neighbours() -> None:
    steady = [chr(code) for first, end in ((0x3400, 0x4DB6), (0x4E00, 0x9FF0)) for code in range(first, end)]
    assert all(not unicodedata.combining(each) and unicodedata.category(each) == "Lo" for each in steady)
    assert all(each.lower() == each == unicodedata.normalize("NFKC", each) for each in steady)
    # Nothing is composed with one behind it, nor with a mark before it.
    for mark in "a\u0301\u0327\u3099ｶﾞ한Σ":
        assert all(unicodedata.normalize("NFKC", f"{each}{mark}")[0] == each for each in steady)


@given(TEXTS, TEXTS)
def test_tokens_have_no_blanks_and_stay_as_they_are(text: str, other: str) -> None:
    """Keys are joined by blanks in the files, and a query for a key must find it."""
    for token in tokens(text + other):
        assert token
        assert not any(character.isspace() for character in token)
        assert "~" not in token
        assert "|" not in token


@given(st.text(st.sampled_from("教学设计分数认识，a "), max_size=40), st.data())
def test_terms_of_a_phrase_are_tokens_of_every_text_with_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    phrase = "".join(character for character in text[start:end] if character > "z")
    found = set(tokens(text))
    if phrase in text:
        exact = [term[1:] for term in query_terms(phrase) if term.startswith("=")]
        assert found.issuperset(exact)


def test_the_last_word_of_a_query_is_a_beginning_until_a_blank_follows() -> None:
    assert query_terms("数学 fens") == ("=数学", "*fens")
    assert query_terms("数学 fens ") == ("=数学", "=fens")
    assert query_terms("fens 数学") == ("=fens", "=数学")


def test_folding_twice_changes_nothing_more() -> None:
    table = simplified_characters()
    assert len(table) > 3000
    assert (table["學"], table["臺"], table["裡"]) == ("学", "台", "里")
    assert "学" not in table
    assert not set(table.values()) & table.keys()


def test_a_fold_text_says_its_table() -> None:
    assert fold_table(fold_text(simplified_characters())) == simplified_characters()


def test_a_fold_text_holds_only_the_characters_that_are_asked_for() -> None:
    assert fold_text({"學": "学", "數": "数"}, "數和学") == "數数"
    assert fold_text({"學": "学", "數": "数"}) == "學学數数"

"""Copied texts are found though words were changed; texts that have nothing to do with each other are not."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from kebao.checks.known_texts import KnownTexts, text_digest
from kebao.checks.near_duplicates import LEAST_CHARACTERS, HanText, han_of, likely_pairs, share_of, sketch_of

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
LIMIT = 0.6


def hashes_of(texts: list[str], known: KnownTexts | None = None) -> list[tuple[int, Sequence[int]]]:
    digests = [text_digest("demo", text) for text in texts]
    return (known or KnownTexts()).repeated_hashes(digests, lambda position: sketch_of(texts[position]))


def reported(texts: list[str]) -> list[tuple[int, int]]:
    return [
        (later, other)
        for later, candidates in likely_pairs(hashes_of(texts))
        for other in candidates[:1]
        if share_of(HanText.of(texts[other]), HanText.of(texts[later]), least=LIMIT) >= LIMIT
    ]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(HAN, min_size=200, max_size=1200), st.randoms(use_true_random=False), st.floats(0, 0.1))
def test_a_text_with_at_most_a_tenth_of_its_characters_changed_is_found(
    text: str, chance: random.Random, part: float
) -> None:
    changed = list(text)
    for position in chance.sample(range(len(text)), int(len(text) * part)):
        changed[position] = chr(chance.randrange(0x4E00, 0x9FA5))
    assert reported([text, "".join(changed)]) == [(1, 0)]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.text(HAN, min_size=400, max_size=400))
def test_a_change_in_every_tenth_character_does_not_hide_a_copy(text: str) -> None:
    changed = "".join("龘" if i % 10 == 9 else character for i, character in enumerate(text))
    assert reported([text, changed]) == [(1, 0)]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.integers(2, 6))
def test_unrelated_random_texts_are_never_reported(seed: int, count: int) -> None:
    chance = random.Random(seed)
    # As many characters as a pupil of primary school knows.
    texts = [
        "".join(chr(0x4E00 + chance.randrange(2500)) for _ in range(chance.randrange(60, 900))) for _ in range(count)
    ]
    assert reported(texts) == []


def test_part_of_a_longer_text_is_found() -> None:
    chance = random.Random(1)
    whole = "".join(chr(0x4E00 + chance.randrange(2500)) for _ in range(1000))
    assert reported([whole, whole[300:800]]) == [(1, 0)]
    assert share_of(HanText.of(whole), HanText.of(whole[300:800])) == 1.0


def test_short_texts_are_left_alone() -> None:
    text = "每人一张纸，先对折，再对折。" * 4
    assert len(han_of(text)) < LEAST_CHARACTERS
    assert reported([han_of(text)] * 2) == []


def test_only_han_characters_count() -> None:
    assert han_of("## 一 a。，\n二3三") == "一二三"


def test_a_form_that_all_fill_in_does_not_pair_each_text_with_every_other() -> None:
    chance = random.Random(2)
    form = "".join(chr(0x4E00 + i) for i in range(100))
    texts = [form + "".join(chr(0x4E00 + chance.randrange(2500)) for _ in range(200)) for _ in range(2000)]
    pairs = [len(candidates) for _, candidates in likely_pairs(hashes_of(texts))]
    assert max(pairs) < 32
    assert len(pairs) == 1999, "each has at least one"

"""What is known of texts from an earlier check never changes what is found of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kebao.assembly.kept_texts import read_texts, write_texts
from kebao.checks.known_texts import KnownTexts, text_digest
from kebao.checks.near_duplicates import HanText, likely_pairs, share_of, sketch_of

#: Few sentences: texts made of them share some, and some are the same.
CHANCE = random.Random(5)
SENTENCES = ["".join(chr(0x4E00 + CHANCE.randrange(2500)) for _ in range(40)) for _ in range(9)]
TEXTS = st.lists(st.lists(st.sampled_from(SENTENCES), max_size=5).map("".join), max_size=8)
HAN = st.text(st.sampled_from("一二三四"), max_size=40)


def found(texts: list[str], known: KnownTexts) -> tuple[object, object]:
    digests = [text_digest("demo", text) for text in texts]
    hashes = known.repeated_hashes(digests, lambda position: sketch_of(texts[position]))
    return list(likely_pairs(hashes)), [(count, sorted(repeated)) for count, repeated in hashes]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(TEXTS, min_size=2, max_size=5))
def test_after_any_changes_the_pairs_are_those_that_are_found_anew(steps: list[list[str]]) -> None:
    known = KnownTexts()
    for texts in steps:
        assert found(texts, known) == found(texts, KnownTexts())
        known = known.after()


@settings(max_examples=100, deadline=None, derandomize=True)
@given(TEXTS)
def test_of_texts_that_have_not_changed_no_sketch_is_made(texts: list[str]) -> None:
    once = list(dict.fromkeys(texts))
    known = KnownTexts()
    pairs = found(once, known)[0]
    digests = [text_digest("demo", text) for text in once]
    following = known.after()

    def fail(position: int) -> tuple[int, ...]:
        raise AssertionError(f"{position} is known")

    assert list(likely_pairs(following.repeated_hashes(digests, fail))) == pairs
    assert not following.has_changed()


def test_texts_of_other_packages_are_other_texts() -> None:
    assert text_digest("one", "二") != text_digest("on", "e二")
    assert text_digest("one", "二") != text_digest("two", "二")


def plain_share(one: str, other: str) -> float:
    """Of the shorter text the part that stands, in fours, in the longer one."""
    shorter, longer = sorted((one, other), key=len)
    covered = {
        start + step for start in range(len(shorter) - 3) if shorter[start : start + 4] in longer for step in range(4)
    }
    return len(covered) / len(shorter) if shorter else 0.0


@settings(max_examples=500, deadline=None, derandomize=True)
@given(HAN, HAN, st.sampled_from([0.0, 0.2, 0.5, 0.6, 0.9, 1.0]))
def test_a_share_is_exact_or_too_small_to_be_asked_for(one: str, other: str, least: float) -> None:
    share = plain_share(one, other)
    assert share_of(HanText.of(one), HanText.of(other), least=least) == (share if share >= least else 0.0)


def test_a_share_is_made_again_when_one_of_its_texts_or_the_policy_is_another() -> None:
    known = KnownTexts()
    one, two, three = (text_digest("demo", text) for text in "一二三")
    assert known.shares_of(b"0.6", (one, two), lambda: (0.5,)) == (0.5,)
    following = known.after()
    assert following.shares_of(b"0.6", (one, two), lambda: (0.7,)) == (0.5,)
    assert following.shares_of(b"0.5", (one, two), lambda: (0.7,)) == (0.7,)
    assert following.shares_of(b"0.6", (two, one), lambda: (0.8,)) == (0.8,)
    assert following.shares_of(b"0.6", (one, three), lambda: (0.9,)) == (0.9,)
    assert following.has_changed()


def some_texts() -> KnownTexts:
    known = KnownTexts()
    found(["".join(SENTENCES[:4]), "".join(SENTENCES[2:6]), "短"], known)
    known.shares_of(b"0.6", (text_digest("demo", "一"), text_digest("demo", "二")), lambda: (1 / 3, 0.0))
    return known.after()


def test_what_is_kept_is_read_as_it_was_written(tmp_path: Path) -> None:
    known = some_texts()
    write_texts(tmp_path, "key", known)
    assert read_texts(tmp_path, "key") == known
    assert any(shared and own for shared, own in known.sketches.values())
    assert read_texts(tmp_path, "another key") == KnownTexts()
    assert read_texts(tmp_path / "nowhere", "key") == KnownTexts()


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: data.partition(b"\n")[0] + b"\n" + b"0" * 64 + b"\n\xff\xff\xff\xff",
    ],
    ids=["empty", "cut off", "longer", "a bit", "another sum"],
)
def test_a_damaged_file_is_no_file(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    write_texts(tmp_path, "key", some_texts())
    file = next(tmp_path.iterdir())
    file.write_bytes(damage(file.read_bytes()))
    assert read_texts(tmp_path, "key") == KnownTexts()

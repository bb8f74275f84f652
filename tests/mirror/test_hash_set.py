"""The compact set of hashes holds what a set of Python's own would."""

from __future__ import annotations

import hashlib
import threading
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from kebao.mirror.hash_set import HashSet

# Few first digits, so that hashes fall into the same places; zero marks an empty place inside.
HASHES = st.builds(
    lambda first, rest: first + rest * 15 + "0" * 48, st.sampled_from(["0", "1"]), st.sampled_from("0123456789abcdef")
)


@given(st.lists(HASHES | st.binary(max_size=2).map(lambda data: hashlib.sha256(data).hexdigest())))
def test_it_holds_what_was_added_and_says_what_was_new(hashes: list[str]) -> None:
    known, expected = HashSet(), set[str]()
    for sha256 in hashes:
        assert (sha256 in known) == (sha256 in expected)
        assert known.add(sha256) == (sha256 not in expected)
        expected.add(sha256)
    assert len(known) == len(expected)


def test_it_grows_to_a_hundred_thousand_in_three_megabytes() -> None:
    hashes = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(100_000)]
    tracemalloc.start()
    known = HashSet()
    new = sum(map(known.add, hashes))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert new == len(known) == 100_000
    assert all(map(known.__contains__, hashes))
    assert peak < 3_500_000


def test_threads_that_add_at_once_lose_nothing() -> None:
    known = HashSet()
    new: list[int] = []

    def add(start: int) -> None:
        texts = [str(number) for number in range(start, start + 4000)]
        new.append(sum(map(known.add_text, texts)))

    threads = [threading.Thread(target=add, args=(start,)) for start in (0, 2000, 4000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(new) == len(known) == 8000

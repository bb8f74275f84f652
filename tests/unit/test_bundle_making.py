"""Bundles are dealt to processes by their size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kebao.assembly.bundle_making import balanced

WEIGHTS = st.lists(st.integers(0, 1000), max_size=40)


@given(weights=WEIGHTS, hands=st.integers(1, 8))
def test_each_bundle_is_dealt_once_and_no_hand_has_more_than_a_bundle_more_than_another(
    weights: list[int], hands: int
) -> None:
    dealt = balanced(weights, hands)
    assert sorted(place for places in dealt for place in places) == list(range(len(weights)))
    assert len(dealt) <= hands
    loads = [sum(weights[place] for place in places) for places in dealt]
    if len(dealt) == hands:
        assert max(loads) - min(loads) <= max(weights)


def test_the_largest_bundle_is_left_to_one_hand() -> None:
    assert balanced([1, 5, 1, 1, 1, 1], 2) == [[1], [0, 2, 3, 4, 5]]

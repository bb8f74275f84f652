"""What a first visit weighs (DESIGN §8), summed by tests/bench/bench_weight.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.bench.bench_weight import MOST_HTML, MOST_WITH_ASSETS, heaviest

if TYPE_CHECKING:
    from .projects import BuiltSample

pytestmark = pytest.mark.site


def test_no_page_type_weighs_more_than_a_weak_line_carries(sample: BuiltSample) -> None:
    shards = [path.parent.relative_to(sample.site).as_posix() for path in sample.site.glob("*/*/*/pages.json")]
    weights = list(heaviest(sample.site, sorted(shards)))
    assert len(weights) > 20
    # Of the HTML also what lies on a stick, where nothing compresses it.
    assert [weight for weight in weights if weight.html_raw > MOST_HTML] == []
    assert [weight for weight in weights if weight.total > MOST_WITH_ASSETS] == []
    assert [weight for weight in weights if weight.external] == []
    assert [weight for weight in weights if weight.requests > 15] == []

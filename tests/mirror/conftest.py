"""What most tests of mirrors start from: a county with one release, and a school that has pulled it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.mirror.county import County, site
from tests.mirror.schools import SchoolKit, joined_school

from kebao.mirror.school.pull import PullOptions, pull


@pytest.fixture
def county(tmp_path: Path) -> County:
    county = County(tmp_path / "county")
    county.release("2026.1", site("spring"))
    return county


@pytest.fixture
def kit(county: County, tmp_path: Path) -> SchoolKit:
    """A school with the county's release."""
    kit = joined_school(tmp_path / "school", county)
    pull(kit.school, PullOptions())
    return kit

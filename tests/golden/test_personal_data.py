"""What is taken for personal data and what is not: ``personal_data.yml``, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from kebao.model.personal_data import find_personal_data

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "personal_data.yml").read_text(encoding="utf-8"))


def told(line: str) -> list[list[str]]:
    return [[found.kind.value, found.masked, found.confidence.value] for found in find_personal_data(line)]


@pytest.mark.parametrize("line, kind, shown, confidence", CASES["found"])
def test_personal_data_is_found_and_masked(line: str, kind: str, shown: str, confidence: str) -> None:
    assert told(line) == [[kind, shown, confidence]]


@pytest.mark.parametrize("line", CASES["silent"])
def test_what_only_looks_like_it_is_left_alone(line: str) -> None:
    assert told(str(line)) == []


def test_there_are_enough_lines_of_both() -> None:
    assert len(CASES["found"]) >= 40
    assert len(CASES["silent"]) >= 40

"""The table of faults in docs/mirror says what tests/faults tests, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

from kebao.mirror.errors import ExitCode

ROOT = Path(__file__).parents[2]
_ROW = re.compile(r"^\| (\d+) \|(.+)\| ([^|]+) \|$", re.M)


def rows() -> list[tuple[int, str, str]]:
    """Number, words, codes of each line of both tables."""
    text = (ROOT / "docs/mirror/faults.md").read_text("utf-8")
    return [(int(number), words, codes) for number, words, codes in _ROW.findall(text)]


def numbers_in_tests() -> set[int]:
    names = [
        name
        for path in sorted((ROOT / "tests/faults").glob("test_*.py"))
        for name in re.findall(r"^ *def test_fault_(\d+)_", path.read_text("utf-8"), re.M)
    ]
    return set(map(int, names))


def test_every_fault_has_a_line_in_each_language_and_a_test() -> None:
    numbers = [number for number, _, _ in rows()]
    assert numbers == [*range(1, 43), *range(1, 43)]
    assert numbers_in_tests() == set(range(1, 43))


def test_both_languages_give_the_same_exit_codes_and_only_such_that_exist() -> None:
    codes = [re.findall(r"\d+", each) for _, _, each in rows()]
    assert codes[:42] == codes[42:]
    assert {int(code) for each in codes for code in each} <= set(map(int, ExitCode))

"""Writes docs/problems.md out of the problem codes (``make docs``)."""

from __future__ import annotations

from pathlib import Path

from kebao.assembly.file_store import atomic_writer
from kebao.rules.problem_codes import problem_codes
from kebao.rules.problem_page import render_problem_page

PAGE_PATH = Path(__file__).resolve().parent.parent / "docs" / "problems.md"


def main() -> None:
    with atomic_writer(PAGE_PATH) as stream:
        stream.write(render_problem_page(problem_codes()).encode("utf-8"))
    print(f"{PAGE_PATH.name}: {len(problem_codes())} codes")


if __name__ == "__main__":
    main()

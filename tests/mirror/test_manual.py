"""The manual's commands are commands that exist, and both languages give the same ones."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from kebao.mirror.commands import build_parser
from kebao.mirror.errors import ExitCode
from kebao.mirror.messages import Messages

DOCS = Path(__file__).parents[2] / "docs" / "mirror"
MANUALS = ("manual.zh.md", "manual.en.md")
_BLOCK = re.compile(r"```sh\n(.*?)```", re.S)


def block_lines(name: str) -> list[str]:
    blocks = _BLOCK.findall((DOCS / name).read_text("utf-8"))
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("name", MANUALS)
def test_every_line_of_a_block_is_a_command_that_can_be_parsed(name: str) -> None:
    parser = build_parser(Messages("en"))
    lines = block_lines(name)
    assert len(lines) > 20
    for line in lines:
        words = shlex.split(line)
        assert words[:2] == ["kebao", "mirror"]
        parser.parse_args(words[2:])


def test_both_manuals_give_the_same_commands() -> None:
    assert block_lines(MANUALS[0]) == block_lines(MANUALS[1])


@pytest.mark.parametrize("name", MANUALS)
def test_every_exit_code_is_explained(name: str) -> None:
    told = re.findall(r"^\| (\d) \|", (DOCS / name).read_text("utf-8"), re.M)
    assert [int(code) for code in told] == sorted(ExitCode)


@pytest.mark.parametrize("name", MANUALS)
def test_links_of_the_manual_lead_somewhere(name: str) -> None:
    text = (DOCS / name).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("https://") or (DOCS / target).is_file(), target
    anchors = {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", text, re.M)
    }
    for anchor in re.findall(r"\]\(#([^)]+)\)", text):
        assert anchor in anchors, anchor

"""Sections have the same ids in every locale: the n-th heading of a translation has that of the source's n-th."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.model.markdown_prose import headings
from kebao.pages.anchors import moved_ids, with_source_ids
from kebao.rendering import render_markdown

SOURCE = (
    "导语\n\n## 教学目标\n\n甲\n\n### 目标\n\n```\n## 代码\n```\n\n## 过程 {#steps}\n\n## 教学目标\n\n过程`x`*y*\n---\n"
)
TRANSLATION = (
    "Lead\n\n## Aims ##\n\nA\n\n### Goals {.x}\n\n```\n## code\n```\n\n## Process {#process}\n\n## Aims\n\nLast\n----\n"
)


def ids_of(text: str) -> list[str]:
    return re.findall(r'<h[1-6] id="([^"]*)"', render_markdown(text))


def test_headings_take_over_the_ids_of_the_source_whatever_gives_these() -> None:
    assert ids_of(SOURCE) == ["教学目标", "目标", "steps", "教学目标_1", "过程xy"]
    assert ids_of(TRANSLATION) == ["aims", "goals", "process", "aims_1", "last"]
    assert ids_of(with_source_ids(TRANSLATION, SOURCE)) == ids_of(SOURCE)


def test_the_words_of_headings_and_all_else_stay() -> None:
    bare = re.sub(r' id="[^"]*"', "", render_markdown(TRANSLATION))
    assert re.sub(r' id="[^"]*"', "", render_markdown(with_source_ids(TRANSLATION, SOURCE))) == bare


def test_ids_that_headings_would_have_had_lead_to_the_ones_they_have() -> None:
    moved = moved_ids(TRANSLATION, SOURCE)
    assert moved == dict(zip(ids_of(TRANSLATION), ids_of(SOURCE), strict=True))


@pytest.mark.parametrize("other", ["## One\n", "## One\n\n## Two\n\n## Three\n\n## Four\n\n## Five\n", "No heading\n"])
def test_with_other_headings_a_translation_keeps_its_own(other: str) -> None:
    assert with_source_ids(other, SOURCE) == other
    assert moved_ids(other, SOURCE) == {}


LEVELS = st.lists(st.sampled_from(("##", "###", "####")), min_size=1, max_size=6)
WORDS = st.sampled_from(("目标", "过程", "Aims", "`code` 与*强调*", "目标 {#own-}", "ئامال", "1. 步骤", "A {.note}"))


@given(st.data(), LEVELS)
def test_any_two_texts_with_headings_of_the_same_levels_have_the_same_ids(
    data: st.DataObject, levels: list[str]
) -> None:
    def text(prefix: str) -> str:
        lines = []
        for number, level in enumerate(levels):
            words = data.draw(WORDS).replace("own-", f"{prefix}{number}")
            lines.append(f"{level} {words}\n\n{prefix}\n")
        return "\n".join(lines)

    source, translation = text("s"), text("t")
    changed = with_source_ids(translation, source)
    assert ids_of(changed) == ids_of(source)
    assert [h.level for h in headings(changed)] == [h.level for h in headings(translation)]

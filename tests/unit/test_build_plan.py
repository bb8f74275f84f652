"""The plan of a build: the same for the same inputs, and another when anything changes that decides bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.assembly.build_plan import InputFile, PartKind, Surroundings, dump_plan, plan_build
from kebao.model.shard import Shard

SCHEMA = Path(__file__).parents[2] / "docs" / "build-plan.schema.json"
SHARDS = tuple(Shard(package=package, locale=locale) for package in ("shulan", "yunxi") for locale in ("zh", "en"))
AROUND = Surroundings(
    generator="kebao 1",
    files=(
        InputFile(path="content/people.yml", sha256="a" * 64, size_bytes=3),
        InputFile(path="content/packages/shulan/课.pdf", sha256="b" * 64, size_bytes=5),
    ),
    tools={"mkdocs": "1.6.1", "av": ""},
    previous={"yunxi": "c" * 64},
)
IDS = st.from_regex(r"[a-z][a-z0-9-]{0,5}", fullmatch=True)


def test_files_come_first_then_the_shards_in_the_order_of_the_site() -> None:
    plan = plan_build(SHARDS, AROUND)
    assert [part.id for part in plan.parts] == [
        "shulan.files",
        "yunxi.files",
        "shulan.zh.next",
        "shulan.en.next",
        "yunxi.zh.next",
        "yunxi.en.next",
    ]
    english = plan.part("yunxi.en.next")
    assert english is not None
    assert (english.kind, english.needs) == (PartKind.SHARD, ("yunxi.files",))
    assert english.outputs == ("_assets/", "yunxi/en/next/")
    assert plan.part("yunxi.fr.next") is None


def test_the_plan_is_what_its_schema_says() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    text = dump_plan(plan_build(SHARDS, AROUND))
    jsonschema.validate(json.loads(text), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(text.replace('"shard"', '"page"')), schema)


@given(st.randoms(use_true_random=False))
def test_the_order_in_which_files_and_tools_are_found_does_not_matter(order: Random) -> None:
    files, tools = list(AROUND.files), list(AROUND.tools.items())
    order.shuffle(files)
    order.shuffle(tools)
    shuffled = replace(AROUND, files=tuple(files), tools=dict(tools))
    assert dump_plan(plan_build(SHARDS, shuffled)) == dump_plan(plan_build(SHARDS, AROUND))


@pytest.mark.parametrize(
    "changed",
    [
        replace(AROUND, files=AROUND.files[:1]),
        replace(AROUND, files=(AROUND.files[0], replace(AROUND.files[1], sha256="d" * 64))),
        replace(AROUND, files=(AROUND.files[0], replace(AROUND.files[1], path="content/other.pdf"))),
        replace(AROUND, tools={**AROUND.tools, "mkdocs": "1.6.2"}),
        replace(AROUND, options="whole pages"),
    ],
)
def test_what_decides_the_bytes_changes_every_parts_inputs(changed: Surroundings) -> None:
    before, after = plan_build(SHARDS, AROUND), plan_build(SHARDS, changed)
    assert not {part.inputs for part in before.parts} & {part.inputs for part in after.parts}


def test_another_edition_before_changes_only_its_package() -> None:
    before, after = plan_build(SHARDS, AROUND), plan_build(SHARDS, replace(AROUND, previous={}))
    changed = {one.package for one, other in zip(before.parts, after.parts, strict=True) if one.inputs != other.inputs}
    assert changed == {"yunxi"}


def test_another_shard_beside_it_changes_a_part() -> None:
    alone = plan_build(SHARDS[:1], AROUND).part("shulan.zh.next")
    beside = plan_build(SHARDS, AROUND).part("shulan.zh.next")
    assert alone is not None
    assert beside is not None
    assert alone.inputs != beside.inputs


@given(st.lists(st.builds(Shard, package=IDS, locale=IDS), unique=True, max_size=6))
def test_no_two_parts_have_the_same_name_or_inputs(shards: list[Shard]) -> None:
    parts = plan_build(shards, AROUND).parts
    assert len({part.id for part in parts}) == len({part.inputs for part in parts}) == len(parts)
    assert {need for part in parts for need in part.needs} <= {part.id for part in parts}

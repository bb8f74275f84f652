"""What ``kebao new`` writes: drafts that pass every check, for each kind and language, and why it refuses."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kebao.assembly.checking import check_project
from kebao.loading.authored_resource import AUTHORED_BY_KIND
from kebao.model.package import Content
from kebao.model.resource import Kind, Lifecycle
from kebao.problems import Problem
from kebao.skeletons import SkeletonFile, kind_from, plan_skeleton, skeleton_problems
from kebao.skeletons.chosen_values import yaml_scalar
from kebao.skeletons.prompts import prompts_in
from kebao.words import LANGUAGES

MINIMAL_PROJECT = Path(__file__).parents[1] / "golden" / "minimal_project"
TODAY = date(2026, 2, 28)
EVERY_KIND = pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.value)
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MINIMAL_PROJECT, tmp_path / "project"))


def planned(kind: Kind, language: str, content: Content) -> SkeletonFile:
    package = content.packages["demo"]
    (file,) = plan_skeleton(kind, "new-one", package=package, content=content, language=language, today=TODAY)
    return file


def written(file: SkeletonFile, root: Path) -> Path:
    path = root / file.path
    path.parent.mkdir(parents=True)
    path.write_bytes(file.data)
    return path


def refused(
    kind: Kind, resource_id: str, content: Content, *, package_id: str = "demo", folders: Collection[str] = ()
) -> tuple[Problem, ...]:
    return skeleton_problems(kind, resource_id, package_id=package_id, content=content, folders=folders)


def english(problem: Problem) -> tuple[str, str, str]:
    return problem.code, problem.message.in_english(), problem.hint.in_english() if problem.hint else ""


@EVERY_KIND
@EVERY_LANGUAGE
def test_a_skeleton_is_a_draft_without_a_problem(kind: Kind, language: str, root: Path) -> None:
    content = check_project(root).content
    assert refused(kind, "new-one", content) == ()
    written(planned(kind, language, content), root)
    checked = check_project(root)
    assert checked.problems == ()
    resource = checked.content.packages["demo"].resources["new-one"]
    assert (resource.kind, resource.lifecycle, resource.date) == (kind, Lifecycle.DRAFT, TODAY)
    person = checked.content.people[resource.contributors[0].person]
    assert person.organisation == resource.organisation


@EVERY_KIND
@EVERY_LANGUAGE
def test_every_field_stands_there_once_in_order_below_a_comment(kind: Kind, language: str, root: Path) -> None:
    lines = planned(kind, language, check_project(root).content).data.decode("utf-8").split("\n")
    fields = [(i, m[1]) for i, line in enumerate(lines) if (m := re.match(r"#?([a-z_]+):(?: |$)", line))]
    assert [name for _, name in fields] == list(AUTHORED_BY_KIND[kind].model_fields)
    assert [name for i, name in fields if not lines[i - 1].startswith("# ")] == []


@EVERY_KIND
@EVERY_LANGUAGE
def test_the_optional_fields_are_right_too_once_they_are_wanted(kind: Kind, language: str, root: Path) -> None:
    path = written(planned(kind, language, check_project(root).content), root)
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"^#(?=[a-z_]+:|  - \{)", "", text, flags=re.MULTILINE), encoding="utf-8")
    checked = check_project(root)
    assert [(p.code, p.location.pointer) for p in checked.problems] == [("KB501", "materials[0].file")]
    assert checked.content.packages["demo"].resources["new-one"].consent is not None


@EVERY_KIND
def test_headings_have_ascii_anchors_and_a_line_each(kind: Kind, root: Path) -> None:
    content = check_project(root).content
    body = planned(kind, "zh", content).data.decode("utf-8").partition("\n---\n")[2]
    headings = re.findall(r"^## .+$", body, flags=re.MULTILINE)
    anchored = re.findall(r"^## \S.* \{#[a-z0-9-]+\}\n\n[^#\n].+$", body, flags=re.MULTILINE)
    assert len(headings) == len(anchored)
    assert bool(headings) is (kind is not Kind.MICRO_STORY)


@EVERY_KIND
@EVERY_LANGUAGE
def test_the_same_input_gives_the_same_bytes(kind: Kind, language: str, root: Path) -> None:
    first, second = (planned(kind, language, check_project(root).content) for _ in range(2))
    assert first == second
    assert b"\r" not in first.data


def test_small_vocabularies_are_listed_and_large_ones_pointed_to(root: Path) -> None:
    content = check_project(root).content
    stages = content.vocabularies["stages"]
    many = {f"s{i}": replace(stages.terms["primary"], id=f"s{i}") for i in range(9)} | dict(stages.terms)
    vocabularies = {**content.vocabularies, "stages": replace(stages, terms=many)}
    large = replace(content, vocabularies=vocabularies)
    assert "# 可填：primary 小学；junior-secondary 初中\nstages: [primary]\n" in text_of(content)
    assert "# 可填的编号见 content/vocabularies/stages.yml\nstages: [primary]\n" in text_of(large)


def text_of(content: Content) -> str:
    return planned(Kind.LESSON_CASE, "zh", content).data.decode("utf-8")


def test_both_languages_prompt_for_the_same() -> None:
    chinese, english_prompts = prompts_in("zh"), prompts_in("en")
    shapes = [
        (
            {(kind, name) for kind, prompts in said.fields.items() for name in prompts},
            {kind: [section.anchor for section in sections] for kind, sections in said.body.items()},
            list(said.kind_names),
        )
        for said in (chinese, english_prompts)
    ]
    assert shapes[0] == shapes[1]


@EVERY_KIND
def test_an_existing_folder_is_refused(kind: Kind, root: Path) -> None:
    content = check_project(root).content
    (problem,) = refused(kind, "fractions", content)
    assert english(problem) == (
        "KB402",
        "the id 'fractions' is taken",
        "content/packages/demo/lesson-cases/fractions has it; choose another id, or edit that resource",
    )


def test_a_folder_that_could_not_be_read_is_refused_too(root: Path) -> None:
    content = check_project(root).content
    folder = "content/packages/demo/bulletins/New-One"
    assert [p.code for p in refused(Kind.COURSE, "new-one", content, folders=[folder])] == ["KB402"]
    assert refused(Kind.COURSE, "new-two", content, folders=[folder]) == ()


@pytest.mark.parametrize("bad", ["New", "分数", "a b", "../up", "index", "con", "-a", "", "a" * 65])
def test_a_bad_id_is_refused_with_a_hint(bad: str, root: Path) -> None:
    (problem,) = refused(Kind.LESSON_CASE, bad, check_project(root).content)
    code, message, hint = english(problem)
    assert (code, message) == ("KB206", f"'{bad}' cannot be an id")
    assert hint.startswith("name it with small letters")


def test_an_unknown_package_is_refused_with_a_hint(root: Path) -> None:
    content = check_project(root).content
    (near,) = refused(Kind.COURSE, "new-one", content, package_id="dmo")
    (far,) = refused(Kind.COURSE, "new-one", content, package_id="xyz")
    assert english(near) == ("KB401", "there is no package 'dmo'", "did you mean 'demo'?")
    assert english(far)[2] == "use one of: demo"


def test_what_a_resource_must_name_is_asked_for_first(root: Path) -> None:
    content = check_project(root).content
    package = replace(content.packages["demo"], topics={}, programmes=())
    bare = replace(content, packages={"demo": package}, people={})
    assert [problem.location.path for problem in refused(Kind.COURSE, "new-one", bare)] == [
        "content/packages/demo/topics",
        "content/people.yml",
        "content/programmes",
    ]
    with pytest.raises(ValueError, match="skeleton_problems"):
        planned(Kind.COURSE, "en", bare)


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_is_called_by_its_folder(kind: Kind) -> None:
    assert kind_from(kind.value) is kind
    assert kind_from(kind.value.upper().replace("-", "_")) is kind


@pytest.mark.parametrize(
    "text, kind",
    [
        ("lesson-case", Kind.LESSON_CASE),
        ("lesson_case", Kind.LESSON_CASE),
        ("课例", Kind.LESSON_CASE),
        ("微课例", Kind.MICRO_LESSON),
        ("微案例", Kind.MICRO_CASE),
        ("micro-story", Kind.MICRO_STORY),
        ("school_summary", Kind.SCHOOL_SUMMARY),
        (" 简报 ", Kind.BULLETIN),
        ("课程", Kind.COURSE),
        ("lessons", None),
        ("", None),
    ],
)
def test_a_kind_is_called_by_its_singular_or_in_chinese(text: str, kind: Kind | None) -> None:
    assert kind_from(text) is kind


@pytest.mark.parametrize(
    "text, scalar",
    [
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("知识导航", "知识导航"),
        ("a b", "a b"),
        ("null", '"null"'),
        ("a: b", '"a: b"'),
        ("", '""'),
    ],
)
def test_a_value_is_quoted_where_yaml_would_misread_it(text: str, scalar: str) -> None:
    assert yaml_scalar(text) == scalar

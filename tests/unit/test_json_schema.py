"""The schemas for editors say everything in both languages, take what is right and refuse what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from kebao.loading.project import load_project
from kebao.loading.schemas import DOCUMENTS, schema_for
from kebao.loading.schemas.authored_document import kind_name
from kebao.loading.schemas.field_texts import FieldPath, field_descriptions, keys_for, texts_of
from kebao.loading.tree import SourceTree
from kebao.loading.yaml_text import read_yaml
from kebao.model.package import Content
from kebao.model.resource import AiUse, Kind, Lifecycle, ReviewState, TranslationState
from kebao.problems import Severity
from kebao.words import LANGUAGES

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden"
NOTHING = Content(vocabularies={}, programmes={}, organisations={}, people={}, packages={})

Schema = Mapping[str, Any]


def texts_under(root: Path) -> dict[str, bytes]:
    found = (path for top in ("content", "site_config") for path in (root / top).rglob("*"))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found if path.suffix in (".yml", ".md")}


@cache
def content_of(root: Path) -> Content:
    return load_project(SourceTree(texts=texts_under(root))).content


@cache
def validator(document: str, root: Path) -> Draft7Validator:
    return Draft7Validator(schema_for(document, content=content_of(root)))


def document_of(path: str) -> str | None:
    """The document that a file is; of two places that fit, the more particular."""

    def fits(place: str) -> bool:
        # fnmatch lets a star run across folders; editors do not.
        return place.count("/") == path.count("/") and fnmatchcase(path, place)

    fitting = sorted((d for d in DOCUMENTS.values() if fits(d.place)), key=lambda d: (d.place.count("."), d.place))
    return fitting[-1].name if fitting else None


def fields_in(schema: Schema, path: FieldPath = ()) -> Iterator[tuple[FieldPath, Schema]]:
    """Each field, except the languages of a text."""
    inner = schema.get("items", schema)
    by_key = [*inner.get("patternProperties", {}).values(), inner.get("additionalProperties")]
    for value in by_key:
        if isinstance(value, dict):
            yield from fields_in(value, path)
    if "patternProperties" in inner:
        return
    for name, field in inner.get("properties", {}).items():
        yield (*path, name), field
        yield from fields_in(field, (*path, name))


FIELDS = [
    pytest.param(name, path, field, id=f"{name}:{'.'.join(path)}")
    for name in DOCUMENTS
    for path, field in fields_in(schema_for(name, content=NOTHING))
]
SAMPLE = [(path, name) for path in sorted(texts_under(ROOT)) if (name := document_of(path))]


@pytest.mark.parametrize("name, path, field", FIELDS)
def test_a_field_has_its_name_and_its_meaning_in_both_languages(name: str, path: FieldPath, field: Schema) -> None:
    chinese, _, english = field["title"].partition(" / ")
    assert chinese
    assert english
    texts = texts_of("fields", name, path)
    assert sorted(set(texts) - {"example"}) == sorted(LANGUAGES)
    assert field["description"] == f"{texts['zh']}\n\n{texts['en']}"
    assert any("\u4e00" <= character <= "\u9fff" for character in texts["zh"])


@pytest.mark.parametrize("name, path, field", FIELDS)
def test_an_example_and_a_default_are_right(name: str, path: FieldPath, field: Schema) -> None:
    values = [*field.get("examples", ()), *([field["default"]] if "default" in field else [])]
    assert [error.message for value in values for error in Draft7Validator(field).iter_errors(value)] == []


def test_no_description_is_left_over() -> None:
    used: set[tuple[str, str]] = set()
    for name in DOCUMENTS:
        for path, _ in fields_in(schema_for(name, content=NOTHING)):
            for group in ("fields", "values"):
                keys = [key for key in keys_for(name, path) if key in field_descriptions()[group]]
                used.update((group, key) for key in keys[:1])
    written = {(group, key) for group in ("fields", "values") for key in field_descriptions()[group]}
    assert sorted(written - used) == []
    assert sorted(field_descriptions()["documents"]) == sorted(DOCUMENTS)


@pytest.mark.parametrize(
    "field, values",
    [
        ("ai_generated", AiUse),
        ("review.state", ReviewState),
        ("lifecycle.state", Lifecycle),
        ("translation.state", TranslationState),
        ("severities", Severity),
    ],
)
def test_the_values_described_are_those_of_the_model(field: str, values: Any) -> None:
    assert list(field_descriptions()["values"][field]) == [value.value for value in values]


def test_every_text_of_the_editor_is_in_both_languages() -> None:
    texts = [text for values in field_descriptions()["values"].values() for text in values.values()]
    texts += field_descriptions()["forms"].values()
    texts += [document["title"] for document in field_descriptions()["documents"].values()]
    assert not [text for text in texts if sorted(text) != sorted(LANGUAGES)]


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("root", [ROOT, GOLDEN / "minimal_project"], ids=["sample", "minimal"])
def test_a_schema_is_valid_draft_07(name: str, root: Path) -> None:
    Draft7Validator.check_schema(schema_for(name, content=content_of(root)))


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_has_a_schema(kind: Kind) -> None:
    assert schema_for(kind, content=NOTHING) == schema_for(kind_name(kind), content=NOTHING)


def test_every_file_of_the_sample_has_a_schema() -> None:
    assert sorted(set(texts_under(ROOT)) - {path for path, _ in SAMPLE}) == []
    assert {name for _, name in SAMPLE} == set(DOCUMENTS)


def plain_values(text: str) -> Any:
    """What an editor reads: YAML 1.2, in which ``6`` is a number and ``2025-03-18`` a text."""

    class EditorLoader(yaml.SafeLoader):
        pass

    EditorLoader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
        # YAML 1.1 takes on, off, yes and no for booleans.
        if first not in "oOyYnN"
    }
    return yaml.load(text, EditorLoader)


def front_matter(text: str) -> str:
    return text.split("---\n")[1]


@pytest.mark.parametrize("read", ["as kebao check does", "as editors do"])
def test_every_file_of_the_sample_is_right(read: str) -> None:
    texts = texts_under(ROOT)
    found: list[str] = []
    for path, name in SAMPLE:
        text = texts[path].decode()
        written = front_matter(text) if DOCUMENTS[name].is_front_matter else text
        value = plain_values(written) if read == "as editors do" else read_yaml(path, written).value
        errors = validator(name, ROOT).iter_errors(value)
        found.extend(f"{path}: {error.json_path}: {error.message}" for error in errors)
    assert found == []


WRONG = {
    "a misspelt field": ("lesson-case", "licence: CC-BY-4.0", "licnce: CC-BY-4.0"),
    "a field that is missing": ("lesson-case", "title: 分数的初步认识\n", ""),
    "a field of another kind": ("lesson-case", "textbook: pep", "textbook: pep\ncredits: 2"),
    "a value that is not in the vocabulary": ("lesson-case", "subject: mathematics", "subject: maths"),
    "a person no one knows": ("lesson-case", "person: wang-lan", "person: wang-lna"),
    "a topic that is not there": ("lesson-case", "[hands-on-maths]", "[hands-on]"),
    "no topic": ("lesson-case", "topics: [hands-on-maths]", "topics: []"),
    "a text where a list belongs": ("lesson-case", "stages: [primary]", "stages: primary"),
    "a date that is none": ("lesson-case", "date: 2025-03-18", "date: 2025/3/18"),
    "a month that is none": ("lesson-case", "date: 2025-03-18", "date: 2025-13-18"),
    "a summary that is too short": (
        "lesson-case",
        "summary: 三年级学生用一张纸折出二分之一和四分之一。",
        "summary: 好课",
    ),
    "a review that no one knows": ("lesson-case", "{state: submitted}", "{state: done}"),
    "a person without a role": ("lesson-case", "{person: wang-lan, role: teacher}", "{person: wang-lan}"),
    "a field that is empty": ("lesson-case", "subject: mathematics", "subject:"),
    "a year of three digits": (
        "lesson-case",
        "textbook: pep",
        "textbook: pep\naward: {title: 奖, level: county, year: 225}",
    ),
    "yes for true": ("course", "required: true", "required: yes"),
    "a number in words": ("course", "hours: 6", "hours: 六"),
    "no hours": ("course", "hours: 6", "hours: 0"),
    "more than everything": ("course", "weight: 60", "weight: 160"),
    "a text on two lines": ("course", "title: 师德第一课", 'title: "师德\\n第一课"'),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_document_is_refused(case: str) -> None:
    name, right, wrong = WRONG[case]
    page = "lesson-cases/fractions" if name == "lesson-case" else "courses/ethics-basics"
    path = GOLDEN / f"minimal_project/content/packages/demo/{page}/index.md"
    written = front_matter(path.read_text(encoding="utf-8"))
    assert right in written
    minimal = validator(name, GOLDEN / "minimal_project")
    assert minimal.is_valid(plain_values(written))
    assert not minimal.is_valid(plain_values(written.replace(right, wrong, 1)))
    assert not minimal.is_valid(read_yaml("index.md", written.replace(right, wrong, 1)).value)


@pytest.mark.parametrize(
    "name, wrong",
    [
        ("people", "- {id: Wang Lan, name: {zh: 王岚}, organisation: willow-school}"),
        ("people", "- {id: wang-lan, name: 王岚, organisation: willow-school}"),
        ("organisations", "- {id: a, type: county-centre, name: {}}"),
        ("vocabulary", "{title: {zh: 甲}, source: 乙, terms: []}"),
        ("vocabulary", "{title: {Chinese: 甲}, source: 乙, terms: [{id: a, label: {zh: 丙}}]}"),
        ("policy", "{severities: {KB605: fatal}}"),
        ("site", "{title: {zh: 甲}, default_package: demo, default_locale: zh, packages: [demo], audience: all}"),
    ],
)
def test_a_wrong_file_is_refused(name: str, wrong: str) -> None:
    assert not validator(name, GOLDEN / "minimal_project").is_valid(plain_values(wrong))


def test_without_content_an_id_is_only_asked_for_its_form() -> None:
    person = schema_for("people", content=NOTHING)["items"]["properties"]["organisation"]
    assert "enum" not in person
    assert not Draft7Validator(person).is_valid("Willow School")


def test_the_same_content_gives_the_same_bytes() -> None:
    first, second = (json.dumps(schema_for("course", content=content_of(ROOT))) for _ in range(2))
    assert first == second


def test_the_editor_settings_name_every_yaml_file() -> None:
    settings = json.loads((ROOT / ".vscode/settings.json").read_text(encoding="utf-8"))
    files = {f"./schemas/{d.file_name}": d.place for d in DOCUMENTS.values() if not d.is_front_matter}
    assert settings["yaml.schemas"] == files

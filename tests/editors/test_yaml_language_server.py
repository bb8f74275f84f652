"""What an author sees while typing: values offered, faults underlined, fields explained, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from .language_client import LanguageClient

pytestmark = pytest.mark.editor

PAGE = Path("content/packages/demo/lesson-cases/fractions/index.md")


def fields_of(project: Path, right: str = "", written: str = "") -> str:
    """The front matter of the lesson case, with one thing written otherwise."""
    text = (project / PAGE).read_text(encoding="utf-8").split("---\n")[1]
    assert right in text
    return text.replace(right, written, 1) if right else text


def test_what_is_right_is_not_underlined(editor: LanguageClient, project: Path) -> None:
    assert editor.faults("front-matter/lesson-cases/right.yml", fields_of(project)) == []


@pytest.mark.parametrize(
    "path",
    [
        "content/packages/demo/package.yml",
        "content/programmes/county-2025.yml",
        "content/vocabularies/subjects.yml",
        "content/organisations.yml",
        "content/people.yml",
        "site_config/site.yml",
        "site_config/policy.yml",
        "site_config/locales/zh.yml",
    ],
)
def test_a_yaml_file_has_its_schema(path: str, editor: LanguageClient, project: Path) -> None:
    text = (project / path).read_text(encoding="utf-8")
    assert editor.faults(path, text) == []
    broken = text.replace("name: ", "nmae: ").replace("title: ", "titel: ").replace("guiding", "guidnig")
    assert any("is not allowed" in message for _, message in editor.faults(path, broken))


def test_a_value_of_a_vocabulary_is_completed(editor: LanguageClient, project: Path) -> None:
    text = fields_of(project, "subject: mathematics", "subject: ma|")
    offered = editor.completions("front-matter/lesson-cases/subject.yml", text)
    assert offered["mathematics"] == "数学 / Mathematics"


def test_a_person_is_completed_with_their_school(editor: LanguageClient, project: Path) -> None:
    text = fields_of(project, "person: wang-lan", "person: |")
    offered = editor.completions("front-matter/lesson-cases/person.yml", text)
    assert offered["wang-lan"] == "王岚 / Wang Lan – 柳树小学 / Willow School"


def test_a_misspelt_key_is_underlined(editor: LanguageClient, project: Path) -> None:
    text = fields_of(project, "licence: CC-BY-4.0", "licnce: CC-BY-4.0")
    faults = editor.faults("front-matter/lesson-cases/licnce.yml", text)
    line = text.split("\n").index("licnce: CC-BY-4.0") + 1
    assert (line, "Property licnce is not allowed.") in faults
    assert 'Missing property "licence".' in [message for _, message in faults]


def test_a_wrong_date_is_explained_in_chinese(editor: LanguageClient, project: Path) -> None:
    text = fields_of(project, "date: 2025-03-18", "date: 2025/3/18")
    (fault,) = editor.faults("front-matter/lesson-cases/date.yml", text)
    assert fault == (
        text.split("\n").index("date: 2025/3/18") + 1,
        "日期要写成 2025-03-18 的样子 / must be a date like 2025-03-18",
    )


def test_a_field_is_explained_in_both_languages(editor: LanguageClient, project: Path) -> None:
    text = fields_of(project, "subject: mathematics", "sub|ject: mathematics")
    said = editor.hover("front-matter/lesson-cases/hover.yml", text)
    assert "学科 / Subject" in said
    assert "不分学科的不写这个字段" in said
    assert "leave the field out where there is none" in said


def test_the_first_line_can_name_the_schema(editor: LanguageClient, project: Path) -> None:
    head = "# yaml-language-server: $schema=schemas/lesson-case.schema.json\n"
    assert editor.faults("draft.yml", head + fields_of(project)) == []
    faults = editor.faults("wrong.yml", head + fields_of(project, "lesson: ", "leson: "))
    assert any("leson" in message for _, message in faults)

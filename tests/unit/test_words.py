"""Every sentence has its Chinese, with the same parameters; every field has its name in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from string import Formatter
from typing import Annotated, Any

import pytest
import yaml
from babel.messages.pofile import read_po
from pydantic import BaseModel, BeforeValidator, create_model
from pydantic_core import PydanticCustomError, PydanticKnownError
from pydantic_core._pydantic_core import list_all_errors

import kebao
from kebao.loading import authored_catalogue, authored_resource, value_faults
from kebao.loading.scalars import Authored
from kebao.loading.validation import validate
from kebao.loading.yaml_text import read_yaml
from kebao.problems import Message, Problem
from kebao.rules.problem_codes import problem_codes
from kebao.words import LANGUAGES, language_from, words_in

SOURCES = tuple(sorted(Path(kebao.__file__).parent.rglob("*.py")))
MESSAGES = resources.files("kebao") / "messages"


def parameters_of(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def texts_in(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def templates_in(tree: ast.AST) -> Iterator[str]:
    """First arguments of ``Message(…)``, ``words(…)`` and the console's sayings, both branches where there are two."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).endswith(SAYING):
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield str(first.value)
            elif isinstance(first, ast.IfExp):
                yield from (*texts_in(first.body), *texts_in(first.orelse))


SAYING = ("Message", "console.result", "console.fault", "console.progress", "console.words")
TREES = tuple(ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES)
TABLES = {
    *(sentence for _, sentence in value_faults.VALUE_FAULTS.values()),
    *value_faults.WHOLE_DOCUMENT.values(),
    *value_faults.PATTERNS.values(),
    *(sentence for _, sentence in (value_faults.OTHER_FAULT, value_faults.NO_VALUE)),
}
COMMAND_LINE = tuple(tree for tree, path in zip(TREES, SOURCES, strict=True) if path.parent.name == "cli")
HELP_TEXTS = {
    str(node.args[0].value)
    for tree in COMMAND_LINE
    for node in ast.walk(tree)
    if isinstance(node, ast.Call)
    and ast.unparse(node.func).endswith("words")
    and node.args
    and isinstance(node.args[0], ast.Constant)
}
TEMPLATES = sorted({*TABLES, *HELP_TEXTS, *(template for tree in TREES for template in templates_in(tree))})


def chinese() -> Mapping[str, str]:
    return words_in("zh").catalogue


def test_the_walk_finds_the_templates() -> None:
    assert "'{key}' stands twice" in TEMPLATES
    assert len(TEMPLATES) > 100


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_is_said_in_chinese_with_the_same_parameters(template: str) -> None:
    assert template in chinese(), f"put a translation into builder/kebao/messages/zh.po: {template!r}"
    assert parameters_of(chinese()[template]) == parameters_of(template)


def test_no_translation_is_left_over() -> None:
    said = {text for tree in TREES for text in texts_in(tree)}
    assert sorted(set(chinese()) - said) == []


def test_no_translation_stands_twice_or_is_unfinished() -> None:
    text = (MESSAGES / "zh.po").read_text(encoding="utf-8")
    with (MESSAGES / "zh.po").open("rb") as stream:
        catalogue = read_po(stream, locale="zh")
    assert text.count("\nmsgid ") == len(list(catalogue))
    assert not [message.id for message in catalogue if message.id and (message.fuzzy or not message.string)]


@pytest.mark.parametrize("template", sorted(chinese()))
def test_a_translation_is_chinese(template: str) -> None:
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese()[template])


#: Types of error that the installed pydantic has, with an example of the context of each.
PYDANTIC: Mapping[str, Mapping[str, Any]] = {
    str(listed["type"]): listed["example_context"] or {} for listed in list_all_errors()
}
#: Types that our own validators raise.
OURS = frozenset(
    str(node.args[0].value)
    for tree in TREES
    for node in ast.walk(tree)
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("PydanticCustomError")
    if isinstance(node.args[0], ast.Constant)
)


def of_type(error_type: str) -> type[Authored]:
    """A model whose field 'date' is always wrong in this way."""
    context = dict(PYDANTIC.get(error_type, {}))
    if "error" in context:
        context["error"] = str(context["error"])

    def refuse(value: Any) -> Any:
        if error_type in PYDANTIC:
            raise PydanticKnownError(error_type, context)  # type: ignore[arg-type]
        raise PydanticCustomError(error_type, "wrong")

    return create_model("Refusing", __base__=Authored, date=(Annotated[str, BeforeValidator(refuse)], ...))


def problem_of(error_type: str) -> Problem:
    _, problems = validate(read_yaml("a.yml", "date: x"), of_type(error_type))
    (problem,) = problems
    return problem


def test_the_walk_finds_our_own_types() -> None:
    assert {"kb_date", "kb_period"} <= OURS


def test_every_type_of_error_has_its_sentence() -> None:
    """A release of pydantic that adds a type makes this fail: put it into builder/kebao/loading/value_faults.py."""
    assert sorted({*PYDANTIC, *OURS} - set(value_faults.VALUE_FAULTS)) == []


def test_no_sentence_is_for_a_type_of_ours_that_nobody_raises() -> None:
    assert {name for name in value_faults.VALUE_FAULTS if name.startswith("kb_")} == OURS


@pytest.mark.parametrize("error_type", sorted({*PYDANTIC, *OURS}))
def test_a_type_of_error_is_told_at_its_place_in_both_languages(error_type: str) -> None:
    problem = problem_of(error_type)
    code, template = value_faults.VALUE_FAULTS[error_type]
    assert (problem.code, problem.message.template, problem.location.line) == (code, template, 1)
    assert parameters_of(template) - {"field"} <= set(PYDANTIC.get(error_type, {}))
    for language in LANGUAGES:
        said = words_in(language).say(problem.message)
        assert "date" in said
        assert "pydantic" not in said.lower()
        assert ("date（日期）" in said) == (language == "zh")


@pytest.mark.parametrize("error_type", sorted({*PYDANTIC, *OURS}))
def test_a_type_of_error_belongs_to_a_code_that_is_explained(error_type: str) -> None:
    assert value_faults.VALUE_FAULTS[error_type][0] in problem_codes()


def test_a_type_that_is_not_known_yet_is_still_told_in_both_languages() -> None:
    class Later(Authored):
        date: Annotated[str, BeforeValidator(refuse_in_a_new_way)]

    _, (problem,) = validate(read_yaml("a.yml", "date: x"), Later)
    assert words_in("zh").say(problem.message) == "“date（日期）”的写法不对"
    assert words_in("en").say(problem.message) == "'date' is not of the right form"


def refuse_in_a_new_way(value: Any) -> Any:
    raise PydanticCustomError("of_a_later_release", "wrong")


@pytest.mark.parametrize("code", sorted(problem_codes()))
def test_a_code_is_explained_in_both_languages(code: str) -> None:
    said = problem_codes()[code]
    for text in (said.title, said.why, said.mend):
        assert set(text.by_locale) == set(LANGUAGES)
        assert any("\u4e00" <= character <= "\u9fff" for character in text.by_locale["zh"])
        assert not any("\u4e00" <= character <= "\u9fff" for character in text.by_locale["en"])


def test_a_list_is_said_with_the_signs_of_the_language() -> None:
    message = Message("use one of: {candidates}", {"candidates": "slides (课件), exercises (练习)"})
    assert words_in("zh").say(message) == "可以用的有：slides（课件）、exercises（练习）"
    assert words_in("en").say(message) == "use one of: slides (课件), exercises (练习)"


def test_what_a_thing_is_called_is_said_in_the_language_of_the_message() -> None:
    message = Message("use one of: {candidates}", {"candidates": "slides (课件 / Slides), ug (ئۇيغۇرچە), x"})
    assert words_in("zh").say(message) == "可以用的有：slides（课件）、ug（ئۇيغۇرچە）、x"
    assert words_in("en").say(message) == "use one of: slides (Slides), ug (ئۇيغۇرچە), x"


@pytest.mark.parametrize(
    "place, chinese",
    [
        ("slide 3", "第 3 张幻灯片"),
        ("slide 3 notes", "第 3 张幻灯片的备注"),
        ("slide 12 comments", "第 12 张幻灯片的批注"),
        ("sheet 名单!B7", "工作表“名单”的 B7 格"),
        ("sheet a!b!AA10", "工作表“a!b”的 AA10 格"),
        ("sheet 名单", "工作表“名单”"),
        ("page 2", "第 2 页"),
        ("picture 1", "第 1 张图片"),
        ("line 4", "第 4 行"),
        ("word/embeddings/a.xlsx › sheet 名单!B7", "word/embeddings/a.xlsx › 工作表“名单”的 B7 格"),
        ("word/header1.xml", "word/header1.xml"),
    ],
)
def test_a_place_in_a_file_is_said_in_each_language(place: str, chinese: str) -> None:
    message = Message("{place}: a mobile phone number: {match}", {"place": place, "match": "136******78"})
    assert words_in("zh").say(message) == f"{chinese}：有手机号：136******78"
    assert words_in("en").say(message) == f"{place}: a mobile phone number: 136******78"


@pytest.mark.parametrize("language", LANGUAGES)
def test_personal_data_in_a_sentence_is_masked(language: str) -> None:
    said = words_in(language).say(Message("'{target}' does not exist", {"target": "231281201506151003"}))
    assert "231*************03" in said
    assert "1506" not in said


def test_a_message_is_said_in_each_language() -> None:
    message = Message("'{key}' stands twice", {"key": "title"})
    assert words_in("zh").say(message) == "“title”写了两次"
    assert words_in("en").say(message) == "'title' stands twice"


def test_braces_in_a_translation_come_out_single() -> None:
    message = Message("'{field}' must be a mapping, like {{key: value}}", {"field": "review"})
    assert "{名称: 内容}" in words_in("zh").say(message)


def test_a_sentence_without_translation_is_said_in_english() -> None:
    assert words_in("zh").say(Message("no one has translated this")) == "no one has translated this"


def test_an_unknown_language_is_english() -> None:
    assert words_in("fr").language == "en"


@pytest.mark.parametrize(
    "environment, language",
    [
        ({}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "KEBAO_LANG": "en"}, "en"),
    ],
)
def test_the_language_comes_from_the_environment(environment: dict[str, str], language: str) -> None:
    assert language_from(environment) == language


def authored_fields() -> set[str]:
    models = {
        model
        for module in (authored_resource, authored_catalogue)
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, BaseModel)
    }
    return {info.alias or name for model in models for name, info in model.model_fields.items()}


def test_every_authored_field_has_a_label_in_both_languages() -> None:
    labels = yaml.safe_load((MESSAGES / "field_labels.yml").read_text(encoding="utf-8"))
    assert sorted(authored_fields() ^ set(labels)) == []
    assert not [field for field, label in labels.items() if sorted(label) != sorted(LANGUAGES)]
    assert not [field for field, label in labels.items() if not all(map(str.strip, label.values()))]

"""The list of interface texts is what pages say, and what the sample's locales have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
import yaml

import kebao
import mkdocs_kebao
from kebao.checks.interface_texts import needed_texts

ROOT = Path(__file__).parent.parent.parent
PLUGINS = Path(mkdocs_kebao.__file__).parent
SAYING = [
    path
    for folder in ("pages", "bundles", "assembly", "search")
    for path in sorted((Path(kebao.__file__).parent / folder).rglob("*.py"))
]
TEMPLATES = sorted((PLUGINS / "templates").rglob("*.html"))
KEY = re.compile(r"[a-z_]+(\.[a-z0-9_-]+)+")
# Not the theme's own: lang.t(…).
IN_TEMPLATE = re.compile(r"(?<![.\w])t\(\s*[\"']([^\"'~]+)[\"']\s*[,)]")


def said_in(tree: ast.AST) -> Iterator[str]:
    """Keys that stand in the code as first arguments of what says texts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and re.search(r"(texts|words|say|count)$", ast.unparse(node.func)):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and KEY.fullmatch(first.value):
                yield first.value


SAID = {key for path in SAYING for key in said_in(ast.parse(path.read_text(encoding="utf-8")))} | {
    key for path in TEMPLATES for key in IN_TEMPLATE.findall(path.read_text(encoding="utf-8")) if KEY.fullmatch(key)
}


def test_texts_are_found_in_code_and_templates() -> None:
    assert len(SAID) > 100


@pytest.mark.parametrize("key", sorted(SAID))
def test_what_code_and_templates_say_is_in_the_list(key: str) -> None:
    assert key in needed_texts() or f"{key}.other" in needed_texts(), "add it to the locales, then run: make docs"


def test_the_list_is_what_the_source_locale_has() -> None:
    texts = yaml.safe_load((ROOT / "site_config/locales/zh.yml").read_text(encoding="utf-8"))["texts"]
    found = {key: {name for _, name, _, _ in Formatter().parse(text) if name} for key, text in texts.items()}
    parameters = {key: frozenset(filter(str.isidentifier, names)) for key, names in found.items()}
    assert parameters == needed_texts(), "run: make docs"


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_chinese_and_english_have_every_text(locale: str) -> None:
    texts = yaml.safe_load((ROOT / f"site_config/locales/{locale}.yml").read_text(encoding="utf-8"))["texts"]
    # Of a text with plural forms Chinese has but one.
    assert sorted(key for key in needed_texts() if key not in texts) == []

"""The real ``yaml-language-server`` in front of the minimal project, as the repository's editor settings start it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from tests.npm_packages import NotInstalledError, npm_package

from kebao.cli.main import main

from .language_client import LanguageClient

ROOT = Path(__file__).parents[2]
#: The last that runs on Node 20: 2.0.0 asks for 22.13.
YAML_LANGUAGE_SERVER = "1.25.0"
PROGRAM = Path("bin/yaml-language-server")


def _no_editor(reason: str) -> NoReturn:
    if os.environ.get("KEBAO_REQUIRE_EDITOR"):
        pytest.fail(f"{reason}, and KEBAO_REQUIRE_EDITOR is set")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def server_command() -> list[str]:
    """How to start the server; installed by npm when it is not there yet."""
    node = shutil.which("node")
    if node is None:
        _no_editor("no Node.js found")
    try:
        package = npm_package("yaml-language-server", YAML_LANGUAGE_SERVER)
    except NotInstalledError as error:
        _no_editor(str(error))
    return [node, str(package / PROGRAM), "--stdio"]


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The minimal project with its schemas and the repository's editor settings."""
    root = tmp_path_factory.mktemp("editors") / "project"
    shutil.copytree(ROOT / "tests/golden/minimal_project", root)
    assert main(["schema", "-C", str(root), "-q"]) == 0
    return root


@pytest.fixture(scope="session")
def editor(server_command: list[str], project: Path) -> Iterator[LanguageClient]:
    settings = json.loads((ROOT / ".vscode/settings.json").read_text(encoding="utf-8"))
    # A page's fields stand in no YAML file of the project: here they get one, for the schema of their kind.
    schemas = {**settings["yaml.schemas"], "./schemas/lesson-case.schema.json": "front-matter/lesson-cases/*.yml"}
    options = {
        "schemas": schemas,
        "schemaStore": {"enable": settings["yaml.schemaStore.enable"]},
        "validate": True,
        "hover": True,
        "completion": True,
    }
    with LanguageClient.started(server_command, project, {"yaml": options}) as client:
        client.wait_for_schemas("content/vocabularies/waiting-{number}.yml", "terms: []")
        yield client

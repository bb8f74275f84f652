"""The site of `kebao serve`, which is changed in place, is after every edit what a new one would be."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig

from kebao.assembly.tree_comparison import differences

from .test_kept_pages import DEMO, EDITS

pytestmark = pytest.mark.site

URL = "http://127.0.0.1:8000/"


def settings(root: Path, site: Path) -> MkDocsConfig:
    config = load_config(config_file=str(root / "mkdocs.yml"), site_dir=str(site))
    config.site_url = URL
    return config


def wait_for_later_files() -> None:
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon and "work" in thread.name:
            thread.join()


def rebuilt(root: Path, site: Path) -> Path:
    build(settings(root, site), serve_url=URL, dirty=True)
    wait_for_later_files()
    return site


def removed(root: Path) -> None:
    shutil.rmtree(root / DEMO / "lesson-cases/more-fractions")


def test_a_site_changed_in_place_is_what_a_new_one_would_be(
    small_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1735689600")
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    config = settings(small_project, tmp_path / "site")
    config.plugins.on_startup(command="serve", dirty=True)
    build(config, serve_url=URL, dirty=True)
    names = ("a body", "a title", "a new resource", "a person's name", "a feature of the theme")
    for edit in (*(EDITS[name] for name in names), removed):
        edit(small_project)
        site = rebuilt(small_project, tmp_path / "site")
    assert "都可以在页面上看" in (site / "micro-lessons/every-type.html").read_text(encoding="utf-8")
    shutil.rmtree(small_project / ".kebao/cache/pages")
    # By the same plugins: downloads stay those of the server's start.
    new = rebuilt(small_project, tmp_path / "new")
    found = [each.path for each in differences(site, new)]
    assert [path for path in found if path.endswith(".html")] == []
    assert not {"pages.json", "translations.json"} & {each for each in found if (new / each).exists()}
    config.plugins.on_shutdown()

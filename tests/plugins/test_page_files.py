"""Pages that MkDocs does not make are files only for those who ask for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.theme import Theme

from kebao.pages.site_page import SitePage
from mkdocs_kebao.page_files import PageFiles, src_uri
from mkdocs_kebao.theme_files import list_without_icons


@pytest.fixture
def config(tmp_path: Path) -> MkDocsConfig:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: x\nuse_directory_urls: false\n", encoding="utf-8")
    loaded = load_config(str(tmp_path / "mkdocs.yml"))
    # As in a build: files are made by plugins, in events.
    loaded.plugins.on_startup(command="build", dirty=False)
    return loaded


def test_a_page_is_a_file_once_it_is_asked_for(config: MkDocsConfig) -> None:
    page = SitePage(uri="lesson-cases/a.html", title="A", template="item.html", view=None, tab="index.html")
    own = File.generated(config, "index.md", content="")
    files = PageFiles(Files([own]), config, {src_uri(page): page})
    assert list(files) == [own]
    assert files.get_file_from_path("index.md") is own
    assert files.get_file_from_path("lesson-cases/b.md") is None
    found = files.get_file_from_path("lesson-cases/./a.md")
    assert found is not None
    assert (found.dest_uri, found.url) == ("lesson-cases/a.html", "lesson-cases/a.html")
    assert found.inclusion.is_excluded()
    assert files.get_file_from_path("lesson-cases/a.md") is found


def test_the_theme_lists_all_but_what_is_hidden() -> None:
    theme, quick = Theme("material", static_templates=[]), Theme("material", static_templates=[])
    list_without_icons(quick)
    listed = theme.get_env().list_templates()
    assert any(name.startswith(".icons/") for name in listed)
    assert quick.get_env().list_templates() == [name for name in listed if not name.startswith(".icons/")]
    icon = ".icons/material/menu.svg"
    assert quick.get_env().get_template(icon).render() == theme.get_env().get_template(icon).render()

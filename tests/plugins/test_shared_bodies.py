"""A text that was converted for bundles is a page's content, but where it links to a source of the site."""

from __future__ import annotations

from pathlib import Path

import pytest
from mkdocs.config import load_config
from mkdocs.structure.files import File, Files

from kebao.bundles.shared_html import Converter
from kebao.pages.site_page import SitePage
from mkdocs_kebao.page_files import PageFiles, src_uri
from mkdocs_kebao.shared_bodies import SharedBodies

PLACE = "lesson-cases/a.md"


@pytest.fixture
def bodies(tmp_path: Path) -> SharedBodies:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n", encoding="utf-8")
    config = load_config(str(tmp_path / "mkdocs.yml"))
    config.plugins.on_startup(command="build", dirty=False)
    pages = [SitePage(uri=f"{name}.html", title="", template="item.html", view=None, tab="") for name in ("b", "c/d")]
    files = Files([File.generated(config, uri, content="") for uri in ("index.md", "assets/kebao.js")])
    return SharedBodies(Converter(), PageFiles(files, config, {src_uri(page): page for page in pages}))


@pytest.mark.parametrize(
    "target",
    [
        "../b.md",
        "../b.md#x",
        "../c/./d.md?q",
        "/b.md",
        "../index.md",
        "../assets/kebao.js",
        "../c/x/../d.md",
        "../%62.md",
    ],
)
def test_a_link_to_a_source_is_left_to_mkdocs(bodies: SharedBodies, target: str) -> None:
    assert bodies.content(f"[b]({target})", PLACE) is None


@pytest.mark.parametrize(
    "target",
    ["../b.html", "b.md", "../../_files/0a/kebao.pdf", "kebao.js.html", "..", "../c/", "#b", "https://kebao.example/b"],
)
def test_another_link_stays_as_it_is(bodies: SharedBodies, target: str) -> None:
    assert bodies.content(f"## 题\n\n[b]({target})", PLACE) == (
        f'<h2 id="题">题</h2>\n<p><a href="{target}">b</a></p>',
        [{"level": 2, "id": "题", "name": "题", "html": "题", "data-toc-label": "", "children": []}],
    )

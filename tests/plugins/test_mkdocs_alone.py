"""``mkdocs build`` and its drop-in fork ProperDocs, without ``kebao build`` around them: one shard."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from kebao.audit.audit import audit_site
from kebao.model.site import Policy

from .page_reading import read_page, tree_bytes
from .projects import ROOT, environment, run

pytestmark = pytest.mark.site

COMPARED = ("index.html", "catalog/index.html", "downloads.html", "lesson-cases/archimedes-with-river-stones.html")


def built_alone(engine: str, folder: Path) -> Path:
    command = [sys.executable, "-m", engine, "build", "-f", str(ROOT / "mkdocs.yml"), "-d", str(folder)]
    done = run(command, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def mkdocs_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_alone("mkdocs", tmp_path_factory.mktemp("mkdocs") / "site")


@pytest.fixture(scope="module")
def properdocs_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_alone("properdocs", tmp_path_factory.mktemp("properdocs") / "site")


def test_mkdocs_builds_the_default_shard(mkdocs_site: Path) -> None:
    listed = json.loads((mkdocs_site / "pages.json").read_text("utf-8"))
    assert (listed["package"], listed["locale"], listed["edition"]) == ("shulin", "zh", "next")
    assert [page["uri"] for page in listed["pages"] if not (mkdocs_site / page["uri"]).is_file()] == []
    assert len(listed["pages"]) > 200


def test_a_shard_built_alone_carries_its_own_files_and_passes_the_audit(mkdocs_site: Path) -> None:
    suffixes = {path.suffix for path in (mkdocs_site / "_files").rglob("*") if path.is_file()}
    assert suffixes >= {".docx", ".pptx", ".xlsx", ".pdf", ".png", ".mp4", ".vtt", ".zip"}
    report = audit_site(mkdocs_site, Policy())
    assert [f"{p.location} {p.code} {p.message.in_english()}" for p in report.problems] == []


def test_a_shard_built_alone_does_not_lead_out_of_itself(mkdocs_site: Path) -> None:
    page = read_page(mkdocs_site, "index.html")
    assert [uri for uri in page.links() if uri.startswith("..")] == []


def test_no_template_is_left_unfilled(mkdocs_site: Path) -> None:
    """MkDocs' own sitemap is off; neither it nor its template is in the site."""
    assert list(mkdocs_site.rglob("sitemap*")) == []
    marked = [
        path
        for path in mkdocs_site.rglob("*")
        if path.suffix in (".html", ".xml", ".css") and b"{%" in path.read_bytes()
    ]
    assert marked == []


def test_properdocs_builds_the_same_pages(mkdocs_site: Path, properdocs_site: Path) -> None:
    ours, theirs = tree_bytes(mkdocs_site), tree_bytes(properdocs_site)
    assert {path for path in ours if path.endswith(".html")} == {p for p in theirs if p.endswith(".html")}
    assert {path for path in ours if path.startswith("_files/")} == {
        path for path in theirs if path.startswith("_files/")
    }
    for uri in COMPARED:
        assert read_page(mkdocs_site, uri).text("//main") == read_page(properdocs_site, uri).text("//main")


def test_plugins_in_the_wrong_order_say_so(small_project: Path) -> None:
    path = small_project / "mkdocs.yml"
    text = path.read_text("utf-8")
    catalog = text[text.index("  - kebao/catalog:") : text.index("  - kebao/look:")]
    path.write_text(text.replace(catalog, "").replace("  - kebao/files\n", f"  - kebao/files\n{catalog}"), "utf-8")
    done = run([sys.executable, "-m", "mkdocs", "build", "-d", "out"], cwd=small_project)
    assert done.returncode != 0
    assert "'kebao/catalog' must stand first under 'plugins' in mkdocs.yml" in done.stderr
    assert "Traceback" not in done.stderr


def test_broken_content_ends_mkdocs_with_the_problem_at_its_place(small_project: Path) -> None:
    path = small_project / "content" / "packages" / "demo" / "lesson-cases" / "fractions" / "index.md"
    path.write_text(path.read_text("utf-8").replace("subject: mathematics", "subject: maths"), "utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "-d", "out"]
    done = run(command, cwd=small_project, env=environment(KEBAO_LANG="en"))
    assert done.returncode != 0
    place = "content/packages/demo/lesson-cases/fractions/index.md:5:10 KB301"
    assert f"{place} 'maths' is not in the vocabulary 'subjects'" in done.stderr
    assert "content has errors: nothing was built" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (small_project / "out").exists()


def test_a_shard_that_is_not_there_is_refused(small_project: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "-d", "out"]
    done = run(command, cwd=small_project, env=environment(KEBAO_LOCALE="ug"))
    assert done.returncode != 0
    assert "there is no package 'demo' with a locale 'ug'" in done.stderr

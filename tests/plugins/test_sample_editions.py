"""Three editions of the sample, released from git tags in three languages, published and walked by the audit."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from kebao.cli.main import main
from kebao.editions.publish import publish
from kebao.editions.release import ReleaseOptions, release
from kebao.editions.store import EditionStore

from .edition_stores import git
from .page_reading import read_page
from .projects import ROOT

pytestmark = pytest.mark.site

PACKAGE = "content/packages/shulin"
#: Loses its Uyghur translation in the second edition.
UNTRANSLATED = "micro-cases/grandma-outside-the-window"
TAGS = ("shulin/2025.1", "shulin/2025.2", "shulin/2026.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleEditions:
    project: Path
    store: EditionStore
    public: Path
    gone: str
    moved: str


@pytest.fixture(scope="module")
def sample_editions(tmp_path_factory: pytest.TempPathFactory) -> SampleEditions:
    folder = tmp_path_factory.mktemp("sample-editions")
    root = folder / "project"
    for name in ("content", "site_config"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copyfile(ROOT / "mkdocs.yml", root / "mkdocs.yml")
    home = root / PACKAGE
    git(root, "init", "-q")
    # In the first edition there is one story more, and another one still is a case.
    gone, moved = _unreferenced(home / "micro-stories", home)[:2]
    shutil.move(home / "micro-stories" / moved, home / "micro-cases" / moved)
    _tag(root, TAGS[0])
    shutil.rmtree(home / "micro-stories" / gone)
    (home / UNTRANSLATED / "index.ug.md").unlink()
    shutil.move(home / "micro-cases" / moved, home / "micro-stories" / moved)
    _tag(root, TAGS[1])
    page = home / "micro-stories" / moved / "index.md"
    page.write_text(page.read_text("utf-8").rstrip() + "\n\n第三版加上的一段话，说的是后来的事。\n", "utf-8")
    _tag(root, TAGS[2])
    shutil.rmtree(root / "content")
    shutil.rmtree(root / "site_config" / "locales")
    git(root, "checkout", "-q", "--", "site_config")
    store = EditionStore(folder / "editions")
    for tag in TAGS:
        package, _, edition = tag.partition("/")
        release(root, store, ReleaseOptions(package=package, edition=edition, source=tag, jobs=2))
    publish(root, store, folder / "public")
    return SampleEditions(project=root, store=store, public=folder / "public", gone=gone, moved=moved)


def _tag(root: Path, name: str) -> None:
    git(root, "add", "-A", "content", "site_config", "mkdocs.yml")
    git(root, "commit", "-q", "-m", name)
    git(root, "tag", name)


def _unreferenced(folder: Path, home: Path) -> list[str]:
    """Resources that no other text names, so that they can leave and move."""
    texts = [path.read_text("utf-8") for path in home.rglob("*.md")] + [(home / "package.yml").read_text("utf-8")]
    return [entry.name for entry in sorted(folder.iterdir()) if not any(entry.name in text for text in texts)]


def test_the_audit_finds_no_dead_link_and_no_page_missing(
    sample_editions: SampleEditions, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["-C", str(sample_editions.project), "--lang", "en", "audit", str(sample_editions.public)])
    assert status == 0, capsys.readouterr().out
    assert "Nothing wrong." in capsys.readouterr().out


def test_three_editions_stand_in_three_languages(sample_editions: SampleEditions) -> None:
    for locale in ("zh", "en", "ug"):
        entries = json.loads((sample_editions.public / f"shulin/{locale}/versions.json").read_bytes())
        assert [entry["version"] for entry in entries] == ["2026.1", "2025.2", "2025.1"]
        for edition in ("2026.1", "2025.2", "2025.1", "latest"):
            assert (sample_editions.public / f"shulin/{locale}/{edition}/index.html").is_file()


def test_the_language_menu_stays_in_the_edition(sample_editions: SampleEditions) -> None:
    page = read_page(sample_editions.public, "shulin/zh/2025.2/index.html")
    menu = page.links("//ul[@class='kb-languages__list']//a")
    assert menu == [f"shulin/{locale}/2025.2/index.html" for locale in ("zh", "en", "ug")]


def test_what_left_and_what_moved_is_found_under_latest(sample_editions: SampleEditions) -> None:
    latest = "shulin/zh/latest"
    tombstone = read_page(sample_editions.public, f"{latest}/micro-stories/{sample_editions.gone}.html")
    assert f"shulin/zh/2025.1/micro-stories/{sample_editions.gone}.html" in tombstone.links()
    stub = read_page(sample_editions.public, f"{latest}/micro-cases/{sample_editions.moved}.html")
    assert stub.links() == [f"{latest}/micro-stories/{sample_editions.moved}.html"]


def test_a_tombstone_in_a_right_to_left_language_leads_to_the_page_in_the_source_language(
    sample_editions: SampleEditions,
) -> None:
    page = read_page(sample_editions.public, f"shulin/ug/latest/{UNTRANSLATED}.html")
    assert (page.root.get("lang"), page.root.get("dir")) == ("ug", "rtl")
    assert f"shulin/zh/latest/{UNTRANSLATED}.html" in page.links()
    assert f"shulin/ug/2025.1/{UNTRANSLATED}.html" in page.links()


def test_a_release_from_a_tag_leaves_the_working_folder_alone(sample_editions: SampleEditions) -> None:
    assert not (sample_editions.project / "content").exists()
    commit = git(sample_editions.project, "rev-parse", TAGS[0]).strip()
    source = sample_editions.store.record("shulin", "2025.1").source
    assert source == {"kind": "git", "ref": TAGS[0], "commit": commit}

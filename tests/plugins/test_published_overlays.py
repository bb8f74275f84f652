"""A county's package on an edition of the province's, both released into one store and published into one tree."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from kebao.audit.audit import audit_site
from kebao.cli.main import main
from kebao.editions.publish import publish
from kebao.editions.release import ReleaseOptions, release
from kebao.editions.store import EditionStore
from kebao.editions.verify import damages
from kebao.model.site import Policy

from .edition_stores import Released
from .overlay_projects import COUNTY, PROVINCE, SCHOOL, write_three_levels
from .page_reading import ReadPage, read_page

pytestmark = pytest.mark.site


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """Two editions of the province; the county's first builds on the first, its second on the second."""
    folder = tmp_path_factory.mktemp("overlays")
    root = write_three_levels(folder)
    shutil.rmtree(root / "content/packages" / SCHOOL)
    edit(root / "site_config/site.yml", "- village\n", "")
    store = EditionStore(root / "editions")

    def release_edition(package: str, edition: str) -> None:
        release(root, store, ReleaseOptions(package=package, edition=edition, jobs=2))

    release_edition(PROVINCE, "2025.1")
    edit(root / f"content/packages/{COUNTY}/package.yml", "edition: next}", "edition: 2025.1}")
    assert main(["-C", str(root), "upstream", "take", COUNTY]) == 0
    release_edition(COUNTY, "2025.1")
    edit(root / f"content/packages/{PROVINCE}/micro-stories/paper/index.md", "一张旧挂历", "一张旧报纸")
    release_edition(PROVINCE, "2026.1")
    assert main(["-C", str(root), "upstream", "take", COUNTY, "2026.1"]) == 0
    release_edition(COUNTY, "2026.1")
    return Released(project=root, store=store)


@pytest.fixture(scope="module")
def public(released: Released) -> Path:
    out = released.project.parent / "public"
    publish(released.project, released.store, out)
    return out


def page(public: Path, edition: str, uri: str = "micro-stories/paper.html") -> ReadPage:
    return read_page(public, f"{COUNTY}/zh/{edition}/{uri}")


def test_the_tree_is_sound_and_a_second_run_writes_nothing(released: Released, public: Path) -> None:
    assert [problem.message.in_english() for problem in audit_site(public, Policy()).problems] == []
    editions = [(package, edition) for package in (PROVINCE, COUNTY) for edition in ("2025.1", "2026.1")]
    assert list(damages(released.store, editions)) == []
    assert publish(released.project, released.store, public).written == 0


def test_each_edition_shows_the_text_of_the_edition_that_it_was_built_on(public: Path) -> None:
    assert "一张旧挂历" in page(public, "2025.1").text("//article")
    for edition in ("2026.1", "latest"):
        assert "一张旧报纸" in page(public, edition).text("//article")
        assert "本县用方格纸。" in page(public, edition).text("//article")


def test_pages_that_were_taken_lead_to_the_provinces_latest(public: Path) -> None:
    for edition in ("2025.1", "2026.1", "latest"):
        assert f"{PROVINCE}/zh/latest/micro-stories/paper.html" in page(public, edition).links()
    hidden = page(public, "latest", "overlay.html")
    assert "本县没有这种泥。" in hidden.text("//article")
    assert not (public / COUNTY / "zh/latest/micro-stories/clay.html").exists()


def test_what_upstream_changed_is_new_in_the_county_too(public: Path) -> None:
    told = json.loads((public / COUNTY / "zh/2026.1/whats-new.json").read_bytes())
    assert [(c["id"], c["type"]) for c in told["changes"]] == [("paper", "changed")]


def test_shared_files_are_there_once_in_store_and_tree(released: Released, public: Path) -> None:
    for root in (released.store.root, public):
        boards = [path for path in (root / "_files").rglob("*.png") if path.name == "省里的板书.png"]
        assert len(boards) == 1
    files = [path for top in (released.store.root / "_files", public / "_files") for path in top.rglob("*.*")]
    inodes = Counter(os.stat(path).st_ino for path in files)
    assert all(count >= 2 for count in inodes.values()), "the tree has other names of the store's files"
    laid_out = next((released.project / ".kebao/upstream").rglob("board.png"))
    assert os.stat(laid_out).st_nlink >= 3, "what is taken is another name of the store's file"


def test_the_county_offers_its_sources_with_the_provinces_in_it(public: Path) -> None:
    listed = json.loads((public / COUNTY / "zh/2026.1/pages.json").read_bytes())
    assert (public / listed["sources"]).name == f"{COUNTY}-sources.tar.gz"
    assert any(link == listed["sources"] for link in page(public, "latest", "downloads.html").links())

"""Sites that many tests look at, each built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kebao.assembly.checking import check_project
from kebao.assembly.site_build import BuildOptions, build_site, plan_shards

from .page_reading import read_pages
from .projects import ROOT, BuiltSample, write_small_project


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> BuiltSample:
    """The repository's own content as a site."""
    site = tmp_path_factory.mktemp("sample") / "site"
    project = check_project(ROOT)
    build_site(project, BuildOptions(out=site, jobs=2))
    return BuiltSample(project=project, site=site, shards=plan_shards(project), pages=read_pages(site))


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project's site; only to be read."""
    folder = tmp_path_factory.mktemp("small")
    project = check_project(write_small_project(folder))
    assert not project.problems
    build_site(project, BuildOptions(out=folder / "site", jobs=2))
    return folder / "site"


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """A small project to change."""
    return write_small_project(tmp_path)

"""Sites that many tests look at, each built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kebao.assembly.checking import check_project, with_upstreams
from kebao.assembly.site_build import BuildOptions, build_site, plan_shards
from kebao.editions.publish import publish
from kebao.editions.store import EditionStore

from .edition_stores import Released, release_in_turn, write_first
from .page_reading import read_pages
from .projects import ROOT, BuiltSample, write_small_project


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> BuiltSample:
    """The repository's own content as a site."""
    site = tmp_path_factory.mktemp("sample") / "site"
    project = check_project(ROOT)
    build_site(project, BuildOptions(out=site, jobs=2))
    whole = with_upstreams(project)
    return BuiltSample(project=whole, site=site, shards=plan_shards(project), pages=read_pages(site))


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


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """Three editions of a small package; only to be read."""
    folder = tmp_path_factory.mktemp("editions")
    return release_in_turn(write_first(folder), EditionStore(folder / "editions"))


@pytest.fixture(scope="session")
def public(released: Released, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three editions, published; only to be read."""
    out = tmp_path_factory.mktemp("published") / "public"
    publish(released.project, released.store, out)
    return out

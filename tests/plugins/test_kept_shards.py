"""Shards of packages that a change has nothing to do with are taken over from the site before, with the right bytes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from kebao.assembly.check_cache import checked_project
from kebao.assembly.checking import check_project
from kebao.assembly.kept_shards import shard_keys, shards_ground
from kebao.assembly.site_build import BuildOptions, BuildReport, build_site
from kebao.assembly.tree_comparison import differences
from kebao.model.shard import Shard

from .overlay_projects import COUNTY, PROVINCE, SCHOOL, write_three_levels

pytestmark = pytest.mark.site

TODAY = date(2026, 1, 1)
ALL = {PROVINCE, COUNTY, SCHOOL}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A school on a county on a province; built once."""
    root = write_three_levels(tmp_path_factory.mktemp("kept-shards"))
    build(root)
    return root


def build(root: Path, *, search: bool = True) -> BuildReport:
    checked = checked_project(root, today=TODAY)
    assert not checked.has_errors, checked.problems
    return build_site(checked, BuildOptions(out=site_of(root), jobs=2, search=search))


def site_of(root: Path) -> Path:
    return root.parent / "site"


def files_lists(root: Path) -> dict[str, int]:
    """Package → inode of a file that each build of its shard writes anew."""
    return {package: os.stat(site_of(root) / package / "zh/next/pages.json").st_ino for package in sorted(ALL)}


def packages_built(root: Path, edit: Callable[[], object], *, search: bool = True) -> set[str]:
    """The packages whose shard is built after an edit."""
    build(root)
    before = files_lists(root)
    edit()
    build(root, search=search)
    now = files_lists(root)
    return {package for package in ALL if before[package] != now[package]}


def assert_like_a_cold_build(root: Path, *, search: bool = True) -> None:
    cold = root.parent / "cold"
    build_site(
        check_project(root, use_cache=False),
        BuildOptions(out=cold, jobs=2, use_cache=False, splice=False, search=search),
    )
    assert next(differences(site_of(root), cold), None) is None


def body_of(root: Path, package: str, text: str) -> None:
    path = sorted((root / "content/packages" / package).glob("micro-stories/*/index.md"))[0]
    path.write_text(path.read_text(encoding="utf-8") + f"\n{text}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("edited", "built"),
    [(SCHOOL, {SCHOOL}), (COUNTY, {COUNTY, SCHOOL}), (PROVINCE, ALL)],
)
def test_a_text_concerns_its_package_and_those_that_build_on_it(project: Path, edited: str, built: set[str]) -> None:
    assert packages_built(project, lambda: body_of(project, edited, f"{edited} 又写了一句。")) == built
    assert_like_a_cold_build(project)


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("content/people.yml", "zh: ", "zh: 小"),
        (f"content/packages/{SCHOOL}/package.yml", "资源包}", "新资源包}"),
        ("site_config/theme/assets/kebao/accent.css", "\n", "\n/* 一个记号 */\n"),
        ("mkdocs.yml", "toc.follow", "navigation.top"),
    ],
)
def test_what_all_packages_share_concerns_each_shard(project: Path, path: str, old: str, new: str) -> None:
    def edit() -> None:
        text = (project / path).read_text(encoding="utf-8")
        assert old in text
        (project / path).write_text(text.replace(old, new, 1), encoding="utf-8")

    assert packages_built(project, edit) == ALL
    assert_like_a_cold_build(project)


def test_a_package_that_names_another_is_built_with_it(project: Path) -> None:
    body_of(project, PROVINCE, f"县里有人[做过](kebao:{COUNTY}/paper)。")
    assert packages_built(project, lambda: body_of(project, SCHOOL, "学校的一句。")) == {SCHOOL}
    assert packages_built(project, lambda: body_of(project, COUNTY, "县里的一句。")) == ALL
    assert_like_a_cold_build(project)


def test_what_is_new_since_an_edition_may_speak_of_any_package(project: Path, tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot.json"
    snapshot.write_text("{}", encoding="utf-8")

    def key(previous: Mapping[str, Path]) -> str:
        checked, shard = checked_project(project, today=TODAY), Shard(package=PROVINCE, locale="zh")
        ground = shards_ground(checked, ())
        return shard_keys(checked, ground, [shard], files={PROVINCE: ""}, previous=previous)[shard]

    before = key({}), key({PROVINCE: snapshot})
    body_of(project, SCHOOL, "学校又添了一句。")
    after = key({}), key({PROVINCE: snapshot})
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_nothing_changed_takes_over_every_shard(project: Path) -> None:
    assert packages_built(project, lambda: None) == set()
    assert_like_a_cold_build(project)


def test_a_site_without_search_is_built_anew(project: Path) -> None:
    assert packages_built(project, lambda: None, search=False) == ALL
    assert_like_a_cold_build(project, search=False)


@pytest.mark.parametrize("name", ["index.html", "pages.json", "added.html"])
def test_a_shard_that_was_edited_in_the_site_is_built_again(project: Path, name: str) -> None:
    def edit() -> None:
        # As an editor does that replaces files.
        page = site_of(project) / PROVINCE / "zh/next" / name
        changed = page.with_suffix(".tmp")
        changed.write_bytes((page.read_bytes() if page.exists() else b"") + b"<!-- by hand -->")
        changed.replace(page)

    assert packages_built(project, edit) == {PROVINCE}
    assert_like_a_cold_build(project)


def test_edited_files_of_the_theme_are_not_taken_over(project: Path) -> None:
    def edit() -> None:
        [styles] = site_of(project).glob("_assets/*/assets/kebao/page.css")
        styles.write_bytes(styles.read_bytes() + b"/* by hand */")

    assert packages_built(project, edit) == ALL
    assert_like_a_cold_build(project)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"base/zh/next": 1}', b'{"base/zh/next": []}'])
def test_a_damaged_note_only_costs_time(project: Path, damage: bytes) -> None:
    def edit() -> None:
        [note] = (project / ".kebao/cache/shards").glob("*.json")
        note.write_bytes(damage)

    assert packages_built(project, edit) == ALL


def test_settings_that_may_lead_elsewhere_keep_nothing(project: Path) -> None:
    settings = project / "mkdocs.yml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(f"{before}\n# hooks: none\n", encoding="utf-8")
    assert packages_built(project, lambda: None) == ALL
    settings.write_text(before, encoding="utf-8")


def test_where_files_have_one_name_only_shards_are_copied(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(source: object, target: object, **_: object) -> None:
        raise OSError(1, "no links here")

    build(project)
    monkeypatch.setattr("os.link", no_links)
    body_of(project, SCHOOL, "又一句。")
    build(project)
    monkeypatch.undo()
    assert_like_a_cold_build(project)

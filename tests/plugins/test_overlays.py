"""School on county on province: what readers of each meet, and where upstream packages may come from."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kebao.assembly.check_cache import check_result
from kebao.assembly.checking import CheckedProject, check_project, with_upstreams
from kebao.assembly.site_build import BuildOptions, build_site
from kebao.audit.audit import audit_site
from kebao.catalog.snapshots import take_snapshot
from kebao.editions.inputs import read_inputs
from kebao.editions.source_archive import store_materials, write_source_archive
from kebao.editions.store import EditionStore

from .overlay_projects import COUNTY, PROVINCE, SCHOOL, story, write, write_three_levels
from .projects import kebao_command, run

TODAY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The three packages as a site."""
    folder = tmp_path_factory.mktemp("levels")
    project = check_project(write_three_levels(folder))
    assert [problem.code for problem in project.problems] == []
    build_site(project, BuildOptions(out=folder / "site", jobs=2))
    return folder / "site"


@pytest.fixture
def levels(tmp_path: Path) -> Path:
    return write_three_levels(tmp_path)


def page(site: Path, package: str, uri: str) -> str:
    return (site / package / "zh" / "next" / uri).read_text("utf-8")


def texts_of(site: Path, package: str) -> Iterator[tuple[str, str]]:
    folder = site / package / "zh" / "next"
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".js", ".json"):
            yield path.relative_to(folder).as_posix(), path.read_text("utf-8")


def ids(project: CheckedProject, package: str) -> set[str]:
    return set(with_upstreams(project).content.packages[package].resources)


def test_each_level_has_its_own_resources_and_those_above_that_it_leaves_in(levels: Path) -> None:
    project = check_project(levels)
    own = {"ethics-basics", "fractions", "every-type"}
    assert ids(project, PROVINCE) == {"paper", "clay", "water", "rope", "draft"}
    assert ids(project, COUNTY) == own | {"newspaper", "paper", "rope"}
    assert ids(project, SCHOOL) == {"stone", "paper", "rope", "ethics-basics", "fractions"}


def test_what_is_hidden_stands_nowhere_but_in_the_list_of_what_is_left_out(built: Path) -> None:
    assert [uri for uri, text in texts_of(built, COUNTY) if "一团泥" in text] == ["overlay.html"]
    assert not (built / COUNTY / "zh/next/micro-stories/clay.html").exists()
    assert "本县没有这种泥。" in page(built, COUNTY, "overlay.html")
    assert "micro-stories/clay.html" not in page(built, COUNTY, "overlay.html")
    assert [uri for uri, text in texts_of(built, SCHOOL) if "各种材料都有" in text] == ["overlay.html"]
    assert (built / PROVINCE / "zh/next/micro-stories/clay.html").exists()


def test_a_page_says_where_it_is_from_and_leads_there(built: Path) -> None:
    county, school = page(built, COUNTY, "micro-stories/paper.html"), page(built, SCHOOL, "micro-stories/paper.html")
    for text in (county, school):
        assert "来自省级包" in text
        assert 'href="../../../../base/zh/next/micro-stories/paper.html"' in text
    assert "来自示例县包" in page(built, SCHOOL, "lesson-cases/fractions.html")
    assert "来自" not in page(built, COUNTY, "lesson-cases/fractions.html").split("<footer")[0].split("kb-body")[0]


def test_notes_of_every_level_stand_above_the_text_with_who_says_them(built: Path) -> None:
    school = page(built, SCHOOL, "micro-stories/paper.html")
    county_note, school_note = school.index("本县用方格纸。"), school.index("我校只有八个学生")
    assert school.index("本地说明") < county_note < school_note < school.index('id="kb-text"')
    assert "示例县包 · 李山" in school
    assert "杨树小学包 · 王" in school
    assert "我校只有八个学生" not in page(built, COUNTY, "micro-stories/paper.html")
    assert "本县用方格纸" not in page(built, PROVINCE, "micro-stories/paper.html")


def test_links_to_what_was_replaced_lead_to_what_stands_in_for_it(built: Path) -> None:
    body = page(built, COUNTY, "micro-stories/paper.html").partition('id="kb-text"')[2]
    assert '<a href="newspaper.html">那碗水</a>' in body
    assert '<a href="../catalog/index.html">那团泥</a>' in body
    body = page(built, SCHOOL, "micro-stories/paper.html").partition('id="kb-text"')[2]
    assert '<a href="stone.html">那碗水</a>' in body
    assert "本资源替换了“省级包”里的" in page(built, COUNTY, "micro-stories/newspaper.html")


def test_lists_search_and_topics_hold_what_was_taken(built: Path) -> None:
    catalog = page(built, COUNTY, "catalog/index.html")
    assert catalog.count("来自省级包") == 2
    assert "省里的专题" in page(built, COUNTY, "topics/index.html")
    facets = (built / COUNTY / "zh/next/search/facets.js").read_text("utf-8")
    assert '"origin"' in facets
    assert "本地编写" in facets
    assert '"origin"' not in (built / PROVINCE / "zh/next/search/facets.js").read_text("utf-8")
    assert any("一张纸" in text for uri, text in texts_of(built, SCHOOL) if uri.startswith("search/"))


def test_the_site_is_sound_and_the_files_are_there_once(built: Path) -> None:
    site = check_project(built.parent / "project").sound_site()
    assert [problem.message.in_english() for problem in audit_site(built, site.policy).problems] == []
    boards = [path for path in (built / "_files").rglob("*.png") if "省里的板书" in path.name]
    assert len(boards) == 1


def county_alone(levels: Path, extends: str) -> None:
    """Only the county is left of the project; its upstream is somewhere else."""
    for name in (PROVINCE, SCHOOL):
        shutil.rmtree(levels / "content/packages" / name)
    site = levels / "site_config/site.yml"
    site.write_text(site.read_text("utf-8").replace("- base\n", "").replace("- village\n", ""), "utf-8")
    change(levels, f"{{package: {PROVINCE}, edition: next}}", extends)


def change(levels: Path, old: str, new: str, package: str = COUNTY) -> None:
    path = levels / "content/packages" / package / "package.yml"
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def freeze(levels: Path, edition: str) -> None:
    """The province's sources in the store, as a release keeps them."""
    store, inputs = EditionStore(levels / "editions"), read_inputs(levels, PROVINCE)
    store.prepare()
    folder = store.folder(PROVINCE, edition)
    folder.mkdir(parents=True)
    write_source_archive(levels, inputs, folder / "source.tar.gz", originals={})
    list(store_materials(levels, inputs, store))


def codes(levels: Path) -> list[str]:
    return [problem.code for problem in check_project(levels).problems]


def snapshot(levels: Path, package: str = COUNTY) -> object:
    project = with_upstreams(check_project(levels))
    taken = take_snapshot(project.content.packages[package], edition="x", audience="public", facts=project.facts)
    return taken.resources


def test_an_edition_of_the_store_is_taken_by_its_digest_and_gives_the_same(levels: Path) -> None:
    before = snapshot(levels)
    freeze(levels, "2025.1")
    county_alone(levels, f"{{package: {PROVINCE}, edition: 2025.1}} # 底本")
    assert codes(levels) == ["KB415"]
    taken = run(kebao_command("upstream", "take", COUNTY, "2025.1", "--lang", "en"), cwd=levels)
    assert taken.returncode == 0, taken.stderr
    text = (levels / "content/packages" / COUNTY / "package.yml").read_text("utf-8")
    assert "# 底本" in text
    assert codes(levels) == []
    assert snapshot(levels) == before
    again = run(kebao_command("upstream", "take", COUNTY, "2025.1", "--lang", "en"), cwd=levels)
    assert "already" in again.stdout
    assert (levels / "content/packages" / COUNTY / "package.yml").read_text("utf-8") == text


def test_an_upstream_that_was_changed_or_is_gone_is_an_error_also_for_a_kept_check(levels: Path) -> None:
    freeze(levels, "2025.1")
    county_alone(levels, f"{{package: {PROVINCE}, edition: 2025.1}}")
    run(kebao_command("upstream", "take", COUNTY), cwd=levels)
    assert [p.code for p in check_result(levels, today=TODAY).problems] == []
    archive = levels / "editions" / PROVINCE / "2025.1" / "source.tar.gz"
    data = archive.read_bytes()
    archive.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert [p.code for p in check_result(levels, today=TODAY).problems] == ["KB415"]
    archive.unlink()
    assert [p.code for p in check_result(levels, today=TODAY).problems] == ["KB415"]
    archive.write_bytes(data)
    assert [p.code for p in check_result(levels, today=TODAY).problems] == []


def test_a_material_that_is_missing_or_damaged_is_an_error(levels: Path) -> None:
    freeze(levels, "2025.1")
    county_alone(levels, f"{{package: {PROVINCE}, edition: 2025.1}}")
    run(kebao_command("upstream", "take", COUNTY), cwd=levels)
    shutil.rmtree(levels / ".kebao")
    stored = next(path for path in (levels / "editions/_sources").rglob("*") if path.is_file())
    data = stored.read_bytes()
    stored.write_bytes(b"x" + data[1:])
    assert codes(levels) == ["KB415"]
    stored.unlink()
    assert codes(levels) == ["KB415"]


def test_a_published_site_is_an_upstream_too(built: Path, levels: Path) -> None:
    before = snapshot(levels)
    shutil.copytree(built, levels / "upstream/site")
    county_alone(levels, f"{{package: {PROVINCE}, edition: next, from: upstream/site}}")
    taken = run(kebao_command("upstream", "take", COUNTY, "next"), cwd=levels)
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert codes(levels) == []
    assert snapshot(levels) == before


def downloads(built: Path, levels: Path) -> tuple[Path, Path]:
    """The sources and the full package of the province's downloads page, in a folder of the county's project."""
    page_text = page(built, PROVINCE, "downloads.html")
    folder = levels / "upstream"
    folder.mkdir()
    sources = next((built / "_files").rglob(f"{PROVINCE}-sources.tar.gz"))
    bundle = next((built / "_files").rglob("*省级包*完整*.zip"))
    for file in (sources, bundle):
        assert file.parent.name in page_text, "the downloads page offers it"
        shutil.copyfile(file, folder / file.name)
    return folder / sources.name, folder / bundle.name


@pytest.mark.parametrize("wanted", [0, 1])
def test_what_a_downloads_page_offers_is_an_upstream_too(built: Path, levels: Path, wanted: int) -> None:
    before = snapshot(levels)
    chosen = downloads(built, levels)[wanted]
    county_alone(levels, f"{{package: {PROVINCE}, edition: next, from: upstream/{chosen.name}}}")
    taken = run(kebao_command("upstream", "take", COUNTY, "next"), cwd=levels)
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert codes(levels) == []
    assert snapshot(levels) == before


def hints(levels: Path) -> list[str]:
    return [problem.hint.in_english() for problem in check_project(levels).problems if problem.hint]


def test_half_of_a_download_says_which_half_is_missing(built: Path, levels: Path) -> None:
    sources, bundle = downloads(built, levels)
    aside = levels / "aside.zip"
    bundle.rename(aside)
    county_alone(levels, f"{{package: {PROVINCE}, edition: next, from: upstream/{sources.name}}}")
    taken = run(kebao_command("upstream", "take", COUNTY, "next", "--lang", "en"), cwd=levels)
    assert "put the full package (ZIP)" in taken.stderr
    aside.rename(bundle)
    sources.unlink()
    change(levels, f"upstream/{sources.name}", f"upstream/{bundle.name}")
    assert codes(levels) == ["KB415"]
    assert "put 'base-sources.tar.gz' beside it" in hints(levels)[0]


def test_a_bundle_whose_file_is_damaged_is_not_taken(built: Path, levels: Path) -> None:
    sources, bundle = downloads(built, levels)
    picture = next((built / "_files").rglob("省里的板书.png")).read_bytes()
    data = bundle.read_bytes()
    assert data.count(picture) == 1
    bundle.write_bytes(data.replace(picture, picture[:-1] + b"!"))
    county_alone(levels, f"{{package: {PROVINCE}, edition: next, from: upstream/{sources.name}}}")
    taken = run(kebao_command("upstream", "take", COUNTY, "next", "--lang", "en"), cwd=levels)
    assert taken.returncode != 0
    assert "is missing" in taken.stderr
    assert not [path for path in (levels / ".kebao/upstream").rglob("*") if path.is_file()]


@pytest.mark.parametrize("form", ["zip", "gztar"])
def test_an_archive_of_the_whole_project_is_an_upstream_too(levels: Path, form: str) -> None:
    before = snapshot(levels)
    copy = levels.parent / "copy" / "province-main"
    for name in ("content", "site_config"):
        shutil.copytree(levels / name, copy / name)
    name = shutil.make_archive(str(levels / "province"), form, copy.parent, copy.name)
    county_alone(levels, f"{{package: {PROVINCE}, edition: next, from: {Path(name).name}}}")
    taken = run(kebao_command("upstream", "take", COUNTY, "next"), cwd=levels)
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert codes(levels) == []
    assert snapshot(levels) == before


def test_a_package_on_an_edition_from_elsewhere_offers_sources_that_stand_alone(levels: Path, tmp_path: Path) -> None:
    """School on county on an edition of the province: the school has only what the county's site offers."""
    people = levels / "content/people.yml"
    written = people.read_text("utf-8")
    people.write_text(written.replace("{id: wang-lan,", "{id: wang-lan, pseudonym: true,"), "utf-8")
    expected = snapshot(levels, SCHOOL)
    freeze(levels, "2025.1")
    school = tmp_path / "school"
    for name in ("content", "site_config"):
        shutil.copytree(levels / name, school / name)
    county_alone(levels, f"{{package: {PROVINCE}, edition: 2025.1}}")
    term = levels / "content/vocabularies/phases.yml"
    term.write_text(term.read_text("utf-8") + "  - {id: at-home, label: {zh: 在家, en: At home}}\n", "utf-8")
    run(kebao_command("upstream", "take", COUNTY), cwd=levels)
    built = run(kebao_command("build", "--package", COUNTY, "--out", "site"), cwd=levels)
    assert built.returncode == 0, built.stdout + built.stderr

    (school / "upstream").mkdir()
    for pattern in (f"{COUNTY}-sources.tar.gz", "*完整*.zip"):
        (found,) = (levels / "site/_files").rglob(pattern)
        shutil.copyfile(found, school / "upstream" / found.name)
    with tarfile.open(school / "upstream" / f"{COUNTY}-sources.tar.gz") as archive:
        names = archive.getnames()
        told = archive.extractfile("content/people.yml")
        assert told is not None
        assert "pseudonym: true" in told.read().decode()
    assert "content/packages/base/micro-stories/paper/index.md" in names
    assert not [name for name in names if "draft" in name or "clay" in name or "water" in name]
    for name in (PROVINCE, COUNTY):
        shutil.rmtree(school / "content/packages" / name)
    site = school / "site_config/site.yml"
    site.write_text(site.read_text("utf-8").replace("- base\n", "").replace("- demo\n", ""), "utf-8")
    site.write_text(site.read_text("utf-8").replace("default_package: demo", "default_package: village"), "utf-8")
    place = f"{{package: {COUNTY}, edition: next, from: upstream/{COUNTY}-sources.tar.gz}}"
    change(school, f"{{package: {COUNTY}, edition: next}}", place, SCHOOL)
    taken = run(kebao_command("upstream", "take", SCHOOL, "next"), cwd=school)
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert codes(school) == []
    assert snapshot(school, SCHOOL) == expected
    origins = with_upstreams(check_project(school)).content.packages[SCHOOL].provenance.origins
    assert (origins["paper"].package, origins["paper"].edition) == (PROVINCE, "2025.1")


def test_published_sources_hold_no_draft_and_nobody_who_is_not_named(built: Path) -> None:
    pages = json.loads((built / PROVINCE / "zh/next/pages.json").read_text("utf-8"))
    with tarfile.open(built / pages["sources"]) as archive:
        names = archive.getnames()
        people = archive.extractfile("content/people.yml")
        assert people is not None
        text = people.read().decode()
    assert "content/packages/base/micro-stories/paper/index.md" in names
    assert not [name for name in names if "draft" in name or COUNTY in name]
    assert "wang-lan" in text
    assert "li-shan" not in text


def test_diff_says_what_changed_under_a_note_and_what_is_gone(levels: Path) -> None:
    freeze(levels, "2025.1")
    paper = levels / "content/packages" / PROVINCE / "micro-stories/paper/index.md"
    paper.write_text(
        paper.read_text("utf-8").replace("title: 一张纸", "title: 一张白纸").replace("[那碗水](kebao:water)", "那碗水"),
        "utf-8",
    )
    write(levels, f"{PROVINCE}/micro-stories/wind/index.md", story("一阵风", "纸条飘起来的时候，全班都不说话。"))
    shutil.rmtree(levels / "content/packages" / PROVINCE / "micro-stories/water")
    freeze(levels, "2026.1")
    county_alone(levels, f"{{package: {PROVINCE}, edition: 2025.1}}")
    run(kebao_command("upstream", "take", COUNTY, "2025.1"), cwd=levels)
    told = json.loads(run(kebao_command("upstream", "diff", COUNTY, "--format", "json"), cwd=levels).stdout)
    assert (told["old"], told["new"]) == ("2025.1", "2026.1")
    assert [(c["id"], c["event"], c["overlay"]) for c in told["changes"]] == [
        ("paper", "changed", "annotate"),
        ("water", "gone", "replace"),
        ("wind", "new", ""),
    ]
    assert told["changes"][0]["fields"] == ["zh.title", "zh.body"]
    for language, word in (("zh", "本地加了说明"), ("en", "you annotate it")):
        for form in ("table", "markdown"):
            command = kebao_command("upstream", "diff", COUNTY, "--format", form, "--lang", language)
            assert word in run(command, cwd=levels).stdout
    status = run(kebao_command("upstream", "status", "--lang", "en"), cwd=levels)
    assert "newer editions: 2026.1" in status.stdout
    assert status.returncode == 0


@pytest.mark.parametrize("edition", ["../../..", "*", "2025.1/../2025.1"])
def test_an_edition_that_is_a_path_is_refused(levels: Path, edition: str) -> None:
    freeze(levels, "2025.1")
    county_alone(levels, f'{{package: {PROVINCE}, edition: "{edition}"}}')
    assert codes(levels) == ["KB415"]


@pytest.mark.parametrize("data", [b"", b"no archive", b"\x1f\x8b\x08\x00cut off", b"PK\x03\x04cut off"])
@pytest.mark.parametrize("suffix", ["tar.gz", "zip"])
def test_an_archive_that_is_none_is_an_error(levels: Path, data: bytes, suffix: str) -> None:
    (levels / f"province.{suffix}").write_bytes(data)
    county_alone(levels, f"{{package: {PROVINCE}, edition: next, from: province.{suffix}}}")
    assert codes(levels) == ["KB415"]

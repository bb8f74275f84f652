"""The repository's own content as a site: everything that should be there is, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import bagit
import pytest

from kebao.audit.audit import audit_site
from kebao.catalog.catalog import contributors_of
from kebao.catalog.entries import is_published
from kebao.model.resource import Kind, Lifecycle, Resource
from kebao.model.shard import Shard
from kebao.pages.texts import texts_for

from .page_reading import ReadPage, classed, texts_in_site, words_of
from .projects import BuiltSample

pytestmark = pytest.mark.site

LIST_LINKS = f"//div[{classed('kb-page')}]//a"
MOST_NAV_LINKS = 150
LARGEST_PAGE = 60 * 1024


def published(sample: BuiltSample, shard: Shard) -> list[Resource]:
    assert sample.project.sound_site().audience == "public"
    return [r for r in sample.package(shard).resources.values() if is_published(r, "public")]


def current(sample: BuiltSample, shard: Shard) -> list[Resource]:
    return [r for r in published(sample, shard) if r.lifecycle is Lifecycle.CURRENT]


def language_of(sample: BuiltSample, shard: Shard, resource: Resource) -> str:
    return shard.locale if shard.locale in resource.translations else sample.package(shard).source_locale


def item_uri(resource: Resource) -> str:
    return f"{resource.kind.value}/{resource.id}.html"


def file_of(sample: BuiltSample, path: str) -> Path:
    """The one stored file of a material; fails when it is not stored, or stored twice under one name."""
    sha256 = sample.project.facts[path].sha256
    (stored, *others) = sorted((sample.site / "_files" / sha256[:2] / sha256).iterdir())
    assert all(other.read_bytes() == stored.read_bytes() for other in others)
    return stored


def material_paths(resource: Resource) -> list[str]:
    names = [name for m in resource.materials for name in (m.file, m.captions) if name]
    return [resource.path_of(name) for name in names]


def missing_pages(sample: BuiltSample, expected: Iterator[str]) -> set[str]:
    wanted = set(expected)
    assert wanted, "something is expected"
    return wanted - set(sample.pages)


# What must be there


def test_the_sample_holds_what_these_tests_are_about(sample: BuiltSample) -> None:
    content = sample.project.content
    resources = [r for package in content.packages.values() for r in package.resources.values()]
    assert {r.kind for r in resources} == set(Kind)
    assert {r.lifecycle for r in resources} == set(Lifecycle)
    assert "internal-use" in {r.licence for r in resources}
    assert {locale for r in resources for locale in r.translations} == {"en", "ug"}
    assert len(content.programmes) == 6
    assert {shard.package for shard in sample.shards} == set(content.packages)


def test_every_kind_has_its_list(sample: BuiltSample) -> None:
    uris = (shard.page(f"{kind.value}/index.html") for shard in sample.shards for kind in Kind)
    assert missing_pages(sample, uris) == set()


def test_every_programme_has_its_page(sample: BuiltSample) -> None:
    uris = (
        shard.page(f"programmes/{programme}.html")
        for shard in sample.shards
        for programme in sample.package(shard).programmes
    )
    assert missing_pages(sample, uris) == set()
    named = {p for package in sample.project.content.packages.values() for p in package.programmes}
    assert named == set(sample.project.content.programmes)


def test_every_topic_has_its_page_in_each_locale(sample: BuiltSample) -> None:
    uris = (shard.page(f"topics/{topic}.html") for shard in sample.shards for topic in sample.package(shard).topics)
    assert missing_pages(sample, uris) == set()


def test_every_school_and_contributing_organisation_has_its_page(sample: BuiltSample) -> None:
    contributing = (
        shard.page(f"schools/{resource.organisation}.html")
        for shard in sample.shards
        for resource in published(sample, shard)
    )
    assert missing_pages(sample, contributing) == set()
    for organisation in sample.project.content.organisations.values():
        uris = {shard.page(f"schools/{organisation.id}.html") for shard in sample.shards}
        assert not organisation.is_school or uris & set(sample.pages), organisation.id


def test_every_contributor_has_a_page_that_leads_to_the_resource(sample: BuiltSample) -> None:
    for shard in sample.shards:
        for resource in current(sample, shard):
            item = shard.in_locale(language_of(sample, shard, resource)).page(item_uri(resource))
            for person in contributors_of(resource):
                page = sample.pages[shard.page(f"contributors/{person}.html")]
                assert item in page.links(LIST_LINKS), (page.uri, item)


def test_item_pages_are_there_where_translated_and_nowhere_else(sample: BuiltSample) -> None:
    expected, found = set(), set()
    for shard in sample.shards:
        source = sample.package(shard).source_locale
        for resource in published(sample, shard):
            if shard.locale == source or shard.locale in resource.translations:
                expected.add(shard.page(item_uri(resource)))
        kinds = tuple(shard.page(f"{kind.value}/") for kind in Kind)
        found |= {uri for uri in sample.pages if uri.startswith(kinds) and "/index" not in uri}
    assert found == expected


def test_every_material_is_stored_and_linked_from_its_page_in_each_locale(sample: BuiltSample) -> None:
    count = 0
    for shard in sample.shards:
        for resource in published(sample, shard):
            page = sample.pages[shard.in_locale(language_of(sample, shard, resource)).page(item_uri(resource))]
            addresses = [e.get("href") or e.get("src") or "" for e in page.all("//a | //track")]
            linked = {page.target(address) for address in addresses if "_files/" in address}
            for path in material_paths(resource):
                stored = file_of(sample, path)
                assert stored.read_bytes() == (sample.project.root / path).read_bytes()
                assert stored.relative_to(sample.site).as_posix() in linked, (page.uri, path)
                count += 1
    assert count > 300


# Translations


def test_lists_lead_untranslated_entries_to_the_source_locale_and_mark_their_language(
    sample: BuiltSample,
) -> None:
    for shard in sample.shards:
        source = sample.package(shard).source_locale
        source_tag = sample.project.sound_site().locales[source].language_tag
        rows = {}
        for page in catalog_pages(sample, shard):
            for heading in page.all("//main//h3[a]"):
                (link,) = heading.xpath("a/@href")
                marks = [words_of(mark) for mark in heading.getparent().xpath(".//small | .//span")]
                rows[page.target(str(link))] = (heading.get("lang"), marks)
        expected = {shard.in_locale(language_of(sample, shard, r)).page(item_uri(r)) for r in current(sample, shard)}
        assert set(rows) == expected
        for uri, (language, marks) in rows.items():
            translated = uri.startswith(shard.uri + "/")
            assert language == (None if translated else source_tag), (shard.uri, uri)
            name = sample.project.sound_site().locales[source].name
            assert (name in marks) is not translated, (shard.uri, uri, marks)


def catalog_pages(sample: BuiltSample, shard: Shard) -> list[ReadPage]:
    start = shard.page("catalog/index")
    return [page for uri, page in sample.pages.items() if uri.startswith(start)]


def test_every_page_says_its_language_and_direction(sample: BuiltSample) -> None:
    for uri, page in sample.shard_pages.items():
        locale = sample.project.sound_site().locales[uri.split("/")[1]]
        assert (page.root.get("lang") or "").split("-")[0] == locale.id, uri
        # Material writes the direction on the body.
        (body,) = page.all("//body")
        assert (page.root.get("dir") or body.get("dir")) == locale.direction, uri


def test_the_uyghur_pages_run_from_right_to_left(sample: BuiltSample) -> None:
    page = sample.pages["shulin/ug/next/index.html"]
    (body,) = page.all("//body")
    assert (page.root.get("lang"), body.get("dir")) == ("ug", "rtl")
    start = sample.pages["shulin/ug/index.html"]
    assert (start.root.get("lang"), start.root.get("dir")) == ("ug", "rtl")


def test_every_page_says_package_edition_and_locale(sample: BuiltSample) -> None:
    site = sample.project.sound_site()
    for shard in sample.shards:
        locale, texts = site.locales[shard.locale], texts_for(site, shard.locale)
        title = sample.package(shard).title.in_locale(locale.chain)
        for uri, page in sample.shard_pages.items():
            if uri.startswith(shard.uri + "/"):
                said = page.text(f"//footer//p[{classed('kb-footer__edition')}]")
                assert said == f"{title} · {texts('edition.next')} · {locale.name}", uri
        lost = sample.pages[shard.page("404.html")]
        assert f"{title} · {texts('edition.next')}" in lost.text("//main")


# What must not be there


def test_drafts_and_internal_resources_are_nowhere(sample: BuiltSample) -> None:
    hidden = [
        resource
        for package in sample.project.content.packages.values()
        for resource in package.resources.values()
        if not is_published(resource, "public")
    ]
    texts = [t for r in hidden for t in (r.title, r.id, *(t.title for t in r.translations.values()))]
    assert texts
    wanted = [text.encode() for text in texts]
    shown = current(sample, sample.shards[0])[0].title.encode()
    found, seen = [], set()
    for name, data in texts_in_site(sample.site):
        if any(text in data for text in wanted):
            found.append(name)
        if shown in data:
            seen.add(".zip!" in name)
    assert found == []
    assert seen == {True, False}, "the search finds what is there, on pages and in ZIPs"


def test_a_retired_resource_keeps_its_page_and_stands_in_no_list(sample: BuiltSample) -> None:
    items, retired = set(), set()
    for shard in sample.shards:
        for resource in published(sample, shard):
            uri = shard.in_locale(language_of(sample, shard, resource)).page(item_uri(resource))
            items.add(uri)
            if resource.lifecycle is Lifecycle.RETIRED:
                retired.add(uri)
    assert retired
    assert retired <= set(sample.pages)
    listed = {
        (uri, page.uri)
        for page in sample.shard_pages.values()
        # Where translations are wanting, and where two designs stand side by side, old ones are named too.
        if page.uri not in items and "/compare/" not in page.uri and not page.uri.endswith("/translations.html")
        for uri in retired & set(page.links(LIST_LINKS))
    }
    assert listed == set()


def test_a_retired_resource_says_what_replaces_it(sample: BuiltSample) -> None:
    count = 0
    for shard in sample.shards:
        texts = texts_for(sample.project.sound_site(), shard.locale)
        for resource in published(sample, shard):
            page = sample.pages.get(shard.page(item_uri(resource)))
            if resource.lifecycle is not Lifecycle.RETIRED or page is None:
                continue
            assert resource.replaced_by
            successor = sample.package(shard).resources[resource.replaced_by]
            home = shard.in_locale(language_of(sample, shard, successor))
            note = f"//aside[{classed('kb-note--warning')}]"
            assert page.links(f"{note}//a") == [home.page(item_uri(successor))]
            assert texts("item.retired") in page.text(note)
            count += 1
    assert count >= 2


def test_no_page_is_over_its_budget(sample: BuiltSample) -> None:
    large = {uri: page.size_bytes for uri, page in sample.pages.items() if page.size_bytes > LARGEST_PAGE}
    assert large == {}


def test_the_navigation_is_small(sample: BuiltSample) -> None:
    for uri, page in sample.shard_pages.items():
        links = page.all(f"//nav[{classed('md-nav--primary')}]//a")
        assert 0 < len(links) <= MOST_NAV_LINKS, uri


def test_the_audit_finds_nothing(sample: BuiltSample) -> None:
    report = audit_site(sample.site, sample.project.sound_site().policy)
    assert [f"{p.location} {p.code} {p.message.in_english()}" for p in report.problems] == []
    assert report.pages == len(sample.pages)
    policy = sample.project.sound_site().policy
    assert (policy.page_kilobytes, policy.nav_links, policy.waivers) == (60, MOST_NAV_LINKS, ())


def test_theme_files_lie_once_under_assets_and_materials_once_under_files(sample: BuiltSample) -> None:
    (assets,) = (sample.site / "_assets").iterdir()
    names = {path.relative_to(assets).as_posix() for path in assets.rglob("*") if path.is_file()}
    assert "assets/kebao/page.css" in names
    assert not {name for name in names if name.endswith((".map", ".html", ".xml"))}
    files = [path for path in sample.site.rglob("*") if path.is_file()]
    in_shards = {
        path.suffix if path.name != "pages.json" else path.name
        for path in files
        if not path.relative_to(sample.site).parts[0].startswith("_")
    }
    assert in_shards == {".html", "pages.json", ".json", ".js"}
    assert {
        path.relative_to(sample.site).parts[3] for path in files if path.suffix == ".js" and assets not in path.parents
    } == {"search"}
    assert {path.name for path in files if path.suffix == ".json"} == {
        *("site.json", "pages.json", "whats-new.json", "translations.json")
    }
    digests = [path.parent.name for path in (sample.site / "_files").rglob("*") if path.is_file()]
    shared = {d for d in digests if digests.count(d) > 1}
    for digest in shared:
        # Two titles for the same file: two names, both asked for by a page.
        assert len({p.name for p in (sample.site / "_files" / digest[:2] / digest).iterdir()}) > 1


def test_the_theme_search_is_off(sample: BuiltSample) -> None:
    assert list(sample.site.rglob("search_index*")) == []
    assert list(sample.site.glob("*/*/*/search/*.json")) == []
    for uri, page in sample.pages.items():
        # Material starts its worker and asks for the index only where this form is.
        assert page.all("//form[@name='search']") == [], uri
        assert page.all("//*[@data-md-component='search']") == [], uri


# The way to a page


def active_tab(page: ReadPage) -> str:
    (uri,) = page.links(f"//li[{classed('md-tabs__item--active')}]/a")
    return uri


def crumb_uris(page: ReadPage) -> list[str]:
    return page.links(f"//nav[{classed('kb-crumbs')}]//a")


def test_breadcrumbs_and_tab_of_an_item_follow_the_way_of_a_teacher(sample: BuiltSample) -> None:
    for shard in sample.shards:
        for resource in published(sample, shard):
            page = sample.pages.get(shard.page(item_uri(resource)))
            if page is None:
                continue
            steps = ["index.html", f"{resource.kind.value}/index.html"]
            if resource.lifecycle is Lifecycle.CURRENT:
                steps.append(f"stages/{resource.stages[0]}.html")
                steps.extend(f"grades/{grade}.html" for grade in resource.grades[:1])
                if resource.subject:
                    steps.append(f"overview/{resource.stages[0]}-{resource.subject}.html")
            assert crumb_uris(page) == [shard.page(step) for step in steps]
            assert active_tab(page) == shard.page("catalog/index.html")


def test_breadcrumbs_and_tab_of_a_programme(sample: BuiltSample) -> None:
    for shard in sample.shards:
        for programme in sample.package(shard).programmes:
            page = sample.pages[shard.page(f"programmes/{programme}.html")]
            above = shard.page("programmes/index.html")
            assert crumb_uris(page) == [shard.page("index.html"), above]
            assert active_tab(page) == above


def test_every_page_but_home_has_one_active_tab(sample: BuiltSample) -> None:
    for uri, page in sample.shard_pages.items():
        tabs = page.all(f"//li[{classed('md-tabs__item--active')}]")
        assert len(tabs) == 1, uri


def test_the_list_of_pages_names_them_all(sample: BuiltSample) -> None:
    for shard in sample.shards:
        listed = json.loads((sample.site / shard.page("pages.json")).read_text("utf-8"))["pages"]
        found = {uri.removeprefix(f"{shard.uri}/") for uri in sample.shard_pages if uri.startswith(shard.uri + "/")}
        assert {page["uri"] for page in listed} == found


# Downloads


def bundle_paths(sample: BuiltSample) -> list[Path]:
    return sorted((sample.site / "_files").rglob("*.zip"))


def test_every_scope_has_its_bundle(sample: BuiltSample) -> None:
    names = {path.name for path in bundle_paths(sample)}
    for shard in sample.shards:
        for resource in published(sample, shard):
            page = sample.pages.get(shard.page(item_uri(resource)))
            buttons = page.links(f"//section//a[{classed('kb-button')}]") if page else []
            zips = [uri for uri in buttons if uri.endswith(".zip")]
            assert page is None or len(zips) == bool(resource.materials), resource.id
        rows = sample.pages[shard.page("downloads.html")].links("//table//a")
        scopes = {t for r in current(sample, shard) for t in r.topics} | {
            r.organisation for r in current(sample, shard)
        }
        assert len(rows) == len(set(rows)) == len(scopes) + 2, shard.uri
        assert {uri.rpartition("/")[2] for uri in rows} <= names


def test_every_bundle_is_a_valid_bag_with_a_page_and_a_list(sample: BuiltSample, tmp_path: Path) -> None:
    for number, path in enumerate(bundle_paths(sample)):
        folder = tmp_path / str(number)
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            archive.extractall(folder)
        (top,) = folder.iterdir()
        assert top.name == path.stem
        assert bagit.Bag(str(top)).validate()
        assert "<html" in (top / "index.html").read_text("utf-8")
        rows = list(csv.reader(io.StringIO((top / "清单.csv").read_text("utf-8-sig"))))
        held = {p.relative_to(top).as_posix() for p in (top / "data").rglob("*") if p.is_file()}
        assert len(rows) > 1
        assert {cell for row in rows[1:] for cell in row if cell.startswith("data/")} <= held, path.name


def test_the_light_bundle_holds_no_video_and_the_full_one_does(sample: BuiltSample) -> None:
    names = {path.name: path for path in bundle_paths(sample)}
    suffixes = {}
    for name in ("舒林县资源包_完整.zip", "舒林县资源包_轻量.zip"):
        with zipfile.ZipFile(names[name]) as archive:
            suffixes[name] = {Path(member).suffix for member in archive.namelist()}
    full, light = suffixes.values()
    assert ".mp4" in full
    assert ".mp4" not in light

"""What is known of pages without making their values: never less than what the values depend on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from kebao.assembly.entry_keys import EntryKeys
from kebao.assembly.page_cache import cache_digest
from kebao.assembly.page_values import PageValues
from kebao.catalog.catalog import Catalog, build_catalog, contributors_of
from kebao.model.files_index import FilesIndex
from kebao.model.resource import Award, LessonCaseDetails, Relation, Resource
from kebao.model.vocabulary import Term, Vocabulary
from kebao.pages.cards import Desk
from kebao.pages.shard_pages import desk_for, shard_pages
from kebao.pages.site_page import AnyPage, LaterPage, made_page
from kebao.pages.site_page import PageValues as Values

from .test_pages import tiny_catalog

ITEM, NEIGHBOUR, LIST = "lesson-cases/fractions.html", "lesson-cases/minus-nine.html", "grades/grade-3.html"


def catalog_with(
    change: Callable[[Resource], Resource] = lambda resource: resource, more: Mapping[str, date] = MappingProxyType({})
) -> Catalog:
    """The tiny catalog, in which one resource names another; all of them changed. ``more`` are like that one."""
    tiny = tiny_catalog()
    related = (Relation(type="related", target="minus-nine"),)
    linked = {"fractions": {"relations": related, "body": "## 过程\n\n见[那课](kebao:old)。\n"}}
    alike = {i: replace(tiny.by_id["fractions"].resource, id=i, date=day) for i, day in more.items()}
    changed = (replace(r, **linked.get(r.id, {})) for r in (*tiny.package.resources.values(), *alike.values()))  # type: ignore[arg-type]
    resources = {r.id: change(r) for r in changed}
    package = replace(tiny.package, resources=resources)
    types = Vocabulary(
        id="relation-types",
        title=tiny.package.title,
        source="",
        terms={"related": Term(id="related", label=tiny.package.title)},
    )
    vocabularies = {**tiny.content.vocabularies, types.id: types}
    content = replace(tiny.content, packages={package.id: package}, vocabularies=vocabularies)
    return build_catalog(content, tiny.site, shard=tiny.shard, facts={}, digests={})


def values_of(catalog: Catalog, path: Path) -> tuple[PageValues, dict[str, AnyPage]]:
    desk = desk_for(catalog, FilesIndex())
    # In the place of folders' digests stand the resources themselves.
    keys = EntryKeys(catalog, desk.texts, {})
    pages = {page.uri: page for page in shard_pages(catalog, FilesIndex())}
    return PageValues(desk, keys, signs=("%",), path=path), pages


def known_after(change: Callable[[Resource], Resource], path: Path) -> set[str]:
    """The pages whose values are known without making them in a build after a change; checked to be right."""
    values, pages = values_of(catalog_with(), path)
    for page in pages.values():
        values.made(page)
    values.save()
    values, pages = values_of(catalog_with(change), path)
    known = {uri: digest for uri, page in pages.items() if (digest := values.known(page)) is not None}
    for uri, digest in known.items():
        assert values.made(pages[uri])[1] == digest, uri
    return set(known)


def of(resource_id: str, **changes: object) -> Callable[[Resource], Resource]:
    return lambda resource: replace(resource, **changes) if resource.id == resource_id else resource  # type: ignore[arg-type]


def test_after_no_change_all_that_comes_later_is_known(tmp_path: Path) -> None:
    known = known_after(lambda resource: resource, tmp_path / "values.json")
    assert known == {page.uri for page in shard_pages(catalog_with(), FilesIndex()) if isinstance(page, LaterPage)}
    assert {ITEM, NEIGHBOUR, LIST} <= known


def test_a_changed_text_concerns_its_page_and_those_that_name_it_but_no_list(tmp_path: Path) -> None:
    known = known_after(of("minus-nine", body="## 别的\n"), tmp_path / "values.json")
    assert LIST in known
    assert "lesson-cases/old.html" in known
    assert not {ITEM, NEIGHBOUR} & known


@pytest.mark.parametrize("change", [{"title": "新"}, {"summary": "新。"}, {"keywords": ("新",)}])
def test_what_lists_say_concerns_them_too(change: dict[str, object], tmp_path: Path) -> None:
    known = known_after(of("minus-nine", **change), tmp_path / "values.json")
    assert not {ITEM, NEIGHBOUR, LIST} & known


def test_who_only_links_to_a_resource_in_words_is_concerned_when_it_goes(tmp_path: Path) -> None:
    known = known_after(of("old", licence="internal-use"), tmp_path / "values.json")
    assert ITEM not in known
    assert NEIGHBOUR in known


def test_who_is_named_by_another_is_concerned(tmp_path: Path) -> None:
    known = known_after(of("old", lifecycle=tiny_catalog().by_id["fractions"].resource.lifecycle), tmp_path / "v.json")
    assert "lesson-cases/old.html" not in known
    named = known_after(of("fractions", relations=()), tmp_path / "w.json")
    assert NEIGHBOUR not in named


def test_lists_say_nothing_of_texts() -> None:
    """What :class:`LaterPage` promises of pages that are not of one resource."""
    plain, other = catalog_with(), catalog_with(lambda resource: replace(resource, body="## 别的\n\n正文。\n"))
    made = [
        {page.uri: made_page(page, desk) for page in shard_pages(desk.catalog, FilesIndex()) if is_list(page)}
        for desk in (desk_for(plain, FilesIndex()), desk_for(other, FilesIndex()))
    ]
    assert made[0] == made[1]
    assert LIST in made[0]


def is_list(page: AnyPage) -> bool:
    return isinstance(page, LaterPage) and page.entry is None


def test_a_page_that_asks_for_everything_is_never_known(tmp_path: Path) -> None:
    catalog, path = catalog_with(), tmp_path / "values.json"
    entry = catalog.by_id["fractions"]
    asks: dict[str, Callable[[Catalog], object]] = {
        "all": lambda asked: len(asked.entries),
        "each": lambda asked: list(asked.by_id),
        "counts": lambda asked: asked.counts.stages,
        "of a person": lambda asked: asked.by_contributor["wang"],
        "one": lambda asked: asked.by_id["old"],
    }
    pages = {
        name: LaterPage(
            uri=name,
            title="",
            template="",
            tab="",
            entry=entry,
            make=lambda desk, ask=ask: Values(view=repr(ask(desk.catalog))),  # type: ignore[misc]
        )
        for name, ask in asks.items()
    }
    values, _ = values_of(catalog, path)
    for page in pages.values():
        values.made(page)
    values.save()
    again, _ = values_of(catalog, path)
    assert [name for name, page in pages.items() if again.known(page)] == ["one"]


def test_a_list_is_only_concerned_by_what_it_shows(tmp_path: Path) -> None:
    many = {f"lesson-{n:03}": date(2030, 1, 1) - timedelta(days=n) for n in range(250)}

    def known(title: str) -> set[str]:
        catalog = catalog_with(more=many, change=of("lesson-007", title=title))
        values, pages = values_of(catalog, tmp_path / "values.json")
        found = {uri: digest for uri, page in pages.items() if (digest := values.known(page)) is not None}
        for uri, page in pages.items():
            made = values.made(page)[1]
            assert uri not in found or made == found[uri], uri
        values.save()
        return {uri for uri in found if is_list(pages[uri])}

    known("旧")
    lists = known("旧")
    assert {"catalog/index.html", "catalog/index-2.html", "catalog/index-3.html"} <= lists
    assert lists - known("新") >= {LIST, "catalog/index.html"}
    assert "catalog/index.html" in known("新")
    assert {"catalog/index-2.html", "catalog/index-3.html"} <= known("再新")


def test_a_school_is_concerned_by_what_it_recommends_from_a_later_page(tmp_path: Path) -> None:
    many = {f"lesson-{n:03}": date(2030, 1, 1) - timedelta(days=n) for n in range(250)}
    details = tiny_catalog().by_id["fractions"].resource.details
    assert isinstance(details, LessonCaseDetails)
    awarded = replace(details, award=Award(title="一等奖", level="county", year=2025, nominated=False))
    school = tiny_catalog().by_id["fractions"].resource.organisation
    first, third = f"schools/{school}.html", f"schools/{school}-3.html"

    def known(title: str) -> set[str]:
        catalog = catalog_with(more=many, change=of("lesson-240", title=title, details=awarded))
        values, pages = values_of(catalog, tmp_path / "values.json")
        found = {uri: digest for uri, page in pages.items() if (digest := values.known(page)) is not None}
        made = {uri: values.made(page)[1] for uri, page in pages.items()}
        assert {uri: made[uri] for uri in found} == found
        values.save()
        return set(found)

    known("旧")
    assert {first, third} <= known("旧")
    assert {first, f"schools/{school}-2.html", third} & known("新") == {f"schools/{school}-2.html"}


@pytest.mark.parametrize("name", ["contributor a\tb", "entry a\nb"])
def test_a_page_that_asks_for_what_no_line_can_hold_is_never_known(name: str, tmp_path: Path) -> None:
    part, _, asked = name.partition(" ")
    entry = catalog_with().by_id["fractions"]

    def make(desk: Desk) -> Values:
        return Values(view=asked in (desk.catalog.by_id if part == "entry" else desk.catalog.by_contributor))

    page = LaterPage(uri="page", title="", template="", tab="", entry=entry, make=make)
    for _ in range(2):
        values, _ = values_of(catalog_with(), tmp_path / "values.json")
        assert values.known(page) is None
        values.made(page)
        values.save()


def test_what_is_kept_may_be_damaged_or_of_another_ground(tmp_path: Path) -> None:
    path = tmp_path / "values.json"
    known_after(lambda resource: resource, path)
    whole = path.read_bytes()
    _, _, rest = whole.partition(b"\n")
    unsound = rest.replace(b"\n\n", b"\n", 1)
    another = b"another\t" + rest.partition(b"\t")[2]
    resealed = [f"{cache_digest(data)}\n".encode() + data for data in (unsound, another)]
    for damaged in (b"", b"[]", whole[: len(whole) // 2], whole.replace(b"entry old", b"entry new"), *resealed):
        path.write_bytes(damaged)
        values, pages = values_of(catalog_with(), path)
        assert values.known(pages[ITEM]) is None
    path.write_bytes(whole)
    values, pages = values_of(catalog_with(), path)
    assert values.known(pages[ITEM]) is not None


def test_what_is_kept_is_not_written_again_where_nothing_changed(tmp_path: Path) -> None:
    path = tmp_path / "values.json"
    known_after(lambda resource: resource, path)
    written = path.stat()
    values, pages = values_of(catalog_with(), path)
    for page in pages.values():
        if not values.known(page):
            values.made(page)
    values.save()
    assert path.stat().st_ino == written.st_ino


def test_what_pages_share_is_noted_of_each_that_shows_it(tmp_path: Path) -> None:
    catalog = catalog_with(more={"alike": date(2024, 5, 1)})
    values, pages = values_of(catalog, tmp_path / "values.json")
    for name in ("fractions", "alike"):
        asked = values.made(pages[f"lesson-cases/{name}.html"])[1].asked
        people = {f"contributor {person}" for person in contributors_of(catalog.by_id[name].resource)}
        assert people
        assert people <= set(asked)


def test_cards_that_differ_in_anything_are_told_apart() -> None:
    """The digest of a page's values is made of what its cards call themselves."""
    desk = desk_for(catalog_with(), FilesIndex())
    card = desk.card(desk.catalog.by_id["fractions"])
    told = [repr(card)]
    for each in fields(card):
        if each.compare:
            told.append(repr(replace(card, **{each.name: "another", "_written": []})))  # type: ignore[arg-type]
    assert len(set(told)) == len(told)
    assert repr(replace(card, _written=[])) == told[0]

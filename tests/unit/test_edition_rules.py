"""What editions are called, how they are ordered, in which states they are and what becomes of pages that leave."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.editions.departures import departures
from kebao.editions.edition_id import edition_fault, edition_order, is_pre_release
from kebao.editions.errors import EditionError
from kebao.editions.frozen_file import FrozenFile
from kebao.editions.history_files import histories, history_files
from kebao.editions.packages_in_store import PackageLocale, StoredEdition, StoredPackage
from kebao.editions.permanence import check_permanence
from kebao.editions.publication import Publication
from kebao.editions.sitemaps import sitemap_files
from kebao.editions.states import EditionState, State, latest_of, with_state, with_states
from kebao.editions.store import EditionRecord, record_from_json
from kebao.editions.versions_json import read_versions, version_entries

Places = Mapping[str, Mapping[str, str]]
NO_FACTS: Mapping[str, Mapping[str, object]] = {}


def record(edition: str, pages: Mapping[str, Sequence[str]], *, released: str = "2025-03-01") -> EditionRecord:
    """An edition whose locales have these pages."""
    files = [
        FrozenFile(path=f"site/{locale}/{page}", sha256="0" * 64, size_bytes=1)
        for locale, uris in pages.items()
        for page in uris
    ]
    names = {"zh": ("zh-CN", "中文", "ltr"), "en": ("en", "English", "ltr"), "ug": ("ug", "ئۇيغۇرچە", "rtl")}
    return EditionRecord(
        package="demo",
        edition=edition,
        released=released,
        source={"kind": "worktree"},
        inputs_digest="",
        sources_digest="",
        built={},
        previous="",
        locales={
            locale: dict(zip(("language_tag", "name", "direction"), names[locale], strict=True)) for locale in pages
        },
        source_locale="zh",
        title={"zh": "示例包"},
        summary={},
        files_digest=f"digest of {edition}",
        read_files=lambda: tuple(files),
    )


def stored(
    edition: str,
    places: Mapping[str, Places],
    *,
    state: State = State.SUPPORTED,
    others: Sequence[str] = (),
    facts: Mapping[str, Mapping[str, object]] = NO_FACTS,
) -> StoredEdition:
    """An edition with lists, and resources at these paths by locale."""
    lists = ("index.html", "catalog/index.html", "micro-cases/index.html", "micro-stories/index.html")
    locales = {locale for by_locale in places.values() for locale in by_locale} | {"zh"}
    pages = {
        locale: [*lists, *(p[locale]["path"] for p in places.values() if locale in p), *others]
        for locale in sorted(locales)
    }
    resources = {
        name: {"kind": "micro-cases", "locales": by_locale, **facts.get(name, {})} for name, by_locale in places.items()
    }
    return StoredEdition(
        record=record(edition, pages),
        pages={"pages": pages, "resources": resources, "topics": {}, "schools": {}, "programmes": {}},
        state=EditionState(state=state, on="2025-03-01"),
    )


def place(path: str, title: str = "一课", digest: str = "1") -> Mapping[str, str]:
    return {"path": path, "title": title, "digest": digest}


def view_of(*editions: StoredEdition, locale: str = "zh") -> tuple[StoredPackage, PackageLocale]:
    package = StoredPackage(id="demo", editions=editions)
    view = package.locale(locale)
    assert view
    return package, view


# Ids


def test_editions_are_in_the_order_of_their_numbers() -> None:
    ordered = ["2025.1", "2025.2-rc1", "2025.2", "2025.2.1", "2025.10", "2026.1-beta2", "2026.1-beta10", "2026.1"]
    mixed = ordered[::-1]
    assert sorted(mixed, key=edition_order) == ordered


@given(st.lists(st.from_regex(r"[0-9a-z][0-9a-z.-]{0,8}", fullmatch=True), max_size=6, unique=True))
def test_the_order_is_total(editions: list[str]) -> None:
    once = sorted(editions, key=edition_order)
    backwards = once[::-1]
    assert sorted(backwards, key=edition_order) == once


@pytest.mark.parametrize("edition", ["2025.1", "2026.1-rc1", "spring-2026", "1", "a" * 32])
def test_ids_that_are_allowed(edition: str) -> None:
    assert edition_fault(edition, ("zh", "en")) is None


@given(st.text(max_size=40))
def test_an_allowed_id_is_one_folder_name(edition: str) -> None:
    if edition_fault(edition, ("zh", "en")) is None:
        assert edition.isascii()
        assert not set(edition) & set('/\\:*?"<>| ')
        assert edition.strip(".") == edition
        assert edition not in ("next", "latest", "zh", "en")


def test_a_hyphen_makes_a_pre_release() -> None:
    assert is_pre_release("2026.1-rc1")
    assert not is_pre_release("2026.1")


# States


def test_the_newest_final_edition_is_current() -> None:
    released = {"2025.1": "2025-03-01", "2025.2": "2025-09-01", "2026.1-rc1": "2026-01-01"}
    states = with_states({}, released)
    assert [entry.state for entry in states.values()] == [State.SUPPORTED, State.CURRENT, State.PRE_RELEASE]
    assert latest_of(states, list(released)) == "2025.2"


def test_an_older_edition_that_comes_late_does_not_become_current() -> None:
    states = with_states({}, {"2026.1": "2026-03-01"})
    states = with_states(states, {"2026.1": "2026-03-01", "2025.3": "2026-04-01"})
    assert {edition: entry.state for edition, entry in states.items()} == {
        "2025.3": State.SUPPORTED,
        "2026.1": State.CURRENT,
    }


def test_there_is_one_current_edition() -> None:
    states = with_states({}, {"2025.1": "2025-03-01", "2025.2": "2025-09-01"})
    back = with_state(states, "2025.1", EditionState(state=State.CURRENT, on="2025-10-01"))
    assert [entry.state for entry in back.values()] == [State.CURRENT, State.SUPPORTED]
    assert latest_of(back, ["2025.1", "2025.2"]) == "2025.1"


def test_nothing_is_latest_when_all_is_withdrawn_or_tried_out() -> None:
    states = with_states({}, {"2025.1": "2025-03-01", "2025.2-rc1": "2025-09-01"})
    gone = with_state(states, "2025.1", EditionState(state=State.WITHDRAWN, on="2025-10-01"))
    assert latest_of(gone, list(gone)) is None


def test_states_that_somebody_set_stay_when_an_edition_is_added() -> None:
    before = {"2025.1": EditionState(state=State.ARCHIVED, on="2026-01-01", reason={"zh": "太旧"}, title="春")}
    after = with_states(before, {"2025.1": "2025-03-01", "2025.2": "2025-09-01"})
    assert after["2025.1"] == before["2025.1"]


# The record


def test_a_record_is_read_as_it_was_written() -> None:
    written = record("2025.1", {"zh": ["index.html"], "en": ["index.html"]})
    read = record_from_json(written.to_json())
    assert read == written
    assert read.files == written.files
    assert json.loads(written.to_json())["files"][0]["path"] == written.files[0].path


@pytest.mark.parametrize("cut", [0, 1, 40, 200, -1, -3, -10])
def test_a_record_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        record_from_json(record("2025.1", {"zh": ["index.html"]}).to_json()[:cut])


def test_a_record_of_a_later_kebao_is_refused() -> None:
    data = record("2025.1", {"zh": ["index.html"]}).to_json()
    with pytest.raises(ValueError, match="schema 9"):
        record_from_json(data.replace(b'"schema": 1', b'"schema": 9'))


# What left and what moved


def test_a_page_that_left_is_spoken_of_by_the_newest_edition_that_has_it() -> None:
    gone = {"old": {"zh": place("micro-cases/old.html", "旧案例")}}
    package, view = view_of(stored("1", gone), stored("2", gone), stored("3", {}, state=State.CURRENT))
    (departure,) = departures(package, view).values()
    assert (departure.path, departure.title, departure.last) == ("micro-cases/old.html", "旧案例", "2")
    assert not departure.moved_to


def test_a_page_that_moved_leads_to_its_new_path_from_all_old_ones() -> None:
    paths = ("micro-cases/x.html", "micro-stories/x.html", "bulletins/x.html")
    editions = [stored(str(n), {"x": {"zh": place(path)}}) for n, path in enumerate(paths)]
    package, view = view_of(*editions)
    found = departures(package, view)
    assert {path: departure.moved_to for path, departure in found.items()} == dict.fromkeys(paths[:2], paths[2])


def test_what_replaces_a_resource_is_named_when_it_is_there() -> None:
    old = {"old": {"zh": place("micro-cases/old.html")}, "new": {"zh": place("micro-cases/new.html", "新案例")}}
    facts = {"old": {"replaced_by": "new", "retired": True}}
    package, view = view_of(stored("1", old, facts=facts), stored("2", {"new": old["new"]}))
    (departure,) = departures(package, view).values()
    assert departure.replaced_by == ("micro-cases/new.html", "新案例")


def test_a_translation_that_left_leads_to_the_source_language() -> None:
    both = {"x": {"zh": place("micro-cases/x.html", "案例"), "en": place("micro-cases/x.html", "Case")}}
    only = {"x": {"zh": both["x"]["zh"]}, "y": {"en": place("micro-cases/y.html"), "zh": place("micro-cases/y.html")}}
    package, view = view_of(stored("1", both), stored("2", only), locale="en")
    (departure,) = departures(package, view).values()
    assert departure.elsewhere == ("zh", "micro-cases/x.html", "案例")


def test_further_pages_of_a_list_lead_to_the_list() -> None:
    more = ("catalog/index-2.html", "contributors/li-shan.html")
    package, view = view_of(stored("1", {}, others=more), stored("2", {}))
    found = departures(package, view)
    assert {path: departure.moved_to for path, departure in found.items()} == {
        "catalog/index-2.html": "catalog/index.html",
        "contributors/li-shan.html": "index.html",
    }


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["micro-cases", "micro-stories"])),
        min_size=1,
        max_size=4,
    )
)
def test_every_page_of_every_edition_has_something_under_latest(editions: list[dict[str, str]]) -> None:
    made = [
        stored(str(n), {name: {"zh": place(f"{kind}/{name}.html")} for name, kind in resources.items()})
        for n, resources in enumerate(editions)
    ]
    package, view = view_of(*made)
    assert view.latest
    there = set(view.latest.page_uris["zh"])
    found = departures(package, view)
    assert there | set(found) == {uri for edition in made for uri in edition.page_uris["zh"]}
    assert not there & set(found)
    assert {departure.moved_to for departure in found.values() if departure.moved_to} <= there


def test_history_has_a_row_an_edition_and_tells_what_came_back() -> None:
    at = {"x": {"zh": place("micro-cases/x.html")}}
    _, view = view_of(stored("1", at), stored("2", {}), stored("3", at), stored("4", at, state=State.WITHDRAWN))
    (script,) = [text for text in map(bytes.decode, history_files(view, histories(view)).values()) if '"x"' in text]
    rows = json.loads(script[script.index("{") : script.rindex("}") + 1])
    assert [row[:2] for row in rows["x"]] == [["1", "added"], ["2", "retired"], ["3", "added"]]


def test_a_pre_release_leaves_the_history_when_its_edition_comes() -> None:
    at = {"x": {"zh": place("micro-cases/x.html")}}
    _, trial = view_of(stored("1", at), stored("2-rc1", at))
    _, done = view_of(stored("1", at), stored("2-rc1", at), stored("2", at))
    assert [row.edition for row in histories(trial)["x"]] == ["1", "2-rc1"]
    assert [row.edition for row in histories(done)["x"]] == ["1", "2"]


# versions.json


def test_versions_keep_what_is_not_ours() -> None:
    _, view = view_of(stored("1", {}), stored("2", {}, state=State.CURRENT))
    foreign = {"version": "0.9", "title": "paper", "aliases": [], "extra": [1]}
    ours = {"version": "1", "title": "x", "aliases": ["latest", "old"], "properties": {"note": 1}, "more": 2}
    entries = version_entries(view, [foreign, ours])
    assert [entry["version"] for entry in entries] == ["2", "1", "0.9"]
    assert entries[2] == foreign
    assert entries[1]["aliases"] == ["old"]
    assert (entries[1]["more"], entries[1]["properties"]["note"]) == (2, 1)
    assert version_entries(view, entries) == entries


@pytest.mark.parametrize("data", [None, b"", b"{", b"{}", b"3", b'["x", 3]'])
def test_a_list_of_versions_that_cannot_be_read_has_none(data: bytes | None) -> None:
    assert read_versions(data) == []


# Sitemaps


def test_without_an_address_there_are_no_sitemaps() -> None:
    package, _ = view_of(stored("1", {}, state=State.CURRENT))
    assert list(sitemap_files([package], "")) == ["robots.txt"]


def test_a_page_whose_text_is_not_translated_has_no_other_language() -> None:
    path = "micro-cases/x.html"
    places = {"x": {"zh": place(path), "en": {**place(path), "language": "zh"}}}
    package, _ = view_of(stored("1", places, state=State.CURRENT))
    files = sitemap_files([package], "https://kebao.example/")
    for locale in ("zh", "en"):
        (line,) = [row for row in files[f"demo/{locale}/sitemap.xml"].decode().splitlines() if f"{path}<" in row]
        assert "hreflang" not in line


# Addresses


def test_an_address_that_would_be_gone_is_named() -> None:
    with pytest.raises(EditionError) as refused:
        check_permanence(Publication(pages=("a.html", "b.html")), Publication(pages=("b.html", "c.html")))
    assert refused.value.message.params == {"count": "1", "addresses": "a.html"}


def test_more_addresses_are_no_fault() -> None:
    check_permanence(Publication(pages=("a.html",)), Publication(pages=("a.html", "b.html")))

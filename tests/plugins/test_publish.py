"""The public tree: what it holds, that it is repeatable, and that no address is lost."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from lxml import etree

from kebao.cli.main import main
from kebao.editions.errors import EditionError
from kebao.editions.latest_as import LatestAs
from kebao.editions.mounting import JOURNAL
from kebao.editions.publish import publish
from kebao.editions.states import EditionState, State, settled_states, with_state, write_states
from kebao.editions.store import EditionStore

from .edition_stores import LEAVING, MOVING, Released
from .page_reading import different, read_page, read_pages, tree_bytes

pytestmark = pytest.mark.site

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def kebao(released: Released, *arguments: str | Path) -> int:
    return main(["-C", str(released.project), "--lang", "en", *map(str, arguments)])


def set_state(store: EditionStore, edition: str, state: State, **more: object) -> None:
    entry = EditionState(state=state, on="2026-05-01", **more)  # type: ignore[arg-type]
    write_states(store.root / "demo", with_state(settled_states(store, "demo"), edition, entry))


def versions(out: Path, locale: str = "zh") -> list[dict[str, object]]:
    entries: list[dict[str, object]] = json.loads((out / f"demo/{locale}/versions.json").read_bytes())
    return entries


def times(folder: Path) -> Mapping[str, int]:
    return {path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in folder.rglob("*")}


# What is there


def test_every_edition_and_latest_stand_as_they_were_frozen(released: Released, public: Path) -> None:
    for edition in released.store.editions("demo"):
        for locale in ("zh", "en"):
            frozen = tree_bytes(released.store.folder("demo", edition) / "site" / locale)
            shown = dict(tree_bytes(public / "demo" / locale / edition))
            assert shown.pop("sitemap.xml").startswith(b"<?xml"), "it stands beside what is frozen"
            assert different(frozen, shown) == []
    newest = tree_bytes(released.store.folder("demo", "2026.1") / "site" / "zh")
    latest = tree_bytes(public / "demo" / "zh" / "latest")
    assert {path: latest[path] for path in newest} == newest


def test_the_audit_finds_nothing_wrong(released: Released, public: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert kebao(released, "audit", public) == 0, capsys.readouterr().out
    assert "Nothing wrong." in capsys.readouterr().out


def test_the_audit_misses_a_page_that_the_publication_names(
    released: Released, public: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(public, tmp_path / "public"))
    (copy / f"demo/zh/latest/micro-stories/{LEAVING}.html").unlink()
    assert kebao(released, "audit", copy) == 1
    assert f"publication.json: error KBA10 the page 'demo/zh/latest/micro-stories/{LEAVING}.html' is missing" in (
        re.sub(r"pages\[\d+\]|publication.json:\d+:\d+", "publication.json", capsys.readouterr().out)
    )


def test_frozen_files_are_the_stores_own(released: Released, public: Path) -> None:
    page = "lesson-cases/fractions.html"
    frozen = (released.store.folder("demo", "2025.1") / "site/zh" / page).stat()
    assert (public / "demo/zh/2025.1" / page).stat().st_ino == frozen.st_ino


def test_released_pages_name_their_address_in_latest(public: Path) -> None:
    for edition in ("2025.1", "latest"):
        page = read_page(public, f"demo/zh/{edition}/lesson-cases/fractions.html")
        (link,) = page.all("//link[@rel='canonical']")
        assert link.get("href") == "https://kebao.example/demo/zh/latest/lesson-cases/fractions.html"


def test_versions_are_in_mikes_format_newest_first(public: Path) -> None:
    found = versions(public)
    assert [entry["version"] for entry in found] == ["2026.1", "2025.2", "2025.1"]
    assert [entry["aliases"] for entry in found] == [["latest"], [], []]
    statuses = [entry["properties"]["status"] for entry in found]  # type: ignore[index]
    assert statuses == ["current", "supported", "supported"]


def test_the_script_says_the_same_as_the_json(public: Path) -> None:
    script = (public / "demo/zh/versions.js").read_text("utf-8")
    match = re.fullmatch(r'Kebao\.put\("versions","[0-9a-f]{8}",(.*)\);\n', script)
    assert match
    assert json.loads(match[1]) == versions(public)


def test_history_says_what_became_of_each_resource(public: Path) -> None:
    rows: dict[str, list[list[str]]] = {}
    for path in (public / "demo/zh/history").glob("?.js"):
        match = re.fullmatch(r'Kebao\.put\("history/.","[0-9a-f]{8}",(.*)\);\n', path.read_text("utf-8"))
        assert match
        rows.update(json.loads(match[1]))
    assert [row[:2] for row in rows["fractions"]] == [["2025.1", "added"], ["2025.2", "changed"], ["2026.1", "changed"]]
    assert [row[:3] for row in rows[MOVING]] == [
        ["2025.1", "added", f"micro-cases/{MOVING}.html"],
        ["2025.2", "moved", f"micro-stories/{MOVING}.html"],
        ["2026.1", "same", f"micro-stories/{MOVING}.html"],
    ]
    assert [row[:3] for row in rows[LEAVING]] == [
        ["2025.1", "added", f"micro-stories/{LEAVING}.html"],
        ["2025.2", "retired", ""],
    ]


def test_every_edition_has_a_sitemap_for_the_selector_of_material(public: Path) -> None:
    """It finds a page below what all addresses begin with, if that is an address too."""
    for edition in ("2025.1", "2026.1", "latest"):
        folder = public / "demo" / "zh" / edition
        addresses = [str(loc.text) for loc in etree.parse(folder / "sitemap.xml").iter(f"{SITEMAP}loc")]
        start = f"https://kebao.example/demo/zh/{edition}/"
        assert addresses[0] == start
        assert all(address.startswith(start) for address in addresses)
        known = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
        listed = {address.removeprefix(start) for address in addresses[1:]}
        assert listed <= known
        left = {"404.html", f"micro-stories/{LEAVING}.html", f"micro-cases/{MOVING}.html"}
        assert known - listed <= left, "tombstones of latest are in no sitemap"


def test_topics_schools_and_programmes_are_found_in_other_editions(public: Path) -> None:
    script = (public / "demo/zh/history/collections.js").read_text("utf-8")
    known = json.loads(script[script.index("{") : script.rindex("}") + 1])
    assert "topics/hands-on-maths.html" in known["2025.1 2025.2 2026.1"]
    assert "schools/willow-school.html" in known["2025.1 2025.2 2026.1"]
    assert "programmes/county-2025.html" in known["2025.1 2025.2 2026.1"]
    for editions, paths in known.items():
        for edition in editions.split():
            assert all((public / "demo/zh" / edition / path).is_file() for path in paths)


def test_sitemaps_name_latest_only_with_languages_that_really_have_the_page(public: Path) -> None:
    index = etree.parse(public / "sitemap-index.xml")
    maps = [str(loc.text) for loc in index.iter(f"{SITEMAP}loc")]
    assert maps == ["https://kebao.example/demo/zh/sitemap.xml", "https://kebao.example/demo/en/sitemap.xml"]
    named: dict[str, dict[str, str]] = {}
    for locale in ("zh", "en"):
        for url in etree.parse(public / f"demo/{locale}/sitemap.xml").iter(f"{SITEMAP}url"):
            links = {str(a.get("hreflang")): str(a.get("href")) for a in url.iter(f"{XHTML}link")}
            named[str(url.findtext(f"{SITEMAP}loc"))] = links
    assert all("/latest/" in address for address in named)
    for address in named:
        assert (public / address.removeprefix("https://kebao.example/")).is_file()
    base = "https://kebao.example/demo/zh/latest"
    assert named[f"{base}/lesson-cases/fractions.html"] == {}, "it is not translated"
    for address, links in named.items():
        for language, other in links.items():
            assert language == "x-default" or named[other] == links, "reciprocal"
        assert not links or (address in links.values() and links["x-default"].startswith(base))
    assert f"{base}/micro-stories/{LEAVING}.html" not in named
    assert "Sitemap: https://kebao.example/sitemap-index.xml" in (public / "robots.txt").read_text()


def test_what_left_has_a_tombstone_in_latest(public: Path) -> None:
    page = read_page(public, f"demo/zh/latest/micro-stories/{LEAVING}.html")
    assert page.text("//h1") == "本版已经没有这一页"
    assert "第一天" in page.text("//main")
    assert "2025.1" in page.text("//main")
    assert f"demo/zh/2025.1/micro-stories/{LEAVING}.html" in page.links()
    assert (page.root.get("lang"), page.root.get("dir")) == ("zh-CN", "ltr")


def test_what_moved_leads_on(public: Path) -> None:
    page = read_page(public, f"demo/zh/latest/micro-cases/{MOVING}.html")
    (refresh,) = page.all("//meta[@http-equiv='refresh']")
    assert refresh.get("content") == f"0; url=../micro-stories/{MOVING}.html"
    assert page.links() == [f"demo/zh/latest/micro-stories/{MOVING}.html"]


def test_start_pages_lead_to_latest(public: Path) -> None:
    assert read_page(public, "index.html").links() == ["demo/zh/latest/index.html", "demo/en/latest/index.html"]
    assert read_page(public, "demo/en/index.html").links() == ["demo/en/latest/index.html"]


def test_the_feed_has_an_entry_for_each_edition(public: Path) -> None:
    feed = etree.parse(public / "demo/zh/feed.atom").getroot()
    atom = "{http://www.w3.org/2005/Atom}"
    links = [str(link.get("href")) for entry in feed.iter(f"{atom}entry") for link in entry.iter(f"{atom}link")]
    home = "https://kebao.example/demo/zh/"
    assert list(dict.fromkeys(link.removeprefix(home).split("/")[0] for link in links)) == [
        "2026.1",
        "2025.2",
        "2025.1",
    ]
    assert all((public / link.removeprefix("https://kebao.example/")).is_file() for link in links)


# Again, and after a change


def test_publishing_twice_writes_nothing(released: Released, public: Path) -> None:
    before = times(public)
    assert publish(released.project, released.store, public).written == 0
    assert times(public) == before


def test_one_more_edition_gives_what_publishing_from_nothing_gives(
    released: Released, public: Path, tmp_path: Path
) -> None:
    mine = released.copy(tmp_path)
    newest = mine.store.folder("demo", "2026.1")
    newest.rename(tmp_path / "later")
    out = tmp_path / "public"
    publish(mine.project, mine.store, out)
    before = times(out)
    (tmp_path / "later").rename(newest)
    publish(mine.project, mine.store, out)
    assert different(tree_bytes(out), tree_bytes(public)) == []
    after = times(out)
    kept = [path for path in before if "/2025." in path]
    assert kept
    assert [path for path in kept if before[path] != after[path]] == []


def test_foreign_entries_and_keys_of_versions_are_kept(released: Released, tmp_path: Path) -> None:
    out = tmp_path / "public"
    publish(released.project, released.store, out)
    foreign = {"version": "2019", "title": "旧站", "aliases": ["paper"], "other": 1}
    found = versions(out)
    found[0]["properties"]["colour"] = "green"  # type: ignore[index]
    found[0]["aliases"].append("spring")  # type: ignore[attr-defined]
    (out / "demo/zh/versions.json").write_text(json.dumps([foreign, *found]))
    (out / "demo/zh/2019").mkdir()
    (out / "demo/zh/2019/index.html").write_text("old")
    set_back = released.copy(tmp_path / "more")
    set_state(set_back.store, "2025.1", State.ARCHIVED)
    publish(set_back.project, set_back.store, out)
    entries = {str(entry["version"]): entry for entry in versions(out)}
    assert entries["2019"] == foreign
    assert entries["2026.1"]["aliases"] == ["latest", "spring"]
    assert entries["2026.1"]["properties"]["colour"] == "green"  # type: ignore[index]
    assert entries["2025.1"]["properties"]["status"] == "archived"  # type: ignore[index]
    assert (out / "demo/zh/2019/index.html").read_text() == "old"


@pytest.mark.parametrize("latest_as", [LatestAs.COPY, LatestAs.REDIRECT])
def test_latest_in_other_ways(
    latest_as: LatestAs, released: Released, public: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "public"
    publish(released.project, released.store, out, latest_as=latest_as)
    assert kebao(released, "audit", out) == 0, capsys.readouterr().out
    pages = {uri for uri in read_pages(out) if "/latest/" in uri and not uri.endswith("404.html")}
    assert pages == {uri for uri in read_pages(public) if "/latest/" in uri and not uri.endswith("404.html")}
    page = out / "demo/zh/latest/lesson-cases/fractions.html"
    frozen = released.store.folder("demo", "2026.1") / "site/zh/lesson-cases/fractions.html"
    if latest_as is LatestAs.COPY:
        assert page.read_bytes() == frozen.read_bytes()
        assert page.stat().st_ino != frozen.stat().st_ino
    else:
        stub = read_page(out, "demo/zh/latest/lesson-cases/fractions.html")
        assert stub.links() == ["demo/zh/2026.1/lesson-cases/fractions.html"]
    publish(released.project, released.store, out)
    assert different(tree_bytes(out), tree_bytes(public)) == [], "and back again"


# Withdrawn, gone, damaged


def test_a_withdrawn_edition_keeps_its_addresses_and_says_why(
    released: Released, public: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = released.copy(tmp_path)
    out = Path(shutil.copytree(public, tmp_path / "public"))
    state = ("edition", "state", "demo", "2025.1", "withdrawn", "--store", mine.store.root)
    assert kebao(mine, *state) == 2
    assert "needs a reason" in capsys.readouterr().err
    reasons = ("--reason", "zh=有一份材料用错了照片。", "--reason", "en=A wrong photo.")
    assert kebao(mine, *state, *reasons) == 0
    before = {uri for uri in read_pages(out) if not uri.endswith("404.html")}
    publish(mine.project, mine.store, out)
    after = read_pages(out)
    assert before <= set(after)
    page = after["demo/zh/2025.1/lesson-cases/fractions.html"]
    assert "有一份材料用错了照片。" in page.text("//main")
    assert "demo/zh/latest/lesson-cases/fractions.html" in page.links()
    assert "A wrong photo." in after["demo/en/2025.1/index.html"].text("//main")
    assert not list((out / "demo/zh/2025.1").glob("search/*"))
    assert kebao(mine, "audit", out) == 0, capsys.readouterr().out


def test_files_that_only_a_withdrawn_edition_had_go(released: Released, tmp_path: Path) -> None:
    mine, out = released.copy(tmp_path), tmp_path / "public"
    publish(mine.project, mine.store, out)
    with_all = {path for path in tree_bytes(out) if path.startswith("_files/")}
    set_state(mine.store, "2025.1", State.WITHDRAWN, reason={"zh": "照片"})
    publish(mine.project, mine.store, out)
    still = {path for path in tree_bytes(out) if path.startswith("_files/")}
    record = mine.store.record("demo", "2025.2")
    assert still < with_all
    assert {file.path for file in record.files if file.path.startswith("_files/")} <= still


def test_publishing_refuses_to_lose_an_address(
    released: Released, public: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = released.copy(tmp_path)
    out = Path(shutil.copytree(public, tmp_path / "public"))
    shutil.rmtree(mine.store.folder("demo", "2025.1"))
    before = tree_bytes(out)
    assert kebao(mine, "publish", "--store", mine.store.root, "--out", out) == 2
    said = capsys.readouterr().err
    assert [text for text in ("would be gone", "demo/zh/2025.1/", "put the editions") if text not in said] == []
    assert different(before, tree_bytes(out)) == []


def test_a_flipped_byte_in_the_store_is_not_published(
    released: Released, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = released.copy(tmp_path)
    page = mine.store.folder("demo", "2025.2") / "site/zh/index.html"
    data = page.read_bytes()
    page.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    out = tmp_path / "public"
    assert kebao(mine, "publish", "--store", mine.store.root, "--out", out) == 2
    said = capsys.readouterr().err
    assert [text for text in (str(page), "restore the file") if text not in said] == []
    assert not out.exists()
    page.write_bytes(data)
    assert kebao(mine, "publish", "--store", mine.store.root, "--out", out) == 0


def test_a_folder_of_somebody_else_is_left_alone(
    released: Released, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters/one.txt").write_text("dear")
    assert kebao(released, "publish", "--store", released.store.root, "--out", tmp_path / "letters") == 2
    assert "holds files that kebao did not write" in capsys.readouterr().err
    assert os.listdir(tmp_path / "letters") == ["one.txt"]


def test_two_publications_at_once_are_one_too_many(released: Released, tmp_path: Path) -> None:
    out = tmp_path / "public"

    def again(uri: str) -> None:
        with pytest.raises(EditionError, match="at work"):
            publish(released.project, released.store, out)

    publish(released.project, released.store, out, on_step=again)


def test_an_interrupted_run_is_not_trusted(released: Released, public: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(public, tmp_path / "public"))
    (out / JOURNAL).write_text(json.dumps(["demo/zh/latest", "demo/zh/versions.json"]))
    shutil.rmtree(out / "demo/zh/latest")
    (out / "demo/zh/versions.json").write_text("[")
    publish(released.project, released.store, out)
    assert different(tree_bytes(out), tree_bytes(public)) == []

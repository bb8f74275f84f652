"""The search index of built sites: complete, addressed rightly, made from what readers see, the same again."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from kebao.assembly.token_cache import TokenCache, drop_other_versions, token_cache_path
from kebao.model.shard import Shard
from kebao.search.document import Document
from kebao.search.postings import TokenLists, token_lists
from kebao.search.shards import read_shard
from kebao.search.tokens import PLAIN, Tokeniser

from .projects import BuiltSample

site = pytest.mark.site
SHULIN = Shard(package="shulin", locale="zh")


def payload(path: Path) -> Any:
    """The payload of one file, after its hash."""
    _, digest, text = path.read_text("utf-8").split(",", 2)
    text = text.removesuffix(");\n")
    assert digest == f'"{hashlib.sha256(text.encode()).hexdigest()[:8]}"', path
    return json.loads(text)


def rows(folder: Path) -> Iterator[Any]:
    count = payload(folder / "root.js")["n"]
    for number in range(-(-count // 16)):
        yield from payload(folder / f"m/{number}.js")


def bundles(folder: Path) -> Iterator[Any]:
    for number in range(-(-payload(folder / "root.js")["r"] // 16)):
        yield from payload(folder / f"b/{number}.js")


def texts(folder: Path) -> Mapping[int, str]:
    return {number: text for path in (folder / "t").iterdir() for number, text in payload(path)}


def search_folder(sample: BuiltSample, shard: Shard) -> Path:
    return sample.site / shard.uri / "search"


@site
def test_every_shard_has_an_index_whose_rows_lead_to_pages(sample: BuiltSample) -> None:
    for shard in sample.shards:
        for row in rows(search_folder(sample, shard)):
            uri, _, anchor = row[1].partition("#")
            page = posixpath.normpath(f"{shard.uri}/{unquote(uri)}")
            assert (sample.site / page).is_file(), row
            assert not anchor or f'id="{anchor}"' in (sample.site / page).read_text("utf-8"), row


@site
def test_bundles_that_rows_name_are_there_in_that_size(sample: BuiltSample) -> None:
    with_bundle = [row for row in bundles(search_folder(sample, SHULIN)) if row[0]]
    assert with_bundle
    for uri, size, *_ in with_bundle:
        assert (sample.site / posixpath.normpath(f"{SHULIN.uri}/{unquote(uri)}")).stat().st_size == size


@site
def test_resources_are_those_of_the_lists(sample: BuiltSample) -> None:
    """Neither drafts nor retired ones; untranslated ones lead to where they are."""
    for shard in sample.shards:
        folder = search_folder(sample, shard)
        root = payload(folder / "root.js")
        resources = sample.package(shard).resources.values()
        listed = {r.id for r in resources if r.lifecycle.value == "current" and r.licence != "internal-use"}
        resource_rows = [row for row in rows(folder) if len(row) > 5]
        # What an overlay takes from its base is listed, too.
        assert {Path(row[1]).stem for row in resource_rows} & {r.id for r in resources} == listed
        assert root["r"] == len(resource_rows) == len(list(bundles(folder))) >= len(listed)
        assert len(root["len"]) == -(-root["n"] // 2)
        filters = payload(folder / "filters.js")
        assert [(name, len(column)) for name, _, _, column in filters] == [("subject", root["r"]), ("stage", root["r"])]
        assert len(root["hash"]) == 4 * len(root["dir"].split(" "))


@site
def test_the_version_names_the_facets_and_those_the_rows(sample: BuiltSample) -> None:
    for shard in sample.shards:
        folder = search_folder(sample, shard)
        facets = payload(folder / "facets.js")
        assert f'"facets","{payload(folder / "version.js")["facets"]}"' in (folder / "facets.js").read_text("utf-8")
        for number in range(len(facets["m"]) // 6):
            said = facets["m"][number * 6 : number * 6 + 6]
            assert f'"m/{number}","{said}' in (folder / f"m/{number}.js").read_text("utf-8")


@site
def test_the_texts_of_every_type_of_file_are_found(sample: BuiltSample) -> None:
    folder = search_folder(sample, SHULIN)
    kinds = {kind for kind, _ in payload(folder / "root.js")["kinds"]}
    assert {"topic", "programme", "school", "contributor", "page"} <= kinds
    types = {row[3].partition(" ")[0] for row in rows(folder) if row[4] >= 0}
    assert types == {"DOCX", "PPTX", "XLSX", "PDF", "视频字幕"}
    of_documents = texts(folder)
    assert sorted(of_documents) == list(range(len(of_documents)))
    for document, row in enumerate(rows(folder)):
        if len(row) == 5 and row[4] >= 0:
            assert of_documents[document].strip(), row


@site
def test_words_of_a_title_a_body_and_a_file_are_keys(sample: BuiltSample) -> None:
    folder = search_folder(sample, SHULIN)
    keys = {key for path in (folder / "s").iterdir() for key, _ in read_shard(payload(path))}
    assert {"分数", "教学", "~fenshu", "|fsd"} <= keys


@site
def test_no_file_of_an_index_is_larger_than_it_may_be(sample: BuiltSample) -> None:
    for shard in sample.shards:
        folder = search_folder(sample, shard)
        assert max(path.stat().st_size for path in (folder / "s").iterdir()) <= 16_384
        assert (folder / "root.js").stat().st_size <= 61_440
        for path in (folder / "t").iterdir():
            assert path.stat().st_size <= 4_096 or len(payload(path)) == 1


# What is kept between builds


def document(text: str) -> Document:
    return Document(kind="x", title="题", uri="x.html", order=("x.html", 0), text=text)  # type: ignore[arg-type]


def lists_of(text: str) -> TokenLists:
    return token_lists(document(text), Tokeniser(PLAIN))


def filled(path: Path) -> TokenCache:
    cache = TokenCache(path)
    for number in range(5):
        cache.put(bytes([number]) * 32, lists_of(f"分数的初步认识 {number}" * (number + 1)))
    cache.save()
    return cache


def test_kept_tokens_are_those_that_were_made(tmp_path: Path) -> None:
    filled(tmp_path / "a.tokens")
    again = TokenCache(tmp_path / "a.tokens")
    for number in range(5):
        assert again.get(bytes([number]) * 32) == lists_of(f"分数的初步认识 {number}" * (number + 1))
    assert again.get(b"x" * 32) is None


def test_what_a_build_did_not_ask_for_is_dropped(tmp_path: Path) -> None:
    filled(tmp_path / "a.tokens")
    size = (tmp_path / "a.tokens").stat().st_size
    again = TokenCache(tmp_path / "a.tokens")
    again.get(b"\x00" * 32)
    again.save()
    assert (tmp_path / "a.tokens").stat().st_size < size / 3
    assert TokenCache(tmp_path / "a.tokens").get(b"\x01" * 32) is None


def test_a_damaged_file_gives_what_was_kept_or_nothing(tmp_path: Path) -> None:
    filled(tmp_path / "a.tokens")
    sound = (tmp_path / "a.tokens").read_bytes()
    lost = 0
    for place in range(0, len(sound), 7):
        for damaged in (sound[:place], sound[:place] + bytes([sound[place] ^ 0x55]) + sound[place + 1 :]):
            (tmp_path / "a.tokens").write_bytes(damaged)
            cache = TokenCache(tmp_path / "a.tokens")
            for number in range(5):
                kept = cache.get(bytes([number]) * 32)
                lost += kept is None
                assert kept in (None, lists_of(f"分数的初步认识 {number}" * (number + 1)))
    assert lost


def test_an_unchanged_file_is_not_written_again(tmp_path: Path) -> None:
    filled(tmp_path / "a.tokens")
    before = (tmp_path / "a.tokens").stat()
    again = TokenCache(tmp_path / "a.tokens")
    for number in range(5):
        again.get(bytes([number]) * 32)
    again.save()
    after = (tmp_path / "a.tokens").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file where a folder should be", "utf-8")
    filled(tmp_path / "folder" / "a.tokens")
    assert TokenCache(tmp_path / "folder" / "a.tokens").get(b"\x00" * 32) is None


def test_other_versions_keep_their_tokens_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = token_cache_path(tmp_path, "shulin/zh/next")
    monkeypatch.setattr("kebao.assembly.token_cache.TOKENS_VERSION", 99)
    after = token_cache_path(tmp_path, "shulin/zh/next")
    assert after != before
    filled(before)
    filled(after)
    drop_other_versions(after)
    assert not before.exists()
    assert after.exists()

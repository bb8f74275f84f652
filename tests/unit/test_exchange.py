"""The place through which machines give each other files, and the archives that travel."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from pathlib import Path

import pytest

from kebao.assembly.build_plan import InputFile
from kebao.assembly.executors.exchange import Exchange
from kebao.assembly.executors.sent_sources import fetch_sources, send_sources
from kebao.assembly.executors.tree_archive import pack, pack_tree, unpack
from kebao.assembly.site_parts import PartError, merge_tree


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(params=["folder", "file://", "memory://"])
def exchange(request: pytest.FixtureRequest, tmp_path: Path) -> Exchange:
    place = tmp_path / "exchange"
    return Exchange(
        {"folder": str(place), "file://": place.as_uri(), "memory://": f"memory://{tmp_path.name}"}[request.param]
    )


def test_what_is_put_there_can_be_fetched(exchange: Exchange, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"one")
    assert not exchange.has("a/b", 3)
    exchange.put(tmp_path / "one", "a/b")
    exchange.put(tmp_path / "one", "a/b")
    assert exchange.has("a/b", 3)
    assert not exchange.has("a/b", 4), "a file that was cut short is not the file"
    exchange.get("a/b", tmp_path / "other", sha256=sha256(b"one"))
    assert (tmp_path / "other").read_bytes() == b"one"


def test_a_file_that_was_cut_short_is_put_again(exchange: Exchange, tmp_path: Path) -> None:
    for data in (b"o", b"one"):
        (tmp_path / "one").write_bytes(data)
        exchange.put(tmp_path / "one", "a/b")
    exchange.get("a/b", tmp_path / "other", sha256=sha256(b"one"))


def test_a_missing_or_damaged_file_is_not_taken(exchange: Exchange, tmp_path: Path) -> None:
    with pytest.raises(PartError, match="missing"):
        exchange.get("a/b", tmp_path / "other", sha256=sha256(b"one"))
    (tmp_path / "one").write_bytes(b"two")
    exchange.put(tmp_path / "one", "a/b")
    with pytest.raises(PartError, match="damaged"):
        exchange.get("a/b", tmp_path / "other", sha256=sha256(b"one"))


def test_notes_can_be_replaced(exchange: Exchange) -> None:
    assert exchange.noted("made/x") == ""
    exchange.note("made/x", "一")
    exchange.note("made/x", "二")
    assert exchange.noted("made/x") == "二"


def test_sources_arrive_as_they_were_sent(exchange: Exchange, tmp_path: Path) -> None:
    contents = {
        "content/packages/demo/课/index.md": "# 课".encode(),
        "content/packages/demo/课/视频.mp4": bytes(range(256)),
        "content/packages/demo/课/again.mp4": bytes(range(256)),
        "site_config/theme/logo.png": b"png",
        "mkdocs.yml": b"",
    }
    for path, data in contents.items():
        (tmp_path / "one" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "one" / path).write_bytes(data)
    (tmp_path / "before.json").write_bytes(b"{}")
    files = [InputFile(path=path, sha256=sha256(data), size_bytes=len(data)) for path, data in contents.items()]
    before = {"demo": tmp_path / "before.json"}
    digest = send_sources(tmp_path / "one", files, before, exchange)
    assert digest == send_sources(tmp_path / "one", reversed(files), before, exchange)
    root, previous = fetch_sources(digest, exchange, tmp_path / "worker")
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert found == contents
    assert {package: path.read_bytes() for package, path in previous.items()} == {"demo": b"{}"}
    assert fetch_sources(digest, exchange, tmp_path / "worker")[0] == root


def test_an_archive_does_not_depend_on_times_or_order(tmp_path: Path) -> None:
    for folder, names, moment in (("one", "ab", 1), ("two", "ba", 2)):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).write_text(name)
            os.utime(tmp_path / folder / name, (moment, moment))
        pack_tree(tmp_path / folder, tmp_path / f"{folder}.tar")
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
    unpack(tmp_path / "one.tar", tmp_path / "again")
    assert sorted(path.name for path in (tmp_path / "again").iterdir()) == ["a", "b"]


@pytest.mark.parametrize(
    "name, kind", [("../out", tarfile.REGTYPE), ("/out", tarfile.REGTYPE), ("link", tarfile.SYMTYPE)]
)
def test_an_archive_cannot_write_elsewhere(name: str, kind: bytes, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "bad.tar", "w") as archive:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname, entry.size = kind, "/", 0
        archive.addfile(entry, io.BytesIO())
    if name == "/out":
        unpack(tmp_path / "bad.tar", tmp_path / "inside")
        assert (tmp_path / "inside" / "out").is_file(), "taken as a path below the folder"
        return
    with pytest.raises(PartError, match="no plain file"):
        unpack(tmp_path / "bad.tar", tmp_path / "inside")


def test_parts_are_merged_only_where_they_may_write_and_agree(tmp_path: Path) -> None:
    for part, text in (("one", "a"), ("two", "a"), ("three", "b")):
        (tmp_path / part / "_assets").mkdir(parents=True)
        (tmp_path / part / "_assets" / "x.js").write_text(text)
    merge_tree(tmp_path / "one", tmp_path / "site", within=("_assets/",))
    merge_tree(tmp_path / "two", tmp_path / "site", within=("_assets/",))
    with pytest.raises(PartError, match=r"different files _assets/x\.js"):
        merge_tree(tmp_path / "three", tmp_path / "site", within=("_assets/",))
    with pytest.raises(PartError, match="plan does not name"):
        merge_tree(tmp_path / "one", tmp_path / "other", within=("demo/zh/next/",))


def test_sources_cannot_be_put_elsewhere(tmp_path: Path) -> None:
    exchange = Exchange(str(tmp_path / "exchange"))
    pack([("kebao-inputs.json", b'{"../../out": "aa"}')], tmp_path / "bad.tar")
    digest = sha256((tmp_path / "bad.tar").read_bytes())
    exchange.put(tmp_path / "bad.tar", f"sources/{digest}.tar")
    with pytest.raises(PartError, match="no plain file"):
        fetch_sources(digest, exchange, tmp_path / "worker")
    assert not list((tmp_path / "worker").iterdir()), "nothing is left behind"

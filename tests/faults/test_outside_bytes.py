"""Whatever bytes come from outside: one of our errors or something right, in bounded memory."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.faults.scene import OLD
from tests.mirror.county import NOON, County
from tuf.api.metadata import Metadata, TargetFile, Timestamp

from kebao.mirror import dcz
from kebao.mirror.errors import VerificationError
from kebao.mirror.manifest import (
    Catalog,
    FileEntry,
    Manifest,
    Pack,
    Unit,
    catalog_bytes,
    manifest_bytes,
    read_catalog,
    read_manifest,
)
from kebao.mirror.packs import NewMember, read_pack, write_pack
from kebao.mirror.school.disk import RealDisk
from kebao.mirror.school.readable import readable_bytes
from kebao.mirror.school.state import (
    Config,
    Release,
    State,
    Unreadable,
    read_config,
    read_state,
    write_config,
    write_state,
)
from kebao.mirror.sources.folder import FolderSource
from kebao.mirror.sources.web import _range_start
from kebao.mirror.tar_stream import write_end, write_member
from kebao.mirror.trust import MetadataRefusedError, refresh, root_version
from kebao.mirror.zstd import compress, required_zstd

SHA = "ab" * 32
MEMORY = 64 << 20
MANIFEST = manifest_bytes(
    Manifest(
        package="site",
        locale="und",
        version="1",
        released=NOON,
        files=(FileEntry("a/b.html", 5, SHA), FileEntry("c", 0, SHA)),
        packs=(Pack("base", "", SHA, 9), Pack("delta", "0", SHA, 9)),
    )
)
CATALOG = catalog_bytes(
    Catalog(release=1, version="1", released=NOON, signed_at=NOON, units=(Unit("site", "und", 2, 5),))
)
STATE = State(
    releases=(Release("00001", 1, "1", "2026-11-21T12:00:00Z", SHA, {"site.und.json": SHA}, 2, 5),),
    current="00001",
    last_good_time=NOON,
    valid_until=NOON,
)
CONFIG = Config(root_sha256=SHA, sources=("https://example.org/",))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**30, 10**400, -1, 2**63])
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["../x", "9999-99-99T99:99:99Z", "\u0000", "\ud800", "٣"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
DEEP = [b"[" * 200_000, b'{"a":' * 200_000, b"[" * 50_000 + b"]" * 50_000]


def spoilt(data: st.DataObject, content: bytes) -> bytes:
    """A few bytes changed, taken out or put in."""
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, max(0, len(changed) - 1)))
        kind = data.draw(st.sampled_from(["change", "cut", "insert", "drop"]))
        if kind == "change" and changed:
            changed[place] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del changed[place:]
        elif kind == "insert":
            changed[place:place] = data.draw(st.binary(min_size=1, max_size=20))
        else:
            del changed[place : place + data.draw(st.integers(1, 20))]
    return bytes(changed)


def replaced(data: st.DataObject, value: Any) -> Any:
    """The same JSON with another value somewhere in it."""
    if isinstance(value, dict) and value and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(value)))
        return {**value, key: replaced(data, value[key])}
    if isinstance(value, list) and value and data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(value) - 1))
        return [*value[:place], replaced(data, value[place]), *value[place + 1 :]]
    return data.draw(JSON)


def foul(data: st.DataObject, content: bytes) -> bytes:
    """Bytes like `content`: spoilt, or JSON with something else in it."""
    if data.draw(st.booleans()):
        return spoilt(data, content)
    return json.dumps(replaced(data, json.loads(content))).encode()


@contextmanager
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


@settings(max_examples=4000)
@given(st.data())
def test_a_foul_manifest_or_catalogue_is_refused_or_usable(data: st.DataObject) -> None:
    with contextlib.suppress(VerificationError):
        manifest = read_manifest(foul(data, MANIFEST))
        assert readable_bytes(manifest.size_bytes)
        assert read_manifest(manifest_bytes(manifest)) == manifest
    with contextlib.suppress(VerificationError):
        catalog = read_catalog(foul(data, CATALOG))
        assert readable_bytes(sum(unit.size_bytes for unit in catalog.units))
        assert read_catalog(catalog_bytes(catalog)) == catalog


@pytest.mark.parametrize("content", DEEP, ids=["lists", "objects", "closed lists"])
def test_json_of_a_hundred_thousand_levels_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    with little_memory():
        for read in (read_manifest, read_catalog):
            with pytest.raises(VerificationError):
                read(content)
        for read_own in (read_state, read_config):
            with pytest.raises(Unreadable):
                read_own(tmp_path / "file")
        assert root_version(content) is None


def test_a_size_that_no_disk_has_is_refused() -> None:
    manifest = json.loads(MANIFEST)
    for size in (2**63, 10**400):
        manifest["files"][0][1] = size
        with pytest.raises(VerificationError, match="manifest-unreadable"):
            read_manifest(json.dumps(manifest).encode())


@settings(max_examples=400)
@given(st.data())
def test_foul_state_and_config_are_unreadable_or_usable(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        write_state(RealDisk(), path, STATE)
        path.write_bytes(foul(data, path.read_bytes()))
        try:
            state = read_state(path)
        except Unreadable:
            pass
        else:
            write_state(RealDisk(), path, state)
            assert read_state(path) == state
        write_config(RealDisk(), path, CONFIG)
        path.write_bytes(foul(data, path.read_bytes()))
        try:
            config = read_config(path)
        except Unreadable:
            pass
        else:
            write_config(RealDisk(), path, config)
            assert read_config(path) == config


OLD_FILE = b"the old file, line by line\n" * 40
NEW_FILE = b"the new file, line by line\n" * 44
DELTA = dcz.make_delta(OLD_FILE, NEW_FILE)


@settings(max_examples=4000)
@given(st.data(), st.integers(0, 2000))
def test_a_foul_delta_is_refused_or_gives_no_more_than_it_may(data: st.DataObject, size: int) -> None:
    stream = io.BytesIO(data.draw(st.one_of(st.just(spoilt(data, DELTA)), st.binary(max_size=200))))
    given_bytes = 0
    try:
        dcz.old_file_of(stream.read(dcz.HEADER_BYTES))
        for piece in dcz.apply_delta(stream, data.draw(st.sampled_from([OLD_FILE, b"", b"short", NEW_FILE])), size):
            given_bytes += len(piece)
    except VerificationError:
        pass
    assert given_bytes <= size


def _pack() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "pack")
        members = [
            NewMember(hashlib.sha256(OLD_FILE).hexdigest(), "whole", OLD_FILE),
            NewMember(hashlib.sha256(NEW_FILE).hexdigest(), "delta", DELTA),
        ]
        write_pack(path, members, level=3)
        return path.read_bytes()


PACK = _pack()
TAR = required_zstd().decompress(PACK)
WANTED = {hashlib.sha256(content).hexdigest(): len(content) for content in (OLD_FILE, NEW_FILE)}


@settings(max_examples=4000)
@given(st.data())
def test_a_foul_pack_gives_right_files_or_an_error(data: st.DataObject) -> None:
    """Spoilt as it came, and spoilt inside, as only its maker could."""
    foul_pack = spoilt(data, PACK) if data.draw(st.booleans()) else compress(spoilt(data, TAR), 1)
    with TemporaryDirectory() as folder:
        old = Path(folder, "old")
        old.write_bytes(OLD_FILE)
        found: dict[str, bytes] = {}
        try:
            for file in read_pack(io.BytesIO(foul_pack), WANTED, lambda _: old):
                try:
                    found[file.sha256] = b"".join(file.chunks)
                except VerificationError:
                    found.pop(file.sha256, None)
        except VerificationError:
            pass
    assert all(hashlib.sha256(content).hexdigest() == sha256 for sha256, content in found.items())


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    county = County(tmp_path_factory.mktemp("county"))
    county.release("2026.1", OLD)
    return county


def outcome(county: County) -> str:
    with TemporaryDirectory() as folder:
        try:
            release = refresh(
                Path(folder),
                county.path(".mirror/metadata/1.root.json").read_bytes(),
                FolderSource(county.root),
                write=lambda path, data: (path.write_bytes(data), None)[1],
                reference_time=NOON,
            )
            target = release.target("site.und.json")
        except MetadataRefusedError as error:
            return error.reason.value
        assert target is not None
        assert isinstance(target.custom, dict)
        assert release.signed_at is None or release.signed_at.tzinfo
        return "taken"


@settings(max_examples=150)
@given(st.data())
def test_foul_metadata_are_refused_in_our_words(county: County, data: st.DataObject) -> None:
    role = data.draw(st.sampled_from(["timestamp.json", "1.snapshot.json", "1.targets.json", "2.root.json"]))
    path = county.path(f".mirror/metadata/{role}")
    right = path.read_bytes() if path.exists() else None
    path.write_bytes(foul(data, right or county.path(".mirror/metadata/1.root.json").read_bytes()))
    try:
        outcome(county)
    finally:
        if right is None:
            path.unlink()
        else:
            path.write_bytes(right)
    assert outcome(county) == "taken"


@settings(max_examples=60)
@given(JSON, JSON)
def test_odd_fields_that_were_rightly_signed_do_no_harm(county: County, told: Any, custom: Any) -> None:
    path = county.path(".mirror/metadata/timestamp.json")
    right = path.read_bytes()
    metadata = Metadata[Timestamp].from_bytes(right)
    metadata.signed.unrecognized_fields["x-kebao-signed-at"] = told
    before: TargetFile = county.targets["site.und.json"]
    with TemporaryDirectory() as folder:
        other = County(Path(folder), signers=county.signers)
        other.write(".mirror/metadata/1.root.json", county.path(".mirror/metadata/1.root.json").read_bytes())
        other.targets = {"site.und.json": TargetFile(before.length, before.hashes, before.path, {"custom": custom})}
        try:
            other.sign_all()
            data = metadata.to_bytes()
        except Exception:  # what cannot be signed cannot come
            return
        assert outcome(other) == "taken"
        county.write(".mirror/metadata/timestamp.json", data)
        try:
            outcome(county)
        finally:
            path.write_bytes(right)


@given(st.text(max_size=60) | st.integers(0, 10**6000).map(lambda number: f"bytes {hex(number)[2:]}-9/9"))
def test_a_range_header_is_a_number_or_none(text: str) -> None:
    start = _range_start({"Content-Range": text})
    assert start is None or text.strip().startswith(f"bytes {start}"[:6])


def test_a_range_of_five_thousand_digits_is_none() -> None:
    assert _range_start({"Content-Range": "bytes " + "9" * 5000 + "-9/9"}) is None
    assert _range_start({"Content-Range": "bytes 7-9/10"}) == 7


MAKERS: dict[str, Callable[[], bytes]] = {
    "one huge member": lambda: _huge_pack(1, 512 << 20),
    "many empty members": lambda: _huge_pack(20_000, 0),
}


@pytest.mark.parametrize("kind", MAKERS)
def test_packs_that_are_mostly_air_take_little_memory(kind: str) -> None:
    pack = MAKERS[kind]()
    with little_memory():
        assert not list(read_pack(io.BytesIO(pack), WANTED, lambda _: None))


def _huge_pack(count: int, size: int) -> bytes:
    zstd = required_zstd()
    packer = zstd.ZstdCompressor(level=1)
    parts: list[bytes] = []

    class Out:
        def write(self, data: bytes, /) -> None:
            parts.append(packer.compress(data))

    for number in range(count):
        write_member(Out(), f"{number:016x}", bytes(size))
    write_end(Out())
    pack: bytes = b"".join(parts) + packer.flush()
    return pack

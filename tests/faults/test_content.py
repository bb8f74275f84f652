"""Faults 8 to 14 of research/02_offline.md §6: bytes that are not those that were signed."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import stat
import tarfile
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest
from tests.faults.raw_server import raw_serving
from tests.faults.scene import BOOK, FILM, NEW, OLD, Scene, make_scene
from tests.mirror.county import content_of, tree_of
from tests.mirror.servers import Answer, Request

from kebao.mirror.dcz import HEADER_BYTES, MAGIC, make_delta
from kebao.mirror.errors import ExitCode, VerificationError
from kebao.mirror.layout import PACKS, object_uri, pack_uri
from kebao.mirror.manifest import Pack
from kebao.mirror.packs import NewMember
from kebao.mirror.school.repair import repair
from kebao.mirror.school.verify import verify
from kebao.mirror.zstd import compress, required_zstd

MEMORY = 64 << 20


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return make_scene(tmp_path)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


FILM_URI = object_uri(sha256(FILM))


def stick_of(scene: Scene, folder: Path) -> Path:
    shutil.copytree(scene.county.root, folder)
    return folder


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def flip_in_place(path: Path) -> None:
    path.chmod(stat.S_IREAD | stat.S_IWRITE)
    with path.open("r+b") as file:
        data = file.read()
        file.seek(0)
        file.write(flipped(data, len(data) // 2))


@pytest.mark.parametrize("left", [0, 1, 299_999])
def test_fault_08_an_object_that_is_too_short_on_the_stick(scene: Scene, tmp_path: Path, left: int) -> None:
    scene.publish()
    stick = stick_of(scene, tmp_path / "stick")
    stick.joinpath(FILM_URI).write_bytes(FILM[:left])
    scene.refuses(scene.pull(str(stick)), "school-wrong-bytes", ExitCode.NOT_VERIFIED)
    scene.heals()


def test_fault_08_an_object_that_is_too_short_on_the_server(scene: Scene) -> None:
    scene.publish()

    def spoil(request: Request, answer: Answer) -> Answer:
        return Answer(200, FILM[:1000]) if request.uri == FILM_URI else answer

    with scene.serving(spoil) as (url, _):
        scene.refuses(scene.pull(url), "school-line-broken", ExitCode.NETWORK)
    scene.heals()


@pytest.mark.parametrize("place", [0, 150_000, 299_999])
def test_fault_09_a_byte_that_flips_on_the_wire_each_time(scene: Scene, place: int) -> None:
    scene.publish()

    def spoil(request: Request, answer: Answer) -> Answer:
        return replace(answer, body=flipped(answer.body, place)) if request.uri == FILM_URI else answer

    with scene.serving(spoil) as (url, _):
        error = scene.refuses(scene.pull(url), "school-wrong-bytes", ExitCode.NOT_VERIFIED)
        assert error.parameters["name"] == "film.mp4"
    assert not list(scene.kit.school.places.parts.glob(f"{sha256(FILM)}*"))
    scene.heals()


def test_fault_09_a_byte_that_flipped_in_what_came_before_the_line_broke(scene: Scene) -> None:
    scene.publish()
    answers = iter([("flip", 200_000), ("plain", None)])

    def spoil(request: Request, answer: Answer) -> Answer:
        if request.uri != FILM_URI:
            return answer
        kind, cut = next(answers, ("plain", None))
        return replace(answer, body=flipped(answer.body, 5) if kind == "flip" else answer.body, cut=cut)

    with scene.serving(spoil) as (url, server):
        assert scene.pull(url) is ExitCode.COMPLETE
        assert [each.start for each in server.requests if each.uri == FILM_URI] == [None, 200_000, None]
    assert scene.shows(NEW)


def test_fault_09_a_byte_that_flipped_on_the_stick_is_taken_from_the_next_source(scene: Scene, tmp_path: Path) -> None:
    scene.publish()
    stick = stick_of(scene, tmp_path / "stick")
    flip_in_place(stick / FILM_URI)
    scene.refuses(scene.pull(str(stick)), "school-wrong-bytes", ExitCode.NOT_VERIFIED)
    scene.heals(str(stick), str(scene.county.root))


def test_fault_09_a_byte_that_flipped_in_the_store_is_found_and_fetched_again(scene: Scene) -> None:
    scene.publish()
    rotten = scene.kit.school.places.object(sha256(b"h1 { color: teal }"))
    flip_in_place(rotten)
    scene.allowed.append(tree_of(scene.kit.shown))  # the fault itself is what readers of the old release see now
    assert scene.pull() is ExitCode.COMPLETE
    assert scene.shows(NEW)
    assert "school-object-rotten" in scene.kit.told.ids
    with pytest.raises(VerificationError, match="school-damaged"):  # the old release still has the rotten file
        verify(scene.kit.school)
    repair(scene.kit.school)
    assert verify(scene.kit.school) is ExitCode.COMPLETE


def test_fault_09_a_byte_that_flipped_in_a_shown_file_of_the_same_size_is_found_and_mended(scene: Scene) -> None:
    before = tree_of(scene.kit.shown)
    flip_in_place(scene.kit.shown / "book.docx")
    scene.allowed.append(tree_of(scene.kit.shown))
    with pytest.raises(VerificationError) as caught:
        verify(scene.kit.school)
    assert (caught.value.message, caught.value.exit_code) == ("school-damaged", ExitCode.NOT_VERIFIED)
    assert repair(scene.kit.school) is ExitCode.COMPLETE
    assert tree_of(scene.kit.shown) == before
    assert verify(scene.kit.school) is ExitCode.COMPLETE


@pytest.mark.parametrize("of", ["object", "timestamp", "manifest"])
def test_fault_10_a_body_without_end(scene: Scene, of: str) -> None:
    scene.publish()
    manifest = next(name for name in scene.county.targets if name.startswith("site."))
    uris = {
        "object": FILM_URI,
        "timestamp": ".mirror/metadata/timestamp.json",
        "manifest": f".mirror/m/{scene.county.targets[manifest].hashes['sha256']}.{manifest}",
    }
    sent = 0

    def endless(request: Request, out: BinaryIO) -> bool:
        nonlocal sent
        if request.uri != uris[of]:
            return False
        out.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while sent < 1 << 30:
            sent += out.write(b"x" * 65536)
        return True

    with raw_serving(scene.county.root, endless) as (url, _):
        message = {"object": "school-wrong-bytes", "timestamp": "school-garbled", "manifest": "school-wrong-bytes"}[of]
        scene.refuses(scene.pull(url), message, ExitCode.NOT_VERIFIED)
    assert sent < 64 << 20  # what the sockets hold, not what the server would have sent
    assert sum(part.stat().st_size for part in scene.kit.school.places.parts.iterdir()) <= len(FILM)
    scene.heals()


def test_fault_11_swapped_objects(scene: Scene, tmp_path: Path) -> None:
    swapped = {("site", "und"): {"index.html": b"a" * 5000, "other.html": b"b" * 5000}}
    scene.publish(swapped)
    stick = stick_of(scene, tmp_path / "stick")
    one, two = (stick / object_uri(sha256(letter * 5000)) for letter in (b"a", b"b"))
    one.rename(tmp_path / "aside")
    two.rename(one)
    (tmp_path / "aside").rename(two)
    scene.refuses(scene.pull(str(stick)), "school-wrong-bytes", ExitCode.NOT_VERIFIED)
    scene.heals(shown=swapped)


def test_fault_11_manifests_of_different_releases_and_units_mixed(scene: Scene, tmp_path: Path) -> None:
    before = dict(scene.county.targets)
    scene.publish()
    stick = stick_of(scene, tmp_path / "stick")
    now = scene.county.targets["site.und.json"].hashes["sha256"]
    for name in ("site.und.json", "maths.zh.json"):
        old = stick / f".mirror/m/{before[name].hashes['sha256']}.{name}"
        shutil.copyfile(old, stick / f".mirror/m/{now}.site.und.json")
        result = scene.refuses(scene.pull(str(stick)), "school-wrong-bytes", ExitCode.NOT_VERIFIED)
        assert result.parameters["name"] == "site.und.json"
    scene.heals()


def test_fault_12_a_delta_whose_old_file_rotted_falls_back_to_the_whole_object(scene: Scene) -> None:
    scene.publish(deltas=True)
    flip_in_place(scene.kit.school.places.object(sha256(BOOK)))
    scene.allowed.append(tree_of(scene.kit.shown))
    assert scene.pull() is ExitCode.COMPLETE
    assert scene.shows(NEW)


def test_fault_12_a_delta_that_was_made_from_another_file_than_it_says(scene: Scene) -> None:
    new = content_of(NEW)["book.docx"]
    lying = MAGIC + hashlib.sha256(BOOK).digest() + make_delta(BOOK[100:] + BOOK[:100], new)[HEADER_BYTES:]
    members = [NewMember(sha256(new), "delta", lying), NewMember(sha256(FILM), "whole", FILM)]
    scene.county.release("2026.2", NEW, packs={("site", "und"): (scene.county.add_pack("delta", "2026.1", members),)})
    scene.allowed.append(content_of(NEW))
    with scene.serving(lambda request, answer: answer) as (url, server):
        scene.heals(url)
    asked = {request.uri for request in server.requests}
    assert object_uri(sha256(new)) in asked
    assert FILM_URI not in asked  # the rest of the pack was used


@pytest.mark.parametrize("damage", ["flipped", "longer", "empty"])
def test_fault_09_a_pack_with_other_bytes_costs_the_pack_and_nothing_else(scene: Scene, damage: str) -> None:
    def spoil(request: Request, answer: Answer) -> Answer:
        if request.uri.startswith(PACKS):
            body = answer.body
            answer.body = {"flipped": body[:-1] + b"!", "longer": body + b"!", "empty": b""}[damage]
        return answer

    scene.publish(deltas=True)
    with scene.serving(spoil) as (url, server):
        scene.heals(url)
    asked = [request.uri for request in server.requests]
    assert any(uri.startswith(PACKS) for uri in asked)
    assert FILM_URI in asked  # one by one
    assert "pack not taken" in scene.kit.school.places.journal.read_text("utf-8")


def test_fault_09_a_pack_with_other_bytes_is_taken_from_the_next_source(scene: Scene, tmp_path: Path) -> None:
    scene.publish(deltas=True)
    bad = stick_of(scene, tmp_path / "bad")
    for path in (bad / PACKS).iterdir():
        path.write_bytes(bytes(path.stat().st_size))
    with scene.serving(lambda request, answer: answer) as (url, server):
        scene.heals(str(bad), url)
    asked = [request.uri for request in server.requests]
    assert any(uri.startswith(PACKS) for uri in asked)
    assert FILM_URI not in asked


def packed(scene: Scene, data: bytes) -> None:
    """Publishes `NEW` with `data` signed as the unit's delta pack; fetching it is worth while."""
    scene.county.write(pack_uri("delta", sha256(data)), data)
    pack = Pack("delta", "2026.1", sha256(data), len(data))
    scene.county.release("2026.2", NEW, packs={("site", "und"): (pack,)})
    scene.allowed.append(content_of(NEW))


def bomb() -> bytes:
    zstd = required_zstd()
    packer = zstd.ZstdCompressor(level=1)
    header = tarfile.TarInfo("ab" * 8)
    header.size = 2 << 30
    parts = [packer.compress(header.tobuf(tarfile.USTAR_FORMAT))]
    parts += [packer.compress(bytes(1 << 20)) for _ in range(512)]
    pack: bytes = b"".join(parts) + packer.flush()
    return pack


def wide_window() -> bytes:
    zstd = required_zstd()
    parameter = zstd.CompressionParameter
    packer = zstd.ZstdCompressor(options={parameter.window_log: 28, parameter.content_size_flag: 0})
    pack: bytes = packer.compress(b"x" * 1000) + packer.flush()
    return pack


def delta_bomb() -> bytes:
    """A pack whose only delta says 30 KB and unpacks to half a gigabyte."""
    zstd = required_zstd()
    packer = zstd.ZstdCompressor(level=1)
    frame = b"".join(packer.compress(bytes(1 << 20)) for _ in range(512)) + packer.flush()
    content = MAGIC + hashlib.sha256(BOOK).digest() + frame
    name = sha256(content_of(NEW)["book.docx"])[:16] + ".dcz"
    return compress(tar_of([(name, tarfile.REGTYPE, content)]), 1)


def tar_of(members: list[tuple[str, bytes, bytes]]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, kind, content in members:
            member = tarfile.TarInfo(name)
            member.type, member.size, member.linkname = kind, len(content), "/etc/passwd"
            tar.addfile(member, io.BytesIO(content))
    return stream.getvalue()


@pytest.mark.parametrize("make", [bomb, wide_window, delta_bomb])
def test_fault_13_a_decompression_bomb_in_a_pack_costs_no_memory(scene: Scene, make: Callable[[], bytes]) -> None:
    packed(scene, make())
    tracemalloc.start()
    try:
        scene.heals()
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


def test_fault_13_a_decompression_bomb_of_a_proxy_costs_no_memory(scene: Scene) -> None:
    scene.publish()
    bomb = gzip.compress(bytes(512 << 20), 1)

    def spoil(request: Request, answer: Answer) -> Answer:
        return Answer(200, bomb, {"Content-Encoding": "gzip"}) if request.uri == FILM_URI else answer

    with scene.serving(spoil) as (url, _):
        tracemalloc.start()
        try:
            scene.refuses(scene.pull(url), "school-wrong-bytes", ExitCode.NOT_VERIFIED)
            assert tracemalloc.get_traced_memory()[1] < MEMORY
        finally:
            tracemalloc.stop()
    scene.heals()


GOOD = sha256(FILM)[:16]


@pytest.mark.parametrize(
    ("name", "kind", "times"),
    [
        ("../../evil", tarfile.REGTYPE, 1),
        ("/tmp/evil", tarfile.REGTYPE, 1),
        ("C:evil", tarfile.REGTYPE, 1),
        (f"./{GOOD}", tarfile.REGTYPE, 1),
        ("NUL", tarfile.REGTYPE, 1),
        (GOOD, tarfile.SYMTYPE, 1),
        (GOOD, tarfile.LNKTYPE, 1),
        (GOOD, tarfile.CHRTYPE, 1),
        (GOOD, tarfile.FIFOTYPE, 1),
        (GOOD, tarfile.DIRTYPE, 1),
        (GOOD, tarfile.REGTYPE, 2),
    ],
)
def test_fault_14_a_pack_with_members_that_reach_out(
    scene: Scene, tmp_path: Path, name: str, kind: bytes, times: int
) -> None:
    content = FILM if kind == tarfile.REGTYPE else b""
    packed(scene, compress(tar_of([(name, kind, content)] * times), 1))
    outside = set(tmp_path.iterdir())
    scene.heals()
    assert set(tmp_path.iterdir()) == outside
    assert not list(scene.kit.school.root.rglob("*evil*"))
    assert all(path.is_file() and not path.is_symlink() for path in scene.kit.school.places.objects.glob("*/*"))
    assert tree_of(scene.kit.school.places.tree("00001")) == content_of(OLD)

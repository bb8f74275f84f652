"""Deltas and packs: what goes in comes out, and damage is told (faults 12 to 14)."""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kebao.mirror import dcz
from kebao.mirror.errors import VerificationError
from kebao.mirror.packs import NewMember, read_pack, write_pack
from kebao.mirror.zstd import compress, required_zstd


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _applied(delta: bytes, old: bytes, size: int) -> bytes:
    return b"".join(dcz.apply_delta(io.BytesIO(delta[dcz.HEADER_BYTES :]), old, size))


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_a_delta_makes_the_new_file_out_of_the_old(old: bytes, new: bytes) -> None:
    delta = dcz.make_delta(old, new)
    assert dcz.old_file_of(delta) == _sha256(old)
    assert _applied(delta, old, len(new)) == new


@given(st.binary(max_size=100), st.binary(min_size=1, max_size=100), st.integers(-1, 1))
def test_a_delta_never_gives_more_than_was_signed(old: bytes, new: bytes, more: int) -> None:
    delta = dcz.make_delta(old, new)
    if more:
        with pytest.raises(VerificationError):
            _applied(delta, old, len(new) + more)
    else:
        assert len(_applied(delta, old, len(new))) == len(new)


def test_a_bomb_ends_at_the_signed_size() -> None:
    delta = dcz.make_delta(b"x" * 100, bytes(20 << 20))
    pieces: list[bytes] = []
    with pytest.raises(VerificationError):
        pieces.extend(dcz.apply_delta(io.BytesIO(delta[dcz.HEADER_BYTES :]), b"x" * 100, 1000))
    assert sum(map(len, pieces)) <= 1000


def test_a_window_beyond_the_bound_is_refused() -> None:
    zstd = required_zstd()
    parameter = zstd.CompressionParameter
    packer = zstd.ZstdCompressor(options={parameter.window_log: 27, parameter.content_size_flag: 0})
    frame = packer.compress(b"x" * 1000) + packer.flush()
    with pytest.raises(VerificationError):
        list(dcz.apply_delta(io.BytesIO(frame), b"", 1000))


@pytest.mark.skipif(which("zstd") is None, reason="the zstd program reads what we write, where there is one")
def test_the_zstd_program_reads_our_deltas(tmp_path: Path) -> None:
    old, new = b"".join(b"line %d\n" % n for n in range(9000)), b"".join(b"line %d\n" % (n * 2) for n in range(9000))
    (tmp_path / "old").write_bytes(old)
    (tmp_path / "delta").write_bytes(dcz.make_delta(old, new)[dcz.HEADER_BYTES :])
    program = ["zstd", "-q", "-d", "--patch-from=old", "delta", "-o", "new"]
    subprocess.run(program, cwd=tmp_path, check=True)
    assert (tmp_path / "new").read_bytes() == new


def _unpacked(pack: Path, contents: Iterable[bytes], old: Path | None = None) -> dict[str, bytes]:
    wanted = {_sha256(content): len(content) for content in contents}
    with pack.open("rb") as stream:
        return {file.sha256: b"".join(file.chunks) for file in read_pack(stream, wanted, lambda _: old)}


@given(st.lists(st.binary(max_size=2000), unique=True, max_size=6))
def test_what_a_pack_was_given_comes_out(contents: list[bytes]) -> None:
    with TemporaryDirectory() as folder:
        pack = Path(folder, "pack")
        write_pack(pack, (NewMember(_sha256(content), "whole", content) for content in contents), level=3)
        assert _unpacked(pack, contents) == {_sha256(content): content for content in contents}


def test_the_same_files_give_the_same_pack(tmp_path: Path) -> None:
    members = [NewMember(_sha256(content), "whole", content) for content in (b"a", b"b")]
    for name in ("one", "two"):
        write_pack(tmp_path / name, members, level=3)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_delta_whose_old_file_is_missing_or_damaged_is_left_out(tmp_path: Path) -> None:
    old, new, other = b"old" * 50, b"new" * 50, b"other"
    delta = NewMember(_sha256(new), "delta", dcz.make_delta(old, new))
    write_pack(tmp_path / "pack", [delta, NewMember(_sha256(other), "whole", other)], level=3)
    kept, damaged = tmp_path / "kept", tmp_path / "damaged"
    kept.write_bytes(old)
    damaged.write_bytes(b"Old" + old[3:])
    assert _unpacked(tmp_path / "pack", (new, other), kept).keys() == {_sha256(new), _sha256(other)}
    assert _unpacked(tmp_path / "pack", (new, other), damaged).keys() == {_sha256(other)}
    assert _unpacked(tmp_path / "pack", (new, other), None).keys() == {_sha256(other)}


def test_a_file_with_other_bytes_is_told_and_the_next_one_read(tmp_path: Path) -> None:
    members = [NewMember(_sha256(b"right"), "whole", b"wrong"), NewMember(_sha256(b"next"), "whole", b"next")]
    write_pack(tmp_path / "pack", members, level=3)
    results = []
    with (tmp_path / "pack").open("rb") as stream:
        for file in read_pack(stream, {_sha256(b"right"): 5, _sha256(b"next"): 4}, lambda _: None):
            try:
                results.append(b"".join(file.chunks))
            except VerificationError as error:
                results.append(error.message.encode())
    assert results == [b"wrong-hash", b"next"]


def _foreign_pack(path: Path, member: tarfile.TarInfo, *, times: int = 1, form: int = tarfile.USTAR_FORMAT) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=form) as tar:
        for _ in range(times):
            tar.addfile(member, io.BytesIO(bytes(member.size)))
    path.write_bytes(compress(stream.getvalue()))


@pytest.mark.parametrize(
    "name, kind, times",
    [
        ("../evil", tarfile.REGTYPE, 1),
        ("/etc/passwd", tarfile.REGTYPE, 1),
        ("C:evil", tarfile.REGTYPE, 1),
        ("ab" * 8, tarfile.SYMTYPE, 1),
        ("ab" * 8, tarfile.LNKTYPE, 1),
        ("ab" * 8, tarfile.CHRTYPE, 1),
        ("ab" * 8, tarfile.DIRTYPE, 1),
        ("ab" * 8, tarfile.REGTYPE, 2),
        ("课" * 60, tarfile.REGTYPE, 1),
    ],
)
def test_a_pack_holds_plain_files_under_plain_names_once_or_is_refused(
    tmp_path: Path, name: str, kind: bytes, times: int
) -> None:
    member = tarfile.TarInfo(name)
    member.type = kind
    _foreign_pack(
        tmp_path / "pack", member, times=times, form=tarfile.GNU_FORMAT if times == 1 else tarfile.USTAR_FORMAT
    )
    with pytest.raises(VerificationError, match="pack-unreadable"):
        _unpacked(tmp_path / "pack", [b"anything"])


@given(st.data())
def test_a_pack_cut_short_or_with_a_flipped_byte_never_gives_wrong_files(data: st.DataObject) -> None:
    contents = [b"one" * 40, b"two" * 40]
    with TemporaryDirectory() as folder:
        pack = Path(folder, "pack")
        write_pack(pack, [NewMember(_sha256(c), "whole", c) for c in contents], level=3)
        packed = bytearray(pack.read_bytes())
        place = data.draw(st.integers(0, len(packed) - 1))
        if data.draw(st.booleans()):
            packed = packed[:place]
        else:
            packed[place] ^= data.draw(st.integers(1, 255))
        pack.write_bytes(packed)
        try:
            found = _unpacked(pack, contents)
        except VerificationError:
            return
        assert all(_sha256(content) == sha256 for sha256, content in found.items())

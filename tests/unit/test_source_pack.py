"""Sources in one archive: what tar and gzip read, the same whatever was kept."""

from __future__ import annotations

import gzip
import hashlib
import io
import random
import tarfile

import pytest

from kebao.assembly.source_pack import Folder, packed


class Pieces(dict[bytes, bytes]):
    """Where pieces are kept; ``found`` counts those that were asked for and there."""

    found = 0

    def get(self, key: bytes, default: bytes | None = None) -> bytes | None:  # type: ignore[override]
        self.found += key in self
        return super().get(key, default)

    def put(self, key: bytes, value: bytes) -> None:
        self[key] = value


def entries(count: int) -> dict[str, bytes]:
    choose = random.Random(count)
    # Names that the head of a file has room for, and others.
    letters = ("长", "a")
    names = (f"content/{'资源' * (n % 2)}{n}/index{letters[n % 3 % 2] * (n % 120)}.md" for n in range(count))
    return {name: bytes(choose.choice(b"abcd") for _ in range(choose.randrange(900))) for name in names}


def as_tar(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(data), 0o644, 0
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize("count", [0, 1, 17, 400])
def test_it_is_one_gzip_file_of_what_tar_writes(count: int) -> None:
    # gzip checks the sums of the whole.
    assert gzip.decompress(packed(entries(count))) == as_tar(entries(count))


def test_what_was_kept_changes_no_byte_and_is_used() -> None:
    files, pieces = entries(400), Pieces()
    assert packed(files, pieces) == packed(files)
    made = len(pieces)
    assert (made > 3, pieces.found) == (True, 0)

    files[sorted(files)[100]] = b"another text"
    assert packed(files, pieces) == packed(files)
    assert (pieces.found, len(pieces)) == (made - 1, made + 1)

    del files[sorted(files)[200]]
    files["content/new.md"] = b"new"
    assert packed(files, pieces) == packed(files)


def in_folders(files: dict[str, bytes], read: list[str], *, settled: bool = True) -> dict[str, bytes | Folder]:
    """The files, each in a folder of its own; ``read`` notes what is read."""

    def folder(name: str, data: bytes) -> Folder:
        def reading() -> dict[str, bytes]:
            read.append(name)
            return {name: data}

        return Folder(hashlib.sha256(data).hexdigest(), reading, lambda: settled)

    return {f"{name.rpartition('/')[0]}/": folder(name, data) for name, data in files.items()}


def test_a_folder_whose_piece_is_kept_is_not_read() -> None:
    files, pieces, read = entries(400), Pieces(), list[str]()
    first = packed(in_folders(files, read), pieces)
    assert gzip.decompress(first) == as_tar(files)
    assert sorted(read) == sorted(files)
    read.clear()
    assert packed(in_folders(files, read), pieces) == first
    assert read == []


def test_what_is_read_after_it_was_changed_is_not_kept() -> None:
    files, pieces = entries(40), Pieces()
    packed(in_folders(files, [], settled=False), pieces)
    assert pieces == {}

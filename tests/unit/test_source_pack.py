"""Sources in one archive: what tar and gzip read, the same whatever was kept."""

from __future__ import annotations

import gzip
import io
import random
import tarfile

import pytest

from kebao.assembly.source_pack import packed


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
    names = (f"content/资源-{n}/index{'长' * (n % 90)}.md" for n in range(count))
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

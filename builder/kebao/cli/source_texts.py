"""The authors' texts, read when an excerpt is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from kebao.loading.yaml_text import MAX_BYTES, decode_utf8


class SourceTexts(Mapping[str, str]):
    """Path → text of those of ``paths`` that are UTF-8 files of the project, with ``\\n`` line ends."""

    def __init__(self, root: Path, paths: Iterable[str]) -> None:
        self._paths = tuple(dict.fromkeys(paths))
        self._read = cache(lambda path: _read_text(root, path))

    def __getitem__(self, path: str) -> str:
        text = self._read(path) if path in self._paths else None
        if text is None:
            raise KeyError(path)
        return text

    def __iter__(self) -> Iterator[str]:
        return (path for path in self._paths if self._read(path) is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _read_text(root: Path, path: str) -> str | None:
    file = root / path
    # A link may lead out of the project: it is reported, never followed.
    if file.is_symlink() or not file.is_file() or file.stat().st_size > MAX_BYTES:
        return None
    try:
        data = file.read_bytes()
    except OSError:
        return None
    text, problems = decode_utf8(path, data)
    if problems and problems[0].code == "KB106":
        # A control character is a fault of the text; the excerpt shows it all the same, made visible.
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    return text or None

"""A file of the index: one classic script with one call, so that it loads on ``file://`` too (DESIGN §1.4)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from kebao.search.coding import DIGITS

# Line ends in JavaScript before ES2019, and what would end a script that was put into a page.
_ESCAPES = (("\u2028", "\\u2028"), ("\u2029", "\\u2029"), ("</", "<\\/"))


@dataclass(frozen=True, slots=True)
class DataFile:
    """What one file says.

    Attributes:
        name: Path below ``search/`` without its suffix.
        hash: The first 8 hex digits of the payload's SHA-256; made where it is not given.
    """

    name: str
    payload: bytes
    hash: str = ""

    def __post_init__(self) -> None:
        if not self.hash:
            object.__setattr__(self, "hash", hashlib.sha256(self.payload).hexdigest()[:8])

    def named(self, name: str) -> DataFile:
        """The same under another name."""
        return self if name == self.name else replace(self, name=name)

    @property
    def short_hash(self) -> str:
        """The first 24 bits of the hash as four digits of 64: what the root knows of it."""
        bits = int(self.hash[:6], 16)
        return "".join(DIGITS[bits >> shift & 63] for shift in (18, 12, 6, 0))

    @property
    def path(self) -> str:
        return f"{self.name}.js"

    @property
    def script(self) -> bytes:
        return b'Kebao.put("%s","%s",%s);\n' % (self.name.encode(), self.hash.encode(), self.payload)


@dataclass(frozen=True, slots=True, eq=False)
class Scripts(Mapping[str, bytes]):
    """Files by their paths, each put together when it is asked for: all at once would be as large as the index again.

    Attributes:
        files: Path → what its file says.
        others: Path → content; no path of ``files`` is there.
    """

    files: Mapping[str, DataFile]
    others: Mapping[str, bytes]

    def __getitem__(self, path: str) -> bytes:
        return self.files[path].script if path in self.files else self.others[path]

    def __iter__(self) -> Iterator[str]:
        return chain(self.files, self.others)

    def __len__(self) -> int:
        return len(self.files) + len(self.others)

    def beside(self, others: Mapping[str, bytes]) -> Scripts:
        """The same with others, none of which has the path of one of these."""
        return replace(self, others={**self.others, **others})


def data_file(name: str, payload: object) -> DataFile:
    return DataFile(name, json_text(payload).encode())


def json_text(payload: object) -> str:
    """JSON that may stand in a script."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    for character, escaped in _ESCAPES:
        text = text.replace(character, escaped)
    return text

"""Where things are in the folder of a school's mirror.

index.html   a page that leads into the current release
current      a link to it, where the file system has links
r/00042/     release trees
.mirror/     what the next school reads: metadata, m, o, p
.school/     this mirror's own state; never served
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """The folders and files of the mirror in `root`."""

    root: Path

    @cached_property
    def stub(self) -> Path:
        return self.root / "index.html"

    @cached_property
    def current(self) -> Path:
        return self.root / "current"

    @cached_property
    def releases(self) -> Path:
        return self.root / "r"

    @cached_property
    def served(self) -> Path:
        return self.root / ".mirror"

    @cached_property
    def metadata(self) -> Path:
        return self.served / "metadata"

    @cached_property
    def manifests(self) -> Path:
        return self.served / "m"

    @cached_property
    def objects(self) -> Path:
        return self.served / "o"

    @cached_property
    def packs(self) -> Path:
        return self.served / "p"

    @cached_property
    def private(self) -> Path:
        return self.root / ".school"

    @cached_property
    def trust(self) -> Path:
        """What python-tuf keeps; always here and never on a stick."""
        return self.private / "trust"

    @cached_property
    def parts(self) -> Path:
        return self.private / "parts"

    @cached_property
    def set_aside(self) -> Path:
        """Files that did not belong into a release tree."""
        return self.private / "set-aside"

    @cached_property
    def root_metadata(self) -> Path:
        """The root that the school accepted when it joined."""
        return self.private / "root.json"

    @cached_property
    def config(self) -> Path:
        return self.private / "config.json"

    @cached_property
    def state(self) -> Path:
        return self.private / "state.json"

    @cached_property
    def unfinished(self) -> Path:
        return self.private / "unfinished.json"

    @cached_property
    def journal(self) -> Path:
        return self.private / "journal.jsonl"

    @cached_property
    def lock(self) -> Path:
        return self.private / "lock"

    def tree(self, name: str) -> Path:
        return self.releases / name

    def object(self, sha256: str) -> Path:
        return self.objects / sha256[:2] / sha256

"""A county's publisher in a folder, made with python-tuf's own Metadata API: what schools in tests read from.

It signs what it is told to, also what no publisher would, and never uses the publisher's side of `kebao mirror`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

from kebao.mirror.dcz import make_delta
from kebao.mirror.layout import object_uri, pack_uri, release_folder, target_name, target_uri
from kebao.mirror.manifest import Catalog, FileEntry, Manifest, Pack, Unit, catalog_bytes, manifest_bytes
from kebao.mirror.packs import NewMember, write_pack

NOON = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)  # noqa: UP017 – the same spelling as in the mirror
Files = Mapping[tuple[str, str], Mapping[str, bytes]]
"""Unit (package, locale) → path → content."""
ROLES = ("root", "targets", "snapshot", "timestamp")


@dataclass
class County:
    """The publisher's site at `root`; each `release` is signed at once.

    Attributes:
        signers: the keys of each role; change them and call `sign_root` for a rotation.
        life: how long each role is good for.
    """

    root: Path
    signers: dict[str, list[CryptoSigner]] = field(
        default_factory=lambda: {role: [CryptoSigner.generate_ed25519()] for role in ROLES}
    )
    thresholds: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 1))
    life: dict[str, timedelta] = field(
        default_factory=lambda: {
            "root": timedelta(days=1095),
            "targets": timedelta(days=400),
            "snapshot": timedelta(days=100),
            "timestamp": timedelta(days=100),
        }
    )
    now: datetime = NOON
    number: int = 0
    versions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ROLES, 0))
    targets: dict[str, TargetFile] = field(default_factory=dict)
    releases: list[tuple[str, Files]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.versions["root"]:
            self.sign_root()

    @property
    def fingerprint(self) -> str:
        """Of the first root, as the letter to the schools has it."""
        return hashlib.sha256(self.path(".mirror/metadata/1.root.json").read_bytes()).hexdigest()

    def path(self, uri: str) -> Path:
        return self.root.joinpath(*uri.split("/"))

    def write(self, uri: str, data: bytes) -> None:
        path = self.path(uri)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def sign_root(self, extra: Sequence[CryptoSigner] = ()) -> None:
        """A new root with the keys of now, signed by them and by `extra` (the old ones)."""
        self.versions["root"] += 1
        root = Root(version=self.versions["root"], expires=self._expires("root"), consistent_snapshot=True)
        for role in ROLES:
            root.roles[role].threshold = self.thresholds[role]
            for signer in self.signers[role]:
                root.add_key(signer.public_key, role)
        metadata = Metadata(root)
        for signer in (*self.signers["root"], *extra):
            metadata.sign(signer, append=True)
        self.write(f".mirror/metadata/{root.version}.root.json", _bytes(metadata))

    def release(
        self,
        version: str,
        files: Files,
        *,
        deltas: bool = False,
        tree: bool = False,
        packs: Mapping[tuple[str, str], tuple[Pack, ...]] = {},
    ) -> None:
        """A release with these files.

        Args: deltas: with a delta pack from the last release for each unit; tree: with `r/<n>/`, as a stick has it;
            packs: of units, beside those.
        """
        self.number += 1
        self.targets = {}
        units = []
        for (package, locale), contents in sorted(files.items()):
            entries = []
            for path, content in sorted(contents.items()):
                sha256 = _sha256(content)
                self.write(object_uri(sha256), content)
                if tree:
                    self.write(f"{release_folder(self.number)}/{path}", content)
                entries.append(FileEntry(path, len(content), sha256))
            made = self._delta_packs(package, locale, contents) if deltas else ()
            manifest = Manifest(
                package=package,
                locale=locale,
                version=version,
                released=self.now,
                files=tuple(entries),
                packs=(*packs.get((package, locale), ()), *made),
            )
            self._add_target(target_name(package, locale), manifest_bytes(manifest))
            units.append(Unit(package, locale, len(entries), sum(entry.size for entry in entries)))
        catalog = Catalog(
            release=self.number, version=version, released=self.now, signed_at=self.now, units=tuple(units)
        )
        self._add_target("catalog.json", catalog_bytes(catalog))
        self.releases.append((version, files))
        self.sign_all()

    def sign_all(self) -> None:
        """New targets, snapshot and timestamp, in this order."""
        self.versions["targets"] += 1
        targets = Targets(version=self.versions["targets"], expires=self._expires("targets"), targets=self.targets)
        data = self.signed("targets", Metadata(targets))
        self.write(f".mirror/metadata/{targets.version}.targets.json", data)
        self.sign_snapshot({"targets.json": _meta(targets.version, data)})

    def sign_snapshot(self, meta: dict[str, MetaFile]) -> None:
        self.versions["snapshot"] += 1
        snapshot = Snapshot(version=self.versions["snapshot"], expires=self._expires("snapshot"), meta=meta)
        data = self.signed("snapshot", Metadata(snapshot))
        self.write(f".mirror/metadata/{snapshot.version}.snapshot.json", data)
        self.sign_timestamp(_meta(snapshot.version, data))

    def sign_timestamp(self, snapshot: MetaFile | None = None) -> None:
        """A new timestamp; without `snapshot` for the newest one."""
        self.versions["timestamp"] += 1
        if snapshot is None:
            version = self.versions["snapshot"]
            snapshot = _meta(version, self.path(f".mirror/metadata/{version}.snapshot.json").read_bytes())
        timestamp = Timestamp(
            version=self.versions["timestamp"],
            expires=self._expires("timestamp"),
            snapshot_meta=snapshot,
            unrecognized_fields={"x-kebao-signed-at": self.now.strftime("%Y-%m-%dT%H:%M:%SZ")},
        )
        self.write(".mirror/metadata/timestamp.json", self.signed("timestamp", Metadata(timestamp)))

    def signed(self, role: str, metadata: Metadata[Targets] | Metadata[Snapshot] | Metadata[Timestamp]) -> bytes:
        for signer in self.signers[role]:
            metadata.sign(signer, append=True)
        return _bytes(metadata)

    def _delta_packs(self, package: str, locale: str, contents: Mapping[str, bytes]) -> tuple[Pack, ...]:
        if not self.releases:
            return ()
        version, before = self.releases[-1]
        old = before.get((package, locale), {})
        members = []
        for path, content in sorted(contents.items()):
            if old.get(path) == content:
                continue
            if path in old:
                members.append(NewMember(_sha256(content), "delta", make_delta(old[path], content)))
            else:
                members.append(NewMember(_sha256(content), "whole", content))
        if not members:
            return ()
        return (self.add_pack("delta", version, members),)

    def add_pack(self, kind: str, from_version: str, members: Sequence[NewMember]) -> Pack:
        """Writes a pack under its name."""
        path = self.root / "pack.tmp"
        write_pack(path, members, level=3)
        data = path.read_bytes()
        path.unlink()
        pack = Pack("base" if kind == "base" else "delta", from_version, _sha256(data), len(data))
        self.write(pack_uri(pack.kind, pack.sha256), data)
        return pack

    def _add_target(self, name: str, data: bytes) -> None:
        self.targets[name] = TargetFile.from_data(name, data, ["sha256"])
        self.write(target_uri(_sha256(data), name), data)

    def _expires(self, role: str) -> datetime:
        return self.now + self.life[role]


def site(text: str, *, pages: int = 3, packages: Sequence[str] = ("maths",), locales: Sequence[str] = ("zh",)) -> Files:
    """A small site whose pages hold `text`."""
    files: dict[tuple[str, str], dict[str, bytes]] = {
        ("site", "und"): {
            "index.html": f"<h1>{text}</h1>".encode(),
            "_assets/look.css": b"h1 { color: teal }",
            "empty.txt": b"",
        }
    }
    for package in packages:
        for locale in locales:
            files[(package, locale)] = {
                f"{package}/{locale}/page-{number}.html": f"<p>{package} {locale} {number} {text}</p>".encode()
                + b"<p>the same on every page</p>" * 200
                for number in range(pages)
            } | {f"{package}/{locale}/附件 第一课.docx": b"PK" + package.encode() * 500}
    return files


def noise(size: int, seed: int = 0) -> bytes:
    """Bytes that do not compress, the same each time."""
    pieces = [hashlib.sha256(f"{seed}:{number}".encode()).digest() for number in range(size // 32 + 1)]
    return b"".join(pieces)[:size]


def tree_of(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, by its path."""
    found = {}
    for base, _, names in os.walk(folder):
        for name in names:
            path = Path(base, name)
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def content_of(files: Files) -> dict[str, bytes]:
    """What a school's tree holds when it pulled these units."""
    return {path: content for contents in files.values() for path, content in contents.items()}


def _bytes(metadata: Metadata[Root] | Metadata[Targets] | Metadata[Snapshot] | Metadata[Timestamp]) -> bytes:
    return metadata.to_bytes(JSONSerializer(compact=True))


def _meta(version: int, data: bytes) -> MetaFile:
    return MetaFile(version, len(data), {"sha256": _sha256(data)})


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()

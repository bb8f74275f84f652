"""A build as data: the parts of a site, what each is made from and what it gives (docs/build-plan.schema.json)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from kebao.model.shard import Shard

#: Raise it when a part of the same inputs is something else than before.
PLAN_VERSION = 1


class PartKind(StrEnum):
    FILES = "files"
    SHARD = "shard"


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """A file that a build reads; ``path`` is relative to the project's root."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one machine makes in one go.

    Attributes:
        id: Unique in the plan; letters, digits, hyphens and dots, so that it can name files and artefacts.
        kind: A package's stored files (materials, previews, bundles), or the pages of a shard.
        locale, edition: Empty for files.
        needs: Parts that it takes something over from; where they are not at hand it makes that again.
        inputs: SHA-256 (hex) over all that decides its bytes: equal digests, equal bytes.
        outputs: Folders of the site that it writes into, with a slash at their ends; nothing else.
    """

    id: str
    kind: PartKind
    package: str
    locale: str = ""
    edition: str = ""
    needs: tuple[str, ...] = ()
    inputs: str
    outputs: tuple[str, ...]

    @property
    def shard(self) -> Shard:
        return Shard(package=self.package, locale=self.locale, edition=self.edition)


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildPlan:
    """All parts of a site: first the files, then the shards, in the order of site.yml.

    Attributes:
        sources: SHA-256 (hex) over the paths and digests of all sources.
        tools: Name → version of what decides the bytes beside the sources.
    """

    generator: str
    sources: str
    tools: Mapping[str, str]
    parts: tuple[Part, ...]

    def part(self, part_id: str) -> Part | None:
        return next((part for part in self.parts if part.id == part_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What decides a build's bytes beside the shards.

    Attributes:
        files: The sources.
        previous: Package → digest of the snapshot of its edition before.
        options: How it is built, as text.
    """

    generator: str
    files: tuple[InputFile, ...]
    tools: Mapping[str, str]
    previous: Mapping[str, str] = field(default_factory=dict)
    options: str = ""


def plan_build(shards: Iterable[Shard], around: Surroundings) -> BuildPlan:
    """The plan; the same for the same content, wherever it lies and in whichever order files are found."""
    wanted = tuple(shards)
    sources = sources_digest(around.files)
    tools = dict(sorted(around.tools.items()))
    # A link may lead into any shard of the site: which there are decides what every page says.
    common = (str(PLAN_VERSION), sources, json.dumps(tools), around.options, *(shard.uri for shard in wanted))

    def digest(part_id: str, package: str) -> str:
        lines = (*common, part_id, around.previous.get(package, ""))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    packages = dict.fromkeys(shard.package for shard in wanted)
    files = tuple(
        Part(
            id=_files_id(package),
            kind=PartKind.FILES,
            package=package,
            inputs=digest(_files_id(package), package),
            outputs=("_files/",),
        )
        for package in packages
    )
    pages = tuple(
        Part(
            id=shard.uri.replace("/", "."),
            kind=PartKind.SHARD,
            package=shard.package,
            locale=shard.locale,
            edition=shard.edition,
            needs=(_files_id(shard.package),),
            inputs=digest(shard.uri, shard.package),
            outputs=("_assets/", f"{shard.uri}/"),
        )
        for shard in wanted
    )
    return BuildPlan(generator=around.generator, sources=sources, tools=tools, parts=(*files, *pages))


def sources_digest(files: Iterable[InputFile]) -> str:
    """SHA-256 (hex) over the files, in the order of their paths."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.path):
        digest.update(f"{file.sha256} {file.size_bytes} {file.path}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def dump_plan(plan: BuildPlan) -> str:
    """The plan as JSON."""
    data = {
        "kebao_build_plan": PLAN_VERSION,
        "generator": plan.generator,
        "sources": plan.sources,
        "tools": dict(plan.tools),
        "parts": [asdict(part) for part in plan.parts],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _files_id(package: str) -> str:
    return f"{package}.files"

"""What a check found, kept until something changes: files, the day, or Kebao itself."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import stat
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import kebao
from kebao.assembly.check_index import HeldIndex, read_index, write_index
from kebao.assembly.checking import (
    CheckedProject,
    SourceDigests,
    cache_folder,
    check_tree,
    upstream_places,
)
from kebao.assembly.file_store import atomic_writer
from kebao.assembly.garbage import collecting_no_garbage
from kebao.assembly.kept_texts import read_texts, write_texts
from kebao.assembly.quick_check import ground_of
from kebao.assembly.rechecking import Rechecked, TreeDigests, digests_of, recheck
from kebao.assembly.upstream_places import signatures
from kebao.assembly.upstreams import UpstreamPlaces
from kebao.checks.dependents import namings
from kebao.loading.kept_resources import can_be_said
from kebao.loading.tree import SourceTree, entries_below, read_tree
from kebao.problems import Location, Message, Problem, Severity

_LIBRARIES = ("PyYAML", "pydantic", "pydantic-core")
# A file written within this time of being looked at may be written again without its times showing it
# (FAT counts in steps of two seconds).
_UNSETTLED_NS = 2_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What ``kebao check`` shows of a project.

    Attributes:
        files: Paths of all files that were looked at, sorted.
        named_in: See :func:`kebao.checks.dependents.namings`.
        outside: Files outside of the project's sources that were looked for: editions of other packages.
    """

    problems: tuple[Problem, ...]
    files: tuple[str, ...]
    resources: int
    named_in: Mapping[str, tuple[str, ...]]
    outside: tuple[str, ...] = ()


def check_result(
    root: Path, *, today: date, use_cache: bool = True, on_progress: Callable[[int, int], None] | None = None
) -> CheckResult:
    """The same as a check says; from the project's cache where nothing has changed since the last one."""
    if not use_cache:
        tree = read_tree(root, on_progress=on_progress)
        return _result(check_tree(root, tree, today=today, places=upstream_places(root, use_cache=False)))
    with collecting_no_garbage():
        return _cached_result(root, today, on_progress)


def checked_project(
    root: Path,
    *,
    today: date,
    store: Path | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    held: HeldIndex | None = None,
) -> CheckedProject:
    """The same as :func:`check_project`; what is kept of resources that have not changed is not looked at again."""
    with collecting_no_garbage():
        tree = read_tree(root, cache=cache_folder(root), on_progress=on_progress)
        digests = digests_of(tree)
        places = upstream_places(root, store=store)
        found = _with_index(root, tree, digests, _circumstances(today), today, places, held)
    return CheckedProject(
        root=root,
        content=found.content,
        site=found.site,
        facts=tree.facts,
        digests=SourceDigests(found.content),
        problems=found.problems,
        files=tuple(sorted((*tree.texts, *tree.facts))),
        upstreams=found.upstreams,
        folder_digests=digests.resources,
        ground_digest=f"{digests.ground} {digests.topics}",
    )


def _cached_result(root: Path, today: date, on_progress: Callable[[int, int], None] | None) -> CheckResult:
    entry = cache_folder(root) / "check" / "last.json"
    circumstances = _circumstances(today)
    kept = _read(entry, circumstances)
    if kept and signatures(kept.outside) != dict(kept.outside):
        kept = None
    seen_at = time.time_ns()
    signature, newest = _signature(root)
    result = _from_json(kept.result) if kept and kept.signature == signature else None
    if result:
        return result
    tree = read_tree(root, cache=cache_folder(root), on_progress=on_progress)
    digests = digests_of(tree)
    digest = digests.of_everything()
    written = kept.result if kept and kept.digest == digest else b""
    result = _from_json(written) if written else None
    if not result:
        result = _rechecked(root, tree, digests, circumstances, today)
        written = _to_json(result)
    # Files that were changed while they were read have another signature now, or are too new to be trusted.
    is_settled = newest + _UNSETTLED_NS < seen_at and _signature(root)[0] == signature
    outside = signatures(result.outside)
    header = {
        "circumstances": circumstances,
        "signature": signature if is_settled else "",
        "digest": digest,
        "outside": outside,
    }
    # A read-only or full disk only costs the time of checking again.
    with contextlib.suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        with atomic_writer(entry) as stream:
            stream.write(json.dumps(header, sort_keys=True).encode() + b"\n" + written)
    return result


def _rechecked(root: Path, tree: SourceTree, digests: TreeDigests, circumstances: str, today: date) -> CheckResult:
    found = _with_index(root, tree, digests, circumstances, today, upstream_places(root))
    return CheckResult(
        problems=found.problems,
        files=tuple(sorted((*tree.texts, *tree.facts))),
        resources=found.resources,
        named_in=found.named_in(),
        outside=found.outside,
    )


def _with_index(
    root: Path,
    tree: SourceTree,
    digests: TreeDigests,
    circumstances: str,
    today: date,
    places: UpstreamPlaces,
    held: HeldIndex | None = None,
) -> Rechecked:
    """Checks with what is kept of resources, and keeps what is found of the others."""
    folder = cache_folder(root) / "check" / "resources"
    key = _digest((("circumstances", circumstances.encode()), ("ground", digests.ground.encode())))
    before = held.of(folder, key) if held else read_index(folder, key)
    # Neither the day nor the ground changes what is known of texts.
    code = _digest((("code", _code_circumstances().encode()),))
    texts = (held.texts if held else None) or read_texts(folder.parent, code)
    found = recheck(tree, digests, before, today=today, places=places, known_texts=texts)
    if held:
        held.key, held.kept, held.ground = key, found.kept, ground_of(tree, digests.resources)
        held.texts = texts.after() if found.site else texts
    with contextlib.suppress(OSError):
        write_index(folder, key, found.kept, before=before)
        # Without a site's set-up no rule has looked at any.
        if found.site and texts.has_changed():
            write_texts(folder.parent, code, texts.after())
    return found


def _result(project: CheckedProject) -> CheckResult:
    return CheckResult(
        problems=project.problems,
        files=project.files,
        resources=sum(len(package.resources) for package in project.content.packages.values()),
        named_in=namings(project.content),
        outside=project.upstreams.outside if project.upstreams else (),
    )


def _circumstances(today: date) -> str:
    """What else decides what is found: the day, the code, and what it is run with."""
    return f"{today.isoformat()} {_code_circumstances()}"


@cache
def _code_circumstances() -> str:
    versions = [f"{name} {metadata.version(name)}" for name in _LIBRARIES]
    return " ".join((kebao.__version__, platform.python_version(), *versions, _code_digest()))


@cache
def _code_digest() -> str:
    package = Path(kebao.__file__).parent
    files = (path for path in package.rglob("*") if path.suffix in (".py", ".yml", ".po", ".json"))
    return _digest((path.relative_to(package).as_posix(), path.read_bytes()) for path in sorted(files))


def _digest(parts: Iterable[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, data in parts:
        # The lengths keep one part from running into the next.
        encoded = name.encode("utf-8", "surrogateescape")
        digest.update(b"%d %d " % (len(encoded), len(data)))
        digest.update(encoded)
        digest.update(data)
    return digest.hexdigest()


def _signature(root: Path) -> tuple[str, int]:
    """A digest of all that the file system says of the project's files, and when the last of them changed (ns)."""
    lines: list[tuple[str, bytes]] = []
    newest = 0
    for uri, entry in entries_below(root):
        with contextlib.suppress(OSError):
            # Not the entry's: on Windows that lacks the inode and may be stale.
            found = os.lstat(entry.path)
            newest = max(newest, found.st_mtime_ns, found.st_ctime_ns)
            numbers = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, stat.S_IFMT(found.st_mode))
            lines.append((uri, repr(numbers).encode()))
    return _digest(lines), newest


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """The last check: when its result holds, and the result as JSON, read only then."""

    signature: str
    digest: str
    result: bytes
    outside: Mapping[str, str]


def _read(entry: Path, circumstances: str) -> _Kept | None:
    """What is kept of the last check; None when there is nothing, or it was made under other circumstances."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        header, _, result = entry.read_bytes().partition(b"\n")
        kept = json.loads(header)
        if kept["circumstances"] == circumstances:
            outside = {str(path): str(signature) for path, signature in kept["outside"].items()}
            return _Kept(signature=str(kept["signature"]), digest=str(kept["digest"]), result=result, outside=outside)
    return None


def _to_json(result: CheckResult) -> bytes:
    fields = {
        "problems": [_problem_to_json(problem) for problem in result.problems],
        "files": result.files,
        "resources": result.resources,
        "named_in": result.named_in,
        "outside": result.outside,
    }
    # ASCII: a file's name need not be Unicode.
    return json.dumps(fields, sort_keys=True).encode()


def _from_json(written: bytes) -> CheckResult | None:
    """The result; None when it is not what :func:`_to_json` writes."""
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
        data = json.loads(written)
        problems = tuple(_problem_from_json(problem) for problem in data["problems"])
        result = CheckResult(
            problems=problems,
            files=tuple(str(path) for path in data["files"]),
            resources=int(data["resources"]),
            named_in={name: tuple(map(str, homes)) for name, homes in data["named_in"].items()},
            outside=tuple(map(str, data["outside"])),
        )
        if all(can_be_said(problem) for problem in problems):
            return result
    return None


def _problem_to_json(problem: Problem) -> dict[str, object]:
    return {
        "location": asdict(problem.location),
        "code": problem.code,
        "severity": problem.severity.value,
        "message": [problem.message.template, dict(problem.message.params)],
        "hint": [problem.hint.template, dict(problem.hint.params)] if problem.hint else None,
    }


def _problem_from_json(data: Mapping[str, Any]) -> Problem:
    return Problem(
        location=Location(**data["location"]),
        code=str(data["code"]),
        severity=Severity(data["severity"]),
        message=Message(*data["message"]),
        hint=Message(*data["hint"]) if data["hint"] else None,
    )

"""What a check found, kept until something changes: files, the day, or Kebao itself."""

from __future__ import annotations

import contextlib
import hashlib
import json
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
from kebao.assembly.checking import CheckedProject, cache_folder, check_tree
from kebao.assembly.file_store import atomic_writer
from kebao.checks.dependents import namings
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
    """

    problems: tuple[Problem, ...]
    files: tuple[str, ...]
    resources: int
    named_in: Mapping[str, tuple[str, ...]]


def check_result(
    root: Path, *, today: date, use_cache: bool = True, on_progress: Callable[[int, int], None] | None = None
) -> CheckResult:
    """The same as a check says; from the project's cache when nothing has changed since the last one."""
    if not use_cache:
        tree = read_tree(root, on_progress=on_progress)
        return _result(check_tree(root, tree, today=today))
    entry = cache_folder(root) / "check" / "last.json"
    circumstances = _circumstances(today)
    kept = _read(entry, circumstances)
    seen_at = time.time_ns()
    signature, newest = _signature(root)
    if kept and kept["signature"] == signature:
        return _from_json(kept["result"])
    tree = read_tree(root, cache=cache_folder(root), on_progress=on_progress)
    digest = _digest_of(tree)
    if kept and kept["digest"] == digest:
        result = _from_json(kept["result"])
    else:
        result = _result(check_tree(root, tree, today=today))
    # Files that were changed while they were read have another signature now, or are too new to be trusted.
    is_settled = newest + _UNSETTLED_NS < seen_at and _signature(root)[0] == signature
    fields = {
        "circumstances": circumstances,
        "signature": signature if is_settled else "",
        "digest": digest,
        "result": _to_json(result),
    }
    # A read-only or full disk only costs the time of checking again.
    with contextlib.suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        with atomic_writer(entry) as stream:
            stream.write(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode())
    return result


def _result(project: CheckedProject) -> CheckResult:
    return CheckResult(
        problems=project.problems,
        files=project.files,
        resources=sum(len(package.resources) for package in project.content.packages.values()),
        named_in=namings(project.content),
    )


def _circumstances(today: date) -> str:
    """What else decides what is found: the day, the code, and what it is run with."""
    versions = [f"{name} {metadata.version(name)}" for name in _LIBRARIES]
    return " ".join((today.isoformat(), kebao.__version__, platform.python_version(), *versions, _code_digest()))


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
            found = Path(entry.path).lstat()
            newest = max(newest, found.st_mtime_ns, found.st_ctime_ns)
            numbers = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, stat.S_IFMT(found.st_mode))
            lines.append((uri, repr(numbers).encode()))
    return _digest(lines), newest


def _digest_of(tree: SourceTree) -> str:
    facts = ((path, json.dumps(asdict(known), default=str).encode()) for path, known in sorted(tree.facts.items()))
    links = ((path, b"link") for path in sorted(tree.links))
    return _digest((*sorted(tree.texts.items()), *facts, *links))


def _read(entry: Path, circumstances: str) -> dict[str, Any] | None:
    """What is kept of the last check; None when there is nothing, or it was made under other circumstances."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        kept: dict[str, Any] = json.loads(entry.read_bytes())
        if kept["circumstances"] == circumstances and {"signature", "digest", "result"} <= kept.keys():
            _from_json(kept["result"])
            return kept
    return None


def _to_json(result: CheckResult) -> dict[str, object]:
    return {
        "problems": [_problem_to_json(problem) for problem in result.problems],
        "files": result.files,
        "resources": result.resources,
        "named_in": result.named_in,
    }


def _from_json(data: Mapping[str, Any]) -> CheckResult:
    return CheckResult(
        problems=tuple(_problem_from_json(problem) for problem in data["problems"]),
        files=tuple(data["files"]),
        resources=int(data["resources"]),
        named_in={name: tuple(homes) for name, homes in data["named_in"].items()},
    )


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

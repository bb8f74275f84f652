"""A digest of the code that makes what is kept from build to build: other code, other keys."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib import metadata
from pathlib import Path

import kebao

_LIBRARIES = ("Markdown", "pymdown-extensions", "nh3", "babel", "segno")


@cache
def code_digest() -> str:
    """SHA-256 (hex) of Kebao's own code and of the versions of what makes the values."""
    package = Path(str(kebao.__file__)).parent
    digest = hashlib.sha256(platform.python_version().encode())
    for name in _LIBRARIES:
        digest.update(f"\n{name} {metadata.version(name)}".encode())
    for path in sorted(path for path in package.rglob("*") if path.suffix in (".py", ".yml", ".html")):
        digest.update(f"\n{path.relative_to(package).as_posix()}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()

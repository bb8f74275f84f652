"""Makes ``kebao-school.pyz``: everything that a school's mirror needs, in one file, for any Python from 3.10 on.

    python scripts/make_school_zipapp.py kebao-school.pyz

Pure Python: python-tuf, securesystemslib, urllib3 and ``kebao.mirror``, with their licences. Nothing is installed at
the school: ``python3 kebao-school.pyz join …``. The same packages give the same bytes.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import kebao

LIBRARIES = ("tuf", "securesystemslib", "urllib3")
_SHEBANG = b"#!/usr/bin/env python3\n"
_DATE = (1980, 1, 1, 0, 0, 0)
_MAIN = """\
# -*- coding: utf-8 -*-
import sys

if sys.version_info < (3, 10):
    sys.stderr.write("需要 Python 3.10 或更新的版本。 Python 3.10 or newer is needed.\\n")
    sys.exit(1)

from kebao.mirror.commands import main

sys.exit(main())
"""


def make_zipapp(target: Path) -> int:
    """Writes the file; gives its size in bytes."""
    members = {"__main__.py": _MAIN.encode()} | dict(_mirror_files())
    for library in LIBRARIES:
        members |= _library_files(library)
    # Python looks for packages without an __init__.py among a ZIP's entries for folders.
    members |= {
        f"{folder}/": b"" for name in members for folder in map(str, PurePosixPath(name).parents) if folder != "."
    }
    with target.open("wb") as stream:
        stream.write(_SHEBANG)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, content in sorted(members.items()):
                entry = zipfile.ZipInfo(name, _DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, content)
    target.chmod(0o755)
    return target.stat().st_size


def _mirror_files() -> Iterator[tuple[str, bytes]]:
    assert kebao.__file__
    package = Path(kebao.__file__).parent
    yield "kebao/__init__.py", (package / "__init__.py").read_bytes()
    for path in sorted((package / "mirror").rglob("*.py")):
        yield f"kebao/{path.relative_to(package).as_posix()}", path.read_bytes()


def _library_files(library: str) -> dict[str, bytes]:
    """The library's Python files and its licence texts."""
    found = {}
    for file in importlib.metadata.files(library) or ():
        name = PurePosixPath(file.as_posix())
        is_code = name.parts[0] == library and name.suffix == ".py" and "tests" not in name.parts
        is_licence = name.parts[0].endswith(".dist-info") and "licen" in str(name).lower()
        if is_code or is_licence:
            found[str(name)] = Path(str(file.locate())).read_bytes()
    if not any(name.endswith(".py") for name in found):
        raise SystemExit(f"{library} is not installed")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the school's one file.")
    parser.add_argument("target", type=Path, nargs="?", default=Path("kebao-school.pyz"))
    options = parser.parse_args()
    print(f"{options.target}: {make_zipapp(options.target) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()

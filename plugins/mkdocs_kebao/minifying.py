"""Scripts made small, in a process of their own.

The minifier is written in Go: once it has run, its threads are in the process for good, and a process with threads must
not be split any more (kebao.assembly.processes).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec

# Without a version it writes what browsers of 2018 do not read.
_PROGRAM = """
import json, sys, minify
minify.config({"js-version": 2018})
scripts = json.load(sys.stdin)
json.dump({name: minify.string("application/javascript", script) for name, script in scripts.items()}, sys.stdout)
"""


def can_minify() -> bool:
    """Whether there is a minifier: it is not made for every processor (docs/adr/0008)."""
    return find_spec("minify") is not None


def minified(scripts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The scripts (UTF-8) without comments, blanks and long local names, under the same names.

    Raises:
        subprocess.CalledProcessError: A script is none.
    """
    given = json.dumps({name: script.decode() for name, script in scripts.items()})
    done = subprocess.run([sys.executable, "-c", _PROGRAM], input=given, capture_output=True, text=True, check=True)
    return {name: f"{script}\n".encode() for name, script in json.loads(done.stdout).items()}

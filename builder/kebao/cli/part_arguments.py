"""The arguments of `kebao build` for building in parts, on several machines."""

from __future__ import annotations

import argparse
from pathlib import Path

from kebao.words import Words

#: Where parts are built; the first is the default.
LOCAL, DASK = "local", "dask"


def add_part_arguments(build: argparse.ArgumentParser, words: Words) -> None:
    """Adds them to the parser of `kebao build`."""
    one = build.add_mutually_exclusive_group()
    one.add_argument(
        "--plan", action="store_true", help=words("only print the parts that the site is made of, as JSON")
    )
    part = words("build only this part of the plan, into a folder of its own")
    one.add_argument("--only", metavar=words("PART"), help=part)
    join = words("join parts that were built with --only; folders of parts, or folders that hold them")
    one.add_argument("--join", nargs="+", type=Path, metavar=words("FOLDER"), help=join)
    files = words("with --only: the built part with the package's files, which are otherwise made again")
    build.add_argument("--files", type=Path, metavar=words("FOLDER"), help=files)
    where = words("where the parts are built: here, or on a cluster of Dask")
    build.add_argument("--executor", choices=(LOCAL, DASK), default=LOCAL, help=where)
    build.add_argument("--scheduler", metavar=words("ADDRESS"), help=words("the cluster's scheduler: tcp://HOST:8786"))
    exchange = words("a place that this computer and the cluster can reach: a folder's path, s3://…, webdav://…")
    build.add_argument("--exchange", metavar="URL", help=exchange)

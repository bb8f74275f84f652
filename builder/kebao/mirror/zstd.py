"""The zstd library where there is one: in the standard library from Python 3.14, else ``backports.zstd``, else none."""

from __future__ import annotations

import functools
import importlib
from types import ModuleType

from kebao.mirror.errors import RefusedError

MAX_STREAM_WINDOW_LOG = 23
"""8 MB: what every decoder of a zstd stream must grant (RFC 8878 §3.1.1.1.2), and what a school's memory bears."""


@functools.cache
def zstd_module() -> ModuleType | None:
    """The library; None where a school has none and fetches whole files instead."""
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def required_zstd() -> ModuleType:
    """The library; raises RefusedError where there is none."""
    if module := zstd_module():
        return module
    raise RefusedError("missing-library", library="backports.zstd")


def compress(data: bytes, level: int = 9) -> bytes:
    """One frame; any decoder reads it."""
    zstd = required_zstd()
    parameter = zstd.CompressionParameter
    options = {parameter.compression_level: level, parameter.window_log: MAX_STREAM_WINDOW_LOG}
    compressed: bytes = zstd.compress(data, options=options)
    return compressed

"""Who and when, as written into every sample file, and the colours they share."""

from __future__ import annotations

import os
from datetime import UTC, datetime

AUTHOR = "Kebao sample"
LANGUAGE = "zh-CN"
ACCENT = "1D6B5F"
ACCENT_TINT = "E4F0ED"
INK = "23302D"
GREY = "6B7A76"
RULE = "B9CBC6"
HEADING_FONT = "微软雅黑"
BODY_FONT = "宋体"

SEPTEMBER_2025 = 1756684800


def made_at() -> datetime:
    """SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/), else 2025-09-01."""
    return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", SEPTEMBER_2025)), UTC)

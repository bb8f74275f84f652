"""Property tests draw the same examples everywhere; ``KEBAO_FUZZ=1`` draws new ones each time."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("fuzz", derandomize=False, deadline=None)
settings.load_profile("fuzz" if os.environ.get("KEBAO_FUZZ") else "same")

"""What holds for all tests.

Property tests draw the same examples everywhere; ``KEBAO_FUZZ=1`` draws new ones each time. Tests in browsers come
last: beside the threads of a browser's driver no process can be split, and other tests build as users do.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("fuzz", derandomize=False, deadline=None)
settings.load_profile("fuzz" if os.environ.get("KEBAO_FUZZ") else "same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)

"""Files beside the pages, written by hand for speed: what ``json.dumps`` would write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .projects import environment, kebao_command, run

pytestmark = pytest.mark.site


def test_lists_of_pages_and_translations_are_written_as_json_writes_them(small_project: Path) -> None:
    done = run(kebao_command("build", "--package", "demo", "--locale", "zh"), cwd=small_project, env=environment())
    assert done.returncode == 0, done.stderr
    for name in ("pages.json", "translations.json"):
        written = (small_project / "site/demo/zh/next" / name).read_text(encoding="utf-8")
        assert written == json.dumps(json.loads(written), ensure_ascii=False, indent=1, sort_keys=True) + "\n"

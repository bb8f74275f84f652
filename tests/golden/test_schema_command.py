"""``kebao schema`` writes what editors read."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kebao.cli.main import main
from kebao.loading.schemas import DOCUMENTS

HERE = Path(__file__).parent


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "minimal_project", tmp_path / "project"))


def test_it_writes_a_schema_for_each_document_and_a_note(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "-C", str(project), "--lang", "en"]) == 0
    written = sorted(path.name for path in (project / "schemas").iterdir())
    assert written == sorted(["EDITORS.md", *(document.file_name for document in DOCUMENTS.values())])
    assert "Written: schemas/lesson-case.schema.json\n" in capsys.readouterr().out


def test_it_writes_the_same_bytes_as_before(project: Path) -> None:
    """To renew: run the command below and copy ``lesson-case.schema.json``; read the difference."""
    main(["schema", "-C", str(project), "--out", "for editors", "-q"])
    written = (project / "for editors/lesson-case.schema.json").read_bytes()
    assert written == (HERE / "schemas/lesson-case.schema.json").read_bytes()


def test_faults_in_the_content_do_not_stop_it(project: Path) -> None:
    (project / "content/vocabularies/subjects.yml").write_text("terms: [", encoding="utf-8")
    assert main(["schema", "-C", str(project), "-q"]) == 0
    topic = json.loads((project / "schemas/topic.schema.json").read_text(encoding="utf-8"))
    assert topic["properties"]["stages"]["items"]["enum"] == ["primary", "junior-secondary"]
    assert "enum" not in topic["properties"]["subjects"]["items"]


def test_outside_a_project_it_writes_nothing(tmp_path: Path) -> None:
    assert main(["schema", "-C", str(tmp_path)]) == 2
    assert list(tmp_path.iterdir()) == []

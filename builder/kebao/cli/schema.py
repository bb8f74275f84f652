"""``kebao schema``: JSON Schemas for the editors of those who write."""

from __future__ import annotations

import argparse
import json
from importlib import resources

from kebao.assembly.checking import cache_folder
from kebao.assembly.file_store import atomic_writer
from kebao.cli.console import Console
from kebao.cli.exit_status import ALL_WELL, COULD_NOT_RUN
from kebao.loading.project import load_project
from kebao.loading.schemas import DOCUMENTS, schema_for
from kebao.loading.tree import read_tree


def schema(options: argparse.Namespace, console: Console) -> int:
    """``kebao schema``: one schema a sort of document, and a note on how editors find them.

    Faults in the content do not stop it: schemas help to mend them.
    """
    if not (options.root / "site_config").is_dir() and not (options.root / "content").is_dir():
        console.fault("{path} is not a Kebao project; go to its folder, or name it with -C.", path=options.root)
        return COULD_NOT_RUN
    with console.progress("Reading") as step:
        tree = read_tree(
            options.root, cache=cache_folder(options.root), on_progress=lambda done, total: step("", total)
        )
    content = load_project(tree).content
    folder = options.root / options.out
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        document.file_name: f"{json.dumps(schema_for(name, content=content), ensure_ascii=False, indent=2)}\n"
        for name, document in DOCUMENTS.items()
    }
    note = (resources.files("kebao") / "messages" / "editor_note.md").read_text(encoding="utf-8")
    for name, text in {**files, "EDITORS.md": note}.items():
        with atomic_writer(folder / name) as stream:
            stream.write(text.encode("utf-8"))
        console.result("Written: {path}", path=(options.out / name).as_posix())
    console.result("Editors take them up when they are opened anew; EDITORS.md in the folder says how.")
    return ALL_WELL

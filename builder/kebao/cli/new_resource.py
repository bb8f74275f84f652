"""``kebao new``: a skeleton for a new resource."""

from __future__ import annotations

import argparse
from datetime import date

from kebao.assembly.checking import check_project
from kebao.assembly.file_store import atomic_writer
from kebao.cli.console import Console
from kebao.cli.exit_status import ALL_WELL, COULD_NOT_RUN, PROBLEMS
from kebao.model.resource import Kind
from kebao.skeletons import kind_from, plan_skeleton, skeleton_problems


def new(options: argparse.Namespace, console: Console) -> int:
    """``kebao new KIND ID``: writes the skeleton, says what to do next; never writes over anything."""
    kind = kind_from(options.kind)
    if kind is None:
        kinds = ", ".join(kind.value for kind in Kind)
        console.fault("There is no kind '{kind}'; use one of: {kinds}", kind=options.kind, kinds=kinds)
        return COULD_NOT_RUN
    project = check_project(options.root)
    package_id = options.package or (project.site.default_package if project.site else "")
    folders = sorted(
        path.relative_to(options.root).as_posix()
        for path in (options.root / "content" / "packages" / package_id).glob("*/*")
        if path.is_dir()
    )
    refused = skeleton_problems(kind, options.id, package_id=package_id, content=project.content, folders=folders)
    if refused:
        console.problems(refused)
        return PROBLEMS
    package = project.content.packages[package_id]
    files = plan_skeleton(
        kind,
        options.id,
        package=package,
        content=project.content,
        language=console.words.language,
        today=date.today(),  # noqa: DTZ011 – the author's calendar day is what is meant
    )
    for file in files:
        path = options.root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_writer(path) as stream:
            stream.write(file.data)
        console.result("Written: {path}", path=file.path)
    console.result("Fill it in, then run: kebao check {path}", path=files[0].path)
    return ALL_WELL

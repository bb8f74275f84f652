"""Makes the material files of the sample content from their descriptions (see scripts/README.md)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sample_makers.description import (
    Board,
    Chart,
    Deck,
    Document,
    Material,
    Recording,
    Workbook,
    read_description,
)
from sample_makers.folders import find_folders, find_materials, read_titles
from sample_makers.lettering import MissingToolError
from sample_makers.paper import build_pdf
from sample_makers.pictures import build_jpg, build_png
from sample_makers.reading import DescriptionError
from sample_makers.sheets import build_xlsx
from sample_makers.slides import build_pptx
from sample_makers.video import build_mp4
from sample_makers.word import build_docx

ROOT = Path(__file__).resolve().parent.parent
DESCRIPTIONS_PATH = ROOT / "scripts" / "sample_materials"
PACKAGES_PATH = ROOT / "content" / "packages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One described material.  Attributes: folder: of the resource it belongs to."""

    folder: Path
    name: str
    material: Material

    @property
    def file_names(self) -> tuple[str, ...]:
        captions = (self.material.captions,) if isinstance(self.material, Recording) else ()
        return (self.name, *captions)


def main(arguments: list[str] | None = None) -> int:
    options = parse_arguments(arguments)
    jobs, faults = read_jobs(frozenset(options.ids))
    if options.check:
        faults += check(jobs, whole=not options.ids)
    else:
        faults += make(jobs, force=options.force)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ids", nargs="*", metavar="ID", help="resources to make files for (default: all)")
    parser.add_argument("--check", action="store_true", help="only say which files are missing or extra")
    parser.add_argument("--force", action="store_true", help="make files again that are already there")
    return parser.parse_args(arguments)


def read_jobs(ids: frozenset[str]) -> tuple[list[Job], list[str]]:
    """Jobs of the named resources (all when none is named), and what is wrong with the descriptions."""
    folders = find_folders(PACKAGES_PATH)
    jobs: list[Job] = []
    faults: list[str] = []
    paths = [path for path in sorted(DESCRIPTIONS_PATH.glob("*/*.yml")) if not ids or path.stem in ids]
    faults += [f"{missing}: no such description" for missing in sorted(ids - {path.stem for path in paths})]
    for path in paths:
        folder = folders.get((path.parent.name, path.stem))
        if folder is None:
            faults.append(f"{shown(path)}: no resource folder of this name in the package")
            continue
        try:
            jobs += [Job(folder=folder, name=n, material=m) for n, m in read_description(path).items()]
        except DescriptionError as error:
            faults.append(str(error).replace(str(path), shown(path)))
    return jobs, faults


def check(jobs: Iterable[Job], *, whole: bool) -> list[str]:
    """Files described but not there, and files there but not described; of all folders when `whole`."""
    described: dict[Path, set[str]] = {}
    if whole:
        described = {folder: set() for folder in find_folders(PACKAGES_PATH).values()}
    for job in jobs:
        described.setdefault(job.folder, set()).update(job.file_names)
    return [line for folder, names in sorted(described.items()) for line in compare(folder, names)]


def compare(folder: Path, described: set[str]) -> Iterator[str]:
    there = find_materials(folder)
    yield from (f"missing {shown(folder / name)}" for name in sorted(described - there))
    yield from (f"extra   {shown(folder / name)}" for name in sorted(there - described))


def make(jobs: Iterable[Job], *, force: bool) -> list[str]:
    faults: list[str] = []
    for job in jobs:
        if not force and all((job.folder / name).is_file() for name in job.file_names):
            continue
        try:
            files = build_files(job)
        except MissingToolError as error:
            faults.append(f"{shown(job.folder / job.name)}: {error}")
            continue
        for name, content in files.items():
            write_file(job.folder / name, content)
            print(f"{len(content) / 1024:7.1f} KB  {shown(job.folder / name)}", flush=True)
    return faults


def build_files(job: Job) -> Mapping[str, bytes]:
    match job.material:
        case Document() as document:
            return {job.name: build_pdf(document) if job.name.endswith(".pdf") else build_docx(document)}
        case Deck() as deck:
            return {job.name: build_pptx(deck)}
        case Workbook() as workbook:
            return {job.name: build_xlsx(workbook)}
        case Board() | Chart() as picture:
            return {job.name: build_png(picture) if job.name.endswith(".png") else build_jpg(picture)}
        case Recording() as recording:
            title, subtitle = read_titles(job.folder, job.name)
            video, captions = build_mp4(recording, title=title or job.folder.name, subtitle=subtitle)
            return {job.name: video, recording.captions: captions.encode("utf-8")}


def write_file(path: Path, content: bytes) -> None:
    unfinished_path = path.with_name(f".{path.name}.unfinished")
    unfinished_path.write_bytes(content)
    os.replace(unfinished_path, path)


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


if __name__ == "__main__":
    sys.exit(main())

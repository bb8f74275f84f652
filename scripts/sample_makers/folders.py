"""Where the material files of a resource belong."""

from __future__ import annotations

from pathlib import Path

import yaml

KIND_FOLDERS = (
    "courses",
    "lesson-cases",
    "micro-lessons",
    "micro-cases",
    "micro-stories",
    "school-summaries",
    "bulletins",
)


def find_folders(packages_path: Path) -> dict[tuple[str, str], Path]:
    """Resource folders by (package, id)."""
    return {
        (package.name, folder.name): folder
        for package in sorted(packages_path.iterdir())
        for kind in KIND_FOLDERS
        for folder in sorted((package / kind).glob("*/"))
    }


def find_materials(folder: Path) -> frozenset[str]:
    """Names of the files beside the pages of a resource."""
    return frozenset(
        path.name
        for path in folder.iterdir()
        if path.is_file() and not (path.name.startswith("index.") and path.suffix == ".md")
    )


def read_titles(folder: Path, file_name: str) -> tuple[str, str]:
    """The title of the resource and of one of its materials; '' for what is not (yet) written."""
    page_path = folder / "index.md"
    if not page_path.is_file():
        return "", ""
    front_matter = yaml.load(page_path.read_text(encoding="utf-8").split("\n---", 1)[0], Loader=yaml.BaseLoader)
    if not isinstance(front_matter, dict):
        return "", ""
    titles = [m.get("title", "") for m in front_matter.get("materials", []) if m.get("file") == file_name]
    return front_matter.get("title", ""), titles[0] if titles else ""

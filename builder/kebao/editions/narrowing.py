"""Sources of some packages only, made into a project of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from kebao.editions.errors import EditionError
from kebao.loading.site_files import SITE_PATH
from kebao.problems import Message


def narrow_site(root: Path, packages: tuple[str, ...]) -> Mapping[str, bytes]:
    """Takes the packages that an unpacked source archive does not hold off the list in its site.yml.

    Gives the files that were changed, by path, as they were.
    """
    path = root / SITE_PATH
    try:
        original = path.read_bytes()
        site = yaml.safe_load(original.decode("utf-8"))
        kept = [package for package in site["packages"] if package in packages]
        default = site["default_package"]
    except (OSError, yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise EditionError(Message("'{path}' in the source archive cannot be read", {"path": SITE_PATH})) from error
    if kept == site["packages"]:
        return {}
    site["packages"] = kept
    site["default_package"] = default if default in kept else packages[0]
    path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), encoding="utf-8", newline="\n")
    return {SITE_PATH: original}

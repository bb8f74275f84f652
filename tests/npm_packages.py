"""Programs and scripts from npm that tests stand on, each in a fixed version in the project's cache."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

CACHE = Path(__file__).parents[1] / ".kebao" / "cache" / "npm"


class NotInstalledError(Exception):
    """Why a package cannot be had."""


def npm_package(name: str, version: str) -> Path:
    """The folder of the package, installed by npm when it is not there yet; NotInstalledError when npm cannot."""
    folder = CACHE / f"{name}-{version}"
    if not (folder / "node_modules" / name / "package.json").is_file():
        npm = shutil.which("npm")
        if npm is None:
            raise NotInstalledError(f"no npm found to install {name} with")
        _install(npm, f"{name}@{version}", folder)
    return folder / "node_modules" / name


def _install(npm: str, package: str, target: Path) -> None:
    """Into a folder of its own that is renamed when it is whole: two test processes may do it at once."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        command = [npm, "install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", package]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
        except subprocess.TimeoutExpired as error:
            raise NotInstalledError(f"npm could not install {package} in four minutes") from error
        if done.returncode:
            raise NotInstalledError(f"npm could not install {package}: {done.stderr.strip()[-500:]}")
        if not target.exists():
            shutil.move(Path(folder) / "node_modules", target / "node_modules")

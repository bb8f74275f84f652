"""How fast gigabytes of videos become bundles and a site, beside `zip -r -0` of the same files: `make bench-media`.

The videos are one of the sample's with random bytes in a box that players skip (ISO/IEC 14496-12, 8.1.2). Each of them
is in several bundles: its own, its topics', its school's, and that of the whole package. What is compared is a whole
`kebao bundle` with an empty cache (start, check, digests, all bundles and their checksums) and one `zip -r -0` of the
files that are in those bundles, each as often as it is in one: both write the same bytes to the same disk. zip does not
wait for the disk, Kebao does. The second run is `kebao bundle` of the unchanged project. Prints a Markdown table of
medians; exits with 1 when a budget is not kept.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from .bench_build import Run, kebao_run, run, write_project
from .corpus import resource_path

_SAMPLE = Path(__file__).parents[2] / "content"
_MEGABYTE = 1 << 20
#: Of a video; a package's policy allows 200.
_MEGABYTES_EACH = 100
_SETTLING = 2.5
COLD, AGAIN, PEER = "kebao bundle, cold", "kebao bundle, again", "zip -r -0 of the same files"


def write_media(project: Path, megabytes: int) -> list[Path]:
    """Gives each resource of the project a video of its own; so many megabytes in all."""
    sample = min((path for path in _SAMPLE.rglob("*.mp4")), key=lambda path: path.stat().st_size).read_bytes()
    written = []
    for number in range(megabytes // _MEGABYTES_EACH):
        page = project / resource_path(number)
        text = page.read_text(encoding="utf-8")
        material = "materials:\n  - {file: film.mp4, role: picture, title: 实录}\n"
        page.write_text(text.replace("licence: ", f"{material}licence: ", 1), encoding="utf-8")
        written.append(page.with_name("film.mp4"))
        with written[-1].open("wb") as stream:
            stream.write(sample + (8 + _MEGABYTES_EACH * _MEGABYTE).to_bytes(4, "big") + b"free")
            for _ in range(_MEGABYTES_EACH):
                stream.write(os.urandom(_MEGABYTE))
    return written


def unpacked(bundles: Path, videos: list[Path], folder: Path) -> None:
    """What is in the bundles, a folder for each; videos are not copied but linked."""
    by_crc: dict[int, Path] = {}
    for number, bundle in enumerate(sorted(bundles.rglob("*.zip"))):
        with zipfile.ZipFile(bundle) as archive:
            for member in archive.infolist():
                place = folder / str(number) / member.filename
                place.parent.mkdir(parents=True, exist_ok=True)
                if member.file_size < _MEGABYTE:
                    place.write_bytes(archive.read(member))
                    continue
                if not by_crc:
                    by_crc |= {crc32_of(video): video for video in videos}
                os.link(by_crc[member.CRC], place)


def crc32_of(path: Path) -> int:
    crc32 = 0
    with path.open("rb") as stream:
        while piece := stream.read(_MEGABYTE):
            crc32 = zlib.crc32(piece, crc32)
    return crc32


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def forget(project: Path) -> None:
    """Removes all that was made, and lets the disk come to an end."""
    for name in (".kebao", "bundles", "site"):
        shutil.rmtree(project / name, ignore_errors=True)
    os.sync()


def measure(project: Path, folder: Path, videos: list[Path], turns: int) -> Iterator[tuple[str, Run]]:
    members = folder / "members"
    for _ in range(turns):
        forget(project)
        yield COLD, kebao_run(project, "bundle")
        yield AGAIN, kebao_run(project, "bundle")
        if not members.exists():
            unpacked(project / "bundles", videos, members)
        os.sync()
        yield PEER, run(["zip", "-q", "-r", "-0", str(folder / "all.zip"), "."], members)
        (folder / "all.zip").unlink()
    forget(project)
    yield "kebao build, cold", kebao_run(project, "build")
    yield "kebao build, unchanged", kebao_run(project, "build")
    changed = project / resource_path(0)
    changed.write_text(changed.read_text(encoding="utf-8") + "\n再说一句。\n", encoding="utf-8")
    yield "kebao build, one text changed", kebao_run(project, "build")
    yield "kebao bundle after that", kebao_run(project, "bundle")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=2000)
    parser.add_argument("--turns", type=int, default=1, help="how often bundles are made")
    parser.add_argument("--folder", type=Path, help="where the temporary files go")
    options = parser.parse_args()
    found: dict[str, list[Run]] = {}
    with tempfile.TemporaryDirectory(dir=options.folder) as scratch:
        folder = Path(scratch)
        project = write_project(folder / "project", max(10, options.megabytes // _MEGABYTES_EACH))
        videos = write_media(project, options.megabytes)
        time.sleep(_SETTLING)
        loads = [os.getloadavg()[0]]
        for what, each in measure(project, folder, videos, options.turns):
            found.setdefault(what, []).append(each)
            loads.append(os.getloadavg()[0])
        gigabytes = size_of(project / "bundles") / (1 << 30)
    runs = {what: median(each) for what, each in found.items()}
    cold, again, peer = runs[COLD], runs[AGAIN], runs[PEER]
    ratios = [
        ("bundles, cold, wall, of zip's", cold.wall / peer.wall, 0.5),
        ("bundles, cold, CPU, of zip's", cold.cpu / peer.cpu, None),
        ("bundles again, wall, of the first", again.wall / cold.wall, 0.02),
        ("build unchanged, wall, of cold", runs["kebao build, unchanged"].wall / runs["kebao build, cold"].wall, 0.02),
        ("largest process, of 400 MB", max(each.peak for each in runs.values()) / 400, 1.0),
    ]
    lines = [
        f"{options.megabytes} MB of videos, {gigabytes:.1f} GB of bundles, {options.turns} turns",
        f"{os.cpu_count()} CPUs, load {min(loads):.1f} to {max(loads):.1f}",
        "",
        "| | CPU s | wall s | peak MB |",
        "|--|--|--|--|",
        *(f"| {what} | {each.cpu:.2f} | {each.wall:.2f} | {each.peak:.0f} |" for what, each in runs.items()),
        "",
        "| ratio | measured | budget |",
        "|--|--|--|",
        *(
            f"| {what} | {ratio:.3f}{'' if is_kept(ratio, most) else ' **over**'} | {most or ''} |"
            for what, ratio, most in ratios
        ),
    ]
    print("\n".join(lines))  # noqa: T201
    return 0 if all(is_kept(ratio, most) for _, ratio, most in ratios) else 1


def is_kept(ratio: float, most: float | None) -> bool:
    return most is None or ratio <= most


def median(runs: list[Run]) -> Run:
    return Run(*(statistics.median(values) for values in zip(*((r.cpu, r.wall, r.peak) for r in runs), strict=True)))


if __name__ == "__main__":
    sys.exit(main())

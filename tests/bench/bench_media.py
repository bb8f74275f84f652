"""How fast gigabytes of videos become bundles and a site, beside `zip -r -0` of the same videos: `make bench-media`.

The videos are one of the sample's with random bytes in a box that players skip (ISO/IEC 14496-12, 8.1.2). Each of them
is in several bundles: its own, its topics', its school's, and that of the whole package; so seconds are told for each
gigabyte of archives as well. Prints a Markdown table; exits with 1 when a budget is not kept.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

from kebao.bundles.archive import BundleWriter
from kebao.bundles.bundle_plan import BundlePlan, Member
from kebao.loading.kept_digests import sums_of

from .bench_build import Run, kebao_run, run, write_project
from .corpus import resource_path

_SAMPLE = Path(__file__).parents[2] / "content"
_MEGABYTE = 1 << 20
#: Of a video; a package's policy allows 200.
_MEGABYTES_EACH = 100
_SETTLING = 2.5


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


def one_archive(paths: list[Path], target: Path) -> None:
    """All videos in one bundle; run in a process of its own. As in a build, the check has read them before."""
    sums = [sums_of(path) for path in paths]
    members = [
        Member(path=f"{n}.mp4", source_path=path.as_posix(), sha256=sha256, size_bytes=path.stat().st_size)
        for n, (path, (sha256, _)) in enumerate(zip(paths, sums, strict=True))
    ]
    plan = BundlePlan(scope="package", subject="full", name="all.zip", title="", members=tuple(members), file_count=0)
    with target.open("wb") as stream:
        BundleWriter(Path("/"), dict(sums)).write(plan, stream)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measure(folder: Path, megabytes: int) -> dict[str, Run]:
    project = write_project(folder / "project", max(10, megabytes // _MEGABYTES_EACH))
    videos = write_media(project, megabytes)
    media = folder / "media"
    for number, video in enumerate(videos):
        (media / str(number)).mkdir(parents=True)
        os.link(video, media / str(number) / "film.mp4")
    runs: dict[str, Run] = {}
    time.sleep(_SETTLING)
    runs["zip -r -0"] = run(["zip", "-q", "-r", "-0", str(folder / "media.zip"), "."], media)
    (folder / "media.zip").unlink()
    names = folder / "videos.json"
    names.write_text(json.dumps([str(video) for video in videos]), encoding="utf-8")
    command = [sys.executable, "-m", "tests.bench.bench_media", "--one-archive", str(names), str(folder / "all.zip")]
    runs["one bundle of all"] = run(command, Path(__file__).parents[2])
    (folder / "all.zip").unlink()
    runs["kebao build, cold"] = kebao_run(project, "build")
    runs["kebao build, unchanged"] = kebao_run(project, "build")
    changed = project / resource_path(0)
    changed.write_text(changed.read_text(encoding="utf-8") + "\n再说一句。\n", encoding="utf-8")
    runs["kebao build, one text changed"] = kebao_run(project, "build")
    runs["kebao bundle, copies of those"] = kebao_run(project, "bundle")
    runs["kebao bundle, again"] = kebao_run(project, "bundle")
    return runs


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=2000)
    parser.add_argument("--folder", type=Path, help="where the temporary files go")
    parser.add_argument("--one-archive", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one_archive:
        names, target = options.one_archive
        one_archive([Path(name) for name in json.loads(names.read_text(encoding="utf-8"))], target)
        return 0
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        runs = measure(Path(folder), options.megabytes)
        bundles = size_of(Path(folder) / "project" / "bundles")
    gigabytes = bundles / (1 << 30)
    peer, cold = runs["zip -r -0"], runs["kebao build, cold"]
    each = (cold.wall / bundles) / (peer.wall / (options.megabytes * _MEGABYTE))
    found = [
        ("one bundle of all, wall, of zip's", runs["one bundle of all"].wall / peer.wall, 0.5),
        ("cold build, wall for each byte of bundles, of zip's", each, 0.5),
        ("unchanged, wall, of cold", runs["kebao build, unchanged"].wall / cold.wall, 0.02),
        ("largest process, of 400 MB", max(each.peak for each in runs.values()) / 400, 1.0),
    ]
    lines = [
        f"{options.megabytes} MB of videos, {gigabytes:.1f} GB of bundles",
        f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}",
        "",
        "| | CPU s | wall s | peak MB |",
        "|--|--|--|--|",
        *(f"| {what} | {each.cpu:.2f} | {each.wall:.2f} | {each.peak:.0f} |" for what, each in runs.items()),
        "",
        "| ratio | measured | budget |",
        "|--|--|--|",
        *(f"| {what} | {ratio:.3f}{'' if ratio <= most else ' **over**'} | {most} |" for what, ratio, most in found),
    ]
    print("\n".join(lines))  # noqa: T201
    return 0 if all(ratio <= most for _, ratio, most in found) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Small drawings need no preview: the file stands where it would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from kebao.model.files_index import Picture
from kebao.model.material import FileFacts, MediaType
from kebao.model.shard import StoredFile
from kebao.previews.own_preview import OwnPreviews, is_small_enough, shows_all_it_says

STORED = StoredFile(sha256="0" * 64, size_bytes=1, name="板书.png")


def drawing(size: tuple[int, int] = (800, 600), mode: str = "RGB") -> Image.Image:
    picture = Image.new(mode, size)
    ImageDraw.Draw(picture).rectangle((50, 50, 200, 90), fill=1)
    return picture


def png_of(folder: Path, picture: Image.Image, **options: Any) -> bytes:
    picture.save(folder / "a.png", **options)
    return (folder / "a.png").read_bytes()


def facts_of(size: tuple[int, int], size_bytes: int, media_type: MediaType = MediaType.PNG) -> FileFacts:
    return FileFacts(
        sha256="0" * 64,
        size_bytes=size_bytes,
        media_type=media_type,
        width=size[0],
        height=size[1],
    )


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "I;16"])
def test_an_opaque_png_shows_all_it_says(tmp_path: Path, mode: str) -> None:
    picture = Image.new(mode, (80, 60)) if mode == "I;16" else drawing(mode=mode)
    assert shows_all_it_says(png_of(tmp_path, picture, dpi=(96, 96)))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_a_transparent_png_does_not(tmp_path: Path, mode: str) -> None:
    assert not shows_all_it_says(png_of(tmp_path, Image.new(mode, (80, 60))))


def test_a_png_with_a_transparent_colour_does_not(tmp_path: Path) -> None:
    assert not shows_all_it_says(png_of(tmp_path, drawing(mode="P"), transparency=0))


def test_a_png_that_holds_texts_or_exif_or_moves_does_not(tmp_path: Path) -> None:
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", "somebody")
    assert not shows_all_it_says(png_of(tmp_path, drawing(), pnginfo=said))
    exif = Image.Exif()
    exif[0x0112] = 6
    assert not shows_all_it_says(png_of(tmp_path, drawing(), exif=exif))
    frames = [drawing(), drawing((800, 600)).rotate(90)]
    assert not shows_all_it_says(png_of(tmp_path, frames[0], save_all=True, append_images=frames[1:]))


def test_what_is_cut_off_or_followed_by_something_or_no_png_does_not(tmp_path: Path) -> None:
    whole = png_of(tmp_path, drawing())
    assert shows_all_it_says(whole)
    assert not any(shows_all_it_says(whole[:end]) for end in range(len(whole)))
    assert not shows_all_it_says(whole + b"\0")
    assert not shows_all_it_says(b"\xff\xd8\xff" + whole[3:])


def test_a_picture_is_small_enough_by_its_bytes_for_each_pixel_of_the_preview() -> None:
    assert is_small_enough(facts_of((1080, 720), 1080 * 720 // 32), 1080)
    assert not is_small_enough(facts_of((1080, 720), 1080 * 720 // 32 + 1), 1080)
    assert is_small_enough(facts_of((640, 480), 480 * 360 // 32), 480)
    assert not is_small_enough(facts_of((640, 480), 480 * 360 // 32 + 1), 480)


def test_a_picture_more_than_twice_as_long_has_a_preview() -> None:
    assert is_small_enough(facts_of((2160, 600), 9), 1080)
    assert not is_small_enough(facts_of((600, 2161), 9), 1080)


def test_other_pictures_and_broken_ones_have_previews() -> None:
    assert not is_small_enough(facts_of((640, 480), 9, MediaType.JPEG), 1080)
    assert not is_small_enough(FileFacts(sha256="0" * 64, size_bytes=9, media_type=MediaType.PNG), 1080)


def test_the_stored_file_stands_where_its_previews_would(tmp_path: Path) -> None:
    data = png_of(tmp_path, drawing())
    own = OwnPreviews(tmp_path, {"a.png": facts_of((800, 600), len(data))})
    shown = Picture(file=STORED, width=800, height=600)
    assert [own.picture("a.png", side, STORED) for side in (1080, 480)] == [shown, shown]


def test_a_large_picture_and_one_that_says_more_do_not(tmp_path: Path) -> None:
    Image.effect_noise((800, 600), 60).save(tmp_path / "a.png")
    Image.new("RGBA", (800, 600)).save(tmp_path / "b.png")
    sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    own = OwnPreviews(tmp_path, {name: facts_of((800, 600), size) for name, size in sizes.items()})
    assert [own.picture(name, 1080, STORED) for name in ("a.png", "b.png")] == [None, None]

"""Previews of pictures: upright, on white, no larger than asked for, and without what the file says of itself."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from kebao.model.material import MediaType
from kebao.previews.preview import previews_of

SECRET = b"taken at home by somebody"
SIDES = (1080, 480)


def opened(path: Path, media_type: MediaType) -> dict[int, Image.Image]:
    return {
        side: Image.open(io.BytesIO(each.data))
        for side, each in previews_of(path, media_type, sides=SIDES).items()
        if (each.width, each.height) == Image.open(io.BytesIO(each.data)).size
    }


def noise(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    return Image.effect_noise(size, 60).convert(mode)


def test_a_large_photo_is_turned_upright_and_scaled_for_both_sides(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    noise((3000, 2000)).save(tmp_path / "a.jpg", exif=exif)
    made = opened(tmp_path / "a.jpg", MediaType.JPEG)
    assert {side: picture.size for side, picture in made.items()} == {1080: (720, 1080), 480: (320, 480)}


def test_a_small_picture_is_not_made_larger(tmp_path: Path) -> None:
    noise((300, 200)).save(tmp_path / "a.png")
    made = opened(tmp_path / "a.png", MediaType.PNG)
    assert [picture.size for picture in made.values()] == [(300, 200), (300, 200)]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_parts_are_white(tmp_path: Path, mode: str) -> None:
    clear = Image.new("RGBA", (600, 600), (0, 0, 0, 0)).convert(mode)
    if mode == "P":
        clear.info["transparency"] = clear.getpixel((0, 0))
    clear.save(tmp_path / "a.png")
    for picture in opened(tmp_path / "a.png", MediaType.PNG).values():
        assert picture.convert("RGB").getpixel((100, 100)) == (255, 255, 255)


@pytest.mark.parametrize(("mode", "shown"), [("L", "L"), ("CMYK", "RGB"), ("RGB", "RGB")])
def test_every_form_of_jpeg_has_a_preview(tmp_path: Path, mode: str, shown: str) -> None:
    noise((900, 600), "L").convert(mode).save(tmp_path / "a.jpg")
    made = opened(tmp_path / "a.jpg", MediaType.JPEG)
    assert [(picture.size, picture.mode) for picture in made.values()] == [((900, 600), shown), ((480, 320), shown)]


@pytest.mark.parametrize("size", [(3000, 2000), (1300, 2400), (900, 600)])
def test_a_preview_has_the_same_bytes_whichever_others_are_made(tmp_path: Path, size: tuple[int, int]) -> None:
    noise(size).save(tmp_path / "a.jpg")
    both = previews_of(tmp_path / "a.jpg", MediaType.JPEG, sides=SIDES)
    for side in SIDES:
        assert previews_of(tmp_path / "a.jpg", MediaType.JPEG, sides=[side]) == {side: both[side]}


@pytest.mark.parametrize("size", [(4000, 3), (3, 4000), (2161, 1079)])
def test_long_pictures_keep_their_proportions_and_have_a_pixel_at_least(tmp_path: Path, size: tuple[int, int]) -> None:
    noise(size).save(tmp_path / "a.jpg")
    for side, picture in opened(tmp_path / "a.jpg", MediaType.JPEG).items():
        assert max(picture.size) == side
        assert abs(min(picture.size) - min(size) * side / max(size)) <= 1


def test_nothing_that_a_jpeg_says_of_itself_is_in_its_previews(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x013B] = SECRET.decode()
    noise((900, 600)).save(tmp_path / "a.jpg", exif=exif, comment=SECRET, xmp=SECRET)
    assert (tmp_path / "a.jpg").read_bytes().count(SECRET) == 3
    made = previews_of(tmp_path / "a.jpg", MediaType.JPEG, sides=SIDES)
    assert len(made) == 2
    assert not any(SECRET in each.data for each in made.values())


def test_nothing_that_a_png_says_of_itself_is_in_its_previews(tmp_path: Path) -> None:
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", SECRET.decode())
    said.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    noise((900, 600)).save(tmp_path / "a.png", pnginfo=said)
    made = previews_of(tmp_path / "a.png", MediaType.PNG, sides=SIDES)
    assert len(made) == 2
    assert not any(SECRET in each.data for each in made.values())


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    noise((1500, 900)).save(tmp_path / "a.jpg")
    one, two = (previews_of(tmp_path / "a.jpg", MediaType.JPEG, sides=SIDES) for _ in range(2))
    assert one == two


def test_a_broken_picture_has_none(tmp_path: Path) -> None:
    noise((300, 200)).save(tmp_path / "a.png")
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:200])
    assert previews_of(tmp_path / "a.png", MediaType.PNG, sides=SIDES) == {}

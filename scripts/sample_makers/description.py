"""What the material files of a sample resource say, as scripts/sample_materials/ describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from sample_makers.reading import Place, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemList:
    items: tuple[str, ...]
    ordered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table; the first row is its header."""

    rows: Table


Block = Heading | Paragraph | ItemList | Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slide:
    title: str
    lines: tuple[str, ...]
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    slides: tuple[Slide, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    name: str
    rows: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    title: str
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Attributes: value: the number as written, without its unit."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    title: str
    unit: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    title: str
    lines: tuple[str, ...]
    say: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Attributes: captions: name of the WebVTT file beside the video."""

    captions: str
    scenes: tuple[Scene, ...]


Material = Document | Deck | Workbook | Board | Chart | Recording


def read_description(path: Path) -> Mapping[str, Material]:
    """The materials of one resource by file name. Every scalar is read as the text the author wrote."""
    place = Place(path=path)
    try:
        loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        raise place.fault(f"is not YAML: {error}") from error
    return {name: build_material(name, place.child(name, value)) for name, value in place.entries(loaded)}


def build_material(name: str, place: Place) -> Material:
    suffix = name.rpartition(".")[2]
    if suffix in {"docx", "pdf"}:
        return build_document(place)
    if suffix == "pptx":
        return build_deck(place)
    if suffix == "xlsx":
        return build_workbook(place)
    if suffix == "mp4":
        return build_recording(place)
    if suffix in {"png", "jpg"}:
        return build_picture(place)
    raise place.fault("unknown file type (docx, pptx, xlsx, pdf, png, jpg, mp4)")


def build_document(place: Place) -> Document:
    keys = place.keys("title", "blocks")
    return Document(title=keys["title"].text(), blocks=tuple(build_block(b) for b in keys["blocks"].items()))


def build_block(place: Place) -> Block:
    kind, value = place.only_key("h", "p", "ul", "ol", "table")
    if kind == "h":
        return Heading(text=value.text())
    if kind == "p":
        return Paragraph(text=value.text())
    if kind == "table":
        return Grid(rows=value.rows())
    return ItemList(items=value.texts(), ordered=kind == "ol")


def build_deck(place: Place) -> Deck:
    return Deck(slides=tuple(build_slide(slide) for slide in place.keys("slides")["slides"].items()))


def build_slide(place: Place) -> Slide:
    keys = place.keys("title", optional=("lines", "notes"))
    lines = keys["lines"].texts() if "lines" in keys else ()
    notes = keys["notes"].text() if "notes" in keys else ""
    return Slide(title=keys["title"].text(), lines=lines, notes=notes)


def build_workbook(place: Place) -> Workbook:
    return Workbook(sheets=tuple(build_sheet(sheet) for sheet in place.keys("sheets")["sheets"].items()))


def build_sheet(place: Place) -> Sheet:
    keys = place.keys("name", "rows")
    return Sheet(name=keys["name"].text(), rows=keys["rows"].rows())


def build_picture(place: Place) -> Board | Chart:
    kind, value = place.only_key("board", "chart")
    if kind == "board":
        keys = value.keys("title", "left", "right")
        return Board(title=keys["title"].text(), left=keys["left"].texts(), right=keys["right"].texts())
    keys = value.keys("title", "bars", optional=("unit",))
    unit = keys["unit"].text_or_empty() if "unit" in keys else ""
    return Chart(title=keys["title"].text(), unit=unit, bars=tuple(build_bar(b) for b in keys["bars"].items()))


def build_bar(place: Place) -> Bar:
    pair = place.items()
    if len(pair) != 2:
        raise place.fault("a bar is [label, number]")
    return Bar(label=pair[0].text(), value=pair[1].amount())


def build_recording(place: Place) -> Recording:
    keys = place.keys("captions", "scenes")
    return Recording(
        captions=keys["captions"].text(), scenes=tuple(build_scene(scene) for scene in keys["scenes"].items())
    )


def build_scene(place: Place) -> Scene:
    keys = place.keys("title", "say", optional=("lines",))
    lines = keys["lines"].texts() if "lines" in keys else ()
    return Scene(title=keys["title"].text(), lines=lines, say=keys["say"].text())

"""Where to look in a file, in words for those who open it in an office programme."""

from __future__ import annotations

import re

from kebao.problems import Message

_SLIDE = re.compile(r"slide ([0-9]+)( notes| comments)?")
_CELL = re.compile(r"sheet (.*)!([A-Z]{1,3}[0-9]+)", re.DOTALL)
_SHEET = re.compile(r"sheet (.*)", re.DOTALL)
_PAGE = re.compile(r"page ([0-9]+)")
_LINE = re.compile(r"line ([0-9]+)")


def place_hint(place: str) -> Message | None:
    """The sentence that leads to a place; None for places that speak for themselves."""
    inner = place.rpartition(" › ")[0]
    if inner:
        return Message("it is in a document inside of this one ({part}); open that one too", {"part": inner})
    if match := _SLIDE.fullmatch(place):
        return _slide(match.group(1), match.group(2) or "")
    if match := _CELL.fullmatch(place):
        params = {"cell": match.group(2), "sheet": match.group(1)}
        return Message("look at cell {cell} of the sheet '{sheet}'; the sheet or the row may be hidden", params)
    if match := _SHEET.fullmatch(place):
        return Message("look at the sheet '{sheet}'; it may be hidden", {"sheet": match.group(1)})
    if match := _PAGE.fullmatch(place):
        return Message("look at page {page}; correct the original and export it again", {"page": match.group(1)})
    if match := _LINE.fullmatch(place):
        return Message("look at line {line} of the file", {"line": match.group(1)})
    return _part(place)


def _slide(number: str, what: str) -> Message:
    if what == " notes":
        return Message("look at the speaker's notes of slide {slide}", {"slide": number})
    if what == " comments":
        return Message("look at the comments on slide {slide}", {"slide": number})
    return Message("look at slide {slide}; text may lie behind pictures or beside the slide", {"slide": number})


def _part(place: str) -> Message | None:
    name = place.rpartition("/")[2].lower()
    if name.startswith(("header", "footer")):
        return Message("look at the headers and footers, also of the first and the even pages")
    if "comment" in name:
        return Message("look at the comments (Review); delete those that are done")
    if name.startswith(("footnotes", "endnotes")):
        return Message("look at the footnotes and endnotes")
    if name.startswith("document"):
        return Message("look at the text, its text boxes and tracked changes (Review, All Markup)")
    if place.startswith("docProps/") or place in ("pdf", "XMP", "Exif"):
        return Message("look at the file's properties (in Office: File, Info, Inspect Document)")
    return None

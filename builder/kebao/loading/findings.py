"""What an inspection of one file gathers, each thing once: hazards, personal data with its place, makers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kebao.model.material import Hazard, HazardKind, PlacedFinding, PlacedText
from kebao.model.personal_data import Confidence, DataKind, Finding, find_personal_data, masked
from kebao.model.rosters import roster_columns

# A class list of an Excel file needs no thousand problems.
_MOST_OF_A_KIND = 20
_MOST_DETAIL = 120
_MOST_TEXT = 1_000_000


@dataclass(slots=True)
class Findings:
    """Grows while a file is read.

    Attributes:
        read: Characters searched so far; a file that says more than a shelf of books is not read to its end.
        unpacked: Bytes of XML parsed so far, in the file and the files inside of it.
        read_bytes: Bytes of all parts read so far, in the same files.
        elements: Elements of XML in them.
    """

    hazards: dict[tuple[HazardKind, str], Hazard] = field(default_factory=dict)
    personal: dict[tuple[str, DataKind, str], PlacedFinding] = field(default_factory=dict)
    makers: dict[tuple[str, str], PlacedText] = field(default_factory=dict)
    read: int = 0
    unpacked: int = 0
    read_bytes: int = 0
    elements: int = 0

    def add_hazard(self, kind: HazardKind, place: str = "", detail: str = "") -> None:
        if sum(1 for known, _ in self.hazards if known is kind) < _MOST_OF_A_KIND:
            self.hazards.setdefault((kind, place), Hazard(kind=kind, place=place, detail=detail[:_MOST_DETAIL]))

    def add_maker(self, place: str, text: str | None) -> None:
        if text and text.strip():
            maker = PlacedText(place=place, text=" ".join(text.split())[:_MOST_DETAIL])
            self.makers.setdefault((place, maker.text), maker)

    def search(self, place: str, text: str) -> None:
        """Adds the personal data in a text."""
        text = text[: _MOST_TEXT - self.read]
        if not text or text.isspace():
            return
        self.read += len(text)
        for finding in find_personal_data(text):
            self.add(place, finding)

    def search_table(self, place: str, rows: Sequence[Sequence[str]]) -> None:
        """Adds the roster that a table is, if it is one; its cells are searched on their own."""
        roster = roster_columns(rows)
        if roster is not None:
            self._add(place, DataKind.ROSTER, "、".join(roster[1]), Confidence.HIGH)

    def add_identity_as_number(self, place: str, digits: str) -> None:
        self._add(place, DataKind.IDENTITY_AS_NUMBER, masked(digits), Confidence.HIGH)

    def add(self, place: str, finding: Finding) -> None:
        self._add(place, finding.kind, finding.masked, finding.confidence, finding.value)

    def _add(self, place: str, kind: DataKind, shown: str, confidence: Confidence, value: str = "") -> None:
        if sum(1 for _, known, _ in self.personal if known is kind) < _MOST_OF_A_KIND:
            found = PlacedFinding(place=place, kind=kind, masked=shown, confidence=confidence, value=value)
            self.personal.setdefault((place, kind, value or shown), found)

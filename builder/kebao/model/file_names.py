"""File names that people can read and every system can keep."""

from __future__ import annotations

import re
import unicodedata

# Characters and device names that Windows refuses (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
_REFUSED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.IGNORECASE)
MAX_CHARACTERS = 60


def readable_name(title: str, *, max_characters: int = MAX_CHARACTERS) -> str:
    """The title as a file or folder name: Chinese kept, what Windows refuses replaced, never empty."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", title))
    text = " ".join(_REFUSED.sub("_", text).split())[:max_characters].strip(" ._") or "_"
    # Windows looks only at the part before the first dot: "CON.txt" is refused too.
    return f"_{text}" if _RESERVED.fullmatch(text.partition(".")[0]) else text

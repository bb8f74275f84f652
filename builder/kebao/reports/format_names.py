"""The names of the formats on the command line; what makes them is imported for whoever asks for one."""

from __future__ import annotations

TEXT = "text"
#: Formats that hold nothing of the sources, only places and messages.
MACHINE_FORMAT_NAMES = ("json", "markdown", "github", "gitlab", "sarif", "junit")
FORMATS = (TEXT, *MACHINE_FORMAT_NAMES)

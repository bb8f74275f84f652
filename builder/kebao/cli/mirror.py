"""``kebao mirror``: the commands of ``kebao.mirror``, which a school also has without the rest of Kebao."""

from __future__ import annotations

from collections.abc import Sequence

NAME = "mirror"


def mirror_arguments(given: Sequence[str]) -> list[str] | None:
    """What follows ``mirror``, with a ``--lang`` before it kept; None when another command is meant."""
    before = list(given[: given.index(NAME)]) if NAME in given else None
    if before is None or not _is_language(before):
        return None
    return [*before, *given[len(before) + 1 :]]


def run_mirror(arguments: Sequence[str], language: str) -> int:
    """Runs it; its exit codes are its own (``kebao.mirror.errors``)."""
    try:
        from kebao.mirror.commands import main
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("tuf", "securesystemslib", "urllib3"):
            raise
        from kebao.mirror.command_table import terminal_in

        terminal_in(language).aside("missing-library", library="'kebao[mirror-publish]'")
        return 1
    return main(arguments, language=language)


def _is_language(before: Sequence[str]) -> bool:
    return (
        not before
        or (len(before) == 2 and before[0] == "--lang")
        or (len(before) == 1 and before[0].startswith("--lang="))
    )

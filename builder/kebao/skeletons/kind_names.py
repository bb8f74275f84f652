"""What an author calls a kind on the command line."""

from __future__ import annotations

from kebao.model.resource import Kind
from kebao.skeletons.prompts import prompts_in
from kebao.words import LANGUAGES


def kind_from(text: str) -> Kind | None:
    """The kind called so: a folder (``lesson-cases``), singular (``lesson_case``) or Chinese (``课例``)."""
    wanted = _plain(text)
    for kind in Kind:
        names = [name for language in LANGUAGES for name in prompts_in(language).kind_names[kind]]
        if wanted in map(_plain, (kind.value, *names)):
            return kind
    return None


def _plain(name: str) -> str:
    return name.strip().casefold().replace("_", "-").replace(" ", "-")

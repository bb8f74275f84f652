"""What a field may be filled with: the values themselves where they are few, else the file that has them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kebao.model.package import Content, Package
from kebao.model.programme import Programme
from kebao.model.text import LocalizedText
from kebao.model.vocabulary import VOCABULARIES
from kebao.skeletons.prompts import Prompts

_SHOWN = 8
_ON_A_LINE = 4


def allowed_values(
    field: str, programme: Programme, *, package: Package, content: Content, language: str
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Where the field's values are, and each value with its label; empty for fields that take any."""

    def labelled(id_: str, label: LocalizedText) -> tuple[str, str]:
        return id_, label.in_locale((language, "zh"))

    programme_path = f"content/programmes/{programme.id}.yml"
    if field == "topics":
        topics = sorted(package.topics.values(), key=lambda topic: (topic.order, topic.id))
        folder = f"content/packages/{package.id}/topics/"
        return folder, tuple((topic.id, topic.title) for topic in topics)
    if field == "programme":
        known = (content.programmes[id_] for id_ in package.programmes if id_ in content.programmes)
        return package.path, tuple(labelled(p.id, p.short_title) for p in known)
    if field == "module":
        return programme_path, tuple(labelled(m.id, m.title) for m in programme.modules)
    for vocabulary_id, paths in VOCABULARIES.items():
        if field in (path.partition(".")[0] for path in paths):
            terms = content.vocabularies[vocabulary_id].terms
            if field == "phase":
                ids = (phase.phase for phase in programme.phases)
                return programme_path, tuple(labelled(i, terms[i].label) for i in ids if i in terms)
            path = f"content/vocabularies/{vocabulary_id}.yml"
            return path, tuple(labelled(term.id, term.label) for term in terms.values())
    return "", ()


def value_lines(path: str, values: Sequence[tuple[str, str]], prompts: Prompts) -> Iterator[str]:
    """Lines that say the values as ``id label``, or where they are when there are many."""
    if not path:
        return
    if not 0 < len(values) <= _SHOWN:
        yield f"{prompts.more}{path}"
        return
    shown = [f"{id_} {one_line(label)}" for id_, label in values]
    for start in range(0, len(shown), _ON_A_LINE):
        before = "  " if start else prompts.values
        yield before + prompts.separator.join(shown[start : start + _ON_A_LINE])


def one_line(text: str) -> str:
    """The text without line ends and control characters: a label must not leave its comment."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())

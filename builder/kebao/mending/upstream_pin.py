"""The pin of an upstream edition in package.yml, changed without touching anything else."""

from __future__ import annotations

import yaml


class NoPinError(ValueError):
    """The file has no ``extends`` with an ``edition``."""


def pinned(written: bytes, *, edition: str, digest: str) -> bytes:
    """The package.yml with another edition and digest under ``extends``; comments, order and line ends are kept."""
    text = written.decode("utf-8")
    fields = _fields(text)
    if "edition" not in fields:
        raise NoPinError("no edition under 'extends'")
    changes = [(fields["edition"][1], edition)]
    if "digest" in fields:
        changes.append((fields["digest"][1], digest))
    else:
        key, value = fields["edition"]
        end = value.end_mark.index
        line_end = "\r\n" if "\r\n" in text else "\n"
        flow = text[fields[""][1].start_mark.index] == "{"
        before = ", " if flow else line_end + " " * key.start_mark.column
        text = f"{text[:end]}{before}digest: {digest}{text[end:]}"
    for node, written_value in sorted(changes, key=lambda c: -c[0].start_mark.index):
        text = f"{text[: node.start_mark.index]}{written_value}{text[node.end_mark.index :]}"
    return text.encode("utf-8")


def _fields(text: str) -> dict[str, tuple[yaml.Node, yaml.Node]]:
    """Key and value nodes of the fields of ``extends``; under the empty name, those of ``extends`` itself."""
    try:
        # The loader in Python: its marks count characters of the text as it is.
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise NoPinError("not valid YAML") from error
    for key, value in _pairs(root):
        if isinstance(key, yaml.ScalarNode) and key.value == "extends":
            found = {k.value: (k, v) for k, v in _pairs(value) if isinstance(k, yaml.ScalarNode)}
            return {**found, "": (key, value)}
    return {}


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []

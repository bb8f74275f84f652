"""Authored YAML cut and joined as it is written: values stay the texts, numbers and truths that they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import yaml

_TEXT, _LIST, _MAPPING = "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map"


def entries_of(lists: Iterable[bytes], ids: set[str]) -> bytes:
    """One list of the entries with these ids; where several lists have an id, the first list's entry."""
    found: dict[str, yaml.Node] = {}
    for written in lists:
        for entry in _items(_read(written)):
            found.setdefault(_id_of(entry), entry)
    return _written(yaml.SequenceNode(_LIST, [entry for i, entry in found.items() if i in ids]))


def with_terms(own: bytes, others: Iterable[bytes]) -> bytes:
    """The vocabulary with the terms that only the others have, after its own; its own bytes where there are none."""
    root = _read(own)
    terms = _value(root, "terms")
    known = {_id_of(term) for term in _items(terms)}
    added: dict[str, yaml.Node] = {}
    for other in others:
        for term in _items(_value(_read(other), "terms")):
            if _id_of(term) not in known:
                added.setdefault(_id_of(term), term)
    if not added or not isinstance(terms, yaml.SequenceNode):
        return own
    terms.value.extend(added.values())
    return _written(root)


def building_on(written: bytes, package: str) -> bytes:
    """The package.yml, building on the package that lies beside it."""
    root = _read(written)
    fields = {"package": package, "edition": "next"}
    pairs = [(yaml.ScalarNode(_TEXT, key), yaml.ScalarNode(_TEXT, value)) for key, value in fields.items()]
    if isinstance(root, yaml.MappingNode):
        root.value = [
            (key, yaml.MappingNode(_MAPPING, pairs) if key.value == "extends" else value) for key, value in root.value
        ]
    return _written(root)


def _read(written: bytes) -> yaml.Node | None:
    return yaml.compose(written.decode("utf-8-sig"), Loader=yaml.CSafeLoader)


def _written(node: yaml.Node | None) -> bytes:
    text: str = yaml.serialize(node, Dumper=yaml.SafeDumper, allow_unicode=True, width=1 << 16)
    return text.encode()


def _items(node: yaml.Node | None) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value


def _value(node: yaml.Node | None, name: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for key, value in pairs if key.value == name), None)


def _id_of(node: yaml.Node) -> str:
    found = _value(node, "id")
    return str(found.value) if isinstance(found, yaml.ScalarNode) else ""

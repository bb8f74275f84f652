"""JSON Schema (draft-07, which editors know best) of a document, made from its pydantic model.

Editors read ``hours: 6`` as a number, our reader as the text ``6``: the schemas take both. Two things are asked
more strictly than ``kebao check`` asks them, as the manual does: a field that is left empty is underlined, and so
is an id that was not there when the schemas were written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError
from pydantic import TypeAdapter

from kebao.loading.schemas.authored_document import DOCUMENTS, kind_name
from kebao.loading.schemas.field_texts import FieldPath, both, field_descriptions, label, texts_of
from kebao.loading.schemas.known_ids import KnownIds, known_ids
from kebao.model.package import Content
from kebao.model.resource import Kind
from kebao.words import LANGUAGES

JsonSchema = dict[str, Any]

DIALECT = "http://json-schema.org/draft-07/schema#"
_REF = "#/$defs/"
#: Forms of the scalars that hold ids: policy.yml counts ``guiding_teachers``, lesson cases name them.
_NAMING = ("id", "text")
#: What is taken over from pydantic; its other words are not of JSON Schema, or are said better here.
_KEPT = (
    "type",
    "enum",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "minItems",
    "maxItems",
    "minProperties",
    "required",
)


def schema_for(document: Kind | str, *, content: Content) -> JsonSchema:
    """The schema of a document of :data:`DOCUMENTS`; the ids in ``content`` are its fields' choices.

    Raises:
        KeyError: There is no such document.
    """
    name = kind_name(document) if isinstance(document, Kind) else document
    written = TypeAdapter(DOCUMENTS[name].form).json_schema(by_alias=True)
    writer = _Writer(
        document=name,
        definitions=written.pop("$defs", {}),
        ids=known_ids(content),
        locales=_locales(content),
    )
    about = field_descriptions()["documents"][name]
    head = {"$schema": DIALECT, "title": both(about["title"]), "description": both(about, "\n\n")}
    return head | writer.node(written, ())


def _locales(content: Content) -> tuple[str, ...]:
    used = {locale for package in content.packages.values() for locale in package.locales}
    return tuple(dict.fromkeys((*LANGUAGES, *sorted(used))))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    """Writes pydantic's schema anew, without references: draft-07 ignores all that stands beside one."""

    document: str
    definitions: Mapping[str, JsonSchema]
    ids: Mapping[FieldPath, KnownIds]
    locales: tuple[str, ...]

    def node(self, written: JsonSchema, path: FieldPath) -> JsonSchema:
        """The schema of a value; ``path`` is the field that it stands in."""
        written = self._resolved(written)
        found = {key: written[key] for key in _KEPT if key in written}
        if "properties" in written:
            found["properties"] = {
                name: self._field(field, (*path, name)) for name, field in written["properties"].items()
            }
        if "patternProperties" in written:
            found["patternProperties"] = {
                pattern: self.node(value, path) for pattern, value in written["patternProperties"].items()
            }
        # A mapping whose keys have a form takes no others.
        others = written.get("additionalProperties", "patternProperties" not in written)
        if others is not True:
            found["additionalProperties"] = self.node(others, path) if isinstance(others, dict) else others
        if "items" in written:
            found["items"] = self._entry(written["items"], path)
        if written.get("form") == "localized":
            (text,) = written["patternProperties"].values()
            found["properties"] = {locale: {"title": _language_name(locale), **text} for locale in self.locales}
        return found if written["type"] in ("array", "object") else self._scalar(found, written, path)

    def _resolved(self, written: JsonSchema) -> JsonSchema:
        """Without ``$ref`` and without the null of what may be left out."""
        if "$ref" in written:
            return self._resolved(self.definitions[written["$ref"].removeprefix(_REF)])
        if "anyOf" in written:
            (choice,) = (choice for choice in written["anyOf"] if choice.get("type") != "null")
            return self._resolved(choice)
        return written

    def _field(self, written: JsonSchema, path: FieldPath) -> JsonSchema:
        texts = texts_of("fields", self.document, path)
        found = self._described(path) | self.node(written, path)
        if isinstance(written.get("default"), (str, int, float)):
            found["default"] = written["default"]
        if "example" in texts:
            found["examples"] = [texts["example"]]
        return found

    def _described(self, path: FieldPath) -> JsonSchema:
        description = both(texts_of("fields", self.document, path), "\n\n")
        return {"title": label(path[-1]), "description": description}

    def _entry(self, written: JsonSchema, path: FieldPath) -> JsonSchema:
        """One entry of a list: where it is a single value, an editor explains it as it does the field."""
        found = self.node(written, path)
        if "properties" in found or not path:
            return found
        if any(choice.get("type") == "null" for choice in written.get("anyOf", ())):
            found["type"] = [*found["type"], "null"]
        return self._described(path) | found

    def _scalar(self, found: JsonSchema, written: JsonSchema, path: FieldPath) -> JsonSchema:
        values = texts_of("values", self.document, path)
        choices: KnownIds = {value: both(texts) for value, texts in values.items()}
        if not choices and written.get("form") in _NAMING:
            choices = self.ids.get(path, {})
        if choices:
            return {"type": "string", "enum": list(choices), "enumDescriptions": list(choices.values())}
        if found["type"] == "string" and "pattern" not in found:
            found["type"] = ["string", "number"]
        form = field_descriptions()["forms"].get(written.get("form", ""))
        if form and "pattern" in found:
            found["patternErrorMessage"] = both(form)
        return found


def _language_name(locale: str) -> str:
    try:
        known = Locale.parse(locale, sep="-")
    except (ValueError, UnknownLocaleError):
        return locale
    names = {language: known.get_display_name(language) for language in LANGUAGES}
    return both({language: name for language, name in names.items() if name}) or locale

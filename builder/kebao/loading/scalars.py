"""The plain values that front matter is made of: each reads text strictly and says what it wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError

from kebao.model.text import LocalizedText


class Authored(BaseModel):
    """A mapping that an author writes: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """Says in a JSON Schema what the validators below keep to themselves: editors see only the schema.

    Attributes:
        name: The key of what a wrong value is told, under ``forms`` in ``messages/field_descriptions.yml``.
    """

    name: str
    schema: Mapping[str, Any]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(core), **self.schema, "form": self.name}


def _boolean(value: Any) -> bool:
    if value in ("true", "false"):
        return bool(value == "true")
    raise PydanticCustomError("kb_boolean", "must be true or false")


def _number(value: Any) -> float:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", value):
        return float(value)
    raise PydanticCustomError("kb_number", "must be a number in plain digits")


def _whole_number(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        return int(value)
    raise PydanticCustomError("kb_whole_number", "must be a whole number in plain digits")


def _date(value: Any) -> date:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise PydanticCustomError("kb_calendar", "is a day that the calendar does not have") from error
    raise PydanticCustomError("kb_date", "must be a date like 2025-03-18")


_MOMENT = re.compile(
    r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?|(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
)


def _moment(value: Any) -> str:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        # A leap year, so that 02-29 can be said without its own.
        _date(f"2024-{value}" if len(value) == len("08-10") else f"{value}-01-01"[: len("2023-08-10")])
        return value
    raise PydanticCustomError(
        "kb_moment", "must be a date like 2023, 2023-08 or 2023-08-10 (08-10 where the year is not known)"
    )


def _localized(value: Any) -> LocalizedText:
    if isinstance(value, Mapping) and value:
        for locale, text in value.items():
            if (
                not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z]{2,8})?", locale)
                or not isinstance(text, str)
                or not text.strip()
            ):
                raise PydanticCustomError("kb_localized", "must be texts by language, like {zh: …, en: …}")
        return LocalizedText(dict(value))
    raise PydanticCustomError("kb_localized", "must be texts by language, like {zh: …, en: …}")


def _one_line(text: str) -> str:
    if "\n" in text.strip():
        raise PydanticCustomError("kb_one_line", "must be on one line")
    return text


_ID = r"^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$"
# Plain digits are a number to an editor and a text to our reader: both are right.
_TEXT_OR_NUMBER = ["string", "number"]
_NUMBER = r"[0-9]{1,12}(\.[0-9]{1,6})?$"
_ONE_LINE = Form("one-line", {"type": _TEXT_OR_NUMBER, "pattern": r"^\s*\S[^\n]*\s*$"})
_PERCENT = r"^0*(100(\.0{1,6})?|[0-9]{1,2}(\.[0-9]{1,6})?)$"
_YEAR = "^0*(19(49|[5-9][0-9])|20[0-9]{2}|2100)$"
_DAY = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_LOCALIZED = {
    "type": "object",
    "minProperties": 1,
    "patternProperties": {"^[a-z]{2,3}(-[A-Za-z]{2,8})?$": {"type": _TEXT_OR_NUMBER, "pattern": r"\S"}},
    "additionalProperties": False,
    "form": "localized",
}

Id = Annotated[str, StringConstraints(pattern=_ID), Form("id", {"type": ["string", "integer"]})]
#: A resource of the same package, or ``package/id``.
Target = Annotated[
    str,
    StringConstraints(pattern=r"^([a-z0-9][a-z0-9-]{0,63}/)?[a-z0-9][a-z0-9-]{0,63}$"),
    Form("target", {"type": ["string", "integer"]}),
]
Code = Annotated[str, StringConstraints(min_length=1, max_length=60), Form("text", {"type": _TEXT_OR_NUMBER})]
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300),
    AfterValidator(_one_line),
    _ONE_LINE,
]
Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(_one_line),
    _ONE_LINE,
]
Summary = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=10, max_length=400),
    AfterValidator(_one_line),
    _ONE_LINE,
]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=200), Form("text", {"type": _TEXT_OR_NUMBER})]
Boolean = Annotated[
    bool, BeforeValidator(_boolean), Form("boolean", {"type": ["boolean", "string"], "pattern": "^(true|false)$"})
]
Number = Annotated[
    float, BeforeValidator(_number), Form("number", {"type": ["number", "string"], "pattern": f"^-?{_NUMBER}"})
]
WholeNumber = Annotated[
    int,
    BeforeValidator(_whole_number),
    Form("whole-number", {"type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]{1,9}$"}),
]
Positive = Annotated[
    float,
    BeforeValidator(_number),
    Field(gt=0),
    Form("positive", {"type": ["number", "string"], "exclusiveMinimum": 0, "pattern": f"^(?![0.]*$){_NUMBER}"}),
]
Percent = Annotated[
    float,
    BeforeValidator(_number),
    Field(ge=0, le=100),
    Form("percent", {"type": ["number", "string"], "minimum": 0, "maximum": 100, "pattern": _PERCENT}),
]
Year = Annotated[
    int,
    BeforeValidator(_whole_number),
    Field(ge=1949, le=2100),
    Form("year", {"type": ["integer", "string"], "minimum": 1949, "maximum": 2100, "pattern": _YEAR}),
]
Day = Annotated[date, BeforeValidator(_date), Form("day", {"pattern": _DAY})]
Moment = Annotated[
    str,
    BeforeValidator(_moment),
    # A year alone is a number to an editor.
    Form("moment", {"type": ["string", "integer"], "pattern": f"^({_MOMENT.pattern})$", "minimum": 0, "maximum": 9999}),
]
Localized = Annotated[LocalizedText, BeforeValidator(_localized), WithJsonSchema(_LOCALIZED)]

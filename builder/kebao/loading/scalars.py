"""The plain values that front matter is made of: each reads text strictly and says what it wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from kebao.model.text import LocalizedText


class Authored(BaseModel):
    """A mapping that an author writes: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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

Id = Annotated[str, StringConstraints(pattern=_ID)]
#: A resource of the same package, or ``package/id``.
Target = Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9-]{0,63}/)?[a-z0-9][a-z0-9-]{0,63}$")]
Code = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), AfterValidator(_one_line)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80), AfterValidator(_one_line)]
Summary = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=10, max_length=400), AfterValidator(_one_line)
]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Boolean = Annotated[bool, BeforeValidator(_boolean)]
Number = Annotated[float, BeforeValidator(_number)]
WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
Positive = Annotated[float, BeforeValidator(_number), Field(gt=0)]
Percent = Annotated[float, BeforeValidator(_number), Field(ge=0, le=100)]
Year = Annotated[int, BeforeValidator(_whole_number), Field(ge=1949, le=2100)]
Day = Annotated[date, BeforeValidator(_date)]
Moment = Annotated[str, BeforeValidator(_moment)]
Localized = Annotated[LocalizedText, BeforeValidator(_localized)]

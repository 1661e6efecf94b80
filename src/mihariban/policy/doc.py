"""The base of every section of a policy: strict, frozen, no unknown keys, each field documented in two languages."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

CUSTOM = "mihariban"
"""Error type of our own refusals; their context carries both languages."""


class Section(BaseModel):
    """A table of the TOML file. Values are taken as written: no number from a string, no guess."""

    # what was written may be a password in the wrong place: it must not reach a traceback
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


def doc(default: Any, ja: str, en: str, *, live: bool = False, **limits: Any) -> Any:
    """A field with its documentation.

    Args:
        default: value where the file is silent, always the one that films, keeps and gives out least; ``...`` for none.
        ja, en: what the field means, in one sentence or two.
        live: a policy that starts a live site must give it.
        limits: pydantic's own (ge, le, pattern, ...).
    """
    return Field(default, description=en, json_schema_extra={"x-ja": ja, "x-live": live}, **limits)


def refuse(*, ja: str, en: str, do_ja: str, do_en: str, field: str = "") -> PydanticCustomError:
    """A refusal in both languages, to be raised inside a validator.

    Args:
        field: dotted path below the section that the validator belongs to.
    """
    context = {"ja": ja, "en": en, "do_ja": do_ja, "do_en": do_en, "field": field}
    return PydanticCustomError(CUSTOM, "{en}", context)


_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,62}")


def _clock_time(text: str) -> str:
    if _CLOCK_TIME.fullmatch(text):
        return text
    raise refuse(
        ja=f"「{text}」は時刻ではありません。",
        en=f'"{text}" is not a time of day.',
        do_ja='24時間表記の "HH:MM" で書きます（例 "08:30"、終わりだけは "24:00" も可）',
        do_en='write "HH:MM" on the 24-hour clock ("08:30"; "24:00" only as an end)',
    )


def _month_day(text: str) -> str:
    if _MONTH_DAY.fullmatch(text) and int(text[3:]) <= _DAYS_IN_MONTH[int(text[:2]) - 1]:
        return text
    raise refuse(
        ja=f"「{text}」は月日ではありません。",
        en=f'"{text}" is not a day of the year.',
        do_ja='"MM-DD" で書きます（例 "12-29"）',
        do_en='write "MM-DD" ("12-29")',
    )


def _identifier(text: str) -> str:
    if _ID.fullmatch(text):
        return text
    raise refuse(
        ja=f"「{text}」は識別名に使えません。",
        en=f'"{text}" cannot be an id.',
        do_ja="小文字の英数字と - _ . を使い、63文字までで書きます",
        do_en="use lower-case letters, digits, - _ and ., up to 63 of them",
    )


def _like(pattern: re.Pattern[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^({pattern.pattern})$"})


ClockTime = Annotated[str, AfterValidator(_clock_time), _like(_CLOCK_TIME)]
"""A time of day, "HH:MM"; "24:00" is the end of the day."""

MonthDay = Annotated[str, AfterValidator(_month_day), _like(_MONTH_DAY)]
"""A day of every year, "MM-DD"."""

Identifier = Annotated[str, AfterValidator(_identifier), _like(_ID)]
"""A name that files, ledgers and addresses may carry."""


def minutes_of(text: str) -> int:
    """Minutes since midnight of a ``ClockTime``."""
    return int(text[:2]) * 60 + int(text[3:])


def clock_text(minutes: int) -> str:
    """The ``ClockTime`` of minutes since midnight."""
    return f"{minutes // 60:02}:{minutes % 60:02}"

"""Hours of a day in words."""

from __future__ import annotations

from typing import Any

from mihariban.office.base.text import T
from mihariban.policy import DayHours

_WEEKDAYS = tuple(
    T(ja, en) for ja, en in zip("月火水木金土日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)
)


def hours_text(hours: DayHours) -> T:
    """「8:30から17:15まで」 or 「祝日（文化の日）のため休止」."""
    if not hours.open:
        ja, en = hours.reason_ja, hours.reason_en
        return T(ja if "休止" in ja else f"休止（{ja}）", en if "clos" in en else f"closed ({en})")
    spans = [window.texts for window in hours.windows]
    return T(
        "、".join(f"{_short(start)}から{_short(end)}まで" for start, end in spans),
        ", ".join(f"{_short(start)} to {_short(end)}" for start, end in spans),
    )


def reason_text(hours: DayHours) -> T:
    """Why a day is as it is."""
    return T(hours.reason_ja, hours.reason_en)


def spans_text(hours: DayHours) -> list[str]:
    """「8:30〜17:15」 for each window."""
    return ["〜".join(_short(each) for each in window.texts) for window in hours.windows]


def weekday_text(weekday: int) -> T:
    """「月」 for 0."""
    return _WEEKDAYS[weekday]


def _short(text: str) -> str:
    return text.removeprefix("0")


def said(ja: str, en: str) -> Any:
    """A text as forms take it: Django's types know its own lazy texts alone."""
    return T(ja, en)

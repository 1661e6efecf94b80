"""The week of the rule as a table: for each weekday, holidays and the year-end, closed or open from when until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from mihariban.office.base.text import T
from mihariban.office.days.words import said
from mihariban.office.rule.fields import DAYS
from mihariban.office.rule.kinds import ClockField
from mihariban.policy.sections.operation import HoursRow

Windows = dict[str, list[tuple[str, str]]]
LEAST = 2
"""Windows a day for which there is room: before and after noon."""

_HALF = said("始まりと終わりの両方を書きます。", "Give both start and end.")
_BACKWARD = said("終わりは始まりより後にします。", "The end comes after the start.")
_BOTH = said("休止の日に時間は書けません。どちらか一方にします。", "Closed, or hours: not both.")


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A line of the table."""

    day: T
    closed: Any
    windows: list[tuple[Any, Any]]


class Week:
    """Fields of the table of kiosk hours.

    Args:
        rows, closed: as the rule has them.
    """

    def __init__(self, rows: Sequence[HoursRow], closed: Sequence[str]) -> None:
        self._now = _windows((row.days, row.open, row.close) for row in rows)
        self._closed = tuple(closed)
        self._room = max([LEAST, *(len(each) for each in self._now.values())])

    def fields(self) -> Iterator[tuple[str, forms.Field, Any]]:
        """Name, field and present value of each."""
        for day, word in DAYS.items():
            label = T("{day} 休止", "{day}: closed").format(day=word)
            yield _closed(day), forms.BooleanField(label=label, required=False), day in self._closed  # type: ignore[arg-type]  # T is text
            for number in range(self._room):
                told = self._now.get(day, [])
                now = told[number] if number < len(told) else ("", "")
                for end, value in zip(("open", "close"), now, strict=True):
                    yield _name(day, number, end), ClockField(label=_label(word, number, end)), value

    def rows(self, form: forms.Form) -> list[WeekRow]:
        """The lines of the table."""
        return [
            WeekRow(word, form[_closed(day)], [
                (form[_name(day, number, "open")], form[_name(day, number, "close")]) for number in range(self._room)
            ])
            for day, word in DAYS.items()
        ]  # fmt: skip  # one line for one day

    def check(self, form: forms.Form) -> None:
        """Tell halves of windows, ends before their beginning, and days that are both closed and open."""
        for day in DAYS:
            windows = self._typed(form.cleaned_data, day)
            for number, (first, last) in windows.items():
                if not first or not last:
                    form.add_error(_name(day, number, "close" if first else "open"), _HALF)
                elif last <= first:
                    form.add_error(_name(day, number, "close"), _BACKWARD)
            if windows and form.cleaned_data.get(_closed(day)):
                form.add_error(_closed(day), _BOTH)

    def changes(self, told: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any]]:
        """The values of the file that are other than now."""
        new: Windows = {day: [*self._typed(told, day).values()] for day in DAYS}
        new = {day: windows for day, windows in new.items() if windows}
        if {day: sorted(each) for day, each in new.items()} != {day: sorted(each) for day, each in self._now.items()}:
            yield ("operation", "kiosk_hours"), _grouped(new)
        closed = {day for day in DAYS if told.get(_closed(day))}
        if closed != set(self._closed):
            kept = [day for day in self._closed if day in closed]
            yield ("operation", "closed"), [*kept, *(day for day in DAYS if day in closed and day not in kept)]

    def _typed(self, told: Mapping[str, Any], day: str) -> dict[int, tuple[str, str]]:
        spans = [
            (told.get(_name(day, number, "open")) or "", told.get(_name(day, number, "close")) or "")
            for number in range(self._room)
        ]
        return {number: span for number, span in enumerate(spans) if any(span)}


def _windows(rows: Iterator[tuple[Sequence[str], str, str]]) -> Windows:
    found: Windows = {}
    for days, first, last in rows:
        for day in days:
            found.setdefault(day, []).append((first, last))
    return found


def _grouped(windows: Windows) -> list[dict[str, Any]]:
    """Rows of the file: days of one window together, in the order of their first day."""
    rows: dict[tuple[str, str], list[str]] = {}
    for day, spans in windows.items():
        for span in spans:
            rows.setdefault(span, []).append(day)
    return [{"days": days, "open": first, "close": last} for (first, last), days in rows.items()]


def _closed(day: str) -> str:
    return f"week-{day}-closed"


def _name(day: str, number: int, end: str) -> str:
    return f"week-{day}-{number}-{end}"


def _label(day: T, number: int, end: str) -> Any:
    word = T("始まり", "from") if end == "open" else T("終わり", "to")
    which = T("", "") if number == 0 else T(f"時間帯{number + 1} ", f" (span {number + 1})")
    return T("{day} {which}{word}", "{day}{which} {word}").format(day=day, which=which, word=word)

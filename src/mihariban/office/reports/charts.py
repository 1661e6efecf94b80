"""Figures as drawings, each with its numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from mihariban.office.base.text import T
from mihariban.office.reports.drawing import Series, columns, rows
from mihariban.office.reports.figures import Figures

WEEKDAYS = (
    T("月", "Mon"),
    T("火", "Tue"),
    T("水", "Wed"),
    T("木", "Thu"),
    T("金", "Fri"),
    T("土", "Sat"),
    T("日", "Sun"),
)
VISITS, QUEUED = T("来訪", "visits"), T("30 秒以内に続いた来訪", "within 30 s of another")
_DAYS = 62
"""More days than these are drawn as months."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and its table."""

    name: str
    title: T
    svg: SafeString
    head: Sequence[T]
    lines: Sequence[Sequence[str]]


def charts(figures: Figures) -> list[Chart]:
    """Per hour, weekday and day; none where nobody came."""
    return [_hours(figures), _weekdays(figures), _days(figures)] if figures.total else []


def _series(pairs: Sequence[tuple[int, int]]) -> list[Series]:
    return [
        Series(str(VISITS), [pair[0] for pair in pairs]),
        Series(str(QUEUED), [pair[1] for pair in pairs], "hatch"),
    ]


def _hours(figures: Figures) -> Chart:
    found, title = figures.by_hour(), T("時間帯ごとの来訪", "Visits by hour")
    most = max(found, key=lambda row: row[1])
    about = T("最も多いのは {h} 時台の {n} 件", "Most came at {h}: {n}").format(h=most[0], n=most[1])
    labels = [str(hour) for hour, _, _ in found]
    svg = columns("hours", str(title), str(about), labels, _series([row[1:] for row in found]))
    lines = [[f"{hour}:00–{hour + 1}:00", str(visits), str(queued)] for hour, visits, queued in found]
    return Chart("hours", title, svg, (T("時間帯", "Hour"), VISITS, QUEUED), lines)


def _weekdays(figures: Figures) -> Chart:
    found, title = figures.by_weekday(), T("曜日ごとの来訪", "Visits by weekday")
    most = max(found, key=lambda row: row[1])
    about = T("最も多いのは{d}曜日の {n} 件", "Most came on {d}: {n}").format(d=WEEKDAYS[most[0]], n=most[1])
    labels = [str(WEEKDAYS[weekday]) for weekday, *_ in found]
    svg = columns("weekdays", str(title), str(about), labels, _series([row[1:3] for row in found]))
    lines = [
        [str(WEEKDAYS[day]), str(visits), str(queued), str(days), f"{visits / days:.1f}" if days else "–"]
        for day, visits, queued, days in found
    ]
    head = (
        T("曜日", "Weekday"),
        VISITS,
        QUEUED,
        T("来訪のあった日数", "Days with visits"),
        T("1 日あたり", "Per such day"),
    )
    return Chart("weekdays", title, svg, head, lines)


def _days(figures: Figures) -> Chart:
    days = figures.by_day()
    if len(days) > _DAYS:
        found, title, first = figures.by_month(), T("月ごとの来訪", "Visits by month"), T("月", "Month")
    else:
        found = [(f"{day:%Y-%m-%d} {WEEKDAYS[day.weekday()]}", visits, queued) for day, visits, queued in days]
        title, first = T("日ごとの来訪", "Visits by day"), T("日付", "Date")
    most = max(found, key=lambda row: row[1])
    about = T("最も多いのは {d} の {n} 件", "Most came on {d}: {n}").format(d=most[0], n=most[1])
    svg = rows("days", str(title), str(about), [row[0] for row in found], _series([row[1:] for row in found]))
    return Chart("days", title, svg, (first, VISITS, QUEUED), [[row[0], str(row[1]), str(row[2])] for row in found])

"""When the kiosk is open on a day: the rule's table, holidays, year-end, and the site's calendar entries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mihariban.policy.calendar import CalendarEntry, entries_on, in_effect
from mihariban.policy.doc import clock_text, minutes_of
from mihariban.policy.errors import UnknownSite
from mihariban.policy.holidays import holiday_english, holiday_name, is_substitute
from mihariban.policy.rule import Policy
from mihariban.policy.sections.operation import WEEKDAYS, DayClass, HoursRow, Weekday, YearEnd

Span = tuple[int, int]
"""Minutes since local midnight, [start, end)."""

_DAY_JA: dict[DayClass, str] = {
    "MON": "月曜日",
    "TUE": "火曜日",
    "WED": "水曜日",
    "THU": "木曜日",
    "FRI": "金曜日",
    "SAT": "土曜日",
    "SUN": "日曜日",
    "HOLIDAY": "祝日",
    "YEAR_END": "年末年始",
}
_DAY_EN: dict[DayClass, str] = {
    "MON": "Monday",
    "TUE": "Tuesday",
    "WED": "Wednesday",
    "THU": "Thursday",
    "FRI": "Friday",
    "SAT": "Saturday",
    "SUN": "Sunday",
    "HOLIDAY": "public holiday",
    "YEAR_END": "year-end closure",
}


@dataclass(frozen=True, slots=True)
class Window:
    """An open span of one day, local time, the end outside.

    Attributes:
        open_minute, close_minute: minutes since midnight, 0 to 1440.
    """

    open_minute: int
    close_minute: int

    @property
    def texts(self) -> tuple[str, str]:
        """("08:30", "17:15")."""
        return clock_text(self.open_minute), clock_text(self.close_minute)


@dataclass(frozen=True, slots=True)
class DayHours:
    """One day of one site.

    Attributes:
        date: local date.
        open: whether there is any window.
        windows: sorted, neither touching nor overlapping.
        day_class: the class that decided; a weekday where no special class did.
        reason_ja, reason_en: why, with who approved a change and by which document.
        public_ja, public_en: why, as users are told: without those.
    """

    date: date
    open: bool
    windows: tuple[Window, ...]
    day_class: DayClass
    reason_ja: str
    reason_en: str
    public_ja: str = ""
    public_en: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The hours that apply to one site: the rule's own, with what the site changes."""

    kiosk_hours: tuple[HoursRow, ...]
    camera_table: tuple[HoursRow, ...]
    closed: tuple[DayClass, ...]
    year_end: YearEnd | None
    holiday_gives_way_to: tuple[Weekday, ...]
    substitutes_are_holidays: bool
    follow_calendar_ja: str | None

    def classes(self) -> set[DayClass]:
        """Day classes that the table speaks of."""
        rows = (*self.kiosk_hours, *self.camera_table)
        return {day for row in rows for day in row.days} | set(self.closed)


def table_of(policy: Policy, site_id: str | None = None) -> Table:
    """The table of a site; ``None`` gives the rule's own.

    Raises:
        UnknownSite: the rule names its sites, and this is not one of them.
    """
    rule = policy.operation
    known = {site.id for site in policy.sites} | {site.id for site in rule.sites}
    if site_id is not None and known and site_id not in known:
        raise UnknownSite(policy=policy.id, site=site_id, known=", ".join(sorted(known)))
    own = next((site for site in rule.sites if site.id == site_id), None)
    if own is None:
        return Table(
            rule.kiosk_hours,
            rule.camera_table,
            rule.closed,
            rule.year_end,
            rule.holiday_gives_way_to,
            rule.substitutes_are_holidays,
            rule.follow_calendar_ja,
        )
    gives_way = own.holiday_gives_way_to
    return Table(
        rule.kiosk_hours if own.kiosk_hours is None else own.kiosk_hours,
        rule.camera_table if own.camera_table is None else own.camera_table,
        rule.closed if own.closed is None else own.closed,
        own.year_end or rule.year_end,
        rule.holiday_gives_way_to if gives_way is None else gives_way,
        rule.substitutes_are_holidays,
        own.follow_calendar_ja or rule.follow_calendar_ja,
    )


def day_hours(policy: Policy, day: date, entries: Iterable[CalendarEntry] = (), site_id: str | None = None) -> DayHours:
    """The kiosk's hours on a local date.

    Args:
        entries: the site's calendar.
        site_id: site of the rule; None for a rule with one table.

    Raises:
        HolidaysUnknown: the year's holidays matter and are not known.
        UnknownSite: no such site in the rule.
    """
    if not policy.in_force(day):
        weekday = WEEKDAYS[day.weekday()]
        return DayHours(day, False, (), weekday, "この規則が効力を持たない日", "the rule is not in force")
    table = table_of(policy, site_id)
    return _decide(table, table.kiosk_hours, day, tuple(entries), site_id)


def camera_day(
    policy: Policy, day: date, entries: Iterable[CalendarEntry] = (), site_id: str | None = None
) -> tuple[Span, ...]:
    """Minutes of a local date in which the rule lets the camera film, without grace.

    Raises:
        HolidaysUnknown, UnknownSite: as ``day_hours``.
    """
    if not policy.in_force(day):
        return ()
    if policy.operation.camera_hours == "always":
        return ((0, 1440),)
    if policy.operation.camera_hours == "same_as_kiosk":
        hours = day_hours(policy, day, entries, site_id)
    else:
        table = table_of(policy, site_id)
        hours = _decide(table, table.camera_table, day, tuple(entries), site_id)
    return tuple((window.open_minute, window.close_minute) for window in hours.windows)


def class_of(table: Table, day: date, entries: Iterable[CalendarEntry] = ()) -> tuple[DayClass, str | None]:
    """The class that decides a day, and the name of the holiday where it is one.

    Year-end goes before holiday, holiday before weekday; a class of which the table does not speak has no say.
    """
    spoken = table.classes()
    weekday = WEEKDAYS[day.weekday()]
    if "YEAR_END" in spoken and table.year_end and table.year_end.contains(f"{day:%m-%d}"):
        return "YEAR_END", None
    if "HOLIDAY" not in spoken:
        return weekday, None
    name = _holiday(table, day, tuple(entries))
    if name is None or weekday in table.holiday_gives_way_to:
        return weekday, name
    return "HOLIDAY", name


def _holiday(table: Table, day: date, entries: tuple[CalendarEntry, ...]) -> str | None:
    moves = [entry for entry in entries if entry.kind == "holiday_moved"]
    for entry in moves:
        if entry.moved_to == day:
            return entry.reason_ja
    if any(entry.first_day == day for entry in moves):
        return None
    name = holiday_name(day)
    if name is not None and is_substitute(name) and not table.substitutes_are_holidays:
        return None
    return name


def _decide(
    table: Table, rows: tuple[HoursRow, ...], day: date, entries: tuple[CalendarEntry, ...], site_id: str | None
) -> DayHours:
    day_class, holiday = class_of(table, day, in_effect(entries, site_id))
    spans = _row_spans(rows, day_class)
    why = _table_reason(day_class, holiday, bool(spans))
    today = entries_on(entries, day, site_id)
    for entry in today:
        if entry.kind == "closure" and not entry.windows:
            return _day(day, (), day_class, _entry_reason(entry, "休止", "closed"))
    weekly = _row_spans(rows, WEEKDAYS[day.weekday()])
    changed = _replacement(today, can_open=bool(weekly) and not spans)
    if changed is not None:
        spans = changed.spans() or weekly
        words = ("時間変更", "changed hours") if changed.kind == "hours" else ("臨時開庁", "open")
        why = _entry_reason(changed, *words)
    for entry in today:
        if entry.kind == "extension":
            spans = (*spans, *entry.spans())
            why = why.with_(_entry_reason(entry, "延長", "extended"))
    for entry in today:
        if entry.kind == "closure":
            spans = _without(merged(spans), entry.spans())
            why = why.with_(_entry_reason(entry, "一部休止", "partly closed"))
    return _day(day, merged(spans), day_class, why)


def _day(day: date, spans: Iterable[Span], day_class: DayClass, why: _Why) -> DayHours:
    windows = tuple(Window(*span) for span in spans)
    return DayHours(day, bool(windows), windows, day_class, why.ja, why.en, why.public_ja, why.public_en)


def _replacement(today: tuple[CalendarEntry, ...], *, can_open: bool) -> CalendarEntry | None:
    """The strongest entry that replaces the table.

    Args:
        can_open: an open day without windows has something to say: the day is closed and its weekday has hours.
    """
    found: CalendarEntry | None = None
    for entry in today:
        if entry.kind == "hours" or (entry.kind == "open_day" and (entry.windows or can_open)):
            found = entry if found is None or entry.kind == "hours" or found.kind == "open_day" else found
    return found


def _row_spans(rows: tuple[HoursRow, ...], day_class: DayClass) -> tuple[Span, ...]:
    return merged((minutes_of(row.open), minutes_of(row.close)) for row in rows if day_class in row.days)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sorted spans; those that touch or overlap become one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return tuple(result)


def _without(spans: Iterable[Span], holes: Iterable[Span]) -> tuple[Span, ...]:
    left = list(spans)
    for start, end in holes:
        left = [piece for a, b in left for piece in ((a, min(b, start)), (max(a, end), b)) if piece[0] < piece[1]]
    return merged(left)


@dataclass(frozen=True, slots=True)
class _Why:
    """Why a day is as it is: for the office, and for users."""

    ja: str
    en: str
    public_ja: str
    public_en: str

    def with_(self, more: _Why) -> _Why:
        """Both."""
        return _Why(
            f"{self.ja}、{more.ja}",
            f"{self.en}; {more.en}",
            f"{self.public_ja}、{more.public_ja}",
            f"{self.public_en}; {more.public_en}",
        )


def _table_reason(day_class: DayClass, holiday: str | None, is_open: bool) -> _Why:
    ja, en = _DAY_JA[day_class], _DAY_EN[day_class]
    if holiday is not None:
        ja, en = f"{ja}（{holiday}）", f"{en} ({holiday_english(holiday)})"
    ja, en = (f"{ja}の稼働時間", f"{en} hours") if is_open else (f"{ja}のため休止", f"closed: {en}")
    return _Why(ja, en, ja, en)


def _entry_reason(entry: CalendarEntry, word_ja: str, word_en: str) -> _Why:
    ja, en = f"{word_ja}: {entry.reason_ja}", f"{word_en}: {entry.reason_en or entry.reason_ja}"
    papers = f"{entry.approver_ja}、{entry.document_number}"
    return _Why(f"{ja}（{papers}）", f"{en} ({entry.approver_ja}, {entry.document_number})", ja, en)

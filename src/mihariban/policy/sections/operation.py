"""When the kiosk runs and when the camera films."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, Self

from pydantic import model_validator

from mihariban.policy.doc import ClockTime, Identifier, MonthDay, Section, clock_text, doc, minutes_of, refuse

Weekday = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
DayClass = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN", "HOLIDAY", "YEAR_END"]
WEEKDAYS: tuple[Weekday, ...] = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


class HoursRow(Section):
    """One window on some classes of day. Several rows for one class give several windows a day."""

    days: tuple[DayClass, ...] = doc(
        ...,
        "この時間帯の曜日・日の種類。HOLIDAY は祝日、YEAR_END は年末年始。",
        "Weekdays and day classes of this window; HOLIDAY and YEAR_END go before the weekday.",
        min_length=1,
    )
    open: ClockTime = doc(..., "始まり。", "Start of the window, local time.")
    close: ClockTime = doc(
        ..., "終わり（この分は含まない）。", "End of the window, local time; the minute itself is outside."
    )

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.open == "24:00" or minutes_of(self.close) <= minutes_of(self.open):
            raise refuse(
                field="close",
                ja=f"終わり {self.close} が始まり {self.open} より後ではありません。",
                en=f"The end {self.close} is not after the start {self.open}.",
                do_ja="日をまたぐ時間帯は、24:00 までと翌日の 00:00 からの二行に分けて書きます",
                do_en="write a window past midnight as two rows: until 24:00, and from 00:00 on the next day",
            )
        return self


class YearEnd(Section):
    """The year-end closure, from December into January."""

    first: MonthDay = doc(..., "最初の日。", "First day.")
    last: MonthDay = doc(..., "最後の日。", "Last day.")

    def contains(self, month_day: str) -> bool:
        """Whether "MM-DD" lies in the span; the span may pass the turn of the year."""
        if self.first <= self.last:
            return self.first <= month_day <= self.last
        return month_day >= self.first or month_day <= self.last


class SiteHours(Section):
    """Hours of one site where they differ; what is left out is as in the rule's own table."""

    id: Identifier = doc(..., "設置場所の識別名。", "Id of the site.")
    kiosk_hours: tuple[HoursRow, ...] | None = doc(None, "この場所の稼働時間。", "Kiosk hours of this site.")
    camera_table: tuple[HoursRow, ...] | None = doc(None, "この場所の撮影時間。", "Filming hours of this site.")
    closed: tuple[DayClass, ...] | None = doc(None, "この場所の休止日。", "Closed day classes of this site.")
    year_end: YearEnd | None = doc(None, "この場所の年末年始。", "Year-end closure of this site.")
    holiday_gives_way_to: tuple[Weekday, ...] | None = doc(
        None, "祝日より曜日を優先する曜日。", "Weekdays on which a holiday counts as the weekday."
    )
    follow_calendar_ja: str | None = doc(
        None, "休館日などに従う施設。", "The institution whose closed days this site follows."
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_table(self.kiosk_hours or (), self.closed or (), "kiosk_hours")
        check_table(self.camera_table or (), (), "camera_table")
        return self


class Operation(Section):
    """Operating days and hours."""

    kiosk_hours: tuple[HoursRow, ...] = doc((), "稼働時間の表。", "The table of kiosk hours.", live=True)
    closed: tuple[DayClass, ...] = doc(
        (),
        "稼働しない曜日・日の種類。",
        "Closed weekdays and day classes. A class in neither list has no say: the weekday decides.",
        live=True,
    )
    year_end: YearEnd | None = doc(None, "年末年始の期間。", "The span of the year-end closure.")
    substitutes_are_holidays: bool = doc(
        True,
        "振替休日と国民の休日（祝日法3条2項・3項）も祝日として扱うか。",
        "Whether substitute holidays and days between holidays (Holidays Act 3(2), 3(3)) count as holidays.",
    )
    holiday_gives_way_to: tuple[Weekday, ...] = doc(
        (),
        "祝日と重なったとき、祝日ではなく曜日として扱う曜日。",
        "Weekdays on which a holiday counts as that weekday instead of as a holiday.",
    )
    follow_calendar_ja: str | None = doc(
        None,
        "休館日などに従う施設。休む日は臨時の開閉の記録で受け取る。",
        "The institution whose closed days are followed; they arrive as calendar entries.",
    )
    maintenance_closures: bool = doc(
        False, "システム保守のための休止を定めているか。", "Whether the rule foresees closing for system maintenance."
    )
    sites: tuple[SiteHours, ...] = doc((), "場所ごとに違う稼働時間。", "Hours that differ by site.")
    changes_by_ja: str | None = doc(
        None, "稼働日・稼働時間を変えられる者。", "Who may change days and hours.", live=True
    )
    adhoc_closures_by_ja: str | None = doc(None, "臨時休止日を定められる者。", "Who may set ad-hoc closure days.")
    camera_hours: Literal["same_as_kiosk", "always", "table"] = doc(
        "same_as_kiosk",
        "カメラの撮影時間。稼働時間と同じ、常時、別の表。",
        "When the camera may film: the kiosk's hours, always, or a table of its own.",
        live=True,
    )
    camera_table: tuple[HoursRow, ...] = doc((), "撮影時間の表。", "The table of filming hours.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        check_table(self.kiosk_hours, self.closed, "kiosk_hours")
        check_table(self.camera_table, (), "camera_table")
        if "YEAR_END" in self.closed and self.year_end is None:
            raise refuse(
                field="closed",
                ja="YEAR_END を休止日にしていますが、期間がありません。",
                en="YEAR_END is closed, but its span is not given.",
                do_ja='operation.year_end を書きます（例 { first = "12-29", last = "01-03" }）',
                do_en='give operation.year_end ({ first = "12-29", last = "01-03" })',
            )
        if self.camera_hours == "table" and not self.camera_table and not any(s.camera_table for s in self.sites):
            raise refuse(
                field="camera_hours",
                ja="撮影時間を別の表としていますが、表がありません。",
                en="The camera has a table of its own, but there is none.",
                do_ja="operation.camera_table を書きます",
                do_en="give operation.camera_table",
            )
        return self


def check_table(rows: tuple[HoursRow, ...], closed: tuple[DayClass, ...], field: str) -> None:
    """Refuse windows of one day class that overlap, and a class that is both open and closed."""
    by_class: dict[DayClass, list[tuple[int, int]]] = {}
    for row in rows:
        for day in row.days:
            by_class.setdefault(day, []).append((minutes_of(row.open), minutes_of(row.close)))
    for day, windows in by_class.items():
        if day in closed:
            raise refuse(
                field=field,
                ja=f"{day} が稼働時間と休止日の両方にあります。",
                en=f"{day} has hours and is closed at once.",
                do_ja="どちらか一方だけに書きます",
                do_en="keep it in one of the two",
            )
        for earlier, later in pairwise(sorted(windows)):
            if later[0] < earlier[1]:
                raise refuse(
                    field=field,
                    ja=f"{day} の時間帯が重なっています（{clock_text(later[0])} と {clock_text(earlier[1])}）。",
                    en=f"Windows of {day} overlap ({clock_text(later[0])} is before {clock_text(earlier[1])}).",
                    do_ja="重なりをなくすか、一つの時間帯にまとめます",
                    do_en="separate them, or write one window",
                )

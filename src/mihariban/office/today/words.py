"""States, moments and spans as today's screen and the public page say them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from mihariban.office.base.text import T
from mihariban.office.sites.models import SeenStatus
from mihariban.policy.era import both_dates, era_date

Look = Literal["good", "warn", "error", ""]
STALE: Final = timedelta(seconds=90)
"""A status older than this is no present any more: whoever listens has stopped."""

_WORST_FIRST: Final[tuple[Look, ...]] = ("error", "warn", "good", "")
_WEEKDAYS: Final = (
    ("月", "Mon"),
    ("火", "Tue"),
    ("水", "Wed"),
    ("木", "Thu"),
    ("金", "Fri"),
    ("土", "Sat"),
    ("日", "Sun"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """A state: the word, what else is to be known, and how it looks beside the word."""

    word: T
    detail: T | None = None
    look: Look = ""


def worst(looks: Iterable[Look]) -> Look:
    """The worst of several; "" where there is none, or all say nothing."""
    return min(looks, key=_WORST_FIRST.index, default="")


def weekday_text(day: date) -> T:
    """「水曜日」."""
    ja, en = _WEEKDAYS[day.weekday()]
    return T(f"{ja}曜日", en)


def day_text(day: date) -> T:
    """「令和8年11月25日 水曜日（2026-11-25）」."""
    ja, en = weekday_text(day).ja, weekday_text(day).en
    return T(f"{era_date(day)} {ja}（{day.isoformat()}）", f"{en} {day.isoformat()}")


def silence(seen: SeenStatus | None, now: datetime) -> Words | None:
    """Why nothing is known of a recorder now; None where it answers."""
    if seen is None:
        return Words(T("まだ確かめていません", "Not heard yet"), T("数秒お待ちください", "wait a few seconds"), "warn")
    if not seen.reachable:
        when = T("{t} から応答がありません", "no answer since {t}").format(t=clock_text(seen.since, now))
        return Words(T("確かめられません", "Not known"), when, "error")
    if now - seen.tried > STALE:
        when = T("窓口アプリが記録装置を確かめていません（最後は {t}）", "the office has not asked since {t}").format(
            t=clock_text(seen.tried, now)
        )
        return Words(T("確かめられません", "Not known"), when, "error")
    return None


def clock_text(moment: datetime, now: datetime) -> T:
    """``moment_text`` in the zone of ``now``."""
    local = moment.astimezone(now.tzinfo)
    return moment_text(local, now.date())


def moment_text(local: datetime, today: date) -> T:
    """The time alone for today, else with the date as clerks write it: 「令和8年11月23日（2026-11-23） 10:20」.

    A date without its year is read as this year's, and some things lie open for longer.
    """
    time = f"{local:%H:%M}"
    if local.date() == today:
        return T(time, time)
    return T(f"{both_dates(local.date())} {time}", f"{local.date().isoformat()} {time}")


def span(seconds: float) -> T:
    """3 秒, 12 分, 2 時間 5 分."""
    whole = int(seconds)
    if whole < 60:
        return T(f"{whole} 秒", f"{whole} s")
    if whole < 3600:
        return T(f"{whole // 60} 分", f"{whole // 60} min")
    hours, minutes = divmod(whole // 60, 60)
    return T(f"{hours:,} 時間 {minutes} 分", f"{hours:,} h {minutes} min")

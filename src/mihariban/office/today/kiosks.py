"""Each kiosk and camera now, in words that need no second look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count

from mihariban.base.errors import MiharibanError
from mihariban.office.base.text import T
from mihariban.office.days.hours import LOOK_AHEAD, Hours, hours_between
from mihariban.office.faults.state import KioskState, kiosk_states
from mihariban.office.sites.figures import CameraFigures, Figures
from mihariban.office.sites.models import CameraUnit, Kiosk, SeenFinding, SeenStatus, SeenVisit, Site
from mihariban.office.sites.seen import findings_now, statuses
from mihariban.office.today.storage import StorageNow, storage_now
from mihariban.office.today.words import Look, Words, day_text, silence, span, worst
from mihariban.policy import DayHours

VERDICTS: Final[dict[Look, T]] = {
    "error": T("異常あり", "Something is wrong"),
    "warn": T("注意あり", "Something to look at"),
    "good": T("異常なし", "All is well"),
}


@dataclass(frozen=True, slots=True)
class CameraNow:
    """A camera. ``picture``: when its last picture was; ``numbers``: of today, name and value."""

    camera: str
    recorder: str
    state: Words
    picture: T
    findings: tuple[SeenFinding, ...]
    numbers: tuple[tuple[T, T], ...]


@dataclass(frozen=True, slots=True)
class KioskNow:
    """A kiosk with its cameras. ``storage``: of the recorders that keep their footage."""

    kiosk: Kiosk
    state: Words
    service: KioskState
    cameras: tuple[CameraNow, ...]
    storage: tuple[StorageNow, ...] = ()

    @property
    def wrong_storage(self) -> list[StorageNow]:
        """Recorders to be told on the tile. One that is silent is told by each of its cameras."""
        return [each for each in self.storage if each.state.look in ("warn", "error") and not each.silent]

    @property
    def look(self) -> Look:
        """The worst of all that the tile says: its edge never looks better than a line on it."""
        looks = [self.state.look, *(each.state.look for each in self.cameras)]
        return worst([*looks, *(each.state.look for each in self.wrong_storage)])

    @property
    def verdict(self) -> T | None:
        """``look`` in a word; None where nobody is expected to be there and nothing is wrong."""
        return VERDICTS.get(self.look)


def kiosks_now(now: datetime, heard: Heard | None = None) -> list[KioskNow]:
    """All kiosks, in the order of their sites."""
    heard = heard or Heard(now)
    kiosks = list(Kiosk.objects.select_related("site").prefetch_related("cameras").order_by("site_id", "name", "id"))
    service = kiosk_states(kiosks)
    hours = {site.pk: Day(site, now) for site in {kiosk.site_id: kiosk.site for kiosk in kiosks}.values()}
    return [
        KioskNow(
            kiosk,
            stopped(service[kiosk.pk]) or hours[kiosk.site_id].state,
            service[kiosk.pk],
            tuple(heard.camera(camera, hours[kiosk.site_id]) for camera in kiosk.cameras.all()),
            tuple(heard.storage(each) for each in sorted({camera.recorder_id for camera in kiosk.cameras.all()})),
        )
        for kiosk in kiosks
    ]


def stopped(service: KioskState) -> Words | None:
    """A kiosk out of service is closed, whatever its hours say."""
    if service.in_service:
        return None
    return Words(T("休止中（故障）", "Out of service"), service.sentence, "error")


class Day:
    """The hours of a site around now."""

    def __init__(self, site: Site, now: datetime) -> None:
        self.now = now
        self.minute = now.hour * 60 + now.minute
        try:
            self._hours: Hours | None = hours_between(now.date(), now.date() + timedelta(days=LOOK_AHEAD), site)
            self.today: DayHours | None = self._hours.on(now.date())
        except MiharibanError as error:
            self._hours = self.today = None
            self.error: MiharibanError | None = error
        self.state = self._state()

    @property
    def is_open(self) -> bool:
        """Whether the kiosks of the site are open now."""
        return self._window() is not None

    def _window(self) -> tuple[str, str] | None:
        for window in self.today.windows if self.today else ():
            if window.open_minute <= self.minute < window.close_minute:
                return window.texts
        return None

    def _state(self) -> Words:
        if self.today is None or self._hours is None:
            why = T(self.error.text("ja"), self.error.text("en")) if self.error else None
            return Words(T("稼働時間が分かりません", "Hours not known"), why, "error")
        window = self._window()
        if window is not None:
            return Words(T("稼働中", "Open"), T("{t} まで", "until {t}").format(t=window[1]), "good")
        return Words(T("稼働時間外", "Closed"), self._next())

    def _next(self) -> T:
        """When it opens, and why it is closed where the whole day is."""
        today, hours = self.today, self._hours
        if today is None or hours is None:
            return T("", "")
        later = [window for window in today.windows if window.open_minute > self.minute]
        if later:
            return T("今日 {t} から", "opens today at {t}").format(t=later[0].texts[0])
        try:
            found = hours.next_open_day(self.now.date())
        except MiharibanError:  # the holidays of a year to come are not known yet
            found = None
        when = T("次の稼働日は未定です", "no next day is known") if found is None else self._opens(found)
        if today.open:
            return when
        return T("{why}。{when}", "{why}; {when}").format(why=reason(today), when=when)

    def _opens(self, day: DayHours) -> T:
        time = day.windows[0].texts[0]
        if day.date == self.now.date() + timedelta(days=1):
            return T("明日 {t} から", "opens tomorrow at {t}").format(t=time)
        return T("{d} {t} から", "opens {d} at {t}").format(d=day_text(day.date), t=time)


def reason(day: DayHours) -> T:
    """Why a day is as it is, as users are told: who approved a change and by which paper stands on the page of days."""
    return T(day.public_ja or day.reason_ja, day.public_en or day.reason_en)


class Heard:
    """What the recorders said, read once for all cameras."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.statuses = statuses()
        self.findings = list(findings_now())
        counted = SeenVisit.objects.filter(day=now.date()).values("recorder_id", "camera").annotate(count=Count("pk"))
        self.visits = {(row["recorder_id"], row["camera"]): int(row["count"]) for row in counted}

    def camera(self, unit: CameraUnit, day: Day) -> CameraNow:
        """One camera."""
        seen = self.statuses.get(unit.recorder_id)
        findings = tuple(f for f in self.findings if (f.recorder_id, f.camera) == (unit.recorder_id, unit.camera))
        figures = Figures.from_json(seen.figures).cameras.get(unit.camera) if seen else None
        state = self._state(seen, unit.camera, day, findings)
        numbers = self._numbers(unit, figures)
        return CameraNow(unit.camera, unit.recorder_id, state, self._picture(seen, figures), findings, numbers)

    def storage(self, recorder: str) -> StorageNow:
        """One recorder."""
        return storage_now(recorder, self.statuses.get(recorder), self.findings, self.now)

    def _state(self, seen: SeenStatus | None, camera: str, day: Day, findings: Sequence[SeenFinding]) -> Words:
        silent = silence(seen, self.now)
        if silent is not None or seen is None:
            return silent or Words(T("", ""))
        told = _of(seen.json.get("cameras", ()), camera)
        if told is None:
            return Words(T("カメラが登録されていません", "The recorder has no such camera"), None, "error")
        if findings:
            return _found(findings)
        return _watched(told, day)

    def _picture(self, seen: SeenStatus | None, figures: CameraFigures | None) -> T:
        if seen is None or seen.at is None or figures is None or figures.picture_age_s is None:
            return T("最後の画像は不明", "last picture not known")
        ago = max(0.0, figures.picture_age_s + (self.now - seen.at).total_seconds())
        return T("最後の画像 {ago}前", "last picture {ago} ago").format(ago=span(ago))

    def _numbers(self, unit: CameraUnit, figures: CameraFigures | None) -> tuple[tuple[T, T], ...]:
        listed = self.visits.get((unit.recorder_id, unit.camera), 0)
        visits = max(listed, figures.visits_today if figures else 0)
        gap = span(figures.gap_s_today) if figures else T("不明", "not known")
        return (
            (T("今日の来訪", "Visits today"), T("{n} 件", "{n}").format(n=visits)),
            (T("見守りの途切れ", "Not watched"), gap),
        )


def _found(findings: Sequence[SeenFinding]) -> Words:
    if any(finding.severity == "alarm" for finding in findings):
        return Words(T("異常", "Alarm"), findings[0].text, "error")
    return Words(T("注意", "Look at it"), findings[0].text, "warn")


def _watched(told: dict[str, Any], day: Day) -> Words:
    if told.get("recording"):
        return Words(T("見守り中", "Watching"), T("来訪を録画しています", "recording a visit"), "good")
    if told.get("watched"):
        return Words(T("見守り中", "Watching"), T("いまは無人です", "nobody there now"), "good")
    if day.is_open:
        why = T("稼働時間ですが撮影が途切れています", "open, but filming is interrupted")
        return Words(T("見守っていません", "Not watching"), why, "error")
    return Words(T("撮影なし", "Not filming"), T("稼働時間の外は撮影しません", "not filmed outside the hours"))


def _of(cameras: Iterable[dict[str, Any]], camera: str) -> dict[str, Any] | None:
    return next((each for each in cameras if each.get("id") == camera), None)

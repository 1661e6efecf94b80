"""The public page: anybody may read it, it sets no cookie and asks for none, a cache may keep it for a minute."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import structlog
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from mihariban.base.errors import MiharibanError
from mihariban.office.base.dates import now
from mihariban.office.base.rule import policy_on
from mihariban.office.base.text import T
from mihariban.office.days.hours import Hours, hours_between
from mihariban.office.faults.state import kiosk_states
from mihariban.office.notices.contact import contact
from mihariban.office.notices.facts import Row, headline, rows
from mihariban.office.notices.models import Contact
from mihariban.office.sites.models import Kiosk, Site
from mihariban.office.today.kiosks import Day, reason, stopped
from mihariban.office.today.words import Words, weekday_text
from mihariban.policy import DayHours, Policy

PREFIX: Final = "/notices/public/"
SECONDS: Final = 60
_KEPT_S: Final = 5
"""So long one rendering serves everybody here: a crowd of readers is no load, and a fault shows at once."""
_log = structlog.get_logger(__name__)

Answer = Callable[[HttpRequest], HttpResponse]


def public_pages(answer: Answer) -> Answer:
    """Middleware: the public page before sessions, so that nothing of a visitor is read or set."""

    def handle(request: HttpRequest) -> HttpResponse:
        if request.path not in (PREFIX, f"{PREFIX}en/"):
            return answer(request)
        return public(request, "en" if request.path.endswith("/en/") else "ja")

    return handle


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day of the week's table. ``why``: None where it is as on every such weekday."""

    date: date
    weekday: T
    hours: T
    why: T | None


@dataclass(frozen=True, slots=True)
class Place:
    """A site with its kiosks."""

    name: T
    kiosks: tuple[tuple[Kiosk, Words], ...]
    week: tuple[DayRow, ...]


def public(request: HttpRequest, language: str = "ja") -> HttpResponse:
    """The page in one language."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
    kept = cache.get(f"public-{language}")
    if kept is None:
        with translation.override(language):
            kept = _rendered(request, language)
        if kept[0] == 200:
            cache.set(f"public-{language}", kept, _KEPT_S)
    response = HttpResponse(kept[1], status=kept[0], headers={"Content-Language": language})
    response["Cache-Control"] = f"public, max-age={SECONDS}" if kept[0] == 200 else "no-store"
    return response


def _rendered(request: HttpRequest, language: str) -> tuple[int, bytes]:
    try:
        facts, status = _facts(now()), 200
    except (MiharibanError, DatabaseError) as error:
        _log.warning("public page", kind=type(error).__name__)
        facts, status = {"broken": True}, 503
    page = render(request, "notices/public.html", {**facts, "language": language, "acting": None})
    return status, page.content


def _facts(moment: datetime) -> dict[str, object]:
    policy, told = policy_on(moment.date()).policy, contact()
    found = [row for row in rows(policy, told) if row.name != "contact"]
    return {
        "places": [_place(site, policy, told, moment) for site in Site.objects.order_by("id")],
        "rows": [*found, *_cameras(policy)],
        "contact": told,
        "policy": policy,
        "headline": headline(policy),
        "moment": moment,
        "admission": policy.capture.last_admission_before_close_s // 60,
        "certificates": [T(each.title_ja, each.title_en or each.title_ja) for each in policy.service.certificates],
    }


def _place(site: Site, policy: Policy, told: Contact, moment: datetime) -> Place:
    day = Day(site, moment)
    kiosks = list(site.kiosks.order_by("name", "id"))
    states = kiosk_states(kiosks)
    known = next((each for each in policy.sites if each.id == site.policy_site), None)
    name = site.name or (known.name_ja if known and known.location_public else str(site.pk))
    last = moment.date() + timedelta(days=6)
    week = _week(hours_between(moment.date(), last, site), moment) if day.today is not None else ()
    pairs = tuple((kiosk, stopped(states[kiosk.pk]) or day.state) for kiosk in kiosks)
    return Place(T(name, told.place_en or name), pairs, week)


def _week(hours: Hours, moment: datetime) -> tuple[DayRow, ...]:
    found = []
    for ahead in range(7):
        try:
            found.append(_day_row(hours.on(moment.date() + timedelta(days=ahead))))
        except MiharibanError:  # the holidays of the coming year are not announced yet
            break
    return tuple(found)


def _day_row(day: DayHours) -> DayRow:
    weekday, special = weekday_text(day.date), day.day_class in ("HOLIDAY", "YEAR_END") or ":" in day.reason_ja
    why = reason(day) if special else None
    if not day.open:
        return DayRow(day.date, weekday, T("休止", "Closed"), why)
    spans = [" – ".join(window.texts) for window in day.windows]
    return DayRow(day.date, weekday, T("、".join(spans), ", ".join(spans)), why)


def _cameras(policy: Policy) -> list[Row]:
    """Where cameras are, as far as the rule makes places public; when they film; what is never done."""
    places = [camera.position_ja for site in policy.sites if site.location_public for camera in site.cameras]
    count = sum(len(site.cameras) for site in policy.sites)
    found = []
    if count:
        where = f"{count} 台（{'、'.join(places)}）" if places else f"{count} 台"
        found.append(Row("cameras", T("カメラ", "Cameras"), where, f"{count}"))
    when = {
        "same_as_kiosk": T("稼働時間だけ撮影します。", "Filming takes place in the hours above only."),
        "always": T("常時撮影します。", "Filming takes place at all times."),
        "table": T("定めた時間だけ撮影します。", "Filming takes place at set hours only."),
    }[policy.operation.camera_hours]
    found.append(Row("when", T("撮影する時間", "When"), when.ja, when.en))
    if policy.capture.face_recognition == "forbidden":
        found.append(Row("faces", T("顔認識", "Face recognition"), "行いません。", "None."))
    if policy.reporting.publish_items_ja:
        found.append(Row("items", T("公表する事項", "Published"), "、".join(policy.reporting.publish_items_ja), ""))
    return found

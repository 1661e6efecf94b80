"""What the drawing of a day shows, as lines to read and to follow: when somebody was there, and what was not seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.periods import day_begin
from mihariban.office.base.text import T
from mihariban.office.faults.gaps import gap_of, moment_of
from mihariban.office.faults.models import FaultGap
from mihariban.office.faults.policy import FAULTS
from mihariban.office.sites.models import SeenEvent, SeenVisit
from mihariban.office.sites.policy import SITES
from mihariban.office.sites.seen import events_between
from mihariban.office.today.words import span
from mihariban.recorder.contract.gap_words import gap_words

MOST: Final = 30
"""Lines of a recorder on the screen; a busy day has hundreds of visits."""
_BACK: Final = timedelta(days=7)
"""A gap that lasts into today began no longer ago, or its fault is on the screen anyway."""


@dataclass(frozen=True, slots=True)
class Line:
    """A visit or a gap. ``url``: the page where it is dealt with; "" where ``acting`` has none."""

    recorder: str
    began: datetime
    ended: datetime | None
    camera: str
    what: T
    gap: bool = False
    url: str = ""

    @property
    def times(self) -> T:
        """From when until when; the day's beginning where it lasts since yesterday."""
        first = f"{self.began:%H:%M}"
        if self.ended is None:
            return T(f"{first} から", f"since {first}")
        return T(f"{first} – {self.ended:%H:%M}", f"{first} – {self.ended:%H:%M}")


@dataclass(frozen=True, slots=True)
class Lines:
    """Those of one recorder, the newest first. ``left_off``: visits of today that are not among them."""

    shown: tuple[Line, ...] = ()
    left_off: int = 0


def lines_of(acting: Acting, now: datetime) -> dict[str, Lines]:
    """The lines of today by recorder, with a few queries. No gap is ever left off."""
    gaps, visits = _gaps(acting, now), _visits(now)
    found = {}
    for recorder in {each.recorder for each in (*gaps, *visits)}:
        lost = [each for each in gaps if each.recorder == recorder]
        seen = [each for each in visits if each.recorder == recorder]
        shown = sorted([*lost, *seen[:MOST]], key=lambda each: each.began, reverse=True)
        found[recorder] = Lines(tuple(shown), len(seen[MOST:]))
    return found


def _visits(now: datetime) -> list[Line]:
    zone = now.tzinfo
    rows = SeenVisit.objects.filter(day=now.date(), started__isnull=False).order_by("-started", "-pk")
    return [
        Line(
            row.recorder_id,
            row.started.astimezone(zone),
            row.ended.astimezone(zone) if row.ended else None,
            row.camera,
            T("来訪 {t}", "visit, {t}").format(t=span(row.seconds)) if row.ended else T("来訪中", "a visit lasts"),
        )
        for row in rows
        if row.started is not None
    ]


def _gaps(acting: Acting, now: datetime) -> list[Line]:
    start, zone = day_begin(now.date()), now.tzinfo
    tags = (Tag.GAP_RECORDING_BEGIN, Tag.GAP_RECORDING_END)
    events = list(events_between(start - _BACK, now + timedelta(minutes=1), *tags))
    ends = {(e.recorder_id, gap_of(e)): moment_of(e, "to") for e in events if e.tag == tags[1]}
    begun = [(e, ends.get((e.recorder_id, gap_of(e)))) for e in events if e.tag == tags[0]]
    todays = [(event, ended) for event, ended in begun if ended is None or ended > start]
    urls = _urls(acting, now, [event for event, _ in todays])
    return [
        Line(
            event.recorder_id,
            max(start, moment_of(event, "from")).astimezone(zone),
            ended.astimezone(zone) if ended else None,
            str(event.facts.get("camera", "")),
            _not_watched(str(event.facts.get("cause", ""))),
            True,
            url,
        )
        for (event, ended), url in zip(todays, urls, strict=True)
    ]


def _not_watched(cause: str) -> T:
    return T("途切れ（{c}）", "not watched ({c})").format(c=T(gap_words(cause, "ja"), gap_words(cause, "en")))


def _urls(acting: Acting, now: datetime, events: Sequence[SeenEvent]) -> Iterable[str]:
    """The fault that a gap belongs to, else the recorder's own entries of the day."""
    faults: dict[tuple[str, int | None], str] = {}
    if events and FAULTS.may_see(acting) and acting.roles != {"vendor"}:
        rows = FaultGap.objects.filter(gap__in=[gap_of(each) for each in events if gap_of(each) is not None])
        faults = {(row.recorder, row.gap): reverse("faults:record", args=[row.fault_id]) for row in rows}
    entered = bool(SITES.may_see_events(acting))
    for event in events:
        first = event.at.astimezone(now.tzinfo).date()
        asked = urlencode({"recorder": event.recorder_id, "kind": "gap", "first": first})
        other = f"{reverse('sites:events')}?{asked}" if entered else ""
        yield faults.get((event.recorder_id, gap_of(event)), other)

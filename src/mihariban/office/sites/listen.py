"""One pass of listening to a recorder: status and findings, entries, visits, ledgers exchanged, then whatever waits to
be sent to it. What goes wrong becomes a state that a page shows; nothing is lost, the next pass goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction

from mihariban.base.clock import to_datetime
from mihariban.base.errors import MiharibanError
from mihariban.ledger.entry import from_moment
from mihariban.ledger.errors import LedgerForked
from mihariban.office.base.dates import now as moment_now
from mihariban.office.base.text import T
from mihariban.office.exchange import exchange
from mihariban.office.sites import alarms, hooks
from mihariban.office.sites.call import client_of, office_for
from mihariban.office.sites.errors import AnswerUnusable, FeedBroken, RecorderUnknown
from mihariban.office.sites.figures import Figures, read_figures
from mihariban.office.sites.intake import take_in
from mihariban.office.sites.models import RecorderUnit, SeenEvent, SeenStatus
from mihariban.office.sites.visits import keep_visits
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.contract.errors import RecorderUnavailable
from mihariban.recorder.contract.facts import Finding, HoldState, Status

COSIGN_EVERY: Final = timedelta(hours=1)
COSIGN_AGAIN: Final = timedelta(minutes=5)
COSIGN_LATE: Final = timedelta(hours=25)
"""As at the recorder: an exchange a day, and an hour of patience."""
VISITS_EVERY: Final = timedelta(minutes=15)
VISITS_SOON: Final = timedelta(seconds=60)
"""The list has a row for each visit that is remembered: it is asked for as often as it can have changed, not more."""
PATIENCE: Final = timedelta(seconds=60)
"""A recorder that starts anew is no alarm."""

_log = structlog.get_logger(__name__)


def listen(recorder: RecorderUnit, *, client: RecorderClient | None = None) -> bool:
    """One pass over one recorder. Returns whether it answered. Raises none of our errors.

    Args:
        client: instead of one made for this pass.
    """
    try:
        if client is not None:
            return _pass(recorder, client)
        with client_of(recorder) as made:
            return _pass(recorder, made)
    except (RecorderUnavailable, RecorderUnknown, AnswerUnusable) as error:
        _silent(recorder, error)
        return False


def _pass(recorder: RecorderUnit, client: RecorderClient) -> bool:
    now = moment_now()
    seen = _told(recorder, client.status(), _figures(recorder, client), now)
    _try(recorder, "feed", lambda: _feed(recorder, client, now))
    _try(recorder, "visits", lambda: _visits(recorder, client, seen, now))
    _try(recorder, "exchange", lambda: _exchange(recorder, client, seen, now))
    for call in hooks.after_contact:
        _try(recorder, getattr(call, "__qualname__", "hook"), lambda call=call: call(recorder, client))  # type: ignore[misc]  # a default binds it
    return True


def _try(recorder: RecorderUnit, part: str, do: Callable[[], None]) -> None:
    """A part that fails does not keep the others."""
    try:
        do()
    except MiharibanError as error:
        _log.warning("listening", recorder=recorder.pk, part=part, code=error.code)


def _figures(recorder: RecorderUnit, client: RecorderClient) -> Figures:
    """Figures are good to have: without them the status still counts."""
    try:
        return read_figures(client.metrics())
    except (RecorderUnavailable, ValueError) as error:
        _log.warning("no figures", recorder=recorder.pk, kind=type(error).__name__)
        return Figures()


@transaction.atomic
def _told(recorder: RecorderUnit, status: Status, figures: Figures, now: datetime) -> SeenStatus:
    if (status.site, status.recorder) != (recorder.site_id, recorder.pk):
        raise AnswerUnusable(recorder=recorder.pk, why=f"it calls itself {status.site}/{status.recorder}"[:100])
    seen = SeenStatus.objects.filter(pk=recorder.pk).first()
    since = seen.since if seen is not None and seen.reachable else now
    seen = seen or SeenStatus(recorder=recorder)
    seen.at = seen.tried = now
    seen.reachable, seen.since, seen.why = True, since, ""
    seen.state, seen.json = status.state, status.model_dump(mode="json")
    seen.figures = figures.as_json()
    seen.save()
    alarms.end(recorder, alarms.UNREACHABLE, now)
    alarms.keep_findings(recorder, [_finding(recorder, status, each, figures) for each in status.findings], now)
    return seen


def _finding(recorder: RecorderUnit, status: Status, found: Finding, figures: Figures) -> alarms.Told:
    if found.code.startswith(alarms.OWN):
        raise AnswerUnusable(recorder=recorder.pk, why=f"finding {found.code[:40]}")
    try:
        since = alarms.moment_of(found.since)
    except ValueError as error:
        raise AnswerUnusable(recorder=recorder.pk, why="finding: since") from error
    unknown = "alarm" if status.state == "failing" else "warning"
    severity = figures.severities.get(found.code, unknown)
    return alarms.Told(found.code[:64], found.camera or "", severity, since, T(found.ja, found.en), dict(found.figures))


@transaction.atomic
def _silent(recorder: RecorderUnit, error: MiharibanError) -> None:
    now = moment_now()
    seen = SeenStatus.objects.filter(pk=recorder.pk).first()
    if seen is None:
        seen = SeenStatus(recorder=recorder, reachable=False, since=now)
    elif seen.reachable:
        seen.reachable, seen.since = False, now
    seen.tried, seen.why = now, error.code
    seen.save()
    _log.warning("recorder not reachable", recorder=recorder.pk, code=error.code)
    if now - seen.since >= PATIENCE:
        alarms.begin(recorder, alarms.unreachable(seen.since, error.code))


def _feed(recorder: RecorderUnit, client: RecorderClient, now: datetime) -> None:
    try:
        take_in(recorder, client)
    except FeedBroken as error:
        seq = error.facts["seq"]
        with transaction.atomic():
            alarms.begin(recorder, alarms.feed_broken(now, seq if isinstance(seq, int) else 0, error.code))
        raise
    with transaction.atomic():
        alarms.end(recorder, alarms.FEED_BROKEN, now)


def _visits(recorder: RecorderUnit, client: RecorderClient, seen: SeenStatus, now: datetime) -> None:
    """The list, where it is due: by time, or because the count of today's visits moved or one began or ended."""
    mark = _mark(seen)
    if seen.visits_at is not None and now - seen.visits_at < VISITS_EVERY:
        moved = mark != seen.visits_mark
        if not moved or now - seen.visits_at < VISITS_SOON:
            return
    holds = [_hold(recorder, each) for each in client.holds() if each.released is None]
    keep_visits(recorder, client.visits(), now)
    SeenStatus.objects.filter(pk=recorder.pk).update(visits_at=now, visits_mark=mark, holds=holds)


def _hold(recorder: RecorderUnit, hold: HoldState) -> dict[str, str]:
    """What a page shows of a hold; its reason and number of paper stay at the recorder."""
    try:
        review = to_datetime(from_moment(hold.review)).isoformat()
    except ValueError as error:
        raise AnswerUnusable(recorder=recorder.pk, why="hold: review") from error
    return {"id": hold.id, "camera": hold.camera, "review": review}


def _mark(seen: SeenStatus) -> str:
    """Changes when a visit begins or ends."""
    cameras = Figures.from_json(seen.figures).cameras
    recording = {each["id"] for each in seen.json.get("cameras", ()) if each.get("recording")}
    return " ".join(f"{name}:{facts.visits_today}:{name in recording}" for name, facts in sorted(cameras.items()))[:200]


def _exchange(recorder: RecorderUnit, client: RecorderClient, seen: SeenStatus, now: datetime) -> None:
    due = seen.cosigned_at is None or now - seen.cosigned_at >= COSIGN_EVERY
    if not due or (seen.cosign_tried is not None and now - seen.cosign_tried < COSIGN_AGAIN):
        return
    SeenStatus.objects.filter(pk=recorder.pk).update(cosign_tried=now)
    try:
        exchange(office_for(recorder), client)
    except LedgerForked as error:
        with transaction.atomic():
            alarms.begin(recorder, alarms.forked(now, error.code))
        raise
    except MiharibanError:
        first = (
            seen.cosigned_at
            or SeenEvent.objects.filter(recorder=recorder).order_by("seq").values_list("at", flat=True).first()
        )
        if first is not None and now - first >= COSIGN_LATE:
            with transaction.atomic():
                alarms.begin(recorder, alarms.cosign_late(first))
        raise
    with transaction.atomic():
        SeenStatus.objects.filter(pk=recorder.pk).update(cosigned_at=now)
        alarms.end(recorder, alarms.COSIGN_LATE, now)

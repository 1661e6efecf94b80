"""Orders on their way to recorders: signed where they were decided, sent now or later, in order.

A recorder refuses a push that is older than the last it took, so that orders of one kind go out in the order of their
signing; where one cannot be delivered yet, those after it wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog
from django.db import transaction

from mihariban.base.errors import MiharibanError
from mihariban.office.base.dates import now
from mihariban.office.days.models import Delivery
from mihariban.office.exchange import deliver
from mihariban.office.signer import Office
from mihariban.office.sites.call import client_of, office_for
from mihariban.office.sites.errors import RecorderUnknown
from mihariban.office.sites.models import RecorderUnit
from mihariban.recorder.client import RecorderClient
from mihariban.recorder.contract.errors import GrantMalformed, GrantReplayed, RecorderUnavailable

_log = structlog.get_logger(__name__)
FINAL = (GrantMalformed, GrantReplayed)
"""Refusals that come again however often the same order is sent."""

Sign = Callable[[Office], str]
"""Signs an order for one recorder and returns its id."""


def queue(recorders: Iterable[RecorderUnit], kind: str, subject: str, sign: Sign, *, withdraws: bool = False) -> None:
    """Sign an order for each recorder and keep it until it is delivered. Call inside the action that decides: what was
    decided and what was signed are one transaction. An order for a recorder without keys is not signed; it waits."""
    for recorder in recorders:
        try:
            order, failure = sign(office_for(recorder)), ""
        except RecorderUnknown as error:
            order, failure = "", error.code
        Delivery.objects.create(
            recorder=recorder,
            kind=kind,
            subject=subject,
            withdraws=withdraws,
            order=order,
            waiting_since=now(),
            failure=failure,
        )


def deliver_waiting(connect: Callable[[RecorderUnit], RecorderClient] = client_of) -> int:
    """Send what waits. Returns how many orders were delivered. For the moment after a decision, and for whoever calls
    regularly; an absent recorder is no error."""
    waiting = Delivery.objects.filter(delivered_at=None, given_up=False).exclude(order="")
    done = 0
    for recorder in RecorderUnit.objects.filter(pk__in=waiting.values("recorder")):
        try:
            with connect(recorder) as client:
                done += deliver_to(recorder, client)
        except RecorderUnknown as error:
            _log.warning("recorder cannot be called", recorder=recorder.pk, code=error.code)
    return done


def deliver_to(recorder: RecorderUnit, client: RecorderClient) -> int:
    """Send what waits for one recorder, in order. Returns how many orders were delivered.

    Raises:
        RecorderUnknown: its keys are not here any more.
    """
    if not Delivery.objects.filter(recorder=recorder, delivered_at=None, given_up=False).exclude(order="").exists():
        return 0
    office, done = office_for(recorder), 0
    sends = {"calendar": client.put_calendar, "policy": client.put_policy}
    stopped: set[str] = set()
    for each in Delivery.objects.filter(recorder=recorder, delivered_at=None, given_up=False).order_by("pk"):
        if each.kind in stopped or not each.order:
            stopped.add(each.kind)
            continue
        try:
            deliver(office, each.order, sends[each.kind])
        except MiharibanError as error:
            _failed(each, error)
            if not each.given_up:
                stopped.add(each.kind)
            if isinstance(error, RecorderUnavailable):
                break
        else:
            done += 1
            _note(each, delivered=True)
    return done


def deliver_on_contact(recorder: RecorderUnit, client: RecorderClient) -> None:
    """What the listener of the sites calls whenever a recorder answered."""
    deliver_to(recorder, client)


def _failed(delivery: Delivery, error: MiharibanError) -> None:
    _log.warning("order not delivered", recorder=delivery.recorder_id, order=delivery.order, code=error.code)
    _note(delivery, failure=error.code, given_up=isinstance(error, FINAL))


def _note(delivery: Delivery, *, delivered: bool = False, failure: str = "", given_up: bool = False) -> None:
    moment = now()
    delivery.tried_at, delivery.failure, delivery.given_up = moment, failure, given_up
    delivery.delivered_at = moment if delivered else None
    with transaction.atomic():
        delivery.save(update_fields=["tried_at", "failure", "given_up", "delivered_at"])

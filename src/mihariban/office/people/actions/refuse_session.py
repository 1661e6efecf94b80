"""Somebody could not come in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from mihariban.ledger.canonical import Json
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import system
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.ledger import ledger
from mihariban.office.people.failures import key_of
from mihariban.office.people.models import LoginFailures, User
from mihariban.office.people.policy import SESSIONS

_MINUTE = timedelta(minutes=1)


def refuse_session(user: User | None, cause: str) -> None:
    """Enter a failure. One account and cause has one entry a minute, a lock-out one for its whole length; what comes
    in between is counted and stands in the next entry, so that a flood cannot fill the disk.

    Args:
        user: None where the name is no account's. What was typed then is nowhere: it may be a password.
        cause: ``password``, ``code``, ``passkey``, ``locked``, ``single_sign_on``, …

    Raises:
        LedgerUnwritable: nobody is told whether the password was right.
    """
    key = key_of(user, cause)
    moment = now()
    span = timedelta(minutes=settings.OFFICE_CONFIG.lockout_minutes) if cause == "locked" else _MINUTE
    lately = LoginFailures.objects.filter(key=key, since__gt=moment - span, since__lte=moment)
    if lately.update(pending=F("pending") + 1):
        return
    with ledger().store.transaction():
        if lately.update(pending=F("pending") + 1):  # who waited for the lock finds the entry made
            return
        _enter(user, cause, key, moment)


def _enter(user: User | None, cause: str, key: str, moment: datetime) -> None:
    with action(system(), SESSIONS.may_refuse(system())) as act:
        row, _ = LoginFailures.objects.get_or_create(key=key, defaults={"since": moment, "user": user})
        facts: dict[str, Json] = {"cause": cause, "count": row.pending + 1}
        if user is not None:
            facts["person"] = act.commit(user.shown_name)
        row.since, row.pending = moment, 0
        row.save(update_fields=["since", "pending"])
        act.enter(Draft(Tag.SESSION_PERSON_REFUSE, facts))

"""Correct what a use says; what it said stays readable."""

from __future__ import annotations

from datetime import datetime

from mihariban.base.clock import from_datetime
from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import local, now
from mihariban.office.base.reasons import need_reason
from mihariban.office.base.text import T
from mihariban.office.keyledger.checks import need_times
from mihariban.office.keyledger.holders import person_of
from mihariban.office.keyledger.models import KeyCorrection, KeyUse
from mihariban.office.keyledger.policy import KEYS
from mihariban.office.keyledger.purposes import FIELDS, PURPOSES
from mihariban.office.people.models import Person

Value = str | bool | datetime | Person


def correct_use(use: KeyUse, *, field: str, value: Value, reason: str, stamp: int, acting: Acting) -> None:
    """Give ``field`` another value. A confirmed use is to be confirmed anew.

    Args:
        field: one of ``purposes.FIELDS``. value: of its kind; moments aware.

    Raises:
        NotAllowed: the policy refuses.
        ReasonMissing, TimesDoNotFit: no reason; out after in, or in the future, or overlapping another use.
        ChangedMeanwhile: somebody was faster.
    """
    with action(acting, KEYS.may_correct(acting, use)) as act:
        need_reason(reason, T("訂正", "A correction"))
        use.check_stamp(stamp, T("この鍵の使用", "this use of the key"))
        if field not in FIELDS or (use.in_at is None and field in ("in_at", "opened", "seal")):
            raise ValueError(f"{field} cannot be corrected now")
        before = shown(getattr(use, field))
        setattr(use, field, value)
        need_times(use)
        use.corrections += 1
        use.confirmed_at = use.confirmed_by = None
        use.save()
        KeyCorrection.objects.create(
            use=use, field=field, before=before, after=shown(value), reason=reason, by=person_of(acting), at=now()
        )
        act.enter(Draft(Tag.CASEKEY_USE_CORRECT, {"use": use.pk, "field": field}, note=act.commit(reason)))


def shown(value: Value | None) -> str:
    """A value as the list of corrections keeps it."""
    if isinstance(value, datetime):
        return f"{local(from_datetime(value)):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return str(T("はい", "yes") if value else T("いいえ", "no"))
    if value is None:
        return ""
    return PURPOSES[value].ja if isinstance(value, str) and value in PURPOSES else str(value)

"""That somebody can decide as manager on every day to come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from mihariban.office.base.dates import today
from mihariban.office.people.errors import LastManager
from mihariban.office.people.models import Holding


def day_without_manager() -> date | None:
    """The first day from today on when nobody with an account in use holds the manager's post; None where there is
    none."""
    held = Holding.objects.filter(post__manages=True, void=False, person__user__is_active=True)
    spans = sorted(held.values_list("first", "last"), key=lambda span: span[0])
    day = today()
    for first, last in spans:
        if first > day:
            return day
        if last is None:
            return None
        day = max(day, last + timedelta(days=1))
    return day


@contextmanager
def manager_stays() -> Iterator[None]:
    """Inside an action: what is changed must not leave a day without a manager that had one before.

    Raises:
        LastManager: it does.
    """
    before = day_without_manager()
    yield
    after = day_without_manager()
    if after is not None and (before is None or after < before):
        raise LastManager(day=after.isoformat())

"""What today's screen is told of checks."""

from __future__ import annotations

from collections.abc import Callable

from mihariban.base.clock import HOUR, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.checks.today import tasks
from mihariban.office.sites.models import Kiosk


def test_a_check_is_due_then_late_then_missing(
    kiosk: Kiosk, someone: Callable[..., Acting], office_clock: TurnedClock
) -> None:
    """By half past eight, while it is open, after it has closed; whoever may see nothing is told nothing."""
    operator = someone("operator")
    states = []
    for hours in (0, 1, 12):
        office_clock.turn(hours * HOUR)
        found = [task for task in tasks(operator, now()) if task.kiosk == kiosk.pk]
        states.append([task.state for task in found])
        assert found[0].url.startswith(f"/checks/{kiosk.pk}/")
    assert states == [["due"], ["late"], ["alarm"]]
    assert list(tasks(Acting("見本 三郎", frozenset(), operator.day), now())) == []

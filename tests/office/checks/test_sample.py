"""The demo's sheets."""

from __future__ import annotations

from collections.abc import Callable

from mihariban.base.clock import DAY, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import today
from mihariban.office.checks.day import checks_today, late_checks
from mihariban.office.checks.sample import make_sample
from mihariban.office.sites.models import Kiosk


def test_a_sheet_is_left_for_whoever_tries_it(
    kiosk: Kiosk, someone: Callable[..., Acting], office_clock: TurnedClock
) -> None:
    """Yesterday's are confirmed; nothing is late; called twice it makes nothing anew."""
    operator, manager = someone("operator"), someone("manager", name="例 一郎")
    for _ in range(5):  # Tuesday to Saturday, which is closed
        made = make_sample(operator, manager, kiosk.site, today())
        assert make_sample(operator, manager, kiosk.site, today()) == []
        office_clock.turn(DAY)
    assert made == []
    make_sample(operator, manager, kiosk.site, today())  # Sunday, open
    assert {(day.kiosk.pk, day.state) for day in checks_today()} == {("k1", "signed"), ("k2", "due")}
    assert late_checks() == []

"""The office of the demo: sample people with accounts, a week of morning checks, and what each app brings, all by the
office's own actions. Nobody in it exists (見本 太郎 is what a form's example is filled with)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mihariban.base.clock import DAY, HOUR, MINUTE, TurnedClock, to_datetime
from mihariban.policy import Site

if TYPE_CHECKING:
    from mihariban.office.base.acting import Acting
    from mihariban.office.sites.models import Site as SiteRow

DAYS_BEFORE = 42
"""So many days the office was at work before the demo's own day."""
_CHECKED_DAYS = 7
"""So many of them have their morning checks: each is signed as a clerk signs it, which takes its time."""
_FAULT_BEFORE = 5
_MORNING = 8 * HOUR + 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Account:
    """A sample account, as it is printed."""

    username: str
    password: str
    name: str
    roles: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """For ``ready.json``."""
        facts = {"username": self.username, "password": self.password, "name": self.name}
        return {**facts, "roles": list(self.roles)}


def begin_office(site: Site, socket: Path, clock: TurnedClock, until: int) -> list[Account]:
    """The weeks before: equipment, people, rule, set-up, visits; in the last one a check every open morning, a fault.

    Args:
        site: the equipment.
        socket: where its recorder will answer.
        clock: the office's; it is turned to ``until`` (wall ns).
    """
    from mihariban.office.base.acting import system
    from mihariban.office.people.sample import PASSWORD
    from mihariban.office.people.sample import make_sample as people
    from mihariban.office.rule.sample import make_sample as rule
    from mihariban.office.sites.actions.register_site import register_site
    from mihariban.office.sites.sample import make_sample as kiosks
    from mihariban.office.sites.sample import make_visits

    row = register_site(site, acting=system(), socket=str(socket))
    today = to_datetime(clock.wall(), site.zone).date()
    acting = people(today - timedelta(days=400))
    _sign(acting["manager"], acting["it"])
    kiosks(acting["manager"], row)
    make_visits(row, today, to_datetime(until, site.zone).date() - timedelta(days=1))
    clock.turn_to(until - _CHECKED_DAYS * DAY)
    _mornings(row, site, clock, until)
    rule(acting_now("hanako"), to_datetime(until, site.zone).date())
    return [Account(name, PASSWORD, each.name, tuple(sorted(each.roles))) for name, each in acting.items()]


def _sign(manager: Acting, it: Acting) -> None:
    """The set-up as the wizard leaves it: every step done or skipped, and signed."""
    from mihariban.office.people.setup import section
    from mihariban.office.wizard.actions.finish_step import finish_step
    from mihariban.office.wizard.actions.set_section import set_section
    from mihariban.office.wizard.actions.sign_set_up import sign_set_up
    from mihariban.office.wizard.steps import STEPS
    from mihariban.office.wizard.summary import digest, summary

    set_section(section(), None, acting=it)
    for step in STEPS:
        if step.name not in ("section", "summary"):
            finish_step(step.name, acting=it, skipped=step.may_skip)
    sign_set_up(digest(summary()), acting=manager)


def _mornings(row: SiteRow, site: Site, clock: TurnedClock, until: int) -> None:
    from mihariban.office.checks.sample import make_sample as checks

    day = to_datetime(clock.wall(), site.zone).date()
    while (morning := _at(day, site) + _MORNING) < until - DAY // 2:
        clock.turn_to(morning)
        checks(acting_now("hanako"), acting_now("manager"), row, day, leave_last=False)
        if (to_datetime(until, site.zone).date() - day).days == _FAULT_BEFORE:
            _fault(row, clock)
        day += timedelta(days=1)
    clock.turn_to(until)


def _fault(row: SiteRow, clock: TurnedClock) -> None:
    """A jam in the course of a morning: found, told, mended, tried, confirmed."""
    from mihariban.office.faults.sample import make_jam

    make_jam(acting_now, row, lambda minutes: clock.turn(minutes * MINUTE))


def _at(day: date, site: Site) -> int:
    """Midnight at which ``day`` begins, wall ns."""
    from datetime import datetime, time

    from mihariban.base.clock import from_datetime

    return from_datetime(datetime.combine(day, time(), site.zone))


def acting_now(username: str) -> Acting:
    """The owner of a sample account, acting now."""
    from mihariban.office.base.acting import Acting
    from mihariban.office.people.models import User

    return Acting.of(User.objects.select_related("person").get(username=username))


def fill_registers(day: date) -> None:
    """The day itself: changes of hours, signs, keys, things, faults. The morning check is left to whoever looks."""
    from mihariban.office.days.sample import make_sample as days
    from mihariban.office.faults.sample import make_sample as faults
    from mihariban.office.found.sample import make_things
    from mihariban.office.keyledger.sample import make_sample as keys
    from mihariban.office.notices.sample import make_sample as notices
    from mihariban.office.sites.models import Kiosk
    from mihariban.office.sites.models import Site as SiteRow

    manager, operator = acting_now("manager"), acting_now("hanako")
    site = SiteRow.objects.get()
    days(manager, operator, site, day)
    notices(manager, site, day)
    keys(manager, operator, site.recorders.first(), today=True)
    make_things(operator, Kiosk.objects.order_by("pk").first())
    faults(operator, manager, site, day)

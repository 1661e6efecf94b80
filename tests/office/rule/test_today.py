"""What today's screen is told of versions of the rule."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mihariban.base.clock import DAY, TurnedClock
from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.rule.actions.adopt_rule import adopt_rule
from mihariban.office.rule.actions.approve_version import approve_version
from mihariban.office.rule.actions.propose_version import propose_version
from mihariban.office.rule.models import RuleVersion
from mihariban.office.rule.today import tasks
from tests.office.rule.texts import second

Someone = Callable[..., Acting]


@pytest.fixture
def proposed(someone: Someone) -> RuleVersion:
    """A second version, proposed on 23 November for 10 December."""
    adopt_rule(acting=someone("manager", name="例 一郎"))
    return propose_version(second("2026-12-10"), acting=someone("operator"), why="保存期間の短縮")


def _told(acting: Acting) -> list[tuple[str, str]]:
    return [(task.url, task.state) for task in tasks(acting, now())]


def test_a_proposal_waits_for_who_decides(proposed: RuleVersion, someone: Someone, office_clock: TurnedClock) -> None:
    """Late once its date has passed, because it cannot be approved any more."""
    manager, address = someone("manager"), f"/rule/versions/{proposed.pk}/"
    assert _told(manager) == [(address, "due")]
    assert all(_told(someone(role)) == [] for role in ("operator", "auditor", "it", "vendor"))
    office_clock.turn(18 * DAY)
    (task,) = tasks(manager, now())
    assert task.state == "late" and task.detail is not None and "承認はできません" in task.detail.ja


def test_a_version_is_told_two_weeks_ahead_and_on_its_day(
    proposed: RuleVersion, someone: Someone, office_clock: TurnedClock
) -> None:
    """To everybody; not before, and not the day after."""
    manager = someone("manager")
    approve_version(proposed, acting=manager, approver="市長", document_number="1", stamp=proposed.stamp, deliver=False)
    found = []
    for days in (2, 1, 13, 1, 1):  # 25 and 26 November, 9, 10 and 11 December
        office_clock.turn(days * DAY)
        found.append([state for _, state in _told(someone("operator"))])
    assert found == [[], ["due"], ["due"], ["done"], []]

"""What the demonstration shows of days and rule."""

from __future__ import annotations

from collections.abc import Callable

from mihariban.office.base.acting import Acting
from mihariban.office.days.models import CalendarChange
from mihariban.office.days.sample import make_sample
from mihariban.office.rule.explained import changed_fields
from mihariban.office.rule.in_force import read_version
from mihariban.office.rule.models import RuleVersion
from mihariban.office.rule.sample import make_sample as make_rule_sample


def test_the_sample_has_every_state(someone: Callable[..., Acting]) -> None:
    """Decided, asked for, withdrawn; a version that waits."""
    manager, operator = someone("manager"), someone("operator", name="見本 花子")
    make_sample(manager, operator, None, manager.day)
    states = [each.state for each in CalendarChange.objects.order_by("first_day")]
    assert states == ["approved", "approved", "proposed", "withdrawn"]
    row = make_rule_sample(operator, manager.day)
    assert sorted(RuleVersion.objects.values_list("state", flat=True)) == ["approved", "proposed"]
    first = RuleVersion.objects.get(version=1)
    one, two = (read_version(each.text, each.rule, each.version, each.sha256).policy for each in (first, row))
    assert {each.place for each in changed_fields(one, two)} == {
        "version",
        "effective_from",
        "retention.extension.review_days",
    }

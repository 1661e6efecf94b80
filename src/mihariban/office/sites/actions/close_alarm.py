"""Close an alarm that no good news ends."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.base.errors import NotAllowed
from mihariban.office.sites import alarms
from mihariban.office.sites.models import SeenFinding
from mihariban.office.sites.policy import SITES


def close_alarm(finding: SeenFinding, *, acting: Acting, reason: str) -> None:
    """Somebody has looked into it; ``reason`` says what was found.

    Raises:
        NotAllowed: the policy refuses, or somebody else closed it meanwhile.
    """
    with action(acting, SITES.may_close(acting, finding)) as act:
        finding.refresh_from_db()
        verdict = SITES.may_close(acting, finding)
        if not verdict:
            raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)
        alarms.end(finding.recorder, finding.code, now())
        facts: dict[str, str | int] = {"recorder": finding.recorder_id, "code": finding.code}
        act.enter(Draft(Tag.ALARM_FINDING_CLOSE, facts, note=act.commit(reason)))

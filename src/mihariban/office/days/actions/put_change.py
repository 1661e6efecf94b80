"""Put a change of days and hours: the manager decides it at once, an operator's waits for the decision."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import Act, action
from mihariban.office.base.dates import now
from mihariban.office.base.policy import Verdict
from mihariban.office.days.actions.decided import push_put, wait_for_recorders
from mihariban.office.days.models import CalendarChange
from mihariban.office.days.policy import DAYS
from mihariban.office.days.proposal import ChangeProposal


def put_change(proposal: ChangeProposal, *, acting: Acting, deliver: bool = True) -> CalendarChange:
    """Enter a change; approved where whoever acts may decide, else proposed. Recorders get an approved one.

    Args:
        deliver: try to deliver at once; else ``outbox.deliver_waiting`` does it later.

    Raises:
        NotAllowed: the policy refuses.
        DayPassed, ChangeUnsound: nothing was entered.
    """
    put = DAYS.may_put(acting)
    verdict: Verdict = put or DAYS.may_propose(acting)
    with action(acting, verdict) as act:
        change = proposal.change(acting.day)
        _sign(change, acting.name, decided=bool(put))
        change.save(force_insert=True)
        _enter(act, change, Tag.CALENDAR_CHANGE_APPROVE if put else Tag.CALENDAR_CHANGE_PROPOSE)
        if put:
            push_put(act, change)
    if put and deliver:
        wait_for_recorders()
    return change


def _sign(change: CalendarChange, name: str, *, decided: bool) -> None:
    change.proposed_by, change.proposed_at = name, now()
    if decided:
        change.state, change.decided_by, change.decided_at = "approved", name, change.proposed_at


def _enter(act: Act, change: CalendarChange, tag: Tag) -> None:
    facts: dict[str, str | int] = {
        "change": change.id,
        "kind": change.kind,
        "first": change.first_day.isoformat(),
        "last": change.last_day.isoformat(),
    }
    act.enter(Draft(tag, facts, case=change.document_number, note=act.commit(change.reason)))

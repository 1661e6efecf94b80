"""What follows a decision: signed orders for the recorders, and their delivery."""

from __future__ import annotations

from collections.abc import Iterable

from mihariban.office.base.action import Act
from mihariban.office.base.rule import policy_on
from mihariban.office.days.errors import ChangeUnsound
from mihariban.office.days.models import CalendarChange
from mihariban.office.days.outbox import deliver_waiting, queue
from mihariban.office.signer import Decided, Office
from mihariban.office.sites.models import RecorderUnit

BASIS = "operation.changes_by_ja"


def push_put(act: Act, change: CalendarChange) -> None:
    """Sign the approved change for its recorders.

    Raises:
        ChangeUnsound: nobody is named who decided, or no paper.
    """
    if not change.approver.strip() or not change.document_number.strip():
        raise ChangeUnsound(
            why_ja="決定した者の職と文書番号がありません",
            why_en="the post that decided and the document number are missing",
        )
    decided = _decided(act, change, change.reason, change.document_number)

    def sign(office: Office) -> str:
        return office.push_calendar(decided, [change.entry()])

    queue(_recorders(change), "calendar", change.id, sign)


def push_withdrawal(act: Act, change: CalendarChange) -> None:
    """Sign the withdrawal of an approved change for its recorders."""
    decided = _decided(act, change, change.withdrawal, change.withdrawal_number)

    def sign(office: Office) -> str:
        return office.push_calendar(decided, [], [change.id])

    queue(_recorders(change), "calendar", change.id, sign, withdraws=True)


def wait_for_recorders() -> None:
    """Try to deliver, once. The decision stands whether a recorder is there or not."""
    deliver_waiting()


def _decided(act: Act, change: CalendarChange, reason: str, number: str) -> Decided:
    sources = policy_on(change.first_day).policy.sources_of(BASIS)
    article = next((source.article for source in sources if source.article), None)
    return Decided(act.role, act.acting.name or "-", reason, article or BASIS, number)


def _recorders(change: CalendarChange) -> Iterable[RecorderUnit]:
    found = RecorderUnit.objects.order_by("id")
    return found if change.site_id is None else found.filter(site=change.site_id)

"""Changes for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from mihariban.office.base.acting import Acting
from mihariban.office.days.actions.put_change import put_change
from mihariban.office.days.models import CalendarChange
from mihariban.office.days.proposal import ChangeProposal


def closure(day: date, last: date | None = None, **more: Any) -> ChangeProposal:
    """A closure of one day or more, with its paper."""
    told: dict[str, Any] = {
        "kind": "closure",
        "reason": "空調の点検",
        "approver": "市長",
        "document_number": "市窓 7",
        **more,
    }
    return ChangeProposal(first_day=day, last_day=last or day, **told)


def enter(proposal: ChangeProposal, acting: Acting) -> CalendarChange:
    """Enter a change; no recorder is asked."""
    return put_change(proposal, acting=acting, deliver=False)

"""Correct what was written down of a fault. The old text stays in the steps."""

from __future__ import annotations

from datetime import datetime

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import era_text
from mihariban.office.base.text import T
from mihariban.office.faults.actions.steps import WHAT, add_step, check_past
from mihariban.office.faults.models import Fault
from mihariban.office.faults.policy import FAULTS
from mihariban.office.faults.words import KINDS

FIELDS = {
    "kind": T("種類", "kind"),
    "what": T("内容", "what happened"),
    "since": T("故障の日時", "since"),
    "error_code": T("エラー番号", "error code"),
    "expected": T("復旧の見込み", "expected to work again"),
    "data_at_risk": T("個人情報への影響", "personal data at risk"),
}


def amend_fault(fault: Fault, *, acting: Acting, stamp: int, **changed: str | datetime) -> None:
    """Correct some of ``FIELDS``; what is as before is passed over.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else changed the fault.
        FaultTimesWrong: ``since`` is to come.
    """
    with action(acting, FAULTS.may_amend(acting, fault)) as act:
        fault.check_stamp(stamp, WHAT)
        lines = [_line(fault, name, value) for name, value in changed.items() if getattr(fault, name) != value]
        for name, value in changed.items():
            setattr(fault, name, value)
        check_past(fault.since, FIELDS["since"], "since")
        fault.save()
        text = "\n".join(lines)
        act.enter(Draft(Tag.FAULT_CASE_AMEND, {"fault": fault.pk}, note=act.commit(text)))
        add_step(fault, "amended", acting, text=text)


def _line(fault: Fault, name: str, value: str | datetime) -> str:
    return f"{FIELDS[name].ja}：{_text(name, getattr(fault, name))} → {_text(name, value)}"


def _text(name: str, value: str | datetime) -> str:
    if isinstance(value, datetime):
        return era_text(value)
    return KINDS[value].ja if name == "kind" else value or "（なし）"

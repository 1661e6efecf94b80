"""Correct a line of a signed sheet; the old value stays."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.checks.actions.fill_sheet import WHAT, person_of
from mihariban.office.checks.errors import CheckUnclear
from mihariban.office.checks.models import CheckCorrection, CheckLine
from mihariban.office.checks.policy import CHECKS


def correct_line(line: CheckLine, *, state: str, remark: str, reason: str, acting: Acting, stamp: int) -> None:
    """Another state or remark, with a reason.

    Args:
        stamp: of the sheet.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else changed the sheet.
        CheckUnclear: not ok, or not done, without a remark.
    """
    sheet = line.sheet
    with action(acting, CHECKS.may_correct(acting, sheet)) as act:
        sheet.check_stamp(stamp, WHAT)
        line.refresh_from_db()
        if state != "ok" and not remark.strip():
            raise CheckUnclear(items_ja=line.title.ja, items_en=line.title.en)
        CheckCorrection.objects.create(
            line=line, at=now(), by=person_of(acting), state=line.state, remark=line.remark, reason=reason
        )
        facts: dict[str, str | int] = {"kiosk": sheet.kiosk_id, "date": sheet.date.isoformat(), "item": line.item}
        facts |= {"before": line.state, "state": state}
        line.state, line.remark = state, remark
        line.save()
        sheet.save()
        act.enter(Draft(Tag.CHECK_LINE_CORRECT, facts, note=act.commit(f"{remark}\n{reason}")))

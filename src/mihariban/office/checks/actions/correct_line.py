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


def correct_line(
    line: CheckLine, *, state: str, remark: str, reason: str, acting: Acting, stamp: int, amount: int | None = None
) -> None:
    """Another state, remark or amount, with a reason.

    Args:
        stamp: of the sheet.
        amount: put in, as it is right; None where nothing was.

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
            line=line,
            at=now(),
            by=person_of(acting),
            state=line.state,
            remark=line.remark,
            amount=line.amount,
            reason=reason,
        )
        facts: dict[str, str | int] = {"kiosk": sheet.kiosk_id, "date": sheet.date.isoformat(), "item": line.item}
        facts |= {"before": line.state, "state": state}
        if amount != line.amount:
            facts["refilled"] = "-" if amount is None else amount
        line.state, line.remark, line.amount = state, remark, amount
        line.save()
        sheet.save()
        act.enter(Draft(Tag.CHECK_LINE_CORRECT, facts, note=act.commit(f"{remark}\n{reason}")))

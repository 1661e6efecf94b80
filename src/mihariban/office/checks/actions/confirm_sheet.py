"""The manager's part: confirm a sheet, or write why there is none."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.dates import now
from mihariban.office.checks.actions.fill_sheet import WHAT, person_of
from mihariban.office.checks.day import CheckDay
from mihariban.office.checks.models import CheckSheet
from mihariban.office.checks.policy import CHECKS


def confirm_sheet(sheet: CheckSheet, *, acting: Acting, stamp: int) -> None:
    """The manager, or the deputy inside an activation, has seen the sheet.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else changed the sheet.
    """
    with action(acting, CHECKS.may_confirm(acting, sheet)) as act:
        sheet.check_stamp(stamp, WHAT)
        sheet.confirmed_at, sheet.confirmed_by = now(), person_of(acting)
        sheet.save()
        act.enter(Draft(Tag.CHECK_SHEET_CONFIRM, {"kiosk": sheet.kiosk_id, "date": sheet.date.isoformat()}))


def explain_missing(day: CheckDay, *, reason: str, acting: Acting, stamp: int) -> CheckSheet:
    """Why a day closed without a check. What was written but not signed stays on the sheet.

    Args:
        stamp: of the unsigned sheet; 0 where there is none.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else changed the sheet.
    """
    with action(acting, CHECKS.may_explain(acting, day)) as act:
        sheet = CheckSheet.objects.filter(kiosk=day.kiosk, date=day.date).first()
        if sheet is None:
            sheet = CheckSheet(kiosk=day.kiosk, date=day.date, opens=day.opens, due=day.due)
        else:
            sheet.check_stamp(stamp, WHAT)
        sheet.explanation, sheet.confirmed_at, sheet.confirmed_by = reason, now(), person_of(acting)
        sheet.save()
        facts: dict[str, str | int] = {"kiosk": day.kiosk.pk, "date": day.date.isoformat()}
        act.enter(Draft(Tag.CHECK_SHEET_EXPLAIN, facts, note=act.commit(reason)))
    return sheet

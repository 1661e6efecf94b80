"""Write on a sheet, and sign it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import Act, action
from mihariban.office.base.dates import now
from mihariban.office.base.text import T
from mihariban.office.checks.day import CheckDay
from mihariban.office.checks.errors import CheckItemUnknown, CheckUnclear
from mihariban.office.checks.facts import Fact, facts_by_item, facts_for, put_facts
from mihariban.office.checks.models import CheckLine, CheckSheet
from mihariban.office.checks.policy import CHECKS
from mihariban.office.checks.words import SUPPLIES
from mihariban.office.people.models import Person

WHAT = T("この点検表", "this check sheet")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said of an item. ``state``: ok, not_ok, not_done; ``amount``: put in, where it is a supply."""

    state: str = "not_done"
    remark: str = ""
    amount: int | None = None


def save_sheet(
    day: CheckDay, answers: Mapping[str, Answer], *, acting: Acting, stamp: int, remark: str = ""
) -> CheckSheet:
    """Keep what was written so far; it can go on at another screen.

    Args:
        answers: by item; an item that is not named is not done.
        stamp: of the sheet that the form was filled from; 0 where there was none.

    Raises:
        NotAllowed: the policy refuses.
        ChangedMeanwhile: somebody else wrote on it.
        CheckItemUnknown: the rule has no such item.
    """
    with action(acting, CHECKS.may_fill(acting, day)) as act:
        sheet, lines = _write(day, answers, stamp, remark)
        facts: dict[str, str | int] = {**_whose(sheet), **_counts(lines)}
        act.enter(Draft(Tag.CHECK_SHEET_SAVE, facts))
    return sheet


def sign_sheet(
    day: CheckDay, answers: Mapping[str, Answer], *, acting: Acting, stamp: int, remark: str = ""
) -> CheckSheet:
    """Write and sign. What the system sees at this moment is written beside each item; where the operator says
    otherwise, that is entered.

    Raises:
        NotAllowed, ChangedMeanwhile, CheckItemUnknown: as ``save_sheet``.
        CheckUnclear: an item that is not ok, or was not done, without a remark.
    """
    seen = facts_by_item([item.id for item in day.items], facts_for(day.kiosk))
    with action(acting, CHECKS.may_fill(acting, day)) as act:
        sheet, lines = _write(day, answers, stamp, remark)
        _check_clear(lines)
        sheet.signed_at, sheet.signed_by = now(), person_of(acting)
        minute = sheet.signed_at.hour * 60 + sheet.signed_at.minute
        sheet.late = sheet.due is not None and minute >= sheet.due
        sheet.save()
        _enter_signed(act, sheet, lines, seen)
    return sheet


def person_of(acting: Acting) -> Person | None:
    """The person who acts; None for the office itself."""
    return acting.user.person if acting.user is not None else None


def _write(day: CheckDay, answers: Mapping[str, Answer], stamp: int, remark: str) -> tuple[CheckSheet, list[CheckLine]]:
    known = {item.id for item in day.items}
    for item in answers:
        if item not in known:
            raise CheckItemUnknown(item=item[:64])
    sheet = CheckSheet.objects.filter(kiosk=day.kiosk, date=day.date).first()
    if sheet is None:
        sheet = CheckSheet(kiosk=day.kiosk, date=day.date)
    else:
        sheet.check_stamp(stamp, WHAT)
    sheet.opens, sheet.due, sheet.remark = day.opens, day.due, remark
    sheet.save()
    return sheet, _write_lines(sheet, day, answers)


def _write_lines(sheet: CheckSheet, day: CheckDay, answers: Mapping[str, Answer]) -> list[CheckLine]:
    old = {line.item: line for line in sheet.lines.all()}
    CheckLine.objects.filter(sheet=sheet, fault=None).exclude(item__in=[item.id for item in day.items]).delete()
    lines = []
    for number, item in enumerate(day.items, start=1):
        line = old.get(item.id) or CheckLine(sheet=sheet, item=item.id)
        answer = answers.get(item.id, Answer())
        line.number, line.title_ja, line.title_en = number, item.title_ja, item.title_en or ""
        line.state, line.remark = answer.state, answer.remark
        line.amount = answer.amount if item.id in SUPPLIES else None
        line.save()
        lines.append(line)
    return lines


def _check_clear(lines: list[CheckLine]) -> None:
    unclear = [line for line in lines if line.state != "ok" and not line.remark.strip()]
    if unclear:
        raise CheckUnclear(
            items_ja="、".join(line.title.ja for line in unclear), items_en=", ".join(line.title.en for line in unclear)
        )


def _enter_signed(act: Act, sheet: CheckSheet, lines: list[CheckLine], seen: Mapping[str, list[Fact]]) -> None:
    for line in lines:
        put_facts(line, seen[line.item])
        line.save()
    against = [line.item for line in lines if line.contradicts]
    facts: dict[str, str | int] = {**_whose(sheet), **_counts(lines), "late": int(sheet.late)}
    if against:
        facts["contradicts"] = ",".join(against)
    put_in = [f"{line.item}:{line.amount}" for line in lines if line.amount is not None]
    if put_in:
        facts["refilled"] = ",".join(put_in)
    remarks = "\n".join(f"{line.item}: {line.remark}" for line in lines if line.remark)
    act.enter(Draft(Tag.CHECK_SHEET_SIGN, facts, note=act.commit(f"{remarks}\n{sheet.remark}".strip())))


def _whose(sheet: CheckSheet) -> dict[str, str | int]:
    return {"kiosk": sheet.kiosk_id, "date": sheet.date.isoformat()}


def _counts(lines: list[CheckLine]) -> dict[str, str | int]:
    return {state: sum(line.state == state for line in lines) for state in ("ok", "not_ok", "not_done")}

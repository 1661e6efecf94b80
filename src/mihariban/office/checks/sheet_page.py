"""What the page of a sheet shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField

from mihariban.office.base.acting import Acting
from mihariban.office.base.text import T
from mihariban.office.checks import words
from mihariban.office.checks.actions.fill_sheet import Answer
from mihariban.office.checks.day import CheckDay
from mihariban.office.checks.facts import Fact, facts_by_item, facts_for, judge
from mihariban.office.checks.forms import CheckForm, ExplainForm, initial
from mihariban.office.checks.models import CheckLine
from mihariban.office.checks.policy import CHECKS
from mihariban.office.faults.policy import FAULTS


@dataclass(frozen=True, slots=True)
class Row:
    """An item while the sheet is filled in. ``seen``: what the system thinks of it, or None."""

    number: int
    item: str
    title: T
    facts: list[Fact]
    seen: T | None
    tag: str
    state: BoundField
    remark: BoundField
    amount: BoundField | None
    line: CheckLine | None

    @property
    def put_in(self) -> T:
        """The label of the amount, under the item's own title."""
        unit = words.SUPPLIES.get(self.item, T("", ""))
        return T("補充した数（{unit}・あれば）", "Put in ({unit}, if any)").format(unit=unit)


@dataclass(frozen=True, slots=True)
class Signed:
    """A line of a sheet that was signed."""

    line: CheckLine
    state: T
    tag: str
    mark: str
    before: list[tuple[Any, T, T | None]]


def facts_of(day: CheckDay) -> dict[str, list[Fact]]:
    """What the system sees, by item of the day's list."""
    return facts_by_item([item.id for item in day.items], facts_for(day.kiosk))


def first_form(day: CheckDay, seen: Mapping[str, list[Fact]], *, rest: bool = False) -> CheckForm:
    """The form as it is shown first.

    Args:
        rest: take for ok what was not said otherwise by anybody.
    """
    lines = list(day.sheet.lines.all()) if day.sheet is not None else []
    answers = {line.item: Answer(line.state, line.remark, line.amount) for line in lines}
    verdicts = {item: judge(facts) for item, facts in seen.items()}
    filled = initial([item.id for item in day.items], answers, verdicts)
    if rest:
        filled = take_rest(filled)
    return CheckForm(day=day, initial={**filled, "remark": day.sheet.remark if day.sheet else ""})


def take_rest(filled: dict[str, Any]) -> dict[str, Any]:
    """The same with ok where nothing was said; an item on which somebody wrote a remark is left."""
    return {
        name: "ok" if value == "not_done" and not filled.get(name.replace("state_", "remark_", 1)) else value
        for name, value in filled.items()
    }


def sheet_page(acting: Acting, day: CheckDay, form: CheckForm | None = None) -> dict[str, Any]:
    """Facts of the page."""
    facts: dict[str, Any] = {
        "day": day,
        "sheet": day.sheet,
        "stamp": day.sheet.stamp if day.sheet is not None else 0,
        "may_fill": CHECKS.may_fill(acting, day),
        "may_explain": CHECKS.may_explain(acting, day),
        "may_fault": FAULTS.may_open(acting),
    }
    if facts["may_fill"]:
        seen = facts_of(day)
        form = form or first_form(day, seen)
        return {**facts, "form": form, "rows": _rows(day, form, seen)}
    if day.sheet is not None:
        facts |= {
            "signed": [_signed(line) for line in day.sheet.lines.prefetch_related("corrections__by")],
            "may_confirm": CHECKS.may_confirm(acting, day.sheet),
            "may_correct": CHECKS.may_correct(acting, day.sheet),
            "same_person": day.sheet.signed_by_id is not None and day.sheet.signed_by_id == day.sheet.confirmed_by_id,
        }
    return {**facts, "explain": ExplainForm() if facts["may_explain"] else None}


def _rows(day: CheckDay, form: CheckForm, seen: Mapping[str, list[Fact]]) -> list[Row]:
    lines = {line.item: line for line in day.sheet.lines.all()} if day.sheet is not None else {}
    return [
        _row(number, item.id, T(item.title_ja, item.title_en or item.title_ja), form, seen[item.id], lines.get(item.id))
        for number, item in enumerate(day.items, start=1)
    ]


def _row(number: int, item: str, title: T, form: CheckForm, facts: list[Fact], line: CheckLine | None) -> Row:
    verdict = judge(facts)
    key = {True: "ok", False: "not_ok", None: ""}[verdict]
    state, remark = form[f"state_{item}"], form[f"remark_{item}"]
    amount = form[f"amount_{item}"] if item in words.SUPPLIES else None
    tag = words.STATE_TAGS.get(key, "")
    return Row(number, item, title, facts, words.STATES.get(key), tag, state, remark, amount, line)


def _signed(line: CheckLine) -> Signed:
    before = [
        (each, words.STATES[each.state], words.refilled(line.item, each.amount)) for each in line.corrections.all()
    ]
    return Signed(line, words.STATES[line.state], words.STATE_TAGS[line.state], words.MARKS[line.state], before)

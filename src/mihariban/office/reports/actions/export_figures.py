"""Figures leave the office as a file."""

from __future__ import annotations

from mihariban.ledger.entry import Draft
from mihariban.ledger.tags import Tag
from mihariban.office.base.acting import Acting
from mihariban.office.base.action import action
from mihariban.office.base.sheets import Sheet
from mihariban.office.base.text import T
from mihariban.office.reports.figures import Figures
from mihariban.office.reports.policy import REPORTS


def export_figures(figures: Figures, *, form: str, acting: Acting) -> Sheet:
    """Day, hour, visits, queued: a row for each hour in which anybody came.

    Args:
        form: one of ``sheets.FORMATS``, for the entry.

    Raises:
        NotAllowed: the policy refuses.
    """
    head = [T("日付", "Date"), T("時", "Hour"), T("来訪", "Visits"), T("続いた来訪", "Queued")]
    rows = [[day, hour, n, figures.queued[day, hour]] for (day, hour), n in sorted(figures.visits.items())]
    with action(acting, REPORTS.may_export(acting)) as act:
        facts: dict[str, str | int] = {"register": "figures", "count": len(rows), "form": form}
        period = {"first": figures.period.first.isoformat(), "last": figures.period.last.isoformat()}
        act.enter(Draft(Tag.REGISTER_ROWS_EXPORT, {**facts, **period}))
    return Sheet(str(T("来訪の数", "Visits")), [str(each) for each in head], rows)

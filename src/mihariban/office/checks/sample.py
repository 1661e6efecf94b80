"""Sample sheets for the demo, made by the actions themselves."""

from __future__ import annotations

from datetime import date, timedelta

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import today
from mihariban.office.checks.actions.confirm_sheet import confirm_sheet
from mihariban.office.checks.actions.fill_sheet import Answer, sign_sheet
from mihariban.office.checks.day import CheckDay, check_day
from mihariban.office.checks.models import CheckSheet
from mihariban.office.checks.policy import CHECKS
from mihariban.office.sites.models import Kiosk, Site


def make_sample(
    operator: Acting, manager: Acting, site: Site, day: date, *, leave_last: bool = True
) -> list[CheckSheet]:
    """Today's sheets of the site but the last kiosk's, which is left for whoever tries the product.

    Turn the office's clock to each past morning and call it there for sheets of the past; a day that is closed, or
    already signed, is passed over.

    Args:
        operator, manager: who signs and who confirms; the sheets of ``day`` are confirmed where it is past.
        day: the office's today.
        leave_last: else the last kiosk's is signed too.
    """
    kiosks = list(Kiosk.objects.filter(site=site).select_related("site").order_by("pk"))
    made = []
    for number, kiosk in enumerate(kiosks):
        found = check_day(kiosk, day)
        left = leave_last and number == len(kiosks) - 1 > 0
        if CHECKS.may_fill(operator, found) and not left:
            made.append(sign_sheet(found, _answers(found, number), acting=operator, stamp=_stamp(found)))
    for sheet in CheckSheet.objects.filter(
        kiosk__in=kiosks, date__lt=today(), confirmed_at=None, signed_at__isnull=False
    ):
        confirm_sheet(sheet, acting=manager, stamp=sheet.stamp)
    return made


def _answers(day: CheckDay, number: int) -> dict[str, Answer]:
    answers = {item.id: Answer("ok") for item in day.items}
    if "toner" in answers and (day.date + timedelta(days=number)).day % 7 == 0:
        answers["toner"] = Answer("ok", "黒を 1 本補充")
    return answers


def _stamp(day: CheckDay) -> int:
    return day.sheet.stamp if day.sheet is not None else 0

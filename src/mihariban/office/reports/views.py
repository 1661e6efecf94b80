"""The page of all registers, and figures."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mihariban.base.errors import MiharibanError
from mihariban.office.base.acting import Acting, acting_of
from mihariban.office.base.dates import now, today
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.rule import policy_on
from mihariban.office.base.sheets import FORMATS
from mihariban.office.base.text import T, language
from mihariban.office.reports.actions.export_figures import export_figures
from mihariban.office.reports.charts import charts
from mihariban.office.reports.collected import Collected, collected
from mihariban.office.reports.errors import PeriodNotPossible
from mihariban.office.reports.figures import Figures, Period, figures_of
from mihariban.office.reports.forms import AskForm
from mihariban.office.reports.policy import REPORTS

USUAL = timedelta(days=27)
"""Four weeks are shown where nothing was asked: each weekday equally often."""


def _seen(acting: Acting) -> None:
    verdict = REPORTS.may_see(acting)
    if not verdict:
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every register of every app, narrowed to a period and a kiosk."""
    acting = acting_of(request)
    _seen(acting)
    form = AskForm(request.GET)
    sent = form.cleaned_data if form.is_valid() else {}
    asked = {name: str(getattr(value, "pk", value)) for name, value in sent.items() if value is not None}
    found = collected(acting, asked)
    shown = {"form": form, "registers": found, "asked": asked, "rule": _rule(found)}
    return render(request, "reports/index.html", shown, status=200 if form.is_valid() else 422)


def _rule(found: list[Collected]) -> list[tuple[str, Collected | None]]:
    """The registers that the rule names, each with ours of that name."""
    try:
        wanted = policy_on(today()).policy.registers
    except MiharibanError:
        return []
    ours = {each.title.ja: each for each in found}
    return [(each.title_ja, ours.get(each.title_ja)) for each in wanted]


@login_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Visits and queues, drawn; ``?as=csv``, ``csv-cp932``, ``xlsx`` give the numbers."""
    acting = acting_of(request)
    _seen(acting)
    form = AskForm(_usual(request))
    counted = _count(form)
    if counted is None:
        return render(request, "reports/figures.html", {"form": form}, status=422)
    wanted = request.GET.get("as", "")
    if wanted in FORMATS:
        return export_figures(counted, form=wanted, acting=acting).response(wanted, f"visits-{now():%Y%m%d-%H%M}")
    return render(request, "reports/figures.html", _page(request, form, counted))


def _usual(request: HttpRequest) -> QueryDict:
    """What was asked, and four weeks up to today where no period was."""
    asked = request.GET.copy()
    if not asked.get("first") and not asked.get("last"):
        asked["first"], asked["last"] = (today() - USUAL).isoformat(), today().isoformat()
    return asked


def _count(form: AskForm) -> Figures | None:
    if not form.is_valid():
        return None
    sent = form.cleaned_data
    last = sent["last"] or max(today(), sent["first"] or today())
    try:
        return figures_of(Period(sent["first"] or max(last, date.min + USUAL) - USUAL, last), sent["kiosk"])
    except PeriodNotPossible as error:
        form.add_error("last", error.text(language()))
        return None


def _page(request: HttpRequest, form: AskForm, counted: Figures) -> dict[str, Any]:
    query = request.GET.copy()
    exports = []
    for name, label in FORMATS.items():
        query["as"] = name
        exports.append((f"?{query.urlencode()}", label))
    issued = T("未接続", "not connected")
    return {"form": form, "figures": counted, "charts": charts(counted), "exports": exports, "issued": issued}

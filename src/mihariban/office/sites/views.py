"""Pages of the equipment: what there is, how it does, what is wrong."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mihariban.office.base.acting import Acting, acting_of
from mihariban.office.base.dates import now
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.pages import ActionPage
from mihariban.office.base.policy import Verdict
from mihariban.office.base.text import T
from mihariban.office.sites.actions.change_kiosk import change_kiosk
from mihariban.office.sites.actions.close_alarm import close_alarm
from mihariban.office.sites.event_words import said, with_sentences
from mihariban.office.sites.figures import Figures
from mihariban.office.sites.forms import CloseForm, KioskForm
from mihariban.office.sites.models import Kiosk, RecorderUnit, SeenEvent, SeenFinding, SeenStatus, Site
from mihariban.office.sites.policy import SITES
from mihariban.office.sites.registers import SEVERITIES
from mihariban.office.sites.seen import findings_now


def _check(verdict: Verdict) -> None:
    if not verdict:
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)


@login_required
@require_safe
def equipment(request: HttpRequest) -> HttpResponse:
    """Sites with their kiosks, cameras and recorders."""
    acting = acting_of(request)
    _check(SITES.may_see(acting))
    kiosks = Kiosk.objects.prefetch_related("cameras").order_by("id")
    recorders = RecorderUnit.objects.select_related("seen").prefetch_related("cameras").order_by("id")
    sites = [
        {
            "site": site,
            "kiosks": [each for each in kiosks if each.site_id == site.pk],
            "recorders": [_heard(each) for each in recorders if each.site_id == site.pk],
        }
        for site in Site.objects.order_by("id")
    ]
    changeable = bool(SITES.may_register(acting))
    facts = {"sites": sites, "may_change": changeable, "may_events": SITES.may_see_events(acting)}
    return render(request, "sites/equipment.html", facts)


@login_required
@require_safe
def recorder(request: HttpRequest, pk: str) -> HttpResponse:
    """One recorder: how it does, in numbers."""
    acting = acting_of(request)
    _check(SITES.may_see(acting))
    unit = get_object_or_404(RecorderUnit.objects.select_related("site", "seen"), pk=pk)
    may_events = SITES.may_see_events(acting)
    rows = with_sentences(SeenEvent.objects.filter(recorder=unit).order_by("-seq")[:10]) if may_events else []
    facts = {
        **_heard(unit),
        "cameras": list(unit.cameras.select_related("kiosk").order_by("camera")),
        "findings": list(findings_now(recorder=pk)),
        "events": [(row.at, said(row)) for row in rows],
        "may_events": may_events,
        "now": now(),
    }
    return render(request, "sites/recorder.html", facts)


def _heard(unit: RecorderUnit) -> dict[str, Any]:
    try:
        seen: SeenStatus | None = unit.seen
    except SeenStatus.DoesNotExist:
        seen = None
    return {"recorder": unit, "seen": seen, "figures": Figures.from_json(seen.figures if seen else {})}


class FindingPage(ActionPage):
    """One alarm, and its end where a person must give it one."""

    form_class = CloseForm
    title = T("異常", "Alarm")
    button = T("この異常を閉じる", "Close this alarm")
    danger = True
    template_name = "sites/finding.html"

    def find(self, **named: Any) -> SeenFinding:
        return get_object_or_404(SeenFinding.objects.select_related("recorder__site"), pk=named["pk"])

    def verdict(self, acting: Acting, row: SeenFinding) -> Verdict:
        return SITES.may_see(acting)

    def act(self, acting: Acting, row: SeenFinding, form: CloseForm) -> str:
        close_alarm(row, acting=acting, reason=form.cleaned_data["reason"])
        return reverse("sites:finding", args=[row.pk])

    def more(self, acting: Acting, row: SeenFinding) -> dict[str, Any]:
        return {"may_close": SITES.may_close(acting, row), "severity": SEVERITIES.get(row.severity, row.severity)}


class KioskPage(ActionPage):
    """Name and place of a kiosk."""

    form_class = KioskForm
    title = T("交付機の名称と場所", "Name and place of a kiosk")
    button = T("保存する", "Save")

    def find(self, **named: Any) -> Kiosk:
        return get_object_or_404(Kiosk, pk=named["pk"])

    def verdict(self, acting: Acting, row: Kiosk) -> Verdict:
        return SITES.may_change_kiosk(acting, row)

    def start(self, row: Kiosk) -> dict[str, Any]:
        return {"name": row.name, "place": row.place}

    def act(self, acting: Acting, row: Kiosk, form: KioskForm) -> str:
        told = form.cleaned_data
        change_kiosk(row, acting=acting, name=told["name"], place=told["place"], stamp=form.stamp)
        return reverse("sites:list")

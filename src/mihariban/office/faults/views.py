"""Pages of faults."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mihariban.base.errors import InputError, StateError
from mihariban.office.base.acting import acting_of
from mihariban.office.base.dates import now, today
from mihariban.office.base.errors import ChangedMeanwhile, NotAllowed, NotThere
from mihariban.office.base.kept import keep, tell
from mihariban.office.base.policy import Refused, Verdict
from mihariban.office.base.sheets import FORMATS
from mihariban.office.base.text import T
from mihariban.office.faults import words
from mihariban.office.faults.actions.link_gap import link_gaps_heard
from mihariban.office.faults.actions.open_fault import open_fault
from mihariban.office.faults.deeds import DEEDS, DISK_DEEDS, may_disk, run_disk
from mihariban.office.faults.downtime_page import LENGTHS, downtime_page
from mihariban.office.faults.errors import MailNotSent
from mihariban.office.faults.findings import open_from_seen
from mihariban.office.faults.forms import DeedForm, OpenForm
from mihariban.office.faults.models import Fault, TakenDisk
from mihariban.office.faults.policy import FAULTS
from mihariban.office.faults.record_page import record_page, sheet_page
from mihariban.office.sites.models import SeenFinding

_WRONG, _CONFLICT, _FORBIDDEN = 422, 409, 403
_FORMS = {name: FORMATS[name] for name in ("xlsx", "csv")}
_OPENED = T("故障を届け出ました。次にすることを見てください。", "Opened. See what to do next.")


@login_required
@require_http_methods(["GET", "POST"])
def open_(request: HttpRequest) -> HttpResponse:
    """A new fault."""
    acting = acting_of(request)
    # No kind is chosen beforehand: figures are made of it, and what is chosen already is left as it is.
    start = {"kiosk": request.GET.get("kiosk"), "stop": True}
    form = keep(request, OpenForm(request.POST or None, initial=start))
    _insist(FAULTS.may_open(acting))
    if request.method == "POST" and form.is_valid():
        try:
            fault = open_fault(acting=acting, **form.cleaned_data)
        except (InputError, StateError) as error:
            tell(form, error)
        else:
            messages.success(request, str(_OPENED))
            return redirect("faults:record", fault.pk)
    return render(request, "faults/open.html", {"form": form}, status=_WRONG if form.is_bound else 200)


@login_required
@require_POST
def from_finding(request: HttpRequest) -> HttpResponse:
    """One press beside an alarm."""
    acting, number = acting_of(request), request.POST.get("finding", "")
    finding = SeenFinding.objects.filter(pk=_whole(number)).first()
    fault = open_from_seen(finding, acting=acting) if finding else None
    if fault is None:
        raise NotThere(what_ja="その警報", what_en="That alarm")
    return redirect("faults:record", fault.pk)


@login_required
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One fault: what is known, what to do next, what was done."""
    acting, fault = acting_of(request), _of(pk)
    if request.method == "GET":
        _insist(FAULTS.may_see_one(acting, fault))
        return render(request, "faults/record.html", record_page(acting, fault))
    deed = DEEDS.get(request.POST.get("deed", ""))
    if deed is None:
        raise NotThere(what_ja="その操作", what_en="That deed")
    name = request.POST["deed"]
    form = keep(request, deed.form(request.POST, fault=fault, auto_id=f"id_{name}_%s"))
    _insist(FAULTS.may_see_one(acting, fault))
    status, verdict = _WRONG, deed.may(acting, fault)
    if not verdict:
        form.add_error(None, str(verdict.why))
        status = _FORBIDDEN
    elif form.is_valid():
        status = _run(request, form, lambda stamp: deed.run(fault, form.cleaned_data, acting, stamp))
    if not form.errors:
        messages.success(request, str(deed.done))
        return redirect("faults:record", pk)
    fault = _fault(request, pk)
    return render(
        request, "faults/record.html", record_page(acting, fault, bound=(name, _restamped(form, fault))), status=status
    )


@login_required
@require_http_methods(["GET", "POST"])
def disk(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Hand a disk over, or confirm its erasure."""
    acting = acting_of(request)
    row = TakenDisk.objects.select_related("fault__kiosk").filter(pk=pk).first()
    if row is None or deed not in DISK_DEEDS:
        raise NotThere(what_ja="そのディスク", what_en="That disk")
    text, kind = DISK_DEEDS[deed]
    form = keep(request, kind(request.POST or None, fault=row.fault))
    _insist(may_disk(deed, acting, row))
    status = _WRONG if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        status = _run(request, form, lambda stamp: run_disk(deed, row, form.cleaned_data, acting, stamp))
        if not form.errors:
            messages.success(request, str(T("記録しました。", "Entered.")))
            return redirect("faults:record", row.fault_id)
    row.refresh_from_db()
    return render(request, "faults/disk.html", {"form": form, "disk": row, "text": text}, status=status)


@login_required
@require_POST
def gaps(request: HttpRequest, pk: int) -> HttpResponse:
    """Link the gaps that the recorder told of."""
    acting, fault = acting_of(request), _fault(request, pk)
    _insist(FAULTS.may_link_gap(acting, fault))
    found = link_gaps_heard(fault, acting=acting)
    said = T("映像の欠けを {n} 件結びつけました。", "{n} gaps linked.").format(n=len(found))
    none = T("レコーダーから聞いた欠けはありません。", "The recorder told of no gap.")
    messages.info(request, str(said if found else none))
    return redirect("faults:record", pk)


@login_required
@require_safe
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The record on A4."""
    return render(request, "faults/sheet.html", sheet_page(_fault(request, pk)))


@login_required
@require_safe
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice to put up: Japanese and English on one A4."""
    fault = _fault(request, pk)
    return render(request, "faults/notice.html", {"fault": fault, "today": today()})


@login_required
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Downtime per kiosk, month and kind."""
    _insist(FAULTS.may_see(acting_of(request)))
    page = downtime_page(request.GET.get("until", ""), request.GET.get("months", ""))
    form = request.GET.get("as", "")
    if form in _FORMS:
        return page.export(acting_of(request), form, f"downtime-{now():%Y%m%d-%H%M}")
    return render(
        request, "faults/figures.html", {"page": page, "kinds": words.KINDS, "formats": _FORMS, "lengths": LENGTHS}
    )


def _run(request: HttpRequest, form: DeedForm, run: Any) -> int:
    """Run an action; its refusal goes to the form. Returns the status for a page that shows it."""
    try:
        run(_stamp(request))
    except NotAllowed as error:
        tell(form, error)
        return _FORBIDDEN
    except (InputError, StateError, MailNotSent) as error:
        tell(form, error)
        return _CONFLICT if isinstance(error, ChangedMeanwhile) else _WRONG
    return 200


def _stamp(request: HttpRequest) -> int:
    return _whole(request.POST.get("stamp", ""))


def _whole(told: str) -> int:
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else -1


def _restamped(form: DeedForm, fault: Fault) -> DeedForm:
    """The form with what was typed; saved again it is taken, because its page shows the present state."""
    data = form.data.copy() if isinstance(form.data, QueryDict) else dict(form.data)
    data["stamp"] = str(fault.stamp)
    form.data = data
    return form


def _fault(request: HttpRequest, pk: int) -> Fault:
    found = _of(pk)
    _insist(FAULTS.may_see_one(acting_of(request), found))
    return found


def _of(pk: int) -> Fault:
    rows = Fault.objects.select_related("kiosk__site", "opened_by", "confirmed_by")
    found = rows.prefetch_related("steps__by", "stoppages", "gaps", "disks").filter(pk=pk).first()
    if found is None:
        raise NotThere(what_ja="その故障の記録", what_en="That fault")
    return found


def _insist(verdict: Verdict) -> None:
    if isinstance(verdict, Refused):
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)

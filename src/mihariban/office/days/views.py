"""Pages of days and hours."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mihariban.base.errors import InputError, MiharibanError, StateError
from mihariban.office.base.acting import Acting, acting_of
from mihariban.office.base.errors import NotAllowed, NotThere
from mihariban.office.base.kept import keep, tell
from mihariban.office.base.policy import Verdict
from mihariban.office.base.rule import policy_on
from mihariban.office.base.text import T, language
from mihariban.office.days.actions.approve_change import approve_change
from mihariban.office.days.actions.put_change import put_change
from mihariban.office.days.actions.refuse_change import refuse_change
from mihariban.office.days.actions.withdraw_change import withdraw_change
from mihariban.office.days.forms import ApproveForm, ChangeForm, RefuseForm, WithdrawForm
from mihariban.office.days.hours import hours_between
from mihariban.office.days.models import KINDS, CalendarChange, Delivery
from mihariban.office.days.month import LAST_YEAR, check_range, month_page
from mihariban.office.days.outbox import deliver_waiting
from mihariban.office.days.policy import DAYS
from mihariban.office.days.proposal import preview
from mihariban.office.days.register import times_text
from mihariban.office.days.words import hours_text, reason_text, weekday_text
from mihariban.office.sites.models import Site

FORMS: dict[str, type[forms.Form]] = {"approve": ApproveForm, "refuse": RefuseForm, "withdraw": WithdrawForm}


@login_required
@require_safe
def month(request: HttpRequest, year: int | None = None, month: int | None = None) -> HttpResponse:
    """A month with its hours and changes."""
    acting = _seeing(request)
    asked = request.GET.get("month", "")
    if asked:
        return _month_asked(request, asked)
    wanted = (year or acting.day.year, month or acting.day.month)
    if not 1 <= wanted[1] <= 12:
        check_range(LAST_YEAR + 1, f"{wanted[0]:04}-{wanted[1]:02}")
    sites = list(Site.objects.order_by("id"))
    site = _site(request, sites)
    facts = {
        "page": month_page(*wanted, acting.day, site),
        "site": site,
        "sites": sites,
        "weekdays": [weekday_text((number + 6) % 7) for number in range(7)],
        "may_propose": DAYS.may_propose(acting),
        "query": f"?site={site.id}" if site and len(sites) > 1 else "",
    }
    return render(request, "days/month.html", facts)


@login_required
@require_safe
def day(request: HttpRequest, day: date) -> HttpResponse:
    """One day: its hours, why, and the papers."""
    acting = _seeing(request)
    check_range(day.year, day)
    sites = list(Site.objects.order_by("id"))
    site = _site(request, sites)
    hours = hours_between(day, day, site)
    facts = {
        "day": day,
        "weekday": weekday_text(day.weekday()),
        "hours": hours.on(day),
        "text": hours_text(hours.on(day)),
        "reason": reason_text(hours.on(day)),
        "changes": [(each, times_text(each)) for each in hours.changes_on(day)],
        "rule": _rule(day),
        "site": site,
        "next": hours_between(day, date.fromordinal(day.toordinal() + 400), site).next_open_day(day),
        "may_propose": DAYS.may_propose(acting) and day >= acting.day,
    }
    return render(request, "days/day.html", facts)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a change down, see what it would do, enter it."""
    acting = acting_of(request)
    decides = bool(DAYS.may_put(acting))
    allowed = DAYS.may_put(acting) or DAYS.may_propose(acting)
    if request.method != "POST":
        _require(allowed)
        form = ChangeForm(today=acting.day, decides=decides, initial=_initial(request, acting))
        return _change_form(request, form, decides)
    form = keep(request, ChangeForm(request.POST, today=acting.day, decides=decides))
    _require(allowed)
    if not form.is_valid() or form.proposal is None:
        return _change_form(request, form, decides, status=422)
    if request.POST.get("do") != "enter":
        return _change_form(request, form, decides)
    try:
        made = put_change(form.proposal, acting=acting)
    except (NotAllowed, InputError, StateError) as error:
        tell(form, error)
        return _change_form(request, form, decides, status=409)
    told = T("決定しました。", "Approved.") if decides else T("申し出ました。管理者の決定を待ちます。", "Proposed.")
    messages.success(request, str(told))
    return redirect("days:change", pk=made.id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, pk: str) -> HttpResponse:
    """One change: what it says, its state, what may be done with it."""
    doing = request.POST.get("do", "") if request.method == "POST" else ""
    form = keep(request, FORMS[doing](request.POST, prefix=doing)) if doing in FORMS else None
    acting = _seeing(request)
    found = CalendarChange.objects.select_related("site").filter(pk=pk).first()
    if found is None:
        raise NotThere(what_ja="この変更", what_en="This change")
    if form is None:
        return _change_page(request, acting, found)
    if not form.is_valid():
        return _change_page(request, acting, found, {doing: form}, status=422)
    try:
        _do(doing, found, acting, form.cleaned_data)
    except (NotAllowed, InputError, StateError) as error:
        tell(form, error)
        found.refresh_from_db()
        return _change_page(request, acting, found, {doing: form}, status=409)
    messages.success(request, str(T("保存しました。", "Saved.")))
    return redirect("days:change", pk=pk)


@login_required
@require_POST
def deliver(request: HttpRequest) -> HttpResponse:
    """Try again to reach the recorders."""
    _require(DAYS.may_propose(acting_of(request)))
    done = deliver_waiting()
    told = T("{n} 件をレコーダーに届けました。", "{n} delivered to recorders.").format(n=done)
    messages.info(
        request, str(told if done else T("レコーダーにまだ届きません。", "No recorder could be reached yet."))
    )
    return redirect("days:month")


def _do(doing: str, found: CalendarChange, acting: Acting, told: dict[str, Any]) -> None:
    if doing == "approve":
        approve_change(found, acting=acting, **told)
    elif doing == "refuse":
        refuse_change(found, acting=acting, **told)
    else:
        withdraw_change(found, acting=acting, **told)


def _change_form(request: HttpRequest, form: ChangeForm, decides: bool, status: int = 200) -> HttpResponse:
    seen = None
    if form.is_bound and form.change is not None and not form.errors:
        try:
            seen = preview(form.change)
        except MiharibanError as error:
            form.add_error(None, error.text(language()))
            status = 422
    facts = {"form": form, "preview": seen, "decides": decides}
    return render(request, "days/new.html", facts, status=status)


def _change_page(
    request: HttpRequest,
    acting: Acting,
    found: CalendarChange,
    bound: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = _forms(found)
    for name, form in (bound or {}).items():
        if status == 409:  # the state that is shown now is what the next press saves on
            form.data = {**form.data.dict(), f"{name}-stamp": str(found.stamp)}  # type: ignore[attr-defined]  # a QueryDict
        shown[name] = form
    facts = {
        "change": found,
        "times": times_text(found),
        "preview": preview(found) if found.state == "proposed" else None,
        "deliveries": Delivery.objects.filter(kind="calendar", subject=found.id)
        .select_related("recorder")
        .order_by("pk"),
        "may_approve": DAYS.may_approve(acting, found),
        "may_decide": DAYS.may_decide(acting, found),
        "may_withdraw": DAYS.may_withdraw(acting, found),
        "bound": bool(bound),
        **{f"{name}_form": form for name, form in shown.items()},
    }
    return render(request, "days/change.html", facts, status=status)


def _forms(found: CalendarChange) -> dict[str, forms.Form]:
    initial = {"stamp": found.stamp, "approver": found.approver, "document_number": found.document_number}
    stamp = {"stamp": found.stamp}
    told: dict[str, dict[str, Any]] = {"approve": initial, "refuse": stamp, "withdraw": stamp}
    return {name: FORMS[name](initial=each, prefix=name) for name, each in told.items()}


def _initial(request: HttpRequest, acting: Acting) -> dict[str, Any]:
    kind = request.GET.get("kind", "closure")
    rule = policy_on(acting.day).policy.operation
    approver = (rule.adhoc_closures_by_ja if kind == "closure" else None) or rule.changes_by_ja or ""
    return {
        "kind": kind if kind in KINDS else "closure",
        "first_day": request.GET.get("day", ""),
        "part": "whole",
        "approver": approver,
        "site": request.GET.get("site", ""),
    }


def _month_asked(request: HttpRequest, asked: str) -> HttpResponse:
    year, _, month = asked.partition("-")
    if not (asked.isascii() and year.isdigit() and month.isdigit() and len(asked) == 7):
        raise NotThere(what_ja="その月", what_en="That month")
    target = redirect("days:month-of", year=int(year), month=int(month))
    site = request.GET.get("site", "")
    if site and Site.objects.filter(pk=site).exists():
        target["Location"] += f"?site={site}"
    return target


def _rule(day: date) -> Any:
    try:
        return policy_on(day).policy
    except MiharibanError:
        return None


def _site(request: HttpRequest, sites: list[Site]) -> Site | None:
    wanted = request.GET.get("site", "")
    return next((site for site in sites if site.id == wanted), sites[0] if sites else None)


def _seeing(request: HttpRequest) -> Acting:
    acting = acting_of(request)
    _require(DAYS.may_see(acting))
    return acting


def _require(verdict: Verdict) -> None:
    if not verdict:
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)

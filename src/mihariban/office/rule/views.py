"""Pages of the rule."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from mihariban.base.clock import from_datetime, to_datetime
from mihariban.base.errors import InputError, MiharibanError, StateError
from mihariban.office.base.acting import Acting, acting_of
from mihariban.office.base.errors import NotAllowed, NotThere
from mihariban.office.base.kept import keep, tell
from mihariban.office.base.rule import rule_book
from mihariban.office.base.text import T, language
from mihariban.office.days.models import Delivery
from mihariban.office.rule.actions.approve_version import approve_version
from mihariban.office.rule.actions.refuse_version import refuse_version, retract_version
from mihariban.office.rule.explained import sections
from mihariban.office.rule.forms import ApproveForm, DateForm, EndForm
from mihariban.office.rule.in_force import read_version
from mihariban.office.rule.models import RuleVersion
from mihariban.office.rule.policy import RULES
from mihariban.office.rule.register import hash_in_force
from mihariban.office.rule.seen import require, seen
from mihariban.office.sites.models import Site
from mihariban.office.sites.seen import findings_now
from mihariban.policy import LoadedPolicy, PolicyBook
from mihariban.policy.errors import NoPolicyInForce

NOT_IN_FORCE: Final = "site_changed"
"""What a recorder tells while its site.toml (the zone in which the rule's hours are read) waits for a restart."""
FORMS: dict[str, type[forms.Form]] = {"approve": ApproveForm, "refuse": EndForm, "retract": EndForm}


@login_required
@require_safe
def now(request: HttpRequest) -> HttpResponse:
    """The rule in force today, in sentences."""
    acting = _seeing(request)
    book = rule_book()
    coming = [each for each in book.versions if (each.policy.effective_from or date.min) > acting.day]
    loaded = _in_force(book, acting.day)
    facts = {
        "loaded": loaded,
        "sections": sections(loaded.policy, language()) if loaded else [],
        "coming": coming,
        "may_propose": RULES.may_propose(acting),
        "date_form": DateForm(initial={"date": acting.day}),
        "waiting": findings_now().filter(code=NOT_IN_FORCE),
    }
    return render(request, "rule/now.html", facts)


@login_required
@require_safe
def on(request: HttpRequest) -> HttpResponse:
    """Which version applied on a day, and until when footage of that day is kept."""
    acting = _seeing(request)
    form = DateForm(request.GET or None)
    facts: dict[str, Any] = {"form": form, "asked": None}
    if form.is_valid():
        asked = form.cleaned_data["date"]
        book = rule_book()
        loaded = _in_force(book, asked)
        facts |= {"asked": asked, "loaded": loaded, "row": _row_of(loaded), "kept": _kept(book, asked, acting.day)}
    return render(request, "rule/on.html", facts)


@login_required
@require_safe
def text(request: HttpRequest, pk: str) -> HttpResponse:
    """The text of a version as it was proposed."""
    _seeing(request)
    row = _found(pk)
    response = HttpResponse(row.text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="policy-{row.version}.toml"'
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, pk: str) -> HttpResponse:
    """A version: what it says, what it changes, what became of it."""
    doing = request.POST.get("do", "") if request.method == "POST" else ""
    form = keep(request, FORMS[doing](request.POST, prefix=doing)) if doing in FORMS else None
    acting = _seeing(request)
    row = _found(pk)
    if form is None:
        return _version_page(request, acting, row)
    if not form.is_valid():
        return _version_page(request, acting, row, {doing: form}, status=422)
    try:
        _do(doing, row, acting, form.cleaned_data)
    except (NotAllowed, InputError, StateError) as error:
        tell(form, error)
        row.refresh_from_db()
        return _version_page(request, acting, row, {doing: form}, status=409)
    messages.success(request, str(T("保存しました。", "Saved.")))
    return redirect("rule:version", pk=pk)


def _do(doing: str, row: RuleVersion, acting: Acting, told: dict[str, Any]) -> None:
    if doing == "approve":
        approve_version(row, acting=acting, **told)
    elif doing == "refuse":
        refuse_version(row, acting=acting, **told)
    else:
        retract_version(row, acting=acting, **told)


def _version_page(
    request: HttpRequest,
    acting: Acting,
    row: RuleVersion,
    bound: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    loaded = read_version(row.text, row.rule, row.version, row.sha256)
    shown = _forms(row)
    for name, form in (bound or {}).items():
        if status == 409:  # the state that is shown now is what the next press saves on
            form.data = {**form.data.dict(), f"{name}-stamp": str(row.stamp)}  # type: ignore[attr-defined]  # a QueryDict
        shown[name] = form
    facts = {
        "row": row,
        "state": row.state_on(acting.day, hash_in_force()),
        "loaded": loaded,
        "sections": sections(loaded.policy, language()),
        "seen": seen(loaded, rule_book()) if row.state == "proposed" else None,
        "deliveries": Delivery.objects.filter(kind="policy", subject=row.id).select_related("recorder").order_by("pk"),
        "may_approve": RULES.may_approve(acting, row),
        "may_decide": RULES.may_decide(acting, row),
        "may_retract": RULES.may_retract(acting, row),
        **{f"{name}_form": form for name, form in shown.items()},
    }
    return render(request, "rule/version.html", facts, status=status)


def _forms(row: RuleVersion) -> dict[str, forms.Form]:
    return {name: each(initial={"stamp": row.stamp}, prefix=name) for name, each in FORMS.items()}


def _kept(book: PolicyBook, filmed: date, today: date) -> list[tuple[Site | None, datetime | None]]:
    """Until when footage of noon of a day is kept, at each site, as the versions in force by today leave it."""
    zone = timezone.get_default_timezone()
    wall = from_datetime(datetime.combine(filmed, time(12), zone))
    try:
        number = book.in_force(filmed).policy.version
        places: list[Site | None] = [*Site.objects.order_by("id")] or [None]
        ends = [
            (each, book.expires_at(number, wall, max(filmed, today), zone, each.policy_site if each else None))
            for each in places
        ]
    except (NoPolicyInForce, MiharibanError, OverflowError):
        return []
    return [(each, None if end is None else to_datetime(end, zone)) for each, end in ends]


def _in_force(book: PolicyBook, day: date) -> LoadedPolicy | None:
    try:
        return book.in_force(day)
    except NoPolicyInForce:
        return None


def _row_of(loaded: LoadedPolicy | None) -> RuleVersion | None:
    if loaded is None:
        return None
    return RuleVersion.objects.filter(sha256=loaded.sha256, state="approved").first()


def _found(pk: str) -> RuleVersion:
    row = RuleVersion.objects.filter(pk=pk).first()
    if row is None:
        raise NotThere(what_ja="この版", what_en="This version")
    return row


def _seeing(request: HttpRequest) -> Acting:
    acting = acting_of(request)
    require(RULES.may_see(acting))
    return acting

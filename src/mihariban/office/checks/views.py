"""Pages of checks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mihariban.base.errors import InputError, StateError
from mihariban.office.base.acting import Acting, acting_of
from mihariban.office.base.dates import today
from mihariban.office.base.errors import ChangedMeanwhile, NotAllowed, NotThere
from mihariban.office.base.kept import keep, tell, typed_in
from mihariban.office.base.policy import Refused, Verdict
from mihariban.office.base.sheets import FORMATS
from mihariban.office.base.text import T, language
from mihariban.office.checks.actions.confirm_sheet import confirm_sheet, explain_missing
from mihariban.office.checks.actions.correct_line import correct_line
from mihariban.office.checks.actions.fault_from_line import fault_from_line
from mihariban.office.checks.actions.fill_sheet import save_sheet, sign_sheet
from mihariban.office.checks.day import CheckDay, check_day, checks_today, late_checks, waiting_sheets
from mihariban.office.checks.forms import CheckForm, CorrectForm, ExplainForm
from mihariban.office.checks.models import CheckLine
from mihariban.office.checks.month import month_page
from mihariban.office.checks.policy import CHECKS
from mihariban.office.checks.sheet_page import sheet_page, take_rest
from mihariban.office.sites.models import Kiosk

Refusal = NotAllowed | InputError | StateError
_WRONG, _CONFLICT, _FORBIDDEN = 422, 409, 403
_SAVED = T("書いたところまで保存しました。", "Saved as far as it is.")
_SIGNED = T("点検を終え、署名しました。", "The check is done and signed.")
_REST = T("残りを「良」にしました。確かめて署名してください。", "The rest is marked ok. Look it over and sign.")
_FORMS = {name: FORMATS[name] for name in ("xlsx", "csv")}


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Today: each kiosk with its check, what is late, what waits for the manager."""
    acting = acting_of(request)
    _insist(CHECKS.may_see(acting))
    facts = {
        "days": [(day, bool(CHECKS.may_fill(acting, day))) for day in checks_today()],
        "late": [day for day in late_checks() if day.date != today()],
        "waiting": waiting_sheets() if acting.roles & {"manager", "deputy"} else [],
        "today": today(),
    }
    return render(request, "checks/index.html", facts)


@login_required
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, kiosk: str, day: str) -> HttpResponse:
    """A kiosk's sheet of a day: filled in, or as it was signed."""
    acting, found = acting_of(request), _of_day(kiosk, day)
    if request.method == "GET":
        _insist(CHECKS.may_see(acting))
        return render(request, "checks/sheet.html", sheet_page(acting, found))
    does = request.POST.get("do", "save")
    form = keep(request, CheckForm(request.POST, day=found, signing=does == "sign"))
    _insist(CHECKS.may_see(acting))
    try:
        _insist(CHECKS.may_fill(acting, found))
        if does == "rest":
            return _rest(request, acting, found, form)
        if not form.is_valid():
            return render(request, "checks/sheet.html", sheet_page(acting, found, form), status=_WRONG)
        return _do(request, acting, found, form, does)
    except NotThere:
        raise
    except (NotAllowed, InputError, StateError) as error:
        return _refused(request, acting, kiosk, day, form, error)


def _do(request: HttpRequest, acting: Acting, day: CheckDay, form: CheckForm, does: str) -> HttpResponse:
    stamp, remark = _whole(request.POST.get("stamp", "")), form.cleaned_data["remark"]
    if does == "sign":
        sign_sheet(day, form.answers(), acting=acting, stamp=stamp, remark=remark)
        messages.success(request, str(_SIGNED))
    elif does.startswith("fault:"):
        return _fault(form, day, acting, stamp, does.removeprefix("fault:"))
    else:
        save_sheet(day, form.answers(), acting=acting, stamp=stamp, remark=remark)
        messages.success(request, str(_SAVED))
    return redirect("checks:sheet", day.kiosk.pk, day.date.isoformat())


def _fault(form: CheckForm, day: CheckDay, acting: Acting, stamp: int, item: str) -> HttpResponse:
    """Keep the sheet, with the item as not ok, and open its fault."""
    answers = form.answers()
    if item not in answers:
        raise NotThere(what_ja="その点検項目", what_en="That item")
    answers[item] = replace(answers[item], state="not_ok")
    kept = save_sheet(day, answers, acting=acting, stamp=stamp, remark=form.cleaned_data["remark"])
    fault = fault_from_line(kept.lines.select_related("sheet__kiosk").get(item=item), acting=acting)
    return redirect("faults:record", fault.pk)


def _rest(request: HttpRequest, acting: Acting, day: CheckDay, form: CheckForm) -> HttpResponse:
    """The page again with ok where nothing was said; nothing is kept yet."""
    typed: dict[str, Any] = {name: form.data.get(name, "") for name in form.fields}
    typed |= {name: value or "not_done" for name, value in typed.items() if name.startswith("state_")}
    again = CheckForm({**take_rest(typed), "stamp": request.POST.get("stamp", "0")}, day=day)
    messages.info(request, str(_REST))
    return render(request, "checks/sheet.html", sheet_page(acting, day, again))


def _refused(
    request: HttpRequest, acting: Acting, kiosk: str, day: str, form: CheckForm | ExplainForm, error: Refusal
) -> HttpResponse:
    """The sheet as it is now, with the sentence; what was typed in the form, or beside it where there is none now."""
    tell(form, error)
    page = sheet_page(acting, _of_day(kiosk, day), form if isinstance(form, CheckForm) else None)
    if isinstance(form, ExplainForm) and page.get("explain"):
        page["explain"] = form
    elif "form" not in page or page["form"] is not form:
        page |= {"sentence": error.text(language()), "typed": typed_in(form)}
    return render(request, "checks/sheet.html", page, status=_status(error))


def _status(error: Refusal) -> int:
    if isinstance(error, NotAllowed):
        return _FORBIDDEN
    return _CONFLICT if isinstance(error, ChangedMeanwhile) else _WRONG


@login_required
@require_POST
def fault(request: HttpRequest, kiosk: str, day: str, item: str) -> HttpResponse:
    """A failed item of a signed sheet becomes a fault."""
    acting, line = acting_of(request), _line(request, kiosk, day, item)
    if line.state != "not_ok":
        raise NotThere(what_ja="「否」の項目", what_en="That failed item")
    return redirect("faults:record", fault_from_line(line, acting=acting).pk)


@login_required
@require_POST
def confirm(request: HttpRequest, kiosk: str, day: str) -> HttpResponse:
    """The manager confirms."""
    acting, found = acting_of(request), _day(request, kiosk, day)
    if found.sheet is None:
        raise NotThere(what_ja="その点検表", what_en="That sheet")
    try:
        confirm_sheet(found.sheet, acting=acting, stamp=_whole(request.POST.get("stamp", "")))
    except (NotAllowed, ChangedMeanwhile) as error:
        page = {**sheet_page(acting, _of_day(kiosk, day)), "sentence": error.text(language())}
        return render(request, "checks/sheet.html", page, status=_status(error))
    messages.success(request, str(T("点検表を確認しました。", "Sheet confirmed.")))
    return redirect("checks:sheet", kiosk, day)


@login_required
@require_POST
def explain(request: HttpRequest, kiosk: str, day: str) -> HttpResponse:
    """The manager writes why there was no check."""
    acting, form = acting_of(request), keep(request, ExplainForm(request.POST))
    found = _day(request, kiosk, day)
    try:
        _insist(CHECKS.may_explain(acting, found))
        if not form.is_valid():
            return render(request, "checks/sheet.html", {**sheet_page(acting, found), "explain": form}, status=_WRONG)
        stamp = _whole(request.POST.get("stamp", ""))
        explain_missing(found, acting=acting, stamp=stamp, reason=form.cleaned_data["reason"])
    except (NotAllowed, InputError, StateError) as error:
        return _refused(request, acting, kiosk, day, form, error)
    messages.success(request, str(T("理由を書きました。", "The reason is entered.")))
    return redirect("checks:sheet", kiosk, day)


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, kiosk: str, day: str, item: str) -> HttpResponse:
    """Correct a line of a signed sheet."""
    acting, line = acting_of(request), _of_item(kiosk, day, item)
    now = {"state": line.state, "remark": line.remark, "amount": line.amount}
    form = CorrectForm(request.POST or None, initial=now, item=line.item)
    keep(request, form)
    _insist(CHECKS.may_see(acting))
    _insist(CHECKS.may_correct(acting, line.sheet))
    status = _WRONG if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            correct_line(line, acting=acting, stamp=_whole(request.POST.get("stamp", "")), **form.cleaned_data)
        except (InputError, StateError) as error:
            tell(form, error)
            status = _status(error)
        else:
            messages.success(request, str(T("訂正しました。", "Corrected.")))
            return redirect("checks:sheet", kiosk, day)
    return render(request, "checks/correct.html", {"form": form, "line": line, "day": day}, status=status)


@login_required
@require_safe
def month(request: HttpRequest) -> HttpResponse:
    """The sheets of a month, to read, print and export."""
    acting = acting_of(request)
    _insist(CHECKS.may_see(acting))
    kiosks = list(Kiosk.objects.select_related("site").order_by("pk"))
    if not kiosks:
        return render(request, "checks/month.html", {"kiosks": []})
    wanted = request.GET.get("kiosk", "")
    kiosk = next((each for each in kiosks if each.pk == wanted), kiosks[0])
    page = month_page(kiosk, _first(request.GET.get("month", "")))
    form = request.GET.get("as", "")
    if form in _FORMS:
        return page.export(acting, form)
    return render(request, "checks/month.html", {"page": page, "kiosks": kiosks, "formats": _FORMS})


def _first(text: str) -> date:
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today().replace(day=1)
    return found if 2000 <= found.year <= today().year + 1 else today().replace(day=1)


def _day(request: HttpRequest, kiosk: str, day: str) -> CheckDay:
    _insist(CHECKS.may_see(acting_of(request)))
    return _of_day(kiosk, day)


def _of_day(kiosk: str, day: str) -> CheckDay:
    row = Kiosk.objects.select_related("site").filter(pk=kiosk).first()
    try:
        wanted = date.fromisoformat(day) if len(day) == 10 else None
    except ValueError:
        wanted = None
    if row is None or wanted is None or not 2000 <= wanted.year <= today().year + 1:
        raise NotThere(what_ja="その日の点検表", what_en="The sheet of that day")
    return check_day(row, wanted)


def _line(request: HttpRequest, kiosk: str, day: str, item: str) -> CheckLine:
    _insist(CHECKS.may_see(acting_of(request)))
    return _of_item(kiosk, day, item)


def _of_item(kiosk: str, day: str, item: str) -> CheckLine:
    found = _of_day(kiosk, day)
    line = found.sheet.lines.select_related("sheet__kiosk").filter(item=item).first() if found.sheet else None
    if line is None:
        raise NotThere(what_ja="その点検項目", what_en="That item")
    return line


def _whole(told: str) -> int:
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else -1


def _insist(verdict: Verdict) -> None:
    if isinstance(verdict, Refused):
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)


def today_address(kiosk: str) -> str:
    """Where the check of a kiosk is done today; for other apps' links."""
    return reverse("checks:sheet", args=[kiosk, today().isoformat()])

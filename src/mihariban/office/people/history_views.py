"""Pages that end or mend a holding or designation, and the page that answers who held which role on a day."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mihariban.office.base.acting import acting_of
from mihariban.office.base.dates import era_text, today
from mihariban.office.base.text import T
from mihariban.office.people import actions
from mihariban.office.people.forms import CorrectForm, DayForm, EndForm
from mihariban.office.people.models import Designation, Holding
from mihariban.office.people.names import role_name
from mihariban.office.people.pages import Fact, FormPage, found, require
from mihariban.office.people.policy import DESIGNATIONS, PEOPLE
from mihariban.office.people.roles import ROLES, span_text, who_held
from mihariban.office.people.views import form_page


def _row(kind: str, pk: int) -> Holding | Designation:
    rows: Any = {
        "holdings": Holding.objects.select_related("person", "post"),
        "designations": Designation.objects.select_related("person"),
    }.get(kind)
    row: Holding | Designation = found(
        rows.filter(pk=pk).first() if rows is not None else None, T("この記録", "This record")
    )
    return row


def _what(row: Holding | Designation) -> str:
    return row.post.name if isinstance(row, Holding) else str(role_name(row.role))


def _facts(row: Holding | Designation) -> list[Fact]:
    return [
        (T("氏名", "Name"), row.person.name),
        (T("職・役割", "Post or role"), _what(row)),
        (T("現在の最初の日", "First day now"), era_text(row.first)),
        (T("現在の最後の日", "Last day now"), era_text(row.last) if row.last else "–"),
    ]


@login_required
@form_page
def end(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Enter the last day in a post or role."""
    acting = acting_of(request)
    row = _row(kind, pk)
    if isinstance(row, Holding):
        require(PEOPLE.may_leave(acting, row))
    else:
        require(DESIGNATIONS.may_dismiss(acting, row))
    page = FormPage(
        T("最後の日を入れる", "Enter the last day"),
        T("入れる", "Enter"),
        reverse("people:person", args=[row.person_id]),
        T("最後の日を入れました。", "Entered."),
        T(
            "この日の終わりまで続きます。次の日からは役割がありません。",
            "It goes on to the end of this day; from the next day on there is no role.",
        ),
        lambda: _facts(row),
        danger=True,
    )

    def do(data: dict[str, Any]) -> None:
        if isinstance(row, Holding):
            actions.leave_post(row, acting=acting, **data)
        else:
            actions.dismiss(row, acting=acting, **data)

    form = EndForm(request.POST or None, initial={"last": row.last or today(), "stamp": row.stamp})
    return page.answer(request, form, do, row)


@login_required
@form_page
def correct(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Mend what was entered wrongly."""
    acting = acting_of(request)
    row = _row(kind, pk)
    require(DESIGNATIONS.may_correct(acting, row))
    page = FormPage(
        T("記録を訂正する", "Correct a record"),
        T("訂正する", "Correct"),
        reverse("people:person", args=[row.person_id]),
        T("訂正しました。訂正前の内容も見られます。", "Corrected. The old value stays visible."),
        T(
            "まちがって入れた日付や番号を改めます。異動は「最後の日を入れる」を使ってください。",
            'For days or numbers that were entered wrongly. For a transfer use "Enter the last day".',
        ),
        lambda: _facts(row),
    )
    names = ("first", "last", "document", "void", "stamp")
    form = CorrectForm(request.POST or None, initial={name: getattr(row, name) for name in names})
    return page.answer(request, form, lambda data: actions.correct_history(row, acting=acting, **data), row)


@login_required
@require_safe
def on(request: HttpRequest) -> HttpResponse:
    """Who held which role on a day, and what gave it."""
    require(PEOPLE.may_see(acting_of(request)))
    form = DayForm(request.GET if "day" in request.GET else {"day": today().isoformat()})
    day = form.cleaned_data["day"] if form.is_valid() else None
    held = (
        [(role_name(role), [(each, span_text(each)) for each in who_held(role, day)]) for role in ROLES] if day else []
    )
    return render(request, "people/on.html", {"form": form, "day": day, "held": held}, status=200 if day else 422)

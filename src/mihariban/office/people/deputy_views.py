"""Pages about acting for the manager."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from mihariban.base.errors import MiharibanError
from mihariban.office.base.acting import Acting, acting_of
from mihariban.office.base.dates import era_text, now, today
from mihariban.office.base.text import T, language
from mihariban.office.people import actions
from mihariban.office.people.deputies import Candidate, candidates
from mihariban.office.people.forms import ActivateForm
from mihariban.office.people.models import Activation, Person
from mihariban.office.people.names import STATES
from mihariban.office.people.pages import FormPage, found, require
from mihariban.office.people.policy import DEPUTIES, PEOPLE
from mihariban.office.people.roles import acting_manager
from mihariban.office.people.views import form_page

SHOWN = 10
"""Activations on the page; the register has them all."""


@login_required
@require_safe
def deputies(request: HttpRequest) -> HttpResponse:
    """Who decides as manager now, whom the rule names as deputy, and the last activations."""
    acting = acting_of(request)
    wrong, named = _named()
    rows = Activation.objects.select_related("person", "started_by").order_by("-begins", "-pk")[:SHOWN]
    facts = {
        "manager": acting_manager(),
        "candidates": named,
        "wrong": wrong,
        "may_activate": any(DEPUTIES.may_activate(acting, each.person) for each in named),
        "see_all": PEOPLE.may_see(acting),
        "activations": [(row, STATES[row.state(now())], DEPUTIES.may_end(acting, row)) for row in rows],
    }
    return render(request, "people/deputy.html", facts)


def _named() -> tuple[str, list[Candidate]]:
    """Why the rule cannot be read, and whom it names."""
    try:
        return "", candidates(today())
    except MiharibanError as error:
        return error.text(language()), []


@login_required
@form_page
def activate(request: HttpRequest) -> HttpResponse:
    """Begin to act for the manager."""
    acting = acting_of(request)
    named = candidates(today())
    allowed = [each for each in named if DEPUTIES.may_activate(acting, each.person)]
    if not allowed:
        person = named[0].person if named else Person()
        require(DEPUTIES.may_activate(acting, person))
    page = FormPage(
        T("職務代理を始める", "Let a deputy act"),
        T("始める", "Begin"),
        reverse("people:deputy"),
        T("職務代理を記録しました。終了の時刻に自動で終わります。", "Entered. It ends by itself at its time."),
        T(
            "開始から終了までの間だけ、管理者の職務を行えます。終了は自動です。記録は残り、消せません。",
            "The deputy decides from beginning to end, and no longer. It ends by itself. The record stays.",
        ),
    )
    start = {
        "begins": now(),
        "ends": now().replace(hour=17, minute=15),
        "person": allowed[0].person.pk if allowed else "",
    }
    if start["ends"] <= now():  # type: ignore[operator]  # a moment
        start["ends"] = now() + timedelta(hours=1)
    choices = [(str(each.person.pk), f"{each.person.name}（{each.how}）") for each in allowed]
    form = ActivateForm(request.POST or None, choices=choices, initial=start)
    return page.answer(request, form, lambda data: _begin(data, acting))


def _begin(data: dict[str, Any], acting: Acting) -> None:
    person = Person.objects.get(pk=data.pop("person"))
    actions.activate_deputy(person, acting=acting, **data)


@login_required
@form_page
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """End an activation early."""
    acting = acting_of(request)
    row: Activation = found(
        Activation.objects.select_related("person").filter(pk=pk).first(), T("この職務代理の記録", "This activation")
    )
    require(DEPUTIES.may_end(acting, row))
    page = FormPage(
        T("職務代理を終える", "End the activation"),
        T("今すぐ終える", "End it now"),
        reverse("people:deputy"),
        T("職務代理を終えました。", "Ended."),
        T(
            "この時刻から、この人は管理者の職務を行えません。",
            "From this moment on this person does not decide as manager.",
        ),
        lambda: [(T("代理する人", "Deputy"), row.person.name), (T("終了の予定", "Planned end"), era_text(row.ends))],
        danger=True,
    )
    stamp = row.stamp
    form = forms.Form(request.POST if request.method == "POST" else None)
    return page.answer(request, form, lambda _: actions.end_activation(row, stamp=stamp, acting=acting))

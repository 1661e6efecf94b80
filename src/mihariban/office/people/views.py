"""Pages about one person or one post."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from mihariban.office.base.acting import Acting, acting_of
from mihariban.office.base.dates import now, today
from mihariban.office.base.text import T
from mihariban.office.people import actions
from mihariban.office.people.forms import AppointForm, DesignateForm, PersonForm, PostForm
from mihariban.office.people.models import Activation, Correction, Designation, Holding, Person, Post
from mihariban.office.people.names import DESIGNATED, STATES, role_name
from mihariban.office.people.pages import Fact, FormPage, found, require
from mihariban.office.people.policy import ACCOUNTS, DESIGNATIONS, PEOPLE
from mihariban.office.people.roles import roles_of

A_PERSON = T("この人", "This person")
form_page = require_http_methods(["GET", "HEAD", "POST"])


def person_or_404(pk: int) -> Person:
    """A person with the account.

    Raises:
        NotThere: there is none.
    """
    row: Person = found(Person.objects.select_related("user").filter(pk=pk).first(), A_PERSON)
    return row


@login_required
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Roles of now, the whole history with corrections, the account."""
    acting = acting_of(request)
    require(PEOPLE.may_see(acting))
    row = person_or_404(pk)
    user = getattr(row, "user", None)
    facts = {
        "person": row,
        "user_": user,
        "roles": [role_name(role) for role in sorted(roles_of(user))] if user else [],
        "holdings": _history(Holding.objects.select_related("post"), row),
        "designations": [(each, role_name(each.role)) for each in _history(Designation.objects.all(), row)],
        "activations": [(each, STATES[each.state(now())]) for each in _activations(row)],
        **_verdicts(acting, row, user),
    }
    return render(request, "people/person.html", facts)


def _history(rows: Any, row: Person) -> Any:
    corrections = Prefetch("corrections", Correction.objects.select_related("by").order_by("at"))
    return rows.filter(person=row).prefetch_related(corrections).order_by("-first", "-pk")


def _activations(row: Person) -> Any:
    return Activation.objects.filter(person=row).select_related("started_by").order_by("-begins")


def _verdicts(acting: Acting, row: Person, user: Any) -> dict[str, object]:
    return {
        "may_change": PEOPLE.may_change(acting, row),
        "may_designate": any(DESIGNATIONS.may_designate(acting, row, role) for role in DESIGNATED),
        "may_correct": DESIGNATIONS.may_correct(acting, Designation()),
        "may_account": ACCOUNTS.may_create(acting, row) if user is None else None,
        "may_close": ACCOUNTS.may_close(acting, user) if user else None,
        "may_reopen": ACCOUNTS.may_reopen(acting, user) if user else None,
        "may_link": ACCOUNTS.may_link(acting, user) if user and settings.OFFICE_CONFIG.oidc else None,
        "may_reset": ACCOUNTS.may_reset(acting, user) if user else None,
    }


@login_required
@form_page
def new_person(request: HttpRequest) -> HttpResponse:
    """Enter somebody."""
    acting = acting_of(request)
    require(PEOPLE.may_enter(acting))
    page = FormPage(
        T("人を登録する", "Enter a person"),
        T("登録する", "Enter"),
        reverse("people:list"),
        T("登録しました。", "Entered."),
        T(
            "登録だけでは役割はつきません。次のページで職や役割を入れます。",
            "This gives no role yet. Post and roles come on the next page.",
        ),
    )

    def do(data: dict[str, Any]) -> HttpResponse:
        data.pop("stamp")
        return redirect("people:person", actions.enter_person(acting=acting, **data).pk)

    return page.answer(request, PersonForm(request.POST or None), do)


@login_required
@form_page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend a name or section."""
    acting = acting_of(request)
    row = person_or_404(pk)
    require(PEOPLE.may_change(acting, row))
    page = FormPage(
        T("登録を改める", "Change the record"),
        T("保存する", "Save"),
        reverse("people:person", args=[pk]),
        T("保存しました。", "Saved."),
        facts=lambda: _person_facts(row),
    )
    start = {"name": row.name, "reading": row.reading, "organisation": row.organisation, "stamp": row.stamp}
    form = PersonForm(request.POST or None, initial=start)
    return page.answer(request, form, lambda data: actions.change_person(row, acting=acting, **data), row)


def _person_facts(row: Person) -> list[Fact]:
    return [(T("現在の氏名", "Name now"), row.name), (T("現在の所属", "Section now"), row.organisation or "–")]


@login_required
@form_page
def designate_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Designate somebody for a role."""
    acting = acting_of(request)
    row = person_or_404(pk)
    verdicts = [DESIGNATIONS.may_designate(acting, row, role) for role in DESIGNATED]
    require(next((each for each in verdicts if each), verdicts[0]))
    page = FormPage(
        T("{name}さんを役割に指定する", "Designate {name}").format(name=row.name),
        T("指定する", "Designate"),
        reverse("people:person", args=[pk]),
        T("指定しました。取扱者指定簿に載りました。", "Designated; it stands in the register."),
    )
    form = DesignateForm(request.POST or None, acting=acting, person=row, initial={"first": today()})
    return page.answer(request, form, lambda data: _none(actions.designate(row, acting=acting, **data)))


@login_required
@form_page
def appoint_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter that somebody holds a post."""
    acting = acting_of(request)
    row = person_or_404(pk)
    require(PEOPLE.may_change(acting, row))
    page = FormPage(
        T("{name}さんの職を入れる", "Enter a post of {name}").format(name=row.name),
        T("入れる", "Enter"),
        reverse("people:person", args=[pk]),
        T("職を入れました。", "Entered."),
        T(
            "辞令のとおりに入れます。管理者の職を入れると、その日から管理者です。",
            "As the personnel order says. Whoever holds the manager's post is the manager from that day on.",
        ),
    )
    form = AppointForm(request.POST or None, initial={"first": today()})
    return page.answer(request, form, lambda data: _none(actions.appoint(row, acting=acting, **data)))


@login_required
@form_page
def new_post(request: HttpRequest) -> HttpResponse:
    """Set a post."""
    return _post_page(request, None)


@login_required
@form_page
def change_post(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend a post."""
    return _post_page(request, found(Post.objects.filter(pk=pk).first(), T("この職", "This post")))


def _post_page(request: HttpRequest, row: Post | None) -> HttpResponse:
    acting = acting_of(request)
    require(PEOPLE.may_set_post(acting, row))
    page = FormPage(
        T("職を改める", "Change a post") if row else T("職を定める", "Set a post"),
        T("保存する", "Save"),
        reverse("people:posts"),
        T("保存しました。", "Saved."),
        facts=lambda: [(T("現在の名", "Name now"), row.name), (T("現在の席次", "Rank now"), row.rank)] if row else [],
    )
    names = ("name", "rank", "manages", "deputises", "stamp")
    start = {name: getattr(row, name) for name in names} if row else {"rank": 100}
    form = PostForm(request.POST or None, initial=start)
    return page.answer(request, form, lambda data: _none(actions.set_post(row, acting=acting, **data)), row)


def _none(_: object) -> None:
    return None

"""The list of steps, the beginning, and the steps that are plain forms."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mihariban.base.errors import MiharibanError
from mihariban.office.base.acting import acting_of
from mihariban.office.base.dates import today
from mihariban.office.base.text import T, language
from mihariban.office.people.accounts import slip
from mihariban.office.people.deputies import rule_roles
from mihariban.office.people.models import Person
from mihariban.office.people.pages import found, require
from mihariban.office.people.passwords import first_password
from mihariban.office.people.registers import roles_text, with_roles
from mihariban.office.people.roles import acting_manager
from mihariban.office.people.sessions import let_in
from mihariban.office.people.setup import section as section_name
from mihariban.office.people.setup import set_up
from mihariban.office.people.views import form_page
from mihariban.office.sites.models import Kiosk, Site
from mihariban.office.wizard import actions
from mihariban.office.wizard.code import is_right
from mihariban.office.wizard.forms import BeginForm, KioskForm, ManagerForm, MemberForm, PlaceForm, SectionForm
from mihariban.office.wizard.pages import StepPage
from mihariban.office.wizard.policy import WIZARD
from mihariban.office.wizard.site_file import read_site_file
from mihariban.office.wizard.steps import BY_NAME, STEPS, after, shown

_MEMBERS = ("name", "reading", "organisation", "role", "first", "last", "document", "username")


@login_required
@require_safe
def steps(request: HttpRequest) -> HttpResponse:
    """How far it came."""
    acting = acting_of(request)
    require(WIZARD.may_see(acting))
    facts = {"steps": shown(), "may_do": WIZARD.may_do(acting), "set_up": set_up()}
    return render(request, "wizard/steps.html", facts)


@form_page
def begin(request: HttpRequest) -> HttpResponse:
    """The first account, by the code that lies on the server."""
    if not WIZARD.may_begin():
        return redirect("wizard:steps")
    folder = Path(settings.OFFICE_FOLDER)
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if is_right(folder, data["code"]):
            kept = {name: data[name] for name in ("code", "name", "username", "password")}
            let_in(request, actions.begin_set_up(folder, **kept), how="setup_code")
            return redirect("wizard:steps")
        wrong = T(
            "番号が違います。サーバーの DIR/office/setup.code にあるとおりに入れてください。",
            "This is not the code in DIR/office/setup.code on the server.",
        )
        form.add_error("code", str(wrong))
    return render(request, "wizard/begin.html", {"form": form}, status=422 if request.method == "POST" else 200)


@login_required
@form_page
def section(request: HttpRequest) -> HttpResponse:
    """Step 1."""
    acting = acting_of(request)
    present = acting_manager()
    page = StepPage("section")

    def do(data: dict[str, Any]) -> HttpResponse | None:
        if present.person is not None:
            actions.set_section(data["section"], None, acting=acting)
            return None
        password = first_password()
        names = {"post": data["manager_post"], **{k: data[k] for k in ("deputy_post", "name", "reading")}}
        manager = actions.Manager(
            **names, first=data["first"], document=data["document"], username=data["username"], password=password
        )
        user = actions.set_section(data["section"], manager, acting=acting)
        return slip(request, user, password, after("section")) if user else None

    facts = {"manager": present if present.person else None}
    return page.answer(request, SectionForm if present.person else ManagerForm, do, facts, _from_rule())


def _from_rule() -> dict[str, Any]:
    """What the rule says already, to be confirmed."""
    start: dict[str, Any] = {"section": section_name(), "first": today()}
    try:
        roles = rule_roles(today())
    except MiharibanError:
        return start
    start["section"] = start["section"] or next(iter(roles.operators.sections_ja), "")
    start["manager_post"] = roles.manager.post_ja if roles.manager else ""
    by_post = [each.post_ja for each in roles.deputies if each.selection == "by_post"]
    start["deputy_post"] = by_post[0] if by_post else ""
    return start


@login_required
@form_page
def people(request: HttpRequest) -> HttpResponse:
    """Step 2: one after the other."""
    acting = acting_of(request)
    everybody = with_roles(Person.objects.order_by("pk"))

    def do(data: dict[str, Any]) -> HttpResponse:
        password = first_password()
        member = actions.Member(**{name: data[name] for name in _MEMBERS})
        return slip(request, actions.add_member(member, password, acting=acting), password, reverse("wizard:people"))

    facts = {"people": [(each, roles_text(each)) for each in everybody], "finish": True}
    start = {"first": today(), "organisation": section_name(), "role": "operator"}
    return StepPage("people", "wizard/people.html").answer(request, MemberForm, do, facts, start)


@login_required
@form_page
def kiosk(request: HttpRequest) -> HttpResponse:
    """Step 3."""
    acting = acting_of(request)
    kiosks = list(Kiosk.objects.order_by("pk"))
    wrong, has_file = _file()
    first_time = not Site.objects.exists()

    def do(data: dict[str, Any]) -> HttpResponse | None:
        named = [actions.Named(each.pk, data[f"name_{each.pk}"], data[f"place_{each.pk}"]) for each in kiosks]
        if data["new_id"]:
            named.append(actions.Named(data["new_id"], data["new_name"], data["new_place"]))
        site = (data["site_id"], data["site_name"]) if first_time else None
        actions.name_kiosks(named, acting=acting, site=site)
        return redirect("wizard:kiosk") if data["new_id"] else None

    def make(data: Any, **more: Any) -> KioskForm:
        return (PlaceForm if first_time else KioskForm)(data, kiosks=kiosks, **more)

    facts = {"kiosks": kiosks, "has_file": has_file and first_time, "wrong": wrong}
    return StepPage("kiosk", "wizard/kiosk.html").answer(request, make, do, facts, {})


def _file() -> tuple[str, bool]:
    """Why site.toml cannot be read, and whether it is there."""
    try:
        return "", read_site_file() is not None
    except MiharibanError as error:
        return error.text(language()), False


@login_required
@require_POST
def equipment(request: HttpRequest) -> HttpResponse:
    """Take over what site.toml says."""
    acting = acting_of(request)
    require(WIZARD.may_do(acting))
    actions.read_equipment(
        found(read_site_file(), T("設備ファイル（site.toml）", "A site file (site.toml)")), acting=acting
    )
    return redirect("wizard:kiosk")


@login_required
@require_POST
def finish(request: HttpRequest, name: str) -> HttpResponse:
    """A step is done, or skipped for now."""
    step = found(BY_NAME.get(name if name != STEPS[-1].name else ""), T("この段階", "This step"))
    actions.finish_step(step.name, skipped="skip" in request.POST, acting=acting_of(request))
    return redirect(after(step.name))

"""Steps 5 and 6: the floor plan with its cameras, and the summary that the manager signs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mihariban.base.errors import MiharibanError
from mihariban.office.base.acting import acting_of
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.text import T, language
from mihariban.office.people.names import role_name
from mihariban.office.people.pages import found, require
from mihariban.office.people.setup import set_up
from mihariban.office.people.views import form_page
from mihariban.office.sites.models import CameraUnit, Site
from mihariban.office.wizard import actions
from mihariban.office.wizard.actions.keep_plan import plan_path
from mihariban.office.wizard.errors import ZoneUnsound
from mihariban.office.wizard.forms import PlanForm, SignForm
from mihariban.office.wizard.models import CameraMark, FloorPlan
from mihariban.office.wizard.pages import leave
from mihariban.office.wizard.pictures import BYTES, clean_picture
from mihariban.office.wizard.policy import WIZARD
from mihariban.office.wizard.steps import BY_NAME, after, keep_typed, missing, shown, typed
from mihariban.office.wizard.summary import digest, summary


@login_required
@form_page
def plan(request: HttpRequest) -> HttpResponse:
    """Upload a plan; mark the cameras on the last one."""
    acting = acting_of(request)
    require(WIZARD.may_do(acting))
    site = Site.objects.order_by("pk").first()
    form = PlanForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or site is None:
        return _plan_page(request, PlanForm(), site)
    if form.is_valid():
        try:
            picture_ = clean_picture(form.cleaned_data["file"].read(BYTES + 1))
            actions.keep_plan(site, picture_, folder=Path(settings.OFFICE_FOLDER), acting=acting)
            return redirect("wizard:plan")
        except NotAllowed:
            raise
        except MiharibanError as error:
            form.add_error("file", error.text(language()))
    return _plan_page(request, form, site, 422)


def _plan_page(
    request: HttpRequest, form: PlanForm, site: Site | None, status: int = 200, error: str = ""
) -> HttpResponse:
    row = FloorPlan.objects.order_by("-pk").first()
    facts = {
        "step": BY_NAME["plan"],
        "steps": shown("plan"),
        "next": after("plan"),
        "form": form,
        "site": site,
        "plan": row,
        "marks": _marks(row, request) if row else [],
        "error": error,
    }
    return render(request, "wizard/plan.html", facts, status=status)


def _marks(row: FloorPlan, request: HttpRequest) -> list[dict[str, Any]]:
    """One for each camera: as typed, as stored, or halfway down."""
    stored = {each.camera_id: each for each in CameraMark.objects.filter(plan=row)}
    before = dict(request.POST.lists()) if request.method == "POST" else typed("plan")
    found_ = []
    cameras = list(CameraUnit.objects.order_by("camera"))
    for place, camera in enumerate(cameras, 1):
        mark = stored.get(camera.pk)
        beside = 100 * place / (len(cameras) + 1)  # not one upon the other
        values = (mark.x * 100, mark.y * 100, mark.direction) if mark else (beside, 50.0, 180.0)
        names = (f"x_{camera.pk}", f"y_{camera.pk}", f"direction_{camera.pk}")
        pairs = zip(names, values, strict=True)
        x, y, direction = (before.get(name, [f"{value:.1f}"])[0] for name, value in pairs)
        found_.append({"camera": camera, "x": x, "y": y, "direction": direction})
    return found_


@login_required
@require_POST
def marks(request: HttpRequest) -> HttpResponse:
    """Store where the cameras are."""
    acting = acting_of(request)
    require(WIZARD.may_do(acting))
    if left := leave(request, "plan"):
        return left
    row: FloorPlan = found(FloorPlan.objects.order_by("-pk").first(), T("平面図", "A floor plan"))
    try:
        told = [_mark(camera, request) for camera in CameraUnit.objects.order_by("camera")]
        actions.mark_cameras(row, told, acting=acting)
    except NotAllowed:
        raise
    except MiharibanError as error:
        keep_typed("plan", request.POST)
        return _plan_page(request, PlanForm(), row.site, 422, error.text(language()))
    return redirect(after("plan"))


def _mark(camera: CameraUnit, request: HttpRequest) -> actions.Mark:
    try:
        x, y, direction = (float(request.POST.get(f"{name}_{camera.pk}", "")) for name in ("x", "y", "direction"))
    except ValueError:
        raise ZoneUnsound(
            why_ja="位置と向きには数を入れてください（例：25.5）。", why_en="Type numbers, such as 25.5."
        ) from None
    return actions.Mark(camera, x / 100, y / 100, direction)


@login_required
@require_safe
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """A plan."""
    require(WIZARD.may_see(acting_of(request)))
    row: FloorPlan = found(FloorPlan.objects.filter(pk=pk).first(), T("平面図", "A floor plan"))
    path = plan_path(Path(settings.OFFICE_FOLDER), row.sha256)
    if not path.exists():
        found(None, T("平面図のファイル", "The file of the plan"))
    return HttpResponse(path.read_bytes(), content_type="image/png")


@login_required
@form_page
def summary_page(request: HttpRequest) -> HttpResponse:
    """All of it, to read, print and sign."""
    acting = acting_of(request)
    require(WIZARD.may_see(acting))
    error = ""
    form = SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.sign_set_up(request.POST.get("digest", ""), acting=acting)
        except NotAllowed:
            raise
        except MiharibanError as refused:
            error = refused.text(language())
        else:
            messages.success(request, str(T("署名しました。初期設定は終わりです。", "Signed. The set-up is finished.")))
            return redirect("wizard:summary")
    told, row = summary(), FloorPlan.objects.order_by("-pk").first()
    facts = {
        "step": BY_NAME["summary"],
        "steps": shown("summary"),
        "told": told,
        "roles": [(each, role_name(each.what)) for each in told.roles],
        "plan": row,
        "placed": _on_plan(told.placed, row),
        "digest": digest(told),
        "set_up": set_up(),
        "missing": missing(),
        "may_sign": WIZARD.may_sign(acting, missing()),
        "form": form,
        "error": error,
    }
    return render(request, "wizard/summary.html", facts, status=409 if error else 422 if form.errors else 200)


def _on_plan(placed: list[Any], row: FloorPlan | None) -> list[dict[str, Any]]:
    """Marks in pixels of the plan, for an SVG."""
    if row is None:
        return []
    size = max(row.width, row.height) / 30
    return [
        {
            "camera": each.camera,
            "place": f"translate({each.x * row.width:.0f} {each.y * row.height:.0f})"
            f" rotate({each.direction:.0f}) scale({size:.1f})",
        }
        for each in placed
    ]

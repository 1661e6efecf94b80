"""Step 4: where users stand, drawn on a picture of the empty scene."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from mihariban.base.errors import MiharibanError
from mihariban.office.base.acting import acting_of
from mihariban.office.base.errors import ChangedMeanwhile, NotAllowed
from mihariban.office.base.kept import keep, tell
from mihariban.office.base.text import T, language
from mihariban.office.people.pages import found, require
from mihariban.office.people.views import form_page
from mihariban.office.sites.models import CameraUnit
from mihariban.office.wizard import actions
from mihariban.office.wizard.errors import ZoneUnsound
from mihariban.office.wizard.forms import StillForm
from mihariban.office.wizard.once import STILLS
from mihariban.office.wizard.pages import leave
from mihariban.office.wizard.policy import WIZARD
from mihariban.office.wizard.site_file import MOST_CORNERS, SiteFile, read_site_file
from mihariban.office.wizard.steps import BY_NAME, after, keep_typed, shown, typed
from mihariban.office.wizard.summary import svg_points

Corners = list[tuple[float, float]]
_START: Corners = [(0.25, 0.3), (0.75, 0.3), (0.75, 0.95), (0.25, 0.95)]


@login_required
@form_page
def zone(request: HttpRequest) -> HttpResponse:
    """The page; a POST writes the zone."""
    acting = acting_of(request)
    require(WIZARD.may_do(acting))
    if request.method == "POST" and (left := leave(request, "zone")):
        return left
    wrong, site_file = _site_file()
    if wrong or site_file is None:
        return _show(request, None, {"wrong": wrong, "no_file": not wrong})
    camera = _camera(request, site_file)
    if camera is None:
        return _show(request, None, {"no_camera": True})
    if request.method != "POST":
        return _show(request, camera, _facts(site_file, camera, _first(site_file, camera)))
    try:
        actions.change_zone(_as_seen(site_file, request), camera.camera, _corners(request.POST), acting=acting)
        actions.finish_step("zone", acting=acting)
    except NotAllowed:
        raise
    except (MiharibanError, OSError) as error:
        keep_typed("zone", request.POST)
        facts = _facts(site_file, camera, _typed_corners(request.POST))
        if isinstance(error, ChangedMeanwhile):
            facts["note"] = True
        return _show(request, camera, {**facts, "error": _sentence(error)}, 409)
    _tell(request)
    return redirect(after("zone"))


def _tell(request: HttpRequest) -> None:
    told = T(
        "範囲を設備ファイルに書きました。録画装置を再起動すると、新しい範囲で動きます。",
        "The zone is written to the site file. The recorder uses it once it is started again.",
    )
    messages.success(request, str(told))


def _sentence(error: Exception) -> str:
    if isinstance(error, MiharibanError):
        return error.text(language())
    text = T(
        "設備ファイルに書けませんでした。前の内容のままです。情報システム担当者に知らせてください。",
        "The site file could not be written and is as before. Tell the IT staff.",
    )
    return str(text)


def _site_file() -> tuple[str, SiteFile | None]:
    try:
        return "", read_site_file()
    except MiharibanError as error:
        return error.text(language()), None


def _as_seen(site_file: SiteFile, request: HttpRequest) -> SiteFile:
    """The file as the form showed it: another digest is found out when it is written."""
    return SiteFile(site_file.path, site_file.site, request.POST.get("digest", ""))


def _camera(request: HttpRequest, site_file: SiteFile) -> CameraUnit | None:
    known = CameraUnit.objects.select_related("recorder", "recorder__site", "kiosk").order_by("camera")
    rows = known.filter(recorder=site_file.site.recorder.id)
    asked = (request.POST.get("camera") or request.GET.get("camera") or "")[:64]
    return (rows.filter(camera=asked) if asked else rows).first()


def _first(site_file: SiteFile, camera: CameraUnit) -> Corners:
    """What was typed and not sent; else the zone of the file; else one to begin with."""
    before = typed("zone")
    if before.get("x") and before.get("camera") == [camera.camera]:
        return _typed_corners(before)
    zones = site_file.camera(camera.camera).zones
    return [*zones[0]] if zones else _START


def _facts(site_file: SiteFile, camera: CameraUnit, corners: Corners) -> dict[str, Any]:
    others = site_file.camera(camera.camera).zones[1:]
    rows = [(f"{x * 100:.1f}", f"{y * 100:.1f}") for x, y in corners]
    return {
        "digest": site_file.digest,
        "corners": rows,
        "points": svg_points(tuple(corners)),
        "others": [svg_points(each) for each in others],
        "cameras": [each.id for each in site_file.site.camera],
    }


def _show(request: HttpRequest, camera: CameraUnit | None, facts: dict[str, Any], status: int = 200) -> HttpResponse:
    told = {
        "step": BY_NAME["zone"],
        "steps": shown("zone"),
        "next": after("zone"),
        "camera": camera,
        "still": request.GET.get("still", ""),
        "still_form": StillForm(),
        "most": MOST_CORNERS,
    }
    return render(request, "wizard/zone.html", {**told, **facts}, status=status)


def _corners(posted: QueryDict) -> Corners:
    """The corners as fractions; rows without numbers are not there.

    Raises:
        ZoneUnsound: something is no number.
    """
    pairs = [pair for pair in zip(posted.getlist("x"), posted.getlist("y"), strict=False) if any(pair)]
    try:
        return [(round(float(x) / 100, 4), round(float(y) / 100, 4)) for x, y in pairs[: MOST_CORNERS + 1]]
    except ValueError:
        raise ZoneUnsound(
            why_ja="横と縦には数を入れてください（例：25.5）。", why_en="Type numbers, such as 25.5."
        ) from None


def _typed_corners(posted: QueryDict | dict[str, list[str]]) -> Corners:
    """What can be drawn of what was typed."""
    xs, ys = (posted.getlist(n) if isinstance(posted, QueryDict) else posted.get(n, []) for n in ("x", "y"))
    found_: Corners = []
    for x, y in zip(xs, ys, strict=False):
        try:
            corner = (float(x) / 100, float(y) / 100)
        except ValueError:
            continue
        if all(0 <= each <= 1 for each in corner):
            found_.append(corner)
    return found_[:MOST_CORNERS] or _START


@login_required
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Have a picture taken; it is held in memory until the page asks for it."""
    acting, form = acting_of(request), keep(request, StillForm(request.POST))
    require(WIZARD.may_do(acting))
    camera: CameraUnit = found(
        CameraUnit.objects.select_related("recorder", "recorder__site")
        .filter(camera=request.POST.get("camera", "")[:64])
        .first(),
        T("このカメラ", "This camera"),
    )
    if not form.is_valid():
        return _untaken(request, camera, form, 422)
    try:
        data = actions.take_still(camera, acting=acting, **form.cleaned_data)
    except NotAllowed:
        raise
    except MiharibanError as error:
        tell(form, error)
        return _untaken(request, camera, form, 409)
    return redirect(f"{reverse('wizard:zone')}?camera={camera.camera}&still={STILLS.put(_owner(request), data)}")


def _untaken(request: HttpRequest, camera: CameraUnit, form: StillForm, status: int) -> HttpResponse:
    """The page again, with what is wrong beside its field."""
    wrong, site_file = _site_file()
    if site_file is None:  # then the page has no form beside which it could stand
        for each in form.errors.values():
            messages.error(request, " ".join(map(str, each)))
        return _show(request, None, {"wrong": wrong, "no_file": not wrong}, status)
    facts = _facts(site_file, camera, _first(site_file, camera))
    return _show(request, camera, {**facts, "still_form": form}, status)


def _owner(request: HttpRequest) -> int:
    return request.user.pk or 0  # nobody comes here without login


@login_required
@require_safe
def still(request: HttpRequest, word: str) -> HttpResponse:
    """The picture, once."""
    require(WIZARD.may_do(acting_of(request)))
    data = found(STILLS.take(_owner(request), word), T("この静止画（一度だけ表示）", "This picture (shown once)"))
    response = HttpResponse(data, content_type="image/jpeg")
    response["Cache-Control"] = "no-store"
    return response

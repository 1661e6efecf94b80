"""Today's page, and the day as the recorder draws it."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Final

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from mihariban.base.errors import MiharibanError
from mihariban.office.base.acting import acting_of
from mihariban.office.base.dates import now
from mihariban.office.base.errors import NotAllowed
from mihariban.office.base.text import T, language
from mihariban.office.people.deputies import may_be_activated
from mihariban.office.sites.call import client_of
from mihariban.office.sites.models import RecorderUnit
from mihariban.office.today.policy import TODAY
from mihariban.office.today.screen import gather
from mihariban.office.web.middleware import to_login
from mihariban.office.wizard.today import steps_left
from mihariban.recorder.contract.errors import RecorderUnavailable

KEPT_S: Final = 15
"""How long a drawing is kept: many screens ask the recorder once."""
MOST: Final = 4_000_000
"""Bytes of a drawing that is passed on."""
_SECONDS = 3.0


def today(request: HttpRequest) -> HttpResponse:
    """The screen; the part of it where htmx asks every 20 s."""
    if not request.user.is_authenticated and request.headers.get("X-Poll"):
        # What a screen asks by itself after the session's end shall not be put in place of its content.
        return to_login(request)
    return _today(request)


@login_required
@require_safe
def _today(request: HttpRequest) -> HttpResponse:
    acting = acting_of(request)
    verdict = TODAY.may_see(acting)
    if not verdict and may_be_activated(acting):
        return redirect("people:deputy")  # where acting for the manager begins: until then there is nothing else to do
    if not verdict:
        raise NotAllowed(why_ja=verdict.why.ja, why_en=verdict.why.en)
    moment = now()
    screen = gather(acting, moment)
    facts = {
        "screen": screen,
        "steps": [] if screen.kiosks else steps_left(acting),
        "turn": int(moment.timestamp()) // 20,
        "day": moment.date().isoformat(),
    }
    return render(request, "today/part.html" if request.headers.get("X-Poll") else "today/today.html", facts)


@login_required
@require_safe
def drawing(request: HttpRequest, recorder: str, day: str) -> HttpResponse:
    """A day as its recorder draws it (SVG), shown by the page as a picture: a browser runs nothing in it.

    Where the recorder does not answer, a drawing that says so: the page beside it stays whole.
    """
    if not TODAY.may_see(acting_of(request)):
        raise Http404
    try:
        wanted = date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
    unit = get_object_or_404(RecorderUnit.objects.select_related("site"), pk=recorder)
    response = HttpResponse(_drawn(unit, wanted), content_type="image/svg+xml")
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = f"private, max-age={KEPT_S}"
    return response


def _drawn(unit: RecorderUnit, day: date) -> bytes:
    key = f"day-{sha256(unit.pk.encode()).hexdigest()[:16]}-{day.isoformat()}-{language()}"
    kept: bytes | None = cache.get(key)
    if kept is not None:
        return kept
    try:
        with client_of(unit, seconds=_SECONDS) as client:
            drawn = client.day_svg(day, language())
        if len(drawn) > MOST or not drawn.lstrip().startswith(b"<svg"):
            raise RecorderUnavailable(address=unit.pk, why="no drawing")
    except MiharibanError:
        return _placeholder()
    cache.set(key, drawn, KEPT_S)
    return drawn


def _placeholder() -> bytes:
    words = T("記録装置から図を受け取れませんでした。", "The recorder did not give its drawing.")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1050 120" role="img" lang="{language()}">'
        '<rect width="1050" height="120" fill="#ffffff" stroke="#767676"/>'
        '<text x="525" y="66" font-size="20" text-anchor="middle" fill="#1a1a1a" font-family="sans-serif">'
        f"{words}</text>"
        "</svg>"
    ).encode()

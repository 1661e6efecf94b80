"""What happens around every request."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import is_valid_path, reverse
from django.utils.http import urlencode

from mihariban.base.clock import MINUTE, SECOND
from mihariban.base.errors import AccessError, InputError, MiharibanError, StateError
from mihariban.office.base.acting import Acting
from mihariban.office.base.clock import clock
from mihariban.office.base.kept import typed
from mihariban.office.base.text import language
from mihariban.office.people.sessions import let_out

Answer = Callable[[HttpRequest], HttpResponse]
_log = structlog.get_logger(__name__)
_SEEN = "seen_s"


_HERE = ("localhost", "127.0.0.1", "[::1]")


def headers(answer: Answer) -> Answer:
    """What Django's own middleware does not send, or sends too widely. Outermost.

    A browser that calls ``localhost`` must not remember TLS for it: HSTS holds for every port of a name, and other
    programs of that machine answer there without.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if request.META.get("HTTP_HOST", "").rpartition(":")[0] in _HERE or request.META.get("HTTP_HOST") in _HERE:
            del response["Strict-Transport-Security"]
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return handle


def no_store(answer: Answer) -> Answer:
    """Pages of somebody who is logged in are kept by no cache, so that going back after log-out shows nothing."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if getattr(request, "acting", None) is not None and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    return handle


def end_idle_session(answer: Answer) -> Answer:
    """A session ends after some minutes without a request; what a screen asks by itself is none."""

    def handle(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = clock().wall() // SECOND
            seen = request.session.get(_SEEN, now)
            if now - seen > idle_s():
                let_out(request, "idle")
                return to_login(request)
            late = now - seen >= 15 or _SEEN not in request.session  # not a write for each picture of a page
            if late and not _by_itself(request):
                request.session[_SEEN] = now
        return answer(request)

    return handle


def idle_s() -> int:
    """Seconds without a request after which a session ends."""
    return int(settings.OFFICE_CONFIG.idle_minutes * MINUTE // SECOND)


def seconds_left(request: HttpRequest) -> int:
    """Until this session ends if nothing is asked any more; 0 where there is none."""
    if not request.user.is_authenticated:
        return 0
    now = clock().wall() // SECOND
    return max(0, idle_s() - (now - int(request.session.get(_SEEN, now))))


def _by_itself(request: HttpRequest) -> bool:
    """Whether a screen that stands open asked, not a person: a refresh, or a picture of one."""
    return bool(request.headers.get("X-Poll")) or request.headers.get("Sec-Fetch-Dest") == "image"


def to_login(request: HttpRequest) -> HttpResponse:
    """To the login page, which says that the session has ended and leads back."""
    way = urlencode({"ended": "1", "next": request.get_full_path()})
    address = f"{reverse('account_login')}?{way}"
    if request.headers.get("X-Poll"):  # a redirect would be put in place of the screen's content
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def lead_back(answer: Answer) -> Answer:
    """An address that only takes a form leads to the page above it: the way back from a login ends there."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        return redirect(_above(request.path)) if response.status_code == 405 and request.method == "GET" else response

    return handle


def _above(path: str) -> str:
    """The nearest address above ``path`` that there is."""
    parts = path.strip("/").split("/")
    for length in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:length])}/"
        if is_valid_path(above):
            return above
    return "/"


def set_acting(answer: Answer) -> Answer:
    """``request.acting`` for everyone logged in."""

    def handle(request: HttpRequest) -> HttpResponse:
        user = request.user
        request.acting = Acting.of(user) if user.is_authenticated else None  # type: ignore[attr-defined]
        return answer(request)

    return handle


class Refusals:
    """Errors of our tree as pages with their sentence."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for an error of ours; others go on to the page of 500."""
        if not isinstance(error, MiharibanError):
            return None
        _log.warning("refused", code=error.code, path=request.path)
        facts = {"code": error.code, "sentence": error.text(language()), "typed": typed(request)}
        return render(request, "web/refused.html", facts, status=status_of(error))


_NOT_THERE = ("MH504", "MH513")
"""An address that names nothing: no such row, no such month."""


def status_of(error: MiharibanError) -> int:
    """The HTTP status of an error of ours."""
    if isinstance(error, AccessError):
        return 403
    if isinstance(error, InputError):
        return 404 if error.code in _NOT_THERE else 400
    return 409 if isinstance(error, StateError) else 503

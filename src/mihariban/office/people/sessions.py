"""Coming in, going out and failing, as the login libraries tell of it, handed to the actions that enter it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse

from mihariban.base.errors import MiharibanError
from mihariban.office.base.acting import acting_of
from mihariban.office.people.actions.begin_session import begin_session
from mihariban.office.people.actions.change_credentials import change_credentials
from mihariban.office.people.actions.end_session import end_session
from mihariban.office.people.actions.refuse_session import refuse_session
from mihariban.office.people.models import User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_BEGAN = "began"
_log = structlog.get_logger(__name__)


def let_in(request: HttpRequest, user: User, how: str = "", make: Callable[[], None] | None = None) -> None:
    """Begin a session; every way in ends here.

    Args:
        how: what was proved; as the login library recorded it where empty.
        make: makes the session; Django's own where None.

    Raises:
        NotAllowed: the account is closed.
        LedgerUnwritable: nobody comes in.
    """

    def plain() -> None:
        login(request, user, backend=BACKEND)

    request.session[_BEGAN] = begin_session(user, how=how or _proved(request, user), let_in=make or plain)


def let_out(request: HttpRequest, cause: str, end: Callable[[HttpRequest], None] = logout) -> None:
    """End a session. Where its entry cannot be written it ends all the same: staying in would be worse."""
    user, began = request.user, request.session.get(_BEGAN, -1)
    end(request)
    if not isinstance(user, User):
        return
    try:
        end_session(user, cause=cause, began=began)
    except MiharibanError as error:
        _log.error("log-out without entry", code=error.code, began=began)  # the code says it


_MFA = {"totp": "totp", "recovery_codes": "recovery_code", "webauthn": "passkey"}


def _proved(request: HttpRequest, user: User) -> str:
    records = get_authentication_records(request, user)
    found = [_MFA.get(each.get("type", ""), each["method"]) for each in records if not each.get("reauthenticated")]
    return "+".join(dict.fromkeys("single_sign_on" if each == "socialaccount" else each for each in found))


def entered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the login library by which the owner of an account changes how to log in."""

    @wraps(view)
    def handle(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        user = request.user
        if request.method != "POST" or not isinstance(user, User):
            return view(request, *args, **more)
        return change_credentials(user, acting=acting_of(request), deed=lambda: view(request, *args, **more))

    return handle


def _named(credentials: Any) -> User | None:
    """The account of a name as it was typed, if there is one."""
    name = str((credentials or {}).get("username") or "")
    return User.objects.filter(username__iexact=name).first() if name else None


def failed(credentials: Any = None, request: HttpRequest | None = None, **_: Any) -> None:
    """A password was wrong, or the name is no account's."""
    if request is None or getattr(request, "axes_locked_out", False):
        return  # told by ``locked``
    user = _named(credentials)
    refuse_session(user, "password" if user else "unknown_name")


def locked(request: HttpRequest, **_: Any) -> None:
    """Too many failures."""
    refuse_session(_named(getattr(request, "axes_credentials", None)), "locked")


def wrong_code(user: User, **_: Any) -> None:
    """The password was right, the one-time code was not."""
    refuse_session(user, "code")


def listen() -> None:
    """Hear of failures; once, when the app is ready."""
    from allauth.mfa.signals import authentication_failed
    from axes.signals import user_locked_out
    from django.contrib.auth.signals import user_login_failed

    user_login_failed.connect(failed, dispatch_uid="mihariban login failed")
    user_locked_out.connect(locked, dispatch_uid="mihariban login locked")
    authentication_failed.connect(wrong_code, dispatch_uid="mihariban wrong code")

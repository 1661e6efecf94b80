"""Resets of the manager's login by somebody else: noted when they happen, told until they are confirmed."""

from __future__ import annotations

from django.db.models import QuerySet

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.people.models import LoginReset, User
from mihariban.office.people.roles import roles_of


def note_reset(user: User, kind: str, acting: Acting) -> None:
    """Note it where ``user`` decides as manager and somebody else did it. Inside the transaction of the action."""
    mine = acting.user is not None and acting.user.pk == user.pk
    if mine or not roles_of(user) & {"manager", "deputy"}:
        return
    by = acting.user.person if acting.user is not None else None
    LoginReset.objects.create(user=user, kind=kind, at=now(), by=by)


def waiting() -> QuerySet[LoginReset]:
    """Those that nobody has confirmed, the oldest first."""
    return LoginReset.objects.filter(confirmed_at=None).select_related("user__person", "by").order_by("at", "pk")

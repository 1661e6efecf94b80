"""Failures to log in that have no entry of their own yet."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum

from mihariban.office.people.models import LoginFailures, User


def key_of(user: User | None, cause: str) -> str:
    """Under which failures are counted together; all names that are no account's are one."""
    return f"{user.pk if user else '-'}:{cause}"


def take_pending(user: User) -> int:
    """How many failures of this account stand in no entry; they are the caller's to enter."""
    rows: Any = LoginFailures.objects.filter(user=user, pending__gt=0)
    count = rows.aggregate(count=Sum("pending"))["count"] or 0
    rows.update(pending=0)
    return int(count)

"""Who acts: a person at a moment, with the roles held at that moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from mihariban.office.base.dates import now, today
from mihariban.office.base.text import T

if TYPE_CHECKING:
    from django.http import HttpRequest

    from mihariban.office.people.models import User

Role = Literal["manager", "deputy", "operator", "vendor", "auditor", "it", "system"]

ROLE_NAMES: dict[Role, T] = {
    "manager": T("管理者", "manager"),
    "deputy": T("職務代理者", "deputy manager"),
    "operator": T("取扱者", "operator"),
    "vendor": T("保守業者", "vendor"),
    "auditor": T("監査担当者", "auditor"),
    "it": T("情報システム担当者", "IT staff"),
    "system": T("システム", "system"),
}


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts. ``name`` is committed in entries, never written.

    Args:
        name: of the person.
        roles: held on ``day``; a deputy's only inside an activation.
        day: the calendar day in the office's zone.
        user: the account; None for the system itself.
    """

    name: str
    roles: frozenset[Role]
    day: date
    user: User | None = field(default=None, compare=False)

    @classmethod
    def of(cls, user: User) -> Acting:
        """The owner of an account, now."""
        from mihariban.office.people.roles import roles_of

        moment = now()
        return cls(user.shown_name, roles_of(user, moment), moment.date(), user)

    @property
    def role_names(self) -> list[T]:
        """Names of the roles, the highest first."""
        return [name for role, name in ROLE_NAMES.items() if role in self.roles]


def system() -> Acting:
    """The office itself: what a clock or a recorder's event brings about."""
    return Acting("", frozenset(("system",)), today())


def acting_of(request: HttpRequest) -> Acting:
    """Who acts in this request; set by the middleware for everyone logged in."""
    found: Any = getattr(request, "acting", None)
    if not isinstance(found, Acting):
        raise TypeError("nobody is logged in: the view needs login")
    return found

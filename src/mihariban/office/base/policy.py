"""Whether somebody may do something now: one policy object per noun, the same for buttons, pages and actions.

    class DayPolicy(Policy):
        def may_close(self, acting: Acting, day: Day) -> Verdict:
            if day.closed:
                return Refused(T("この日はもう締めました。", "This day is closed already."))
            return by_role(acting, "manager", "deputy")

A verdict is true or false, so a template may ask ``{% if may_close %}``; an action takes the verdict itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mihariban.office.base.acting import ROLE_NAMES, Acting, Role
from mihariban.office.base.text import T


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may be done, by whoever holds ``role`` here; the entry names that role."""

    role: Role

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not. ``why``: whole sentences a clerk understands, in both languages: why, and what to do."""

    why: T

    def __bool__(self) -> Literal[False]:
        return False


Verdict = Allowed | Refused


class Policy:
    """Base of the policy objects: they hold no state, take who acts and the row, and return a verdict."""


_NOBODY = Refused(
    T("いま、あなたには役割がありません。管理者に頼んでください。", "You hold no role now. Ask the manager.")
)


def by_role(acting: Acting, *roles: Role) -> Verdict:
    """Allowed for the first of ``roles`` that is held now; else a refusal that names who may."""
    for role in roles:
        if role in acting.roles:
            return Allowed(role)
    if not acting.roles:
        return _NOBODY
    who_ja = "、".join(ROLE_NAMES[role].ja for role in roles)
    who_en = " or ".join(ROLE_NAMES[role].en for role in roles)
    return Refused(
        T(
            f"この操作は{who_ja}だけができます。必要なときは{who_ja}に頼んでください。",
            f"Only the {who_en} may do this. Ask the {who_en} where it is needed.",
        )
    )

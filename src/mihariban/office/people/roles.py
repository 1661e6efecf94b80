"""Which roles somebody holds on a day."""

from __future__ import annotations

from datetime import date
from typing import cast

from mihariban.office.base.acting import Role
from mihariban.office.people.models import Designation, Holding, User, in_force


def roles_of(user: User, day: date) -> frozenset[Role]:
    """The roles that the owner of an account holds on ``day``: by designation, and the manager's by post."""
    if not user.is_active or user.person_id is None:
        return frozenset()
    found = set(
        Designation.objects.filter(in_force(day), person_id=user.person_id)
        .exclude(role__in=("manager", "deputy", "system"))
        .values_list("role", flat=True)
    )
    if Holding.objects.filter(in_force(day), person_id=user.person_id, post__manages=True).exists():
        found.add("manager")
    return frozenset(cast("set[Role]", found))

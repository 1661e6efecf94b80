"""Who may hold a key: whoever acts under the rule today, and the vendor's people with company."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from mihariban.office.base.acting import Acting
from mihariban.office.people.models import Designation, Holding, Person, in_force

_ROLES = ("operator", "vendor")


def holders_on(day: date) -> QuerySet[Person]:
    """People who may hold a key on ``day``."""
    designated = Designation.objects.filter(in_force(day), person=OuterRef("pk"), role__in=_ROLES)
    posted = Holding.objects.filter(in_force(day), person=OuterRef("pk"))
    return Person.objects.filter(Q(Exists(designated)) | Q(Exists(posted))).order_by("reading", "name", "pk")


def role_of(person: Person, day: date) -> str:
    """The role under which somebody holds a key on ``day``: an operator before a vendor, else who manages."""
    held = set(Designation.objects.filter(in_force(day), person=person, role__in=_ROLES).values_list("role", flat=True))
    return next((role for role in _ROLES if role in held), "manager")


def person_of(acting: Acting) -> Person:
    """The person who acts.

    Raises:
        TypeError: the system acts, which has no hands.
    """
    if acting.user is None or acting.user.person is None:
        raise TypeError("a person does this, never the system")
    return acting.user.person

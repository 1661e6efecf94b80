"""What is kept now, what is due, and who may witness."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from mihariban.office.base.acting import Acting
from mihariban.office.base.dates import now
from mihariban.office.found.models import FoundSetting, Thing
from mihariban.office.people.models import Designation, Holding, Person, in_force


def setting() -> FoundSetting:
    """The settings; with their defaults where nobody set them."""
    return FoundSetting.objects.filter(pk=1).first() or FoundSetting()


def kept() -> QuerySet[Thing]:
    """What lies in the office now, the oldest first."""
    return Thing.objects.filter(state="kept").select_related("kiosk").order_by("found_at", "pk")


def forgettable() -> QuerySet[Thing]:
    """Things that are gone for longer than their texts may stay."""
    before = now() - timedelta(days=setting().text_days)
    return Thing.objects.filter(forgotten_at=None, closed_at__lt=before).order_by("pk")


def staff_on(day: date) -> QuerySet[Person]:
    """People of the section on ``day``: operators and holders of posts."""
    operators = Designation.objects.filter(in_force(day), person=OuterRef("pk"), role="operator")
    posts = Holding.objects.filter(in_force(day), person=OuterRef("pk"))
    return Person.objects.filter(Q(Exists(operators)) | Q(Exists(posts))).order_by("reading", "name", "pk")


def person_of(acting: Acting) -> Person:
    """The person who acts.

    Raises:
        TypeError: the system acts, which has no hands.
    """
    if acting.user is None or acting.user.person is None:
        raise TypeError("a person does this, never the system")
    return acting.user.person
